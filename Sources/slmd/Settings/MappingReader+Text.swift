import Foundation
import Yams

extension MappingReader {
    /// Bytes of a file at most.
    static let mostBytes = 1 << 20
    /// Aliases in a file at most: a few lines of more could mean a text without end.
    static let mostAliases = 20

    init(path: String) throws(SettingsError) {
        try self.init(yaml: Self.text(of: path), file: path)
    }

    /// - Parameter file: the name that errors give.
    init(yaml: String, file: String) throws(SettingsError) {
        func problem(_ says: String) -> SettingsError {
            .invalid([SettingsProblem(file: file, line: 1, column: 1, kind: .badSyntax(says))])
        }
        guard yaml.utf8.count <= Self.mostBytes else {
            throw problem("expected at most \(Self.mostBytes) bytes, found more")
        }
        let aliases = Self.aliases(in: yaml)
        guard aliases <= Self.mostAliases else {
            throw problem("expected at most \(Self.mostAliases) aliases, found \(aliases)")
        }
        let root: Node?
        do {
            root = try Yams.compose(yaml: yaml)
        } catch {
            throw .invalid([SettingsProblem(syntax: error, file: file)])
        }
        guard let root, root.null == nil else {
            self.init(Node.Mapping([]), file: file)
            return
        }
        guard let mapping = root.mapping else {
            throw problem("expected keys and values, found something else")
        }
        self.init(mapping, file: file)
    }

    private static func text(of path: String) throws(SettingsError) -> String {
        let bytes: Data
        do {
            let file = try FileHandle(forReadingFrom: URL(filePath: path))
            bytes = try file.read(upToCount: mostBytes + 1) ?? Data()
        } catch {
            let isThere = FileManager.default.fileExists(atPath: path)
            throw .unreadable(
                file: path, reason: isThere ? "cannot be read: \(error.localizedDescription)" : "no such file"
            )
        }
        // A character may be cut in two after so many bytes; the length is told first.
        if bytes.count > mostBytes { return String(decoding: bytes, as: UTF8.self) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .unreadable(file: path, reason: "not UTF-8 text")
        }
        return text
    }

    /// As many at most: what looks like one in a comment or a text counts too, where there are anchors.
    private static func aliases(in yaml: String) -> Int {
        var (aliases, hasAnchors) = (0, false)
        var last: UInt8 = 0
        for byte in yaml.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                if last == UInt8(ascii: "*") { aliases += 1 }
                if last == UInt8(ascii: "&") { hasAnchors = true }
            default: break
            }
            last = byte
        }
        return hasAnchors ? aliases : 0
    }
}

extension SettingsProblem {
    fileprivate init(syntax error: any Error, file: String) {
        var (line, column) = (1, 1)
        var problem = "\(error)"
        switch error as? YamlError {
        case .scanner(_, let text, let place, _)?, .parser(_, let text, let place, _)?,
            .composer(_, let text, let place, _)?:
            (problem, line, column) = (text, place.line, place.column)
        case .duplicatedKeysInMapping(let duplicates, let context)?:
            problem = "given more than once: \(duplicates.joined(separator: ", "))"
            (line, column) = (context.mark.line, context.mark.column)
        case .reader(let text, let offset?, _, let yaml)?:
            problem = text
            line += yaml.utf8.prefix(offset).count { $0 == UInt8(ascii: "\n") }
        default: break
        }
        self.init(file: file, line: line, column: column, kind: .badSyntax(problem))
    }
}
