internal import Crypto

/// The head as it was after an event, to start from instead of replaying the whole log.
public struct Checkpoint: Sendable, Hashable {
    /// The last event the head has seen.
    public let event: EventID
    /// The log's revision when it was made: an erasure since then, of an event it has seen, makes it stale.
    public let revision: Int64
    /// The digest of the encoder whose features the head was taught with.
    public let encoder: String
    /// The head's own digest.
    public let digest: String
    /// Microseconds since 1970, UTC.
    public let createdAt: Int64
    /// `IntentHead.encoded()`.
    public let head: [UInt8]
    /// `TaughtWords.encoded()`.
    public let words: [UInt8]
    /// How the head did on the held-back examples; nil where there were none.
    public let score: HeldBackScore?
    /// Whether it came from elsewhere.
    public let isImported: Bool

    public init(
        event: EventID, revision: Int64, encoder: String, digest: String, createdAt: Int64, head: [UInt8],
        words: [UInt8], score: HeldBackScore? = nil, isImported: Bool = false
    ) {
        self.event = event
        self.revision = revision
        self.encoder = encoder
        self.digest = digest
        self.createdAt = createdAt
        self.head = head
        self.words = words
        self.score = score
        self.isImported = isImported
    }

    /// Whether it holds what an erasure took out of the log.
    public func isStale(after erasures: [Erasure]) -> Bool {
        erasures.contains { $0.revision > revision && $0.first <= event }
    }

    /// SHA-256 of a head's bytes, in hex: `IntentHead.digest` without encoding the head once more.
    public static func digest(ofHead bytes: [UInt8]) -> String {
        CheckpointFile.hex(SHA256.hash(data: bytes))
    }
}

/// How many of some examples that are never taught a head knew.
public struct HeldBackScore: Sendable, Hashable {
    /// At most `count`.
    public let correct: Int
    /// At least 1.
    public let count: Int

    public init(correct: Int, count: Int) {
        precondition(0...count ~= correct && count > 0, "held back: \(correct) of \(count)")
        self.correct = correct
        self.count = count
    }

    /// From 0 to 1.
    public var accuracy: Double { Double(correct) / Double(count) }
}

/// A checkpoint that carries a name, as a listing shows it.
public struct NamedCheckpoint: Sendable, Hashable {
    public let name: String
    public let event: EventID
    public let digest: String
    /// Of the whole file.
    public let bytes: Int
    /// Microseconds since 1970, UTC.
    public let createdAt: Int64
    public let score: HeldBackScore?
    /// Whether it came from elsewhere.
    public let isImported: Bool
}

extension NamedCheckpoint {
    init(_ checkpoint: Checkpoint, name: String, bytes: Int) {
        self.init(
            name: name, event: checkpoint.event, digest: checkpoint.digest, bytes: bytes,
            createdAt: checkpoint.createdAt, score: checkpoint.score,
            isImported: checkpoint.isImported)
    }
}

/// What is wrong with a checkpoint's file.
public enum CheckpointFileError: Error, Sendable, Hashable, CustomStringConvertible {
    case notACheckpoint
    case otherFormat(supported: ClosedRange<UInt32>, found: UInt32)
    /// More held-back examples known than there were.
    case badScore(correct: Int, count: Int)
    case truncated(wanted: Int, left: Int)
    case trailingBytes(Int)
    case checksum(expected: String, found: String)
    /// The container is whole, the head in it is not.
    case badHead(String)

    public var description: String {
        switch self {
        case .notACheckpoint: "it does not begin like a checkpoint"
        case .otherFormat(let supported, let found):
            "its format is \(found), this version reads \(supported.lowerBound) to \(supported.upperBound)"
        case .badScore(let correct, let count):
            "of \(count) held-back examples it knew \(correct)"
        case .truncated(let wanted, let left): "it is cut off: \(wanted) bytes wanted, \(left) left"
        case .trailingBytes(let count): "\(count) bytes follow its end"
        case .checksum(let expected, let found): "its content has SHA-256 \(found), expected \(expected)"
        case .badHead(let reason): reason
        }
    }
}

/// The bytes of a checkpoint's file, little-endian: 8 × "slmdckpt", u32 format, i64 event, i64 created, i64
/// revision, since format 3 u32 held-back examples known and u32 of how many (0: none were held back), and
/// u32 1 when it came from elsewhere, then encoder digest, head digest, head and taught words, each as u32
/// length and bytes, then the SHA-256 of all before it.
enum CheckpointFile {
    private static let magic = [UInt8]("slmdckpt".utf8)
    private static let formats: ClosedRange<UInt32> = 2...3
    private static let hashBytes = 32

