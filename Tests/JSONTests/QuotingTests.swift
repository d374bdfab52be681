import JSON
import Testing

/// What messages quote of texts.
@Suite struct QuotingTests {
    @Test(arguments: [
        ("", ""), ("ab", "ab"), ("abc", "abc"), ("abcd", "abc…"), ("äöüß", "äöü…"), ("a\r\nb", "a\r\n…"),
    ])
    func `a text is quoted whole, or its beginning with an ellipsis`(text: String, quoted: String) {
        #expect(text.cut(to: 3) == quoted)
        #expect("x\(text)"[...].dropFirst().cut(to: 3) == quoted)
    }

    @Test func `a letter with many marks is cut, too`() {
        let quoted = ("e" + String(repeating: "\u{301}", count: 1000)).cut(to: 40)
        #expect(quoted.unicodeScalars.count == 41 && quoted.unicodeScalars.last == "…")
    }
}
