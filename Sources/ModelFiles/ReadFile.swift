import Glibc
import SystemPackage

/// Which file is under a name, and as of when: as long as it is the same, so are its bytes.
public struct FileVersion: Hashable, Sendable {
    /// How seldom the clocks of file systems advance, in nanoseconds: of most some hundred times a second, of some once in
    /// two seconds.
    private static let tick: Int64 = 2_000_000_000

    private let device: UInt64
    private let inode: UInt64
    public let byteCount: Int
    /// Nanoseconds since 1970, UTC, as `changed`.
    private let modified: Int64
    private let changed: Int64

    /// The regular file at `path`.
    public init(path: String) throws(FileError) {
        var status = stat()
        guard unsafe fstatat(AT_FDCWD, path, &status, 0) == 0 else {
            throw .unreadable(path: path, Errno(rawValue: errno))
        }
        try self.init(status, path: path)
    }

    fileprivate init(_ status: stat, path: String) throws(FileError) {
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: path) }
        func nanoseconds(_ time: timespec) -> Int64 {
            Int64(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000).partialValue
                &+ Int64(time.tv_nsec)
        }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        byteCount = Int(status.st_size)
        modified = nanoseconds(status.st_mtim)
        changed = nanoseconds(status.st_ctim)
    }

    /// Whether every later change has another version: what was written so shortly before it was looked at may be written
    /// again without another time.
    ///
    /// - Parameter now: when it was looked at, in microseconds since 1970, UTC.
    public func isSettled(at now: Int64) -> Bool {
        now.multipliedReportingOverflow(by: 1000).partialValue &- max(modified, changed) > Self.tick
    }
}

/// A file that others may write to at any time. It is read: one cut short while it is mapped ends the process.
public struct ReadFile: Sendable {
    public let bytes: [UInt8]
    /// Of before it was read.
    public let version: FileVersion

    /// How much is read at once, in bytes.
    private static let piece = 1 << 20

    /// - Parameters:
    ///   - limit: refuse a file of more bytes than this.
    ///   - progress: called after each piece of 1 MiB.
    public init(path: String, limit: Int, progress: () -> Void = {}) throws(FileError) {
        // A FIFO without a writer would be waited for.
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .unreadable(path: path, Errno(rawValue: errno)) }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            throw .unreadable(path: path, Errno(rawValue: errno))
        }
        version = try FileVersion(status, path: path)
        let size = version.byteCount
        guard size <= limit else { throw .tooLarge(path: path, bytes: size, limit: limit) }
        var failure: CInt = 0
        bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size, let start = buffer.baseAddress {
                let read = unsafe Glibc.read(descriptor, start + count, min(size - count, Self.piece))
                if read < 0, errno == EINTR { continue }
                if read < 0 { failure = errno }
                guard read > 0 else { return }
                count += read
                progress()
            }
        }
        guard failure == 0 else { throw .unreadable(path: path, Errno(rawValue: failure)) }
    }
}
