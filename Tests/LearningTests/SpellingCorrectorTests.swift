import Testing

@testable import Learning

struct SpellingCorrectorTests {
    private static let vocabulary = [
        "the", "you", "for", "can", "card", "book", "table", "people", "schedule", "tomorrow", "payment",
        "transfer",
    ]
    private let speller = SpellingCorrector(words: vocabulary)

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

    @Test func `the words of what was taught make the same speller, and come back from their bytes`() throws {
        let texts = ["play the tabla", "tune the tabla", "book a sitar", "Book it", "u play"]
        var (learnt, words) = (speller, TaughtWords())
        for text in texts {
            learnt.learn(text)
            words.learn(text)
        }
        #expect(words.counts["tabla"] == 2 && words.counts["book"] == 2 && words.counts["u"] == nil)
        let made = SpellingCorrector(
            words: Self.vocabulary, taught: try TaughtWords(decoding: words.encoded()))
        for typed in ["tabal", "sitra", "bok", "sitar", "crad", "tunes"] {
            #expect(made.corrected(typed) == learnt.corrected(typed))
        }
        #expect(made.corrected("tabal") == "tabla")
    }

    @Test func `each lie of the words' bytes is an error`() {
        var words = TaughtWords()
        words.learn("play the tabla")
        let bytes = words.encoded()
        for length in 0..<bytes.count {
            #expect(throws: CheckpointError.self) { try TaughtWords(decoding: Array(bytes[..<length])) }
        }
        #expect(throws: CheckpointError.self) { try TaughtWords(decoding: bytes + [0]) }
        #expect(throws: CheckpointError.self) {
            try TaughtWords(decoding: TaughtWords.magic + [0xFF, 0xFF, 0xFF, 0xFF])
        }
    }

    @Test(arguments: [
        ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "abd", 1), ("abc", "abcd", 1), ("abcd", "badc", 2),
    ])
    func `edit distance counts an exchange of neighbours once`(a: String, b: String, distance: Int) {
        #expect(EditDistance.between(Array(a.utf8), Array(b.utf8), limit: 2) == distance)
    }
}
