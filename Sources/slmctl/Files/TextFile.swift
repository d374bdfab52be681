import JSON
import Wire

/// A file that is read line by line. A broken line is named as `file:line`.
struct TextFile {
    /// As errors give it.
    let name: String
    private let bytes: ArraySlice<UInt8>

    typealias Placed<Value> = (value: Value, line: Int)

    /// - Parameter path: `-` is standard input.
    init(path: String, bytes: [UInt8]) {
        name = path == "-" ? "standard input" : path
        self.bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
    }

    /// Without a byte order mark.
    var content: ArraySlice<UInt8> { bytes }

    /// The first line that is not blank.
    var firstLine: ArraySlice<UInt8> {
        content.drop { $0 == 0x0A || $0 == 0x0D || $0 == 0x20 }.prefix { $0 != 0x0A }
    }

    /// What each line is that is not blank.
    func eachLine<Value>(
        _ read: (String, Int) throws(Failure) -> Value
    ) throws(Failure) -> [Placed<Value>] {
        var values: [Placed<Value>] = []
        var lines = LineSplitter()
        lines.append(Array(content))
        lines.end()
        while let line = lines.next() {
            switch line.content {
            case .text(let text) where text.allSatisfy(\.isWhitespace): continue
            case .text(let text): values.append((try read(text, line.number), line.number))
            case .notUTF8: throw wrong(line.number, expected: "UTF-8", found: "other bytes")
            case .tooLong:
                let expected = "a line of at most \(LineSplitter.longestLine) bytes"
                throw wrong(line.number, expected: expected, found: "a longer one")
            }
        }
        return values
    }

    /// What a line is that holds one JSON object.
    func object<Value>(
        _ text: String, _ line: Int, _ decode: ([UInt8]) throws(ErrorReply) -> Value
    ) throws(Failure) -> Value {
        let bytes = Array(text.utf8)
        let value: Value
        do throws(ErrorReply) {
            value = try decode(bytes)
        } catch {
            let expected = error.expected.map { "\($0) for \(error.subject ?? "it")" } ?? "a JSON object"
            throw wrong(line, expected: expected, found: error.found ?? text.cut(to: 60))
        }
        guard let key = JSONKeys.repeated(in: bytes) else { return value }
        throw wrong(line, expected: "one value for \(key)", found: "several")
    }

    func wrong(_ line: Int, expected: String, found: String) -> Failure {
        Failure(.data, "bad_line", "\(name):\(line): expected \(expected), found \(found)")
    }

    /// What the daemon refused of one thing, told by its line.
    ///
    /// - Parameters:
    ///   - kind: what the daemon calls it.
    ///   - lines: of all that was sent.
    func placed(_ reply: ErrorReply, _ kind: String, at lines: [Int]) -> ErrorReply {
        guard let number = reply.item, lines.indices.contains(number - 1) else { return reply }
        return reply.replacing("\(kind) \(number)", by: "\(name):\(lines[number - 1])")
    }
}