    static func encode(_ checkpoint: Checkpoint) -> [UInt8] {
        var bytes = magic
        bytes.reserveCapacity(checkpoint.head.count + checkpoint.words.count + 512)
        append(formats.upperBound, to: &bytes)
        append(checkpoint.event.rawValue, to: &bytes)
        append(checkpoint.createdAt, to: &bytes)
        append(checkpoint.revision, to: &bytes)
        append(UInt32(checkpoint.score?.correct ?? 0), to: &bytes)
        append(UInt32(checkpoint.score?.count ?? 0), to: &bytes)
        append(UInt32(checkpoint.isImported ? 1 : 0), to: &bytes)
        let names = [checkpoint.encoder, checkpoint.digest].map { [UInt8]($0.utf8) }
        for part in names + [checkpoint.head, checkpoint.words] {
            append(UInt32(part.count), to: &bytes)
            bytes.append(contentsOf: part)
        }
        bytes.append(contentsOf: SHA256.hash(data: bytes))
        return bytes
    }

    /// Reads a whole file and checks its hash.
    static func decode(_ bytes: [UInt8]) throws(CheckpointFileError) -> Checkpoint {
        guard bytes.count >= hashBytes else { throw .truncated(wanted: hashBytes, left: bytes.count) }
        var reader = Reader(bytes: bytes[..<(bytes.count - hashBytes)])
        let checkpoint = try header(&reader)
        let (head, words) = (try reader.part(), try reader.part())
        guard reader.bytes.isEmpty else { throw .trailingBytes(reader.bytes.count) }
        let found = hex(SHA256.hash(data: bytes.dropLast(hashBytes)))
        let expected = hex(bytes.suffix(hashBytes))
        guard found == expected else { throw .checksum(expected: expected, found: found) }
        return Checkpoint(
            event: checkpoint.event, revision: checkpoint.revision, encoder: checkpoint.encoder,
            digest: checkpoint.digest, createdAt: checkpoint.createdAt, head: [UInt8](head),
            words: [UInt8](words), score: checkpoint.score, isImported: checkpoint.isImported)
    }

    /// Reads all but the head from the first bytes of a file; checks no hash.
    static func summary(_ bytes: [UInt8]) throws(CheckpointFileError) -> Checkpoint {
        var reader = Reader(bytes: bytes[...])
        return try header(&reader)
    }

    private static func header(_ reader: inout Reader) throws(CheckpointFileError) -> Checkpoint {
        guard try reader.take(magic.count).elementsEqual(magic) else { throw .notACheckpoint }
        let found = UInt32(truncatingIfNeeded: try reader.integer(bytes: 4))
        guard formats ~= found else { throw .otherFormat(supported: formats, found: found) }
        let event = EventID(rawValue: Int64(bitPattern: try reader.integer(bytes: 8)))
        let createdAt = Int64(bitPattern: try reader.integer(bytes: 8))
        let revision = Int64(bitPattern: try reader.integer(bytes: 8))
        let score = found < 3 ? nil : try score(&reader)
        let isImported = found < 3 ? false : try reader.integer(bytes: 4) == 1
        let encoder = String(decoding: try reader.part(), as: UTF8.self)
        let digest = String(decoding: try reader.part(), as: UTF8.self)
        return Checkpoint(
            event: event, revision: revision, encoder: encoder, digest: digest, createdAt: createdAt,
            head: [], words: [], score: score, isImported: isImported)
    }

    private static func score(_ reader: inout Reader) throws(CheckpointFileError) -> HeldBackScore? {
        let (correct, count) = (Int(try reader.integer(bytes: 4)), Int(try reader.integer(bytes: 4)))
        guard correct <= count else { throw .badScore(correct: correct, count: count) }
        return count == 0 ? nil : HeldBackScore(correct: correct, count: count)
    }

    private static func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
        for shift in stride(from: 0, to: value.bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    static func hex(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    private struct Reader {
        var bytes: ArraySlice<UInt8>

        mutating func take(_ count: Int) throws(CheckpointFileError) -> ArraySlice<UInt8> {
            guard count <= bytes.count else { throw .truncated(wanted: count, left: bytes.count) }
            defer { bytes = bytes.dropFirst(count) }
            return bytes.prefix(count)
        }

        mutating func integer(bytes count: Int) throws(CheckpointFileError) -> UInt64 {
            try take(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }

        mutating func part() throws(CheckpointFileError) -> ArraySlice<UInt8> {
            try take(Int(try integer(bytes: 4)))
        }
    }
}
