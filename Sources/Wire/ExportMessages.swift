public import JSON

/// Makes one snapshot ready as a file, to be read with `transfer.read` on this connection.
public struct ExportSnapshotParams: Params {
    public typealias Answer = ExportSnapshotResult
    public static let method = Method.exportSnapshot
    public var name: String

    public init(name: String) {
        self.name = name
    }

    public func write(to json: inout JSONWriter) {
        json.object { $0.field("name", name) }
    }
}

/// Keeps the snapshot that was written with `transfer.write` on this connection.
public struct ImportSnapshotParams: Params {
    public typealias Answer = SnapshotResult
    public static let method = Method.importSnapshot
    /// Without one, it has the name it had.
    public var name: String?

    public init(name: String? = nil) {
        self.name = name
    }

    public func write(to json: inout JSONWriter) {
        json.object { $0.field(ifPresent: "name", name) }
    }
}

extension ExportSnapshotParams {
    init(reading params: inout ParamsReader) throws(ErrorReply) {
        name = try params.string("name")
    }
}

extension ImportSnapshotParams {
    init(reading params: inout ParamsReader) throws(ErrorReply) {
        name = try params.optionalString("name")
    }
}

/// The answer to `snapshot.export`.
public struct ExportSnapshotResult: JSONWritable, Decodable, Hashable, Sendable {
    public let name: String
    /// The last event the snapshot holds.
    public let event: Int64
    /// SHA-256 of its head, in hexadecimal.
    public let digest: String
    /// Events in the file.
    public let events: Int
    /// Of the file.
    public let bytes: Int64
    /// SHA-256 of the file.
    public let sha256: String

    public init(name: String, event: Int64, digest: String, events: Int, bytes: Int64, sha256: String) {
        self.name = name
        self.event = event
        self.digest = digest
        self.events = events
        self.bytes = bytes
        self.sha256 = sha256
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("name", name)
            json.field("event", event)
            json.field("digest", digest)
            json.field("events", events)
            json.field("bytes", bytes)
            json.field("sha256", sha256)
        }
    }
}
