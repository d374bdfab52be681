import Glibc
import Wire

/// A file that a source is made of, opened with the caller's rights and read whole.
struct DocumentFile {
    /// Bytes that the content of a source may have.
    static let longest = 64 << 20
    /// A PDF has more bytes than its text.
    static let longestPDF: Int64 = 1 << 30
    /// Times that a file which changes is read before it is given up.
    private static let attempts = 3

    let content: [UInt8]
    let format: SourceFormat

    enum Kind: Hashable {
        case written(SourceFormat)
        case pdf

        /// By the ending of a name; nil for one that is not known.
        init?(path: String) {
            let name = path.split(separator: "/").last ?? ""
            guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return nil }
            switch name[dot...].dropFirst().lowercased() {
            case "txt", "text", "log", "rst", "org", "adoc": self = .written(.text)
            case "md", "markdown", "mdown", "mkd": self = .written(.markdown)
            case "html", "htm", "xhtml": self = .written(.html)
            case "csv": self = .written(.csv)
            case "jsonl", "ndjson": self = .written(.jsonLines)
            case "pdf": self = .pdf
            default: return nil
            }
        }
    }

    /// - Parameter kind: how the file is written; nil for what its name says, and for text where that says nothing.
    init(path: String, kind: Kind?, pdf: PDFReader = PDFReader()) throws(Failure) {
        let kind = kind ?? Kind(path: path) ?? .written(.text)
        for _ in 0..<Self.attempts {
            let input = try Self.open(path)
            let before = try input.state(of: path)
            try Self.check(before, kind, path)
            let content =
                switch kind {
                case .written: try input.readAll(atMost: Self.longest, path)
                case .pdf: try pdf.text(of: input, path)
                }
            let after = try input.state(of: path)
            guard before == after, kind == .pdf || Int64(content.count) == after.size else { continue }
            try self.init(content: content, kind: kind, path)
            return
        }
        throw Failure(
            .temporary, "changing", "\(path): it changes while it is read; add it again when it is whole")
    }

    /// - Parameter path: as errors give it.
    init(content: [UInt8], kind: Kind, _ path: String) throws(Failure) {
        do {
            _ = try UTF8Span(validating: content.span)
        } catch {
            let at = error.byteOffsets.lowerBound
            throw Failure(.data, "not_text", "\(path): expected UTF-8 text, found other bytes at byte \(at)")
        }
        if let at = content.firstIndex(of: 0) {
            throw Failure(
                .data, "not_text", "\(path): expected text, found a NUL at byte \(at) as in a binary file")
        }
        guard content.contains(where: { $0 > 0x20 }) else {
            let remedy = kind == .pdf ? "; a scan has to be recognised (OCR) first" : ""
            throw Failure(.data, "empty", "\(path): expected text, found none\(remedy)")
        }
        self.content = content
        format = if case .written(let format) = kind { format } else { .text }
    }

    /// A regular file; nothing else is waited for.
    private static func open(_ path: String) throws(Failure) -> Input {
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else {
            let message = "\(path): \(Environment.message(of: errno))"
            throw Failure(errno == EACCES ? .permission : .noInput, "no_input", message)
        }
        return Input(reading: descriptor)
    }

    private static func check(_ state: FileState, _ kind: Kind, _ path: String) throws(Failure) {
        guard state.isRegular else {
            throw Failure(.noInput, "no_input", "\(path): expected a regular file, found something else")
        }
        let limit = kind == .pdf ? longestPDF : Int64(longest)
        guard state.size <= limit else {
            throw Failure(
                .data, "too_large",
                "\(path): expected at most \(limit >> 20) MiB, found \(state.size >> 20) MiB; split the file")
        }
    }
}

/// What tells whether a file was changed.
struct FileState: Hashable {
    let device: UInt
    let inode: UInt
    let size: Int64
    let isRegular: Bool
    let isDirectory: Bool
    let isLink: Bool
    private let changed: [Int]

    fileprivate init(_ information: stat) {
        device = UInt(information.st_dev)
        inode = UInt(information.st_ino)
        size = Int64(information.st_size)
        isRegular = information.st_mode & S_IFMT == S_IFREG
        isDirectory = information.st_mode & S_IFMT == S_IFDIR
        isLink = information.st_mode & S_IFMT == S_IFLNK
        changed = [
            information.st_mtim.tv_sec, information.st_mtim.tv_nsec, information.st_ctim.tv_sec,
            information.st_ctim.tv_nsec,
        ]
    }

    /// - Parameter followsLinks: whether a link stands for what it leads to.
    /// - Returns: nil when nothing is there.
    init?(path: String, followingLinks followsLinks: Bool) throws(Failure) {
        var information = stat()
        let status = unsafe followsLinks ? stat(path, &information) : lstat(path, &information)
        if status != 0, errno == ENOENT || errno == ENOTDIR { return nil }
        guard status == 0 else {
            let message = "\(path): \(Environment.message(of: errno))"
            throw Failure(errno == EACCES ? .permission : .noInput, "no_input", message)
        }
        self.init(information)
    }

    /// What a directory's entry of this name is, no link followed.
    ///
    /// - Parameters:
    ///   - name: which need not be UTF-8.
    ///   - directory: an open one.
    ///   - path: as errors give it.
    /// - Returns: nil when it went.
    init?(of name: [UInt8], in directory: CInt, _ path: String) throws(Failure) {
        var information = stat()
        let status = unsafe (name + [0]).map(CChar.init(bitPattern:)).withUnsafeBufferPointer { name in
            guard let name = name.baseAddress else { return CInt(-1) }
            return unsafe fstatat(directory, name, &information, AT_SYMLINK_NOFOLLOW)
        }
        if status != 0, errno == ENOENT { return nil }
        guard status == 0 else {
            throw Failure(.noInput, "no_input", "\(path): \(Environment.message(of: errno))")
        }
        self.init(information)
    }

    /// What is the same file.
    var identity: [UInt] { [device, inode] }
}

extension Input {
    fileprivate func state(of path: String) throws(Failure) -> FileState {
        var information = stat()
        guard unsafe fstat(descriptor, &information) == 0 else {
            throw Failure(.io, "io", "\(path): \(Environment.message(of: errno))")
        }
        return FileState(information)
    }

    fileprivate func readAll(atMost limit: Int, _ path: String) throws(Failure) -> [UInt8] {
        do {
            return try readAll(atMost: limit)
        } catch {
            throw error.about(path)
        }
    }
}
