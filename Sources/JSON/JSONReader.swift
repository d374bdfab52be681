/// Reads one JSON text (RFC 8259), strictly: no trailing bytes, no duplicate keys, no lone surrogates,
/// and nesting bounded, so hostile bytes cost an error and never the stack.
struct JSONReader {
    private let bytes: [UInt8]
    private let maximumDepth: Int
    private var position = 0

    fileprivate init(_ bytes: [UInt8], maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    fileprivate mutating func document() throws(JSONError) -> JSONValue {
        let value = try value(depth: 0)
        skipSpace()
        if position < bytes.count { throw unexpected("the end") }
        return value
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        skipSpace()
        guard position < bytes.count else { throw .unexpectedEnd(expected: "a value") }
        switch bytes[position] {
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: throw unexpected("a value")
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
        try enter(depth)
        var members: [JSONMember] = []
        var starts: [Int] = []
        if skip(UInt8(ascii: "}")) { return .object(members) }
        repeat {
            skipSpace()
            starts.append(position)
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                throw unexpected("a key")
            }
            let key = try string()
            guard skip(UInt8(ascii: ":")) else { throw unexpected("':'") }
            members.append(JSONMember(key: key, value: try value(depth: depth)))
        } while skip(UInt8(ascii: ","))
        guard skip(UInt8(ascii: "}")) else { throw unexpected("',' or '}'") }
        try checkKeys(of: members, startingAt: starts)
        return .object(members)
    }

    /// At the end, when their number is known: a set that need not grow takes half the time.
    private func checkKeys(of members: [JSONMember], startingAt starts: [Int]) throws(JSONError) {
        var keys = Set<ExactKey>(minimumCapacity: members.count)
        for (member, start) in zip(members, starts) {
            guard keys.insert(ExactKey(text: member.key)).inserted else {
                throw .duplicateKey(member.key, at: start)
            }
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
        try enter(depth)
        var elements: [JSONValue] = []
        if skip(UInt8(ascii: "]")) { return .array(elements) }
        repeat {
            elements.append(try value(depth: depth))
        } while skip(UInt8(ascii: ","))
        guard skip(UInt8(ascii: "]")) else { throw unexpected("',' or ']'") }
        return .array(elements)
    }

    private mutating func enter(_ depth: Int) throws(JSONError) {
        guard depth <= maximumDepth else { throw .nestedTooDeeply(at: position, limit: maximumDepth) }
        position += 1
    }

    private mutating func literal(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        for scalar in word.description.utf8 {
            guard position < bytes.count, bytes[position] == scalar else { throw unexpected("\(word)") }
            position += 1
        }
        return value
    }

    // MARK: Numbers

    private mutating func number() throws(JSONError) -> String {
        let start = position
        take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try digits() }
        if take(UInt8(ascii: ".")) { try digits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { take(UInt8(ascii: "-")) }
            try digits()
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func digits() throws(JSONError) {
        let start = position
        while position < bytes.count, case UInt8(ascii: "0")...UInt8(ascii: "9") = bytes[position] {
            position += 1
        }
        if position == start { throw unexpected("a digit") }
    }

    // MARK: Strings

    private mutating func string() throws(JSONError) -> String {
        let start = position
        position += 1
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return try text(bytes[(start + 1)..<(position - 1)], startingAt: start)
            case UInt8(ascii: "\\"):
                return try escapedString(startingAt: start)
            case 0..<0x20:
                throw .controlCharacter(bytes[position], at: position)
            default:
                position += 1
            }
        }
        throw .unexpectedEnd(expected: "'\"'")
    }

    /// Goes on from the first backslash, unescaping into a buffer.
    private mutating func escapedString(startingAt start: Int) throws(JSONError) -> String {
        var unescaped = Array(bytes[(start + 1)..<position])
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return try text(unescaped[...], startingAt: start)
            case UInt8(ascii: "\\"):
                unescaped.append(contentsOf: String(try escape()).utf8)
            case 0..<0x20:
                throw .controlCharacter(byte, at: position)
            default:
                unescaped.append(byte)
                position += 1
            }
        }
        throw .unexpectedEnd(expected: "'\"'")
    }

    private func text(_ utf8: ArraySlice<UInt8>, startingAt start: Int) throws(JSONError) -> String {
        guard let text = String(validating: utf8, as: UTF8.self) else { throw .invalidUTF8(at: start) }
        return text
    }

    private mutating func escape() throws(JSONError) -> Unicode.Scalar {
        let start = position
        position += 2
        guard position <= bytes.count else { throw .unexpectedEnd(expected: "an escape") }
        switch bytes[position - 1] {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape(startingAt: start)
        default: throw .invalidEscape(at: start)
        }
    }

    private mutating func unicodeEscape(startingAt start: Int) throws(JSONError) -> Unicode.Scalar {
        let unit = try fourHexDigits(startingAt: start)
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard unit < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
            throw .invalidEscape(at: start)
        }
        let low = try fourHexDigits(startingAt: start)
        guard 0xDC00..<0xE000 ~= low,
            let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
        else { throw .invalidEscape(at: start) }
        return scalar
    }

    private mutating func fourHexDigits(startingAt start: Int) throws(JSONError) -> UInt32 {
        guard bytes.count - position >= 4 else { throw .unexpectedEnd(expected: "four hex digits") }
        var unit: UInt32 = 0
        for byte in bytes[position..<(position + 4)] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw .invalidEscape(at: start)
            }
            unit = unit << 4 | UInt32(digit)
        }
        position += 4
        return unit
    }

    // MARK: Bytes

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    /// Steps over spaces and then `byte`, or over the spaces alone.
    private mutating func skip(_ byte: UInt8) -> Bool {
        skipSpace()
        return take(byte)
    }

    @discardableResult
    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private func unexpected(_ expected: String) -> JSONError {
        guard position < bytes.count else { return .unexpectedEnd(expected: expected) }
        return .unexpectedByte(bytes[position], at: position, expected: expected)
    }
}

/// A key compared byte by byte: `String` holds "é" and "e" + U+0301 for equal, a vocabulary does not.
private struct ExactKey: Hashable {
    let text: String

    static func == (a: ExactKey, b: ExactKey) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

    // Not the hash of the text: that is one for all the orders of a letter's marks.
    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension JSONValue {
    /// Parses one JSON text.
    ///
    /// - Parameter maximumDepth: how deeply arrays and objects may nest.
    /// - Complexity: O(bytes) time and space.
    public init(parsing bytes: [UInt8], maximumDepth: Int = 32) throws(JSONError) {
        var reader = JSONReader(bytes, maximumDepth: maximumDepth)
        self = try reader.document()
    }
}
