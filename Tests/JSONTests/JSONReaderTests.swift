import JSON
import Testing

private func parse(_ text: String) throws(JSONError) -> JSONValue {
    try JSONValue(parsing: Array(text.utf8), maximumDepth: 3)
}

@Suite struct JSONReaderTests {
    @Test func `values keep their order and their digits`() throws {
        let value = try parse(
            " { \"b\" : [1e-12, -0.50,\t9223372036854775807], \"a\":\r\n{\"t\":true,\"n\":null} } ")
        #expect(value.members?.map(\.key) == ["b", "a"])
        #expect(value["b"] == .array([.number("1e-12"), .number("-0.50"), .number("9223372036854775807")]))
        #expect(value["b"]?.elements?.map(\.double) == [1e-12, -0.5, 0x1p63])
        #expect(value["b"]?.elements?.map(\.integer) == [nil, nil, .max])
        #expect(value["a"]?["t"]?.bool == true)
        #expect(value["a"]?["n"] == .null)
    }

    @Test(arguments: [
        (#""""#, ""), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""a\u00e9\u0000z""#, "aé\0z"),
        (#""\ud83d\uDE00""#, "😀"), (#""日本""#, "日本"),
    ])
    func `strings are unescaped`(json: String, text: String) throws {
        #expect(try parse(json).string == text)
    }

    @Test(arguments: [
        ("", JSONError.unexpectedEnd(expected: "a value")),
        ("{\"a\":1,}", .unexpectedByte(0x7D, at: 7, expected: "a key")),
        ("[1,]", .unexpectedByte(0x5D, at: 3, expected: "a value")),
        ("[1 2]", .unexpectedByte(0x32, at: 3, expected: "',' or ']'")),
        ("{\"a\" 1}", .unexpectedByte(0x31, at: 5, expected: "':'")),
        ("{\"a\":1", .unexpectedEnd(expected: "',' or '}'")),
        ("truth", .unexpectedByte(0x74, at: 3, expected: "true")),
        ("NaN", .unexpectedByte(0x4E, at: 0, expected: "a value")),
        ("01", .unexpectedByte(0x31, at: 1, expected: "the end")),
        ("1.", .unexpectedEnd(expected: "a digit")),
        ("-", .unexpectedEnd(expected: "a digit")),
        ("+1", .unexpectedByte(0x2B, at: 0, expected: "a value")),
        ("1e+", .unexpectedEnd(expected: "a digit")),
        ("\"a", .unexpectedEnd(expected: "'\"'")),
        ("\"\\", .unexpectedEnd(expected: "an escape")),
        ("\"\\x\"", .invalidEscape(at: 1)),
        ("\"\\u12\"", .unexpectedEnd(expected: "four hex digits")),
        ("\"\\u12g4\"", .invalidEscape(at: 1)),
        ("\"\\ud800\"", .invalidEscape(at: 1)),
        ("\"\\udc00\\ud800\"", .invalidEscape(at: 1)),
        ("\"\\ud800\\u0041\"", .invalidEscape(at: 1)),
        ("\"a\nb\"", .controlCharacter(0x0A, at: 2)),
        ("[[[[0]]]]", .nestedTooDeeply(at: 3, limit: 3)),
        ("{\"k\":{\"k\":1},\"k\":2}", .duplicateKey("k", at: 13)),
        ("\u{FEFF}{}", .unexpectedByte(0xEF, at: 0, expected: "a value")),
    ])
    func `each fault is named where it stands`(json: String, error: JSONError) {
        #expect(throws: error) { try parse(json) }
    }

    @Test func `nesting up to the limit is read`() throws {
        #expect(try parse("[[[0]]]") == .array([.array([.array([.number("0")])])]))
    }

    @Test func `keys are told apart by their bytes`() throws {
        let value = try parse("{\"\u{E9}\":1,\"e\u{301}\":2}")
        #expect(value.members?.count == 2)
    }

    /// The keys are one text to `String`, a letter's marks in all their orders; were they compared each with each, they would
    /// take hundreds of times as long as others.
    @Test func `keys of the same marks in other orders cost no more than others`() throws {
        let keys = orders(of: Array("\u{5B0}\u{5B1}\u{5B2}\u{5B3}\u{5B4}\u{5B5}\u{5B6}".unicodeScalars))
        let others = (0..<keys.count).map { "key number \($0)" }
        let (taken, usual) = (try timeToRead(keys), try timeToRead(others))
        #expect(taken < usual * 20)
    }

    private func timeToRead(_ keys: [String]) throws -> Duration {
        let json = "{\(keys.map { "\"\($0)\":0" }.joined(separator: ","))}"
        let clock = ContinuousClock()
        var shortest = Duration.seconds(3600)
        for _ in 0..<3 {
            var count: Int?
            shortest = min(shortest, try clock.measure { count = try parse(json).members?.count })
            #expect(count == keys.count)
        }
        return shortest
    }

    @Test func `a number beyond floating point has no value`() throws {
        #expect(try parse("1e999").double == nil)
        #expect(try parse("-1e999").double == nil)
        #expect(try parse("1e308").double == 1e308)
    }

    @Test func `messages are short whatever letters are`() throws {
        let text = "a" + String(repeating: "\u{301}", count: 100_000)
        #expect(JSONValue.string(text).description.utf8.count < 200)
        #expect(JSONError.duplicateKey(text, at: 0).description.utf8.count < 200)
        #expect(JSONValue.string(String(repeating: "b", count: 40)).description.count == 42)
    }

    @Test(arguments: [[0x22, 0xC3, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xC0, 0x80, 0x22]])
    func `a string must be UTF-8`(bytes: [UInt8]) {
        #expect(throws: JSONError.invalidUTF8(at: 0)) { try JSONValue(parsing: bytes) }
    }
}

private func orders(of scalars: [Unicode.Scalar]) -> [String] {
    guard let first = scalars.first else { return [""] }
    return orders(of: Array(scalars.dropFirst())).flatMap { rest in
        let rest = Array(rest.unicodeScalars)
        return (0...rest.count).map { place in
            var order = String.UnicodeScalarView(rest[..<place])
            order.append(first)
            order.append(contentsOf: rest[place...])
            return String(order)
        }
    }
}
