internal import Storage

/// A file that a client takes away in pieces, at its own pace.
public struct Download: Sendable {
    let file: OutgoingFile

    /// In bytes.
    public var count: Int { file.count }
    /// SHA-256, in hex.
    public var digest: String { file.digest }

    /// At most `limit` bytes from `offset` on; none at the end.
    public func read(at offset: Int, limit: Int) throws(AssistantError) -> [UInt8] {
        try storing { () throws(StorageError) in try file.read(at: offset, limit: limit) }
    }
}

/// A file that a client brings in pieces.
public struct Upload: Sendable {
    let file: IncomingFile

    /// How many bytes there will be.
    public var size: Int { file.size }
    /// How many have arrived.
    public var count: Int { file.count }
    /// SHA-256 of what has arrived, in hex.
    public var digest: String { file.digest }

    /// Adds bytes at the end.
    ///
    /// - Returns: how many have arrived, or nil, and nothing is kept, when they would be more than announced.
    public func append(_ bytes: [UInt8]) throws(AssistantError) -> Int? {
        try storing { () throws(StorageError) in try file.append(bytes) }
    }
}
