import Glibc

/// A file that is there whole or not at all: written beside its place, read back, then renamed. `-` is standard output.
struct OutputFile: ~Copyable {
    private let path: String
    private let replaces: Bool
    private let temporary: String
    private let descriptor: CInt
    private var hash = SHA256()
    private var isPlaced = false

    private var isStandard: Bool { path == "-" }

    private init(path: String, replaces: Bool, temporary: String, descriptor: CInt) {
        self.path = path
        self.replaces = replaces
        self.temporary = temporary
        self.descriptor = descriptor
    }

    /// - Parameter replaces: whether a file that is there may go.
    static func create(_ path: String, replacing replaces: Bool) throws(Failure) -> OutputFile {
        if path == "-" {
            return OutputFile(path: path, replaces: replaces, temporary: "", descriptor: STDOUT_FILENO)
        }
        let isThere = unsafe access(path, F_OK) == 0
        guard replaces || !isThere else { throw exists(path) }
        let temporary = "\(path).\(getpid()).part"
        let descriptor = unsafe Glibc.open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Failure(.cannotCreate, "cannot_create", "\(path): \(Environment.message(of: errno))")
        }
        return OutputFile(path: path, replaces: replaces, temporary: temporary, descriptor: descriptor)
    }

    mutating func write(_ bytes: [UInt8]) throws(Failure) {
        hash.update(bytes)
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0, errno != EINTR { throw failure("write") }
            rest = rest.dropFirst(max(0, count))
        }
    }

    /// Puts the file in its place, once what is on the disk has the digest.
    mutating func place(expecting digest: String) throws(Failure) {
        try compare(hash.finish(), digest, "what arrived")
        if isStandard { return }
        guard fsync(descriptor) == 0 else { throw failure("fsync") }
        try compare(try Self.digest(of: temporary), digest, temporary)
        // A link takes no other file's place, a rename does.
        let status = unsafe replaces ? rename(temporary, path) : link(temporary, path)
        guard status == 0 else { throw errno == EEXIST ? Self.exists(path) : failure("rename") }
        isPlaced = replaces
    }

    deinit {
        guard path != "-" else { return }
        Glibc.close(descriptor)
        if !isPlaced { _ = unsafe unlink(temporary) }
    }

    private static func digest(of path: String) throws(Failure) -> String {
        let input = try Input.open(path)
        var hash = SHA256()
        while case let piece = try input.read(), !piece.isEmpty { hash.update(piece) }
        return hash.finish()
    }

    private func compare(_ found: String, _ expected: String, _ what: String) throws(Failure) {
        guard found == expected else {
            throw Failure(.io, "differs", "\(what) has sha256 \(found), expected \(expected)")
        }
    }

    private func failure(_ call: String) -> Failure {
        Failure(.io, "io", "\(path): \(call): \(Environment.message(of: errno))")
    }

    private static func exists(_ path: String) -> Failure {
        Failure(.cannotCreate, "exists", "\(path): there is such a file already; --force replaces it")
    }
}
