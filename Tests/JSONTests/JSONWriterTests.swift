import Testing

@testable import JSON

@Suite struct JSONWriterTests {
    @Test func `control characters are escaped, and nothing else is`() {
        let text = String(decoding: Array(UInt8(0)...0x7F), as: UTF8.self) + "é\u{2028}😀"
        var writer = JSONWriter()
        writer.value(text)
        let written = String(decoding: writer.bytes, as: UTF8.self)
        #expect(
            written.hasPrefix(
                #""\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f\u0010"#))
        #expect(
            written.contains(##"!\"#$"##) && written.contains(##"[\\]"##)
                && written.hasSuffix("\u{7F}é\u{2028}😀\""))
    }

    @Test func `what is written is read back`() throws {
        var writer = JSONWriter()
        writer.object { json in
            json.field("text", "a \"quotation\",\n a \\ and \u{1F600}")
            json.field("number", -0.1)
            json.field("whole", Int64.min)
            json.field(orNull: "missing", Int64?.none)
            json.field(ifPresent: "absent", nil)
            json.key("list")
            json.array([1, 2]) { $0.value($1) }
        }
        #expect(
            try JSONValue(parsing: writer.bytes)
                == .object([
                    JSONMember(key: "text", value: .string("a \"quotation\",\n a \\ and \u{1F600}")),
                    JSONMember(key: "number", value: .number("-0.1")),
                    JSONMember(key: "whole", value: .number("-9223372036854775808")),
                    JSONMember(key: "missing", value: .null),
                    JSONMember(key: "list", value: .array([.number("1"), .number("2")])),
                ]))
    }
}
