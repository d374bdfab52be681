import Glibc
import SystemPackage

/// The bytes of a file, mapped read-only and unmapped with the value.
///
/// Pages come from the page cache as they are touched, so opening costs the same for any size.
/// Replace such a file by renaming another over it: one cut short in place while it is mapped ends the process.
@safe public struct MappedFile: ~Copyable, @unchecked Sendable {  // pages are PROT_READ until deinit
    private let start: UnsafeRawPointer?
    /// Of the whole file.
    public let byteCount: Int

    /// Maps the whole of `path`.
    /// - Parameter limit: refuse a file of more bytes than this.
    public init(path: String, limit: Int = .max) throws(FileError) {
        let pages = try unsafe Self.map(path, limit: limit)
        unsafe start = UnsafeRawPointer(pages.baseAddress)
        byteCount = pages.count
    }

    private static func map(_ path: String, limit: Int) throws(FileError) -> UnsafeMutableRawBufferPointer {
        // A FIFO without a writer would be waited for.
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .unreadable(path: path, Errno(rawValue: errno)) }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            throw .unreadable(path: path, Errno(rawValue: errno))
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: path) }
        let byteCount = Int(status.st_size)
        guard byteCount <= limit else { throw .tooLarge(path: path, bytes: byteCount, limit: limit) }
        // mmap refuses a length of 0
        guard byteCount > 0 else { return unsafe UnsafeMutableRawBufferPointer(start: nil, count: 0) }
        let address = unsafe mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, descriptor, 0)
        guard unsafe address != MAP_FAILED else { throw .unreadable(path: path, Errno(rawValue: errno)) }
        return unsafe UnsafeMutableRawBufferPointer(start: address, count: byteCount)
    }

    deinit {
        guard let start = unsafe start else { return }
        unsafe munmap(UnsafeMutableRawPointer(mutating: start), byteCount)
    }

    /// Lends the whole file.
    public borrowing func withBytes<R, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
        try body(unsafe UnsafeRawBufferPointer(start: start, count: byteCount).bytes)
    }

    /// A copy of the whole file.
    public borrowing func contents() -> [UInt8] {
        withBytes { bytes in copy(of: bytes) }
    }
}

/// A copy of `bytes`.
func copy(of bytes: RawSpan) -> [UInt8] {
    unsafe bytes.withUnsafeBytes { unsafe Array($0) }
}

/// The little-endian floats that fill `bytes`, which may start at any address.
func copiedFloats(of bytes: RawSpan) -> [Float] {
    let count = bytes.byteCount / MemoryLayout<Float>.size
    return unsafe bytes.withUnsafeBytes { source in
        unsafe Array(unsafeUninitializedCapacity: count) { floats, initialized in
            unsafe UnsafeMutableRawBufferPointer(floats).copyMemory(from: source)
            initialized = count
        }
    }
}

/// Little-endian integers starting at any byte, as files hold them.
extension RawSpan {
    /// - Precondition: `offset` and the integer's bytes lie inside.
    func integer<T: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as type: T.Type) -> T {
        // Bounds are checked by the span; any bit pattern is a valid integer.
        T(littleEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: type))
    }
}
