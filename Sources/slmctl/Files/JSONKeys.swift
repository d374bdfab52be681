/// The keys of a JSON object, as they are written.
enum JSONKeys {
    /// A key that the outermost object has twice: of two values, nobody can tell which was meant.
    ///
    /// - Parameter object: JSON that a decoder has accepted; this looks at strings and brackets alone.
    static func repeated(in object: [UInt8]) -> String? {
        var seen: Set<ArraySlice<UInt8>> = []
        var (depth, position) = (0, 0)
        while position < object.count {
            switch object[position] {
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: "\""):
                let content = string(in: object, from: position + 1)
                position = content.endIndex
                let next = object[position...].dropFirst().first { !blanks.contains($0) }
                guard depth == 1, next == UInt8(ascii: ":") else { break }
                guard seen.insert(content).inserted else { return String(decoding: content, as: UTF8.self) }
            default: break
            }
            position += 1
        }
        return nil
    }

    private static let blanks = Array(" \t\r\n".utf8)

    /// Up to the closing quote.
    private static func string(in object: [UInt8], from start: Int) -> ArraySlice<UInt8> {
        var end = start
        while end < object.count, object[end] != UInt8(ascii: "\"") {
            end += object[end] == UInt8(ascii: "\\") ? 2 : 1
        }
        return object[start..<min(end, object.count)]
    }
}
