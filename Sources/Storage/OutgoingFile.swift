internal import Crypto
internal import SystemPackage

/// Bytes that a client takes away in pieces, at its own pace. They lie in files that are open and need no
/// name any more, so that nothing is left of them when the value goes.
public final class OutgoingFile: Sendable {
    /// A run of the bytes.
    enum Segment: Sendable {
        case bytes([UInt8])
        /// The first so many bytes of a file.
        case file(OpenFile, count: Int)

        var count: Int {
            switch self {
            case .bytes(let bytes): bytes.count
            case .file(_, let count): count
            }
        }
    }

    private static let pieceBytes = 1 << 20

    public let count: Int
    /// SHA-256 of all of it, in hex.
    public let digest: String
    private let segments: [(start: Int, segment: Segment)]

    /// - Parameter progress: called with the bytes of each piece that was read.
    init(_ segments: [Segment], progress: (Int) throws -> Void = { _ in }) throws {
        var starts: [(start: Int, segment: Segment)] = []
        var count = 0
        for segment in segments {
            starts.append((count, segment))
            count += segment.count
        }
        self.segments = starts
        self.count = count
        var hash = SHA256()
        for segment in segments {
            try Self.forEachPiece(of: segment) { piece in
                hash.update(data: piece)
                try progress(piece.count)
            }
        }
        digest = CheckpointFile.hex(hash.finalize())
    }

    /// At most `limit` bytes from `offset` on; none at the end.
    public func read(at offset: Int, limit: Int) throws(StorageError) -> [UInt8] {
        var bytes: [UInt8] = []
        var offset = max(0, offset)
        for (start, segment) in segments where offset < start + segment.count && bytes.count < limit {
            let wanted = min(limit - bytes.count, start + segment.count - offset)
            bytes += try Self.read(segment, at: offset - start, count: wanted)
            offset += wanted
        }
        return bytes
    }

    /// SHA-256 of a segment, in hex.
    static func digest(of segment: Segment, progress: (Int) throws -> Void) throws -> String {
        var hash = SHA256()
        try forEachPiece(of: segment) { piece in
            hash.update(data: piece)
            try progress(piece.count)
        }
        return CheckpointFile.hex(hash.finalize())
    }

    private static func forEachPiece(of segment: Segment, _ body: ([UInt8]) throws -> Void) throws {
        for offset in stride(from: 0, to: segment.count, by: pieceBytes) {
            try body(try read(segment, at: offset, count: min(pieceBytes, segment.count - offset)))
        }
    }

    private static func read(
        _ segment: Segment, at offset: Int, count: Int
    ) throws(StorageError) -> [UInt8] {
        switch segment {
        case .bytes(let bytes): [UInt8](bytes[offset..<offset + count])
        case .file(let file, _): try file.read(at: offset, count: count)
        }
    }
}

/// A file that is open, and closed with the value.
final class OpenFile: Sendable {
    let path: String
    let size: Int
    private let descriptor: FileDescriptor

    /// Opens a file for reading.
    init(reading path: String) throws(StorageError) {
        self.path = path
        do {
            descriptor = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
        } catch {
            throw Files.failure(path, .backUp, error)
        }
        do {
            size = Int(try descriptor.seek(offset: 0, from: .end))
        } catch {
            try? descriptor.close()  // the first failure is the one to report
            throw Files.failure(path, .backUp, error)
        }
    }

    /// Makes an empty file whose name is gone at once.
    init(temporary name: String, in directory: String) throws(StorageError) {
        path = "\(directory)/\(name)"
        size = 0
        do {
            descriptor = try FileDescriptor.open(
                FilePath(path), .readWrite, options: [.create, .truncate, .closeOnExec],
                permissions: [.ownerReadWrite])
        } catch {
            throw Files.failure(path, .restore, error)
        }
        try Files.remove(name, in: directory, .restore)
    }

    deinit {
        try? descriptor.close()  // nothing that is still wanted is in it
    }

    /// - Throws: also when the file has fewer bytes.
    func read(at offset: Int, count: Int) throws(StorageError) -> [UInt8] {
        do {
            return try unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
                while done < count {
                    let rest = unsafe UnsafeMutableRawBufferPointer(
                        rebasing: UnsafeMutableRawBufferPointer(buffer)[done..<count])
                    let read = try unsafe descriptor.read(
                        fromAbsoluteOffset: Int64(offset + done), into: rest)
                    guard read > 0 else { throw Errno.ioError }
                    done += read
                }
            }
        } catch {
            throw Files.failure(path, .backUp, error)
        }
    }

    func write(_ bytes: [UInt8], at offset: Int) throws(StorageError) {
        do {
            _ = try descriptor.writeAll(toAbsoluteOffset: Int64(offset), bytes)
        } catch {
            throw Files.failure(path, .restore, error)
        }
    }
}
