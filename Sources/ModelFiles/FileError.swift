public import SystemPackage

/// Why a file's bytes could not be had.
public enum FileError: Error, Hashable, Sendable {
    /// The system refused: no such file, no permission, out of memory…
    case unreadable(path: String, Errno)
    /// A directory, socket or device stands where a file should.
    case notAFile(path: String)
    /// The file is larger than anything of its kind.
    case tooLarge(path: String, bytes: Int, limit: Int)
}

extension FileError {
    /// Whether there is just no such file.
    public var isAbsence: Bool {
        if case .unreadable(_, .noSuchFileOrDirectory) = self { true } else { false }
    }
}

extension FileError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreadable(let path, let errno): "\(path): \(errno)"
        case .notAFile(let path): "\(path): not a regular file"
        case .tooLarge(let path, let bytes, let limit): "\(path): \(bytes) bytes, at most \(limit) expected"
        }
    }
}
