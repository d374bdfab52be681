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
    private var seen: Set<[UInt]> = []
    private var entered: String?

    init(_ paths: [String]) { waiting = paths.reversed().map { ($0, true) } }

    /// The next one; nil at the end. Links to directories are not followed, and no directory is entered twice.
    mutating func next() -> Entry? {
        if let directory = entered.take() {
            do throws(Failure) {
                for name in try Self.names(in: directory).sorted(by: >) {
                    waiting.append(("\(directory)/\(name)", false))
                }
            } catch {
                return .failure(directory, error)
            }
        }
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

    private static func names(in path: String) throws(Failure) -> [String] {
        guard let directory = unsafe opendir(path) else {
            let message = "\(path): \(Environment.message(of: errno))"
            throw Failure(errno == EACCES ? .permission : .noInput, "no_input", message)
        }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(validatingCString: $0)
                }
            }
            guard let name else {
                throw Failure(.data, "not_utf8", "\(path): expected names in UTF-8, found another one")
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
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
        let folder = absolute(parent)
        return folder == "/" ? "/\(name)" : "\(folder)/\(name)"
    }

    /// The directory that a path lies in.
    static func parent(of path: String) -> String {
        let folders = path.split(separator: "/").dropLast().joined(separator: "/")
        return path.hasPrefix("/") ? "/\(folders)" : folders.isEmpty ? "." : folders
    }
}
