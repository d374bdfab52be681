internal import Crypto
internal import Synchronization

/// Bytes that a client brings in pieces, kept in a file without a name: nothing is left of them when the
/// value goes.
public final class IncomingFile: Sendable {
    private struct Content {
        var count = 0
        var hash = SHA256()
    }

    /// How many there will be.
    public let size: Int
    private let file: OpenFile
    private let content = Mutex(Content())

    /// - Parameter directory: on the disk of the state.
    public init(size: Int, in directory: String) throws(StorageError) {
        self.size = size
        file = try OpenFile(temporary: ".incoming", in: directory)
    }

    /// How many have arrived.
    public var count: Int { content.withLock { $0.count } }

    /// Adds bytes at the end. When that fails the file is as if they had never come, and they may be sent
    /// again.
    ///
    /// - Returns: how many have arrived, or nil, and nothing is kept, when they would be more than announced.
    public func append(_ bytes: [UInt8]) throws(StorageError) -> Int? {
        try content.withLock { content throws(StorageError) in
            guard bytes.count <= size - content.count else { return nil }
            try file.write(bytes, at: content.count)
            content.hash.update(data: bytes)
            content.count += bytes.count
            return content.count
        }
    }

    /// SHA-256 of what has arrived, in hex.
    public var digest: String { content.withLock { CheckpointFile.hex($0.hash.finalize()) } }

    func read(at offset: Int, count: Int) throws(StorageError) -> [UInt8] {
        try file.read(at: offset, count: count)
    }

    /// All of it, for what is small.
    public func bytes() throws(StorageError) -> [UInt8] { try file.read(at: 0, count: count) }
}
