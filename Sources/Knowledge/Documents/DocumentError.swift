public import CSV
public import JSON

/// Why a document cannot be split. Offsets count bytes of the content, lines from 1.
public enum DocumentError: Error, Hashable, Sendable {
    /// There is nothing in it that could be found.
    case empty
    case invalidUTF8(at: Int)
    /// A NUL, or more control characters than a text has.
    case binary(UInt8, at: Int)
    case csv(CSVError)
    case fieldCount(line: Int, expected: Int, found: Int)
    case json(line: Int, JSONError)
    case notAnObject(line: Int, found: String)
    case tooManyPassages(limit: Int)
    case tooMuchText(limit: Int)
}

extension DocumentError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .empty: "expected text, found none"
        case .invalidUTF8(let at): "byte \(at): expected UTF-8, found other bytes"
        case .binary(let byte, let at):
            "byte \(at): expected text, found the control character 0x\(String(byte, radix: 16)) of a binary file"
        case .csv(let error): "line \(error.line): expected \(error.expected), found \(error.found)"
        case .fieldCount(let line, let expected, let found):
            "line \(line): expected \(expected) fields as in the header, found \(found)"
        case .json(let line, let error): "line \(line): \(error)"
        case .notAnObject(let line, let found): "line \(line): expected a JSON object, found \(found)"
        case .tooManyPassages(let limit): "expected at most \(limit) passages, found more: split the file"
        case .tooMuchText(let limit):
            "expected at most \(limit >> 20) MiB of text, found more: split the file"
        }
    }
}
