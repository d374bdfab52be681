public import JSON

/// Makes a backup of the whole state, to be read with `transfer.read` on this connection.
public struct BackupParams: Params {
    public typealias Answer = BackupResult
    public static let method = Method.backup
    /// Whether the backup's whole log is replayed from nothing, too.
    public var isProved: Bool

    public init(isProved: Bool = false) {
        self.isProved = isProved
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in if isProved { json.field("prove", true) } }
    }
}

/// Puts the backup that was written with `transfer.write` on this connection in the place of the state.
public struct RestoreParams: Params {
    public typealias Answer = RestoreBackupResult
    public static let method = Method.restore
    /// Whether the backup's whole log is replayed from nothing before anything changes.
    public var isProved: Bool
    /// Whether the state before stays on the disk beyond the daemon's next start.
    public var keepsPrevious: Bool

    public init(isProved: Bool = false, keepsPrevious: Bool = false) {
        self.isProved = isProved
        self.keepsPrevious = keepsPrevious
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            if isProved { json.field("prove", true) }
            if keepsPrevious { json.field("keep", true) }
        }
    }
}

/// A piece of the file that a backup has made ready on this connection.
public struct ReadTransferParams: Params {
    public typealias Answer = TransferPiece
    public static let method = Method.readTransfer
    public var offset: Int64

    public init(offset: Int64) {
        self.offset = offset
    }

    public func write(to json: inout JSONWriter) {
        json.object { $0.field("offset", offset) }
    }
}

/// A piece of a file for a restoration; the first one, at offset 0, begins the file.
public struct WriteTransferParams: Params {
    public typealias Answer = TransferProgress
    public static let method = Method.writeTransfer
    /// Bytes of the whole file.
    public var size: Int64
    /// Bytes before this piece.
    public var offset: Int64
    public var data: [UInt8]

    public init(size: Int64, offset: Int64, data: [UInt8]) {
        self.size = size
        self.offset = offset
        self.data = data
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("size", size)
            json.field("offset", offset)
            json.field("data", Base64.encode(data))
        }
    }
}

extension BackupParams {
    init(reading params: inout ParamsReader) throws(ErrorReply) {
        isProved = try params.flag("prove")
    }
}

extension RestoreParams {
    init(reading params: inout ParamsReader) throws(ErrorReply) {
        isProved = try params.flag("prove")
        keepsPrevious = try params.flag("keep")
    }
}

extension ReadTransferParams {
    init(reading params: inout ParamsReader) throws(ErrorReply) {
        offset = try params.integer("offset", in: 0...(1 << 53)) ?? 0
    }
}

extension WriteTransferParams {
    init(reading params: inout ParamsReader) throws(ErrorReply) {
        size = try params.integer("size", in: 0...(1 << 53)) ?? 0
        offset = try params.integer("offset", in: 0...(1 << 53)) ?? 0
        guard let data = Base64.decode(try params.string("data")) else {
            throw ErrorReply(.invalidParams, "params.data", expected: "Base64", found: "something else")
        }
        self.data = data
    }
}

/// The answer to `backup`.
public struct BackupResult: JSONWritable, Decodable, Hashable, Sendable {
    /// The newest event in it.
    public let event: Int64
    /// SHA-256 of the head that its log makes, in hexadecimal.
    public let digest: String
    /// Of the file.
    public let bytes: Int64
    /// SHA-256 of the file.
    public let sha256: String

    public init(event: Int64, digest: String, bytes: Int64, sha256: String) {
        self.event = event
        self.digest = digest
        self.bytes = bytes
        self.sha256 = sha256
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("event", event)
            json.field("digest", digest)
            json.field("bytes", bytes)
            json.field("sha256", sha256)
        }
    }
}

/// The answer to `restore`.
public struct RestoreBackupResult: JSONWritable, Decodable, Hashable, Sendable {
    /// The newest event.
    public let event: Int64
    /// SHA-256 of the head now, in hexadecimal.
    public let digest: String
    /// How many intents are known now.
    public let intents: Int
    /// How many the log holds.
    public let events: Int
    /// SHA-256 of the head that a replay from nothing gives; `nil` unless it was asked for.
    public let replayedDigest: String?
    /// The folder on the daemon's machine where the state before lies; `nil` from a daemon that does not tell.
    public let previous: String?

    public init(
        event: Int64, digest: String, intents: Int, events: Int, replayedDigest: String?, previous: String?
    ) {
        self.event = event
        self.digest = digest
        self.intents = intents
        self.events = events
        self.replayedDigest = replayedDigest
        self.previous = previous
    }

    private enum CodingKeys: String, CodingKey {
        case event, digest, intents, events, previous
        case replayedDigest = "replayed_digest"
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("event", event)
            json.field("digest", digest)
            json.field("intents", intents)
            json.field("events", events)
            json.field(ifPresent: "replayed_digest", replayedDigest)
            json.field(ifPresent: "previous", previous)
        }
    }
}

/// The answer to `transfer.read`: no bytes at the end of the file.
public struct TransferPiece: JSONWritable, Decodable, Hashable, Sendable {
    public let data: [UInt8]

    public init(data: [UInt8]) {
        self.data = data
    }

    private enum CodingKeys: String, CodingKey { case data }

    public init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: CodingKeys.self)
        guard let data = Base64.decode(try object.decode(String.self, forKey: .data)) else {
            throw DecodingError.dataCorruptedError(forKey: .data, in: object, debugDescription: "not Base64")
        }
        self.data = data
    }

    public func write(to json: inout JSONWriter) {
        json.object { $0.field("data", Base64.encode(data)) }
    }
}

/// The answer to `transfer.write`.
public struct TransferProgress: JSONWritable, Decodable, Hashable, Sendable {
    /// Bytes that have arrived so far.
    public let received: Int64

    public init(received: Int64) {
        self.received = received
    }

    public func write(to json: inout JSONWriter) {
        json.object { $0.field("received", received) }
    }
}
