import Glibc

/// What lies below the paths a user named, each file and directory once, in the order of names.
struct DocumentTree {
    enum Entry {
        /// - Parameter isNamed: by the user, and not found in a directory.
        case file(String, isNamed: Bool)
        /// Before its names are read, so that who watches it from then on misses none.
        case directory(String)
        case skipped(String, Reason)
        case failure(String, Failure)
    }

    enum Reason: String {
        case hidden
        /// Its ending tells no format.
        case ending
        case link
        /// Neither a file nor a directory.
        case special
    }

    private var waiting: [(path: String, isNamed: Bool)]
    private var misnamed: [Misnamed] = []
    private var seen: Set<[UInt]> = []
    private var entered: String?

    init(_ paths: [String]) { waiting = paths.reversed().map { ($0, true) } }

    /// The next one; nil at the end. Links to directories are not followed, and no directory is entered twice.
    mutating func next() -> Entry? {
        if let directory = entered.take() {
            do throws(Failure) {
                let (names, misnamed) = try Self.names(in: directory)
                waiting += names.sorted(by: >).map { (Self.path(of: $0, in: directory), false) }
                self.misnamed = misnamed.sorted { $0.path > $1.path }
            } catch {
                return .failure(directory, error)
            }
        }
        if let found = misnamed.popLast() { return found.entry }
        while let (path, isNamed) = waiting.popLast() {
            do throws(Failure) {
                if let entry = try entry(path, isNamed) { return entry }
            } catch {
                return .failure(path, error)
            }
        }
        return nil
    }

    private mutating func entry(_ path: String, _ isNamed: Bool) throws(Failure) -> Entry? {
        let name = path.split(separator: "/").last ?? ""
        if !isNamed, name.hasPrefix(".") { return .skipped(path, .hidden) }
        guard let state = try FileState(path: path, followingLinks: isNamed) else {
            guard isNamed else { return nil }  // it went since its directory was read
            throw Failure(.noInput, "no_input", "\(path): \(Environment.message(of: ENOENT))")
        }
        if state.isLink { return .skipped(path, .link) }
        if state.isDirectory {
            guard seen.insert(state.identity).inserted else { return nil }
            entered = path
            return .directory(path)
        }
        if !isNamed {
            guard state.isRegular else { return .skipped(path, .special) }
            guard DocumentFile.Kind(path: path) != nil else { return .skipped(path, .ending) }
        }
        guard seen.insert(state.identity).inserted else { return nil }
        return .file(path, isNamed: isNamed)
    }

    /// What the names in a directory are, and what bears names that are not UTF-8.
    private static func names(in path: String) throws(Failure) -> (names: [String], misnamed: [Misnamed]) {
        guard let directory = unsafe opendir(path) else {
            let message = "\(path): \(Environment.message(of: errno))"
            throw Failure(errno == EACCES ? .permission : .noInput, "no_input", message)
        }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        var misnamed: [Misnamed] = []
        while let entry = unsafe readdir(directory) {
            let bytes = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe [UInt8](UnsafeRawBufferPointer(start: $0, count: strlen($0)))
                }
            }
            guard let name = String(validating: bytes, as: UTF8.self) else {
                let shown = Self.path(of: Misnamed.escaped(bytes), in: path)
                if let state = try unsafe FileState(of: bytes, in: dirfd(directory), shown) {
                    misnamed.append(Misnamed(path: shown, state: state))
                }
                continue
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return (names, misnamed)
    }

    /// Whether a path lies in a directory or deeper.
    static func isBelow(_ directory: String, _ path: String) -> Bool {
        path.hasPrefix(directory == "/" ? "/" : directory + "/")
    }

    static func path(of name: String, in directory: String) -> String {
        directory == "/" ? "/\(name)" : "\(directory)/\(name)"
    }

    /// Where a path leads, without links and dots; of what is gone, where it was.
    static func absolute(_ path: String) -> String {
        if let real = unsafe realpath(path, nil) {
            defer { unsafe free(real) }
            return unsafe String(cString: real)
        }
        let parent = parent(of: path)
        guard let name = path.split(separator: "/").last, name != "..", name != ".", parent != path else {
            return path
        }
        return Self.path(of: String(name), in: absolute(parent))
    }

    /// The directory that a path lies in.
    static func parent(of path: String) -> String {
        let folders = path.split(separator: "/").dropLast().joined(separator: "/")
        return path.hasPrefix("/") ? "/\(folders)" : folders.isEmpty ? "." : folders
    }
}

/// What bears a name that is not UTF-8, and so can name no source.
struct Misnamed {
    /// Its name escaped.
    let path: String
    let state: FileState

    /// An error, unless another name would not make a source of it either.
    var entry: DocumentTree.Entry {
        let name = path.split(separator: "/").last ?? ""
        if name.hasPrefix(".") { return .skipped(path, .hidden) }
        if state.isLink { return .skipped(path, .link) }
        if !state.isDirectory {
            guard state.isRegular else { return .skipped(path, .special) }
            guard DocumentFile.Kind(path: path) != nil else { return .skipped(path, .ending) }
        }
        return .failure(path, Self.failure(path))
    }

    static func failure(_ path: String) -> Failure {
        Failure(.data, "not_utf8", "\(path): expected a name in UTF-8, found other bytes; rename it")
    }

    /// A name whose bytes that are no UTF-8 are written as `\xE9`.
    static func escaped(_ name: [UInt8]) -> String {
        var bytes = name.makeIterator()
        var parser = UTF8.ForwardParser()
        var escaped = ""
        var at = 0
        while true {
            switch parser.parseScalar(from: &bytes) {
            case .emptyInput: return escaped
            case .valid(let scalar):
                escaped += String(decoding: scalar, as: UTF8.self)
                at += scalar.count
            case .error(let length):
                for byte in name[at..<(at + length)] {
                    escaped += "\\x" + String(byte, radix: 16, uppercase: true)
                }
                at += length
            }
        }
    }
}
