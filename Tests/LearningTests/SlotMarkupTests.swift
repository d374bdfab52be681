import Testing

@testable import Learning

struct SlotMarkupTests {
    struct Golden: Sendable {
        let marked: String
        let text: String
        /// Type, start and end in bytes.
        let spans: [(String, Int, Int)]
    }

    static let goldens = [
        Golden(
            marked: "show my [blood test](report_type) from [yesterday](date)",
            text: "show my blood test from yesterday", spans: [("report_type", 8, 18), ("date", 24, 33)]),
        Golden(marked: "no marks", text: "no marks", spans: []),
        Golden(marked: "", text: "", spans: []),
        Golden(marked: "[a](x)[b](y)", text: "ab", spans: [("x", 0, 1), ("y", 1, 2)]),
        Golden(marked: "[ a b  ](x)", text: " a b  ", spans: [("x", 1, 4)]),
        Golden(marked: "un [café](plat)", text: "un café", spans: [("plat", 3, 8)]),
        Golden(marked: #"\[a](x) \\ \] \n"#, text: #"[a](x) \ ] \n"#, spans: []),
        Golden(marked: #"[a\]b\[](x-1.y)"#, text: "a]b[", spans: [("x-1.y", 0, 4)]),
        Golden(marked: "a] (b)", text: "a] (b)", spans: []),
        Golden(marked: "\\", text: "\\", spans: []),
        Golden(marked: "a\u{0}[b\u{0}](x)", text: "ab", spans: [("x", 1, 2)]),
    ]

    @Test(arguments: goldens) func `marks are read as they are meant`(golden: Golden) throws {
        let spans = try golden.spans.map { SlotSpan(type: try SlotName($0.0), bytes: $0.1..<$0.2) }
        let annotated = try AnnotatedText(parsing: golden.marked)
        #expect(annotated == AnnotatedText(text: golden.text, spans: spans))
        #expect(try AnnotatedText(parsing: annotated.marked) == annotated)
    }

    @Test(arguments: [
        ("a [b", SlotMarkupError.unclosedSlot(at: 2)),
        ("[", .unclosedSlot(at: 0)),
        (#"[a\](x)"#, .unclosedSlot(at: 0)),
        ("[a [b](x)](y)", .nestedSlot(at: 3, inside: 0)),
        ("[](x)", .emptySlot(at: 0)),
        ("[  ](x)", .emptySlot(at: 0)),
        ("a [?!](x)", .wordlessSlot(at: 2, found: "?!")),
        ("[\u{2014} .](x)", .wordlessSlot(at: 0, found: "\u{2014} .")),
        ("[a]", .missingType(at: 3, found: nil)),
        ("[a] (x)", .missingType(at: 3, found: " ")),
        ("[a]é", .missingType(at: 3, found: "é")),
        ("[a](x", .unclosedType(at: 3)),
        ("[a]()", .badType(at: 4, .empty)),
        ("[a](x y)", .badType(at: 4, .badCharacter(" "))),
        ("[a](\u{1b})", .badType(at: 4, .badCharacter("\u{1b}"))),
        ("[a](\(String(repeating: "x", count: 65)))", .badType(at: 4, .tooLong(bytes: 65, limit: 64))),
    ])
    func `each mistake has its own error, and says where`(marked: String, error: SlotMarkupError) {
        #expect(throws: error) { try AnnotatedText(parsing: marked) }
        #expect(!error.description.isEmpty)
    }

    @Test func `a text of brackets alone takes time by its length`() {
        for piece in ["[", "](", "[a](x)", "\\", "\\["] {
            let text = String(repeating: piece, count: 100_000)
            let time = ContinuousClock().measure { _ = try? AnnotatedText(parsing: text) }
            #expect(time < .seconds(5), "\(piece)")
        }
    }

    @Test(arguments: [
        ("show my [test](type)", true), (#"a \\[b](c)"#, true), (#"see \[1\](x)"#, false),
        ("see [1] (x)", false),
        (#"trailing \"#, false), ("", false), ("[](", true),
    ])
    func `a text whose marks are all escaped is not marked`(text: String, isMarked: Bool) {
        #expect(AnnotatedText.isMarked(text) == isMarked)
    }

    @Test func `a sign or a number is a value`() throws {
        #expect(try AnnotatedText(parsing: "pay [\u{20AC}](unit) [5](n)").spans.count == 2)
    }
}
