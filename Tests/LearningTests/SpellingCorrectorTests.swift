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
        let texts = [
            "play the tabla", "tune the tabla", "book a sitar", "Book it", "u play", "cook it", "cook",
        ]
        var (learnt, words) = (speller, TaughtWords())
        for text in texts {
            learnt.learn(text)
            words.learn(text)
        }
        #expect(words.counts["tabla"] == 2 && words.counts["book"] == 2 && words.counts["u"] == nil)
        let made = SpellingCorrector(
            words: Self.vocabulary, taught: try TaughtWords(decoding: words.encoded()))
        for typed in ["tabal", "sitra", "bok", "ook", "sitar", "crad", "tunes"] {
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
        ("abc", "abc", 0, 0), ("abc", "acb", 1, 0), ("abc", "abd", 1, 1), ("abc", "abcd", 1, 0),
        ("abcd", "abc", 1, 1), ("abcd", "badc", 2, 0), ("abce", "bcd", 2, 2), ("bcdx", "abcd", 2, 1),
    ])
    func `an exchange of neighbours and a letter left out are one edit, and choose no letter`(
        typed: String, word: String, count: Int, letters: Int
    ) {
        let (typed, word) = (Array(typed.utf8), Array(word.utf8))
        #expect(Edits(of: typed, from: word, limit: 2) == Edits(count: count, letters: letters))
        #expect(count == 0 || Edits(of: typed, from: word, limit: count - 1) == nil)
    }

    @Test func `of two words as far, the one is likelier of which no letter had to be chosen`() {
        for words in [["cold", "clad"], ["clad", "cold"]] {
            #expect(SpellingCorrector(words: words).corrected("cald") == "clad")
        }
    }

    @Test func `the oftener a word was taught, the likelier it is`() {
        var speller = SpellingCorrector(words: ["cart", "cast"])
        #expect(speller.corrected("cat") == "cart")
        speller.learn("the cast")
        #expect(speller.corrected("cat") == "cast")
        for _ in 0..<3 { speller.learn("a cart") }
        #expect(speller.corrected("cat") == "cart")
    }

    @Test func `no count of a checkpoint is too large`() throws {
        var words = TaughtWords()
        words.learn("cast cast")
        var bytes = words.encoded()
        bytes.replaceSubrange((bytes.count - 8)..., with: [0, 0, 0, 0, 0, 0, 16, 0])
        var speller = SpellingCorrector(words: ["cart"], taught: try TaughtWords(decoding: bytes))
        speller.learn("cast")
        #expect(speller.corrected("cat") == "cast")
    }
}
