import Glibc

/// A descriptor to read from, closed at the end unless it is standard input.
///
/// Everything unsafe about reading is here.
struct Input: ~Copyable {
    let descriptor: CInt

    static var standard: Input { Input(reading: STDIN_FILENO) }

    /// The descriptor is this input's from now on.
    init(reading descriptor: CInt) {
        self.descriptor = descriptor
    }

    /// - Parameter path: `-` stands for standard input.
    static func open(_ path: String) throws(Failure) -> Input {
        if path == "-" { return .standard }
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            let message = "\(path): \(Environment.message(of: errno))"
            throw Failure(errno == EACCES ? .permission : .noInput, "no_input", message)
        }
        let input = Input(reading: descriptor)
        guard !input.isDirectory else { throw Failure(.noInput, "no_input", "\(path): Is a directory") }
        return input
    }

    private var isDirectory: Bool {
        var information = stat()
        return unsafe fstat(descriptor, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
    }

    /// Bytes of a regular file from here on; nil for anything else.
    var size: Int64? {
        var information = stat()
        guard unsafe fstat(descriptor, &information) == 0, information.st_mode & S_IFMT == S_IFREG else {
            return nil
        }
        return Int64(information.st_size) - max(0, Int64(lseek(descriptor, 0, SEEK_CUR)))
    }

    deinit {
        if descriptor != STDIN_FILENO { close(descriptor) }
    }

    var isTerminal: Bool { isatty(descriptor) == 1 }

    /// What there is, once there is some; empty at the end.
    func read(atMost limit: Int = 1 << 16) throws(Failure) -> [UInt8] {
        while true {
            var status = 0
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
                status = unsafe Glibc.read(descriptor, buffer.baseAddress, limit)
                count = max(status, 0)
            }
            if status >= 0 { return bytes }
            if errno == EAGAIN {
                _ = try Self.wait([descriptor])
            } else if errno != EINTR {
                throw Failure(.io, "io", "read: \(Environment.message(of: errno))")
            }
        }
    }

    /// Everything to the end.
    ///
    /// - Parameter limit: bytes there may be.
    func readAll(atMost limit: Int = .max) throws(Failure) -> [UInt8] {
        var all: [UInt8] = []
        while true {
            let piece = try read()
            if piece.isEmpty { return all }
            guard piece.count <= limit - all.count else {
                throw Failure(.data, "too_large", "expected at most \(limit) bytes, found more")
            }
            all.append(contentsOf: piece)
        }
    }

    /// Bytes of a stream that are kept in a file at most.
    private static let mostSpooled: Int64 = 64 << 30

    /// The same bytes from a regular file: what comes through a pipe is written to one first, which has no name and is
    /// gone with the value.
    consuming func ofKnownSize() throws(Failure) -> Input {
        guard size == nil else { return self }
        let folder = Environment.value("TMPDIR") ?? "/var/tmp"
        var name = Array("\(folder)/slmctl-XXXXXX".utf8CString)
        let descriptor = unsafe mkstemp(&name)
        guard descriptor >= 0 else {
            throw Failure(.cannotCreate, "cannot_create", "\(folder): \(Environment.message(of: errno))")
        }
        let file = Input(reading: descriptor)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = unsafe unlink(name)
        try copy(to: Terminal(descriptor), in: folder)
        guard lseek(descriptor, 0, SEEK_SET) == 0 else {
            throw Failure(.io, "io", "lseek: \(Environment.message(of: errno))")
        }
        return file
    }

    private func copy(to output: Terminal, in folder: String) throws(Failure) {
        var left = Self.mostSpooled
        while case let piece = try read(), !piece.isEmpty {
            left -= Int64(piece.count)
            guard left >= 0 else {
                throw Failure(.data, "too_large", "expected at most \(Self.mostSpooled) bytes, found more")
            }
            do {
                try output.write(piece)
            } catch {
                throw Failure(error.exit, error.kind, "\(folder): \(error.message)")
            }
        }
    }

    /// Waits for input, or the end of it.
    ///
    /// - Returns: whether there is some; false after `limit`, or when a signal came.
    func wait(atMost limit: Duration) throws(Failure) -> Bool {
        var entry = pollfd(fd: descriptor, events: CShort(POLLIN), revents: 0)
        let milliseconds = CInt(clamping: Int64((limit / .milliseconds(1)).rounded(.up)))
        let count = unsafe poll(&entry, 1, max(milliseconds, 0))
        if count < 0, errno != EINTR { throw Failure(.io, "io", "poll: \(Environment.message(of: errno))") }
        return count > 0
    }

    /// Waits for input, or the end of it, on any of the descriptors; says on which.
    ///
    /// - Parameters:
    ///   - descriptors: none is waited for where it is negative.
    ///   - milliseconds: how long at most; negative for ever.
    ///   - urgent: one more of them, where something out of order is waited for and no input.
    static func wait(
        _ descriptors: [CInt], urgent: CInt = -1, milliseconds: CInt = -1
    ) throws(Failure) -> [Bool] {
        var entries = descriptors.map { pollfd(fd: $0, events: CShort(POLLIN), revents: 0) }
        entries.append(pollfd(fd: urgent, events: CShort(POLLPRI), revents: 0))
        while unsafe poll(&entries, nfds_t(entries.count), milliseconds) < 0 {
            guard errno == EINTR else { throw Failure(.io, "io", "poll: \(Environment.message(of: errno))") }
        }
        return entries.map { $0.revents != 0 }
    }
}
