import Testing

@testable import Learning

struct SpellingCorrectorTests {
    private let speller = SpellingCorrector(words: [
        "the", "you", "for", "can", "card", "book", "table", "people", "schedule", "tomorrow", "payment",
        "transfer",
    ])

    @Test(arguments: [
        ("my crad was lost", "my card was lost"), ("paymnet", "payment"), ("trnsfre", "transfer"),
        ("Can u schedule 4 2morrow", "Can you schedule for tomorrow"), ("book tmrw", "book tomorrow"),
        ("table 4 people", "table 4 people"), ("the Card!", "the Card!"), ("", ""),
        ("日本語 xq 12", "日本語 xq 12"),
    ])
    func `a mistyped word becomes the nearest known one`(typed: String, expected: String) {
        #expect(speller.corrected(typed) == expected)
    }

    @Test func `a taught word stays as it is`() {
        var speller = speller
        #expect(speller.corrected("tabla") == "table")
        speller.learn("play the tabla")
        #expect(speller.corrected("tabla") == "tabla")
    }

    @Test(arguments: [
        ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "abd", 1), ("abc", "abcd", 1), ("abcd", "badc", 2),
    ])
    func `edit distance counts an exchange of neighbours once`(a: String, b: String, distance: Int) {
        #expect(EditDistance.between(Array(a.utf8), Array(b.utf8), limit: 2) == distance)
    }
}
