internal import Crypto
internal import JSON
public import Learning

/// What a backup holds: its first file, lines of text that people can read.
///
///     slmd-backup 1
///     format 3
///     event 42
///     digest HEX
///     encoder HEX
///     seed NUMBER
///     head VERSION
///     created MICROSECONDS
///     part HEX BYTES PATH
///     …
///     sha256 HEX
///
/// The last line is the SHA-256 of all lines before it. That of an exported snapshot begins with
/// `slmd-snapshot 1`, has a line `name NAME` before its one part, the log of what the snapshot was made of,
/// and as its event the snapshot's.
public struct BackupManifest: Sendable, Hashable {
    /// A file of the state.
    public struct Part: Sendable, Hashable {
        /// Within the state folder.
        public let path: String
        public let bytes: Int
        /// SHA-256, in hex.
        public let digest: String
    }

    /// What makes a head of a log, beside the log: with another of these the same log makes another head.
    public struct Origin: Sendable, Hashable {
        /// The encoder's digest.
        public let encoder: String
        /// Of the head's random numbers.
        public let seed: UInt64
        /// The version of the learner.
        public let head: UInt32

        public init(encoder: String, seed: UInt64, head: UInt32 = IntentHead.version) {
            self.encoder = encoder
            self.seed = seed
            self.head = head
        }
    }

    /// What the file is a copy of.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case backup = "slmd-backup 1"
        case snapshot = "slmd-snapshot 1"
    }

    static let path = "MANIFEST"
    /// Longer ones are refused.
    static let largest = 1 << 20

    public let kind: Kind
    /// The format of the state.
    public let format: Int
    /// The newest event of its log.
    public let event: EventID
    /// Of the head that its log makes.
    public let digest: String
    public let origin: Origin
    /// Microseconds since 1970, UTC.
    public let createdAt: Int64
    /// Of a snapshot.
    public let name: String?
    public let parts: [Part]

    func encoded() -> [UInt8] {
        let lines =
            [
                kind.rawValue, "format \(format)", "event \(event)", "digest \(digest)",
                "encoder \(origin.encoder)", "seed \(origin.seed)", "head \(origin.head)",
                "created \(createdAt)",
            ] + (name.map { ["name \($0)"] } ?? []) + parts.map { "part \($0.digest) \($0.bytes) \($0.path)" }
        let text = [UInt8](lines.map { $0 + "\n" }.joined().utf8)
        return text + [UInt8]("sha256 \(CheckpointFile.hex(SHA256.hash(data: text)))\n".utf8)
    }
}

extension BackupManifest {
    /// Reads what `encoded()` wrote.
    init(decoding bytes: [UInt8]) throws(BackupError) {
        var reader = try LineReader(bytes)
        kind = reader.kind
        format = try reader.number("format")
        guard 1...EventLogSchema.format ~= format else {
            throw .newerFormat(supported: EventLogSchema.format, found: format)
        }
        event = EventID(rawValue: try reader.number("event"))
        digest = try reader.word("digest")
        origin = try Origin(
            encoder: reader.word("encoder"), seed: reader.number("seed"), head: reader.number("head"))
        createdAt = try reader.number("created")
        name = kind == .snapshot ? try reader.word("name") : nil
        var parts: [Part] = []
        while let part = try reader.part() { parts.append(part) }
        guard Set(parts.map(\.path)).count == parts.count else { throw reader.wrong }
        self.parts = parts
    }

    private struct LineReader {
        let kind: Kind
        private let lines: [String]
        private var next = 1

        init(_ bytes: [UInt8]) throws(BackupError) {
            var lines = String(decoding: bytes, as: UTF8.self)
                .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            guard let kind = lines.first.flatMap(Kind.init), lines.popLast() == "", let last = lines.popLast()
            else {
                throw .notABackup
            }
            let text = lines.map { $0 + "\n" }.joined()
            let found = CheckpointFile.hex(SHA256.hash(data: [UInt8](text.utf8)))
            guard last == "sha256 \(found)" else {
                throw .checksum(
                    part: BackupManifest.path, expected: String(last.dropFirst(7).prefix(64)), found: found)
            }
            self.kind = kind
            self.lines = lines
        }

        var wrong: BackupError {
            .badManifest(line: next + 1, found: next < lines.count ? lines[next].cut(to: 80) : "")
        }

        mutating func word(_ key: String) throws(BackupError) -> String {
            guard next < lines.count, lines[next].hasPrefix("\(key) "), lines[next].utf8.count < 256 else {
                throw wrong
            }
            defer { next += 1 }
            return String(lines[next].dropFirst(key.count + 1))
        }

        mutating func number<Number: FixedWidthInteger>(_ key: String) throws(BackupError) -> Number {
            let failure = wrong
            guard let value = Number(try word(key)), value >= 0 else { throw failure }
            return value
        }

        mutating func part() throws(BackupError) -> Part? {
            guard next < lines.count else { return nil }
            let failure = wrong
            let words = try word("part").split(separator: " ", omittingEmptySubsequences: false)
            guard words.count == 3, let bytes = Int(words[1]), 0...Tar.largestFile ~= bytes,
                StatePart.isValid(String(words[2]))
            else { throw failure }
            return Part(path: String(words[2]), bytes: bytes, digest: String(words[0]))
        }
    }
}

/// The files of a state that a backup holds.
enum StatePart {
    static let log = "slmd.db"
    /// Older backups have none.
    static let knowledge = "knowledge.db"
    /// The log last: it decides that the others are in place.
    static let databases = [knowledge, log]
    /// Folders of files.
    static let folders = ["heads", "conversations"]

    /// Whether a backup may have a file there: what the parts are called is a closed list.
    static func isValid(_ path: String) -> Bool {
        if databases.contains(path) { return true }
        let names = path.split(separator: "/", omittingEmptySubsequences: false)
        guard names.count == 2, folders.contains(String(names[0])), path.utf8.count <= 100 else {
            return false
        }
        return isFileName(String(names[1]))
    }

    /// Hidden files are temporary ones.
    static func isFileName(_ name: String) -> Bool {
        !name.isEmpty && !name.hasPrefix(".")
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "._-".utf8.contains(byte)
                }
            }
    }
}
