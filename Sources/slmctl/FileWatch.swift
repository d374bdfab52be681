import Glibc

/// Tells which paths changed below the directories it watches.
///
/// Everything unsafe about inotify is here.
struct FileWatch: ~Copyable {
    /// Readable when something changed.
    let descriptor: CInt
    private var directories: [CInt: String] = [:]

    init() throws(Failure) {
        descriptor = inotify_init1(CInt(IN_CLOEXEC | IN_NONBLOCK))
        guard descriptor >= 0 else {
            throw Failure(.io, "io", "inotify: \(Environment.message(of: errno))")
        }
    }

    deinit { close(descriptor) }

    /// A directory that went since is no error: what it lay in tells.
    mutating func add(_ directory: String) throws(Failure) {
        let mask =
            UInt32(
                IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CREATE | IN_DELETE_SELF)
            | UInt32(IN_ONLYDIR)
        let watch = unsafe inotify_add_watch(descriptor, directory, mask)
        if watch >= 0 {
            directories[watch] = directory
        } else if errno == ENOSPC {
            throw Failure(
                .unavailable, "too_many_watches",
                "\(directory): no more directories can be watched; raise fs.inotify.max_user_watches (sysctl)"
            )
        } else if errno != ENOENT, errno != ENOTDIR {
            throw Failure(.io, "io", "\(directory): inotify: \(Environment.message(of: errno))")
        }
    }

    /// The paths that changed since; nil when more did than the kernel remembers.
    mutating func changes() throws(Failure) -> Set<String>? {
        var paths: Set<String> = []
        while true {
            let bytes = try read()
            if bytes.isEmpty { return paths }
            var at = 0
            while bytes.count - at >= 16 {
                let watch = CInt(truncatingIfNeeded: Self.word(bytes, at))
                let mask = Self.word(bytes, at + 4)
                let length = Int(Self.word(bytes, at + 12))
                guard length <= bytes.count - at - 16 else { break }
                let name = bytes[(at + 16)..<(at + 16 + length)].prefix { $0 != 0 }
                at += 16 + length
                if mask & UInt32(IN_Q_OVERFLOW) != 0 { return nil }
                guard let directory = directories[watch] else { continue }
                if mask & UInt32(IN_IGNORED) != 0 {
                    directories[watch] = nil
                } else if let name = String(validating: name, as: UTF8.self) {
                    paths.insert(name.isEmpty ? directory : "\(directory)/\(name)")
                }
            }
        }
    }

    private func read() throws(Failure) -> [UInt8] {
        var status = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
            status = unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            count = max(status, 0)
        }
        guard status >= 0 || errno == EAGAIN || errno == EINTR else {
            throw Failure(.io, "io", "inotify: \(Environment.message(of: errno))")
        }
        return bytes
    }

    private static func word(_ bytes: [UInt8], _ at: Int) -> UInt32 {
        bytes[at..<(at + 4)].reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
}
