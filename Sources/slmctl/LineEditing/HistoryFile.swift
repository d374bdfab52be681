import Glibc

/// The lines of earlier chats, oldest first, in a file that only its owner can read.
///
/// A chat goes on without it: a file that cannot be read is empty, and what cannot be written is not kept.
struct HistoryFile {
    /// How many lines are kept; the file is cut when it has grown to twice as many.
    static let kept = 1000

    let path: String

    func lines() -> [String] {
        guard let bytes = try? Input.open(path).readAll() else { return [] }  // see above
        var (splitter, all) = (LineSplitter(), [String]())
        splitter.append(bytes)
        splitter.end()
        while let line = splitter.next() {
            if case .text(let text) = line.content, !text.unicodeScalars.contains(where: \.isControl) {
                all.append(text)
            }
        }
        let last = Array(all.suffix(Self.kept))
        if all.count >= 2 * Self.kept { replace(with: last) }
        return last
    }

    func append(_ line: String) {
        makeFolders()
        write([line], to: path, O_APPEND)
    }

    /// Writes beside the file first, so that it is whole at any time.
    private func replace(with lines: [String]) {
        let new = "\(path).\(getpid())"
        if write(lines, to: new, O_EXCL) { _ = unsafe rename(new, path) } else { _ = unsafe unlink(new) }
    }

    @discardableResult
    private func write(_ lines: [String], to path: String, _ flag: CInt) -> Bool {
        let descriptor = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flag, 0o600)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        // One write a time, so that chats side by side do not mix their lines.
        let bytes = Array(lines.map { $0 + "\n" }.joined().utf8)
        return unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            == bytes.count
    }

    private func makeFolders() {
        for index in path.indices.dropFirst() where path[index] == "/" {
            _ = unsafe mkdir(String(path[..<index]), 0o700)  // most are there
        }
    }
}

extension Unicode.Scalar {
    fileprivate var isControl: Bool { properties.generalCategory == .control }
}
