import Knowledge
import Testing

@Suite struct SentenceSpansTests {
    @Test(arguments: [
        (
            "A sentence that goes on\nin the next line. Another.",
            ["A sentence that goes on\nin the next line.", "Another."]
        ),
        ("Built in\n1803. Then", ["Built in\n1803.", "Then"]),
        ("One\n- two\n- three", ["One", "- two", "- three"]),
        ("Head\n\nBody", ["Head", "Body"]),
        ("Report: a\nGlucose: 5.1", ["Report: a", "Glucose: 5.1"]),
        ("First\n2. second\n10) third", ["First", "2. second", "10) third"]),
        ("Run\n    make test", ["Run", "make test"]),
        ("Dr. Ames came.\nShe left.", ["Dr. Ames came.", "She left."]),
        (
            "Über café.\n\n\u{201C}Ist es so?\u{201D} Ja.",
            ["Über café.", "\u{201C}Ist es so?\u{201D}", "Ja."]
        ),
        ("It is so. {\"role\": 1}", ["It is so.", "{\"role\": 1}"]),
        ("One. `two` three", ["One.", "`two` three"]),
        ("Use e.g. (some) tea.", ["Use e.g. (some) tea."]), ("\"Is it?\" he said.", ["\"Is it?\" he said."]),
        ("一。二。", ["一。", "二。"]), ("\n \n", []), ("", []),
    ])
    func `a line that is wrapped goes on, and one that begins anew does not`(
        text: String, sentences: [String]
    ) {
        #expect(text.sentenceSpans.map { text.text(at: $0) } == sentences)
    }

    @Test func `time is linear in the text`() {
        // Each line looks at its own beginning only: a quadratic rule would not end.
        let text = String(repeating: "word word\n", count: 200_000)
        #expect(text.sentenceSpans.count == 1)
    }
}
