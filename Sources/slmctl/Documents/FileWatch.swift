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

    /// What is told of a directory.
    enum Extent {
        /// What is written, comes and goes in it.
        case contents
        /// What comes and goes in it.
        case names
    }

    /// Watches a directory from now on, and no less of it than before.
    ///
    /// A directory that went since is no error: what it lay in tells. Nor is one that may not be read: whoever reads it says so.
    mutating func add(_ directory: String, _ extent: Extent = .contents) throws(Failure) {
        let names = UInt32(IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CREATE)
        let mask =
            switch extent {
            case .names: names
            case .contents: names | UInt32(IN_CLOSE_WRITE)
            }
        let watch = unsafe inotify_add_watch(
            descriptor, directory, mask | UInt32(IN_ONLYDIR) | UInt32(IN_MASK_ADD))
        if watch >= 0 {
            directories[watch] = directory
        } else if errno == ENOSPC {
            throw Failure(
                .unavailable, "too_many_watches",
                "\(directory): no more directories can be watched; raise fs.inotify.max_user_watches (sysctl)"
            )
        } else if errno != ENOENT, errno != ENOTDIR, errno != EACCES {
            throw Failure(.io, "io", "\(directory): inotify: \(Environment.message(of: errno))")
        }
    }

    /// What is at `path` or below is not watched any more: something else is there now.
    mutating func forget(_ path: String) {
        for (watch, directory) in directories
        where directory == path || DocumentTree.isBelow(path, directory) {
            _ = inotify_rm_watch(descriptor, watch)  // the kernel may have removed it
            directories[watch] = nil
        }
    }

    struct Changes: Equatable {
        var paths: Set<String> = []
        /// What came or was written under a name that is not UTF-8, and would count under another; escaped.
        var misnamed: Set<String> = []
        /// Directories that were unmounted, and are not watched any more.
        var unmounted: Set<String> = []
        /// Where something was mounted.
        var mounted: Set<String> = []
        /// False when more changed than the kernel remembers.
        var areAll = true
    }

    /// What changed since.
    mutating func changes() throws(Failure) -> Changes {
        var changes = Changes()
        while true {
            let bytes = try read()
            if bytes.isEmpty { return changes }
            var at = 0
            while bytes.count - at >= 16 {
                let watch = CInt(truncatingIfNeeded: Self.word(bytes, at))
                let mask = Self.word(bytes, at + 4)
                let length = Int(Self.word(bytes, at + 12))
                guard length <= bytes.count - at - 16 else { break }
                let name = bytes[(at + 16)..<(at + 16 + length)].prefix { $0 != 0 }
                at += 16 + length
                take(watch, mask, Array(name), into: &changes)
            }
        }
    }

    private mutating func take(
        _ watch: CInt, _ mask: UInt32, _ name: [UInt8], into changes: inout Changes
    ) {
        if mask & UInt32(IN_Q_OVERFLOW) != 0 { changes.areAll = false }
        guard let directory = directories[watch] else { return }
        if mask & UInt32(IN_UNMOUNT) != 0 { changes.unmounted.insert(directory) }
        if mask & UInt32(IN_IGNORED) != 0 { directories[watch] = nil }
        guard !name.isEmpty else { return }
        if let name = String(validating: name, as: UTF8.self) {
            changes.paths.insert(DocumentTree.path(of: name, in: directory))
        } else if mask & UInt32(IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE) != 0 {
            let path = DocumentTree.path(of: Misnamed.escaped(name), in: directory)
            let wouldCount = mask & UInt32(IN_ISDIR) != 0 || DocumentFile.Kind(path: path) != nil
            if wouldCount, name.first != UInt8(ascii: ".") { changes.misnamed.insert(path) }
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
