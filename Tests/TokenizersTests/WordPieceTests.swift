import Testing

@testable import Tokenizers

/// A vocabulary small enough to follow by hand.
private let pieces = [
    "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "un", "##aff", "##able", "aff", "able", "a", "##a", "e",
    "##e",
    "!", "[", "]", "\u{4E00}", "\u{1100}", "##\u{1161}", "##\u{11A8}", "\u{1E944}", "##\u{1E944}",
    "##\u{1E94A}", "to",
    "cafe", "ß",
]

private func wordPiece(_ pieces: [String] = pieces) throws -> WordPiece {
    try WordPiece(
        WordPieceDefinition(
            pieces: pieces.enumerated().map { ($1, TokenID(rawValue: Int32($0))) },
            addedTokens: pieces.prefix(5).enumerated().map { ($1, TokenID(rawValue: Int32($0))) },
            unknown: TokenID(rawValue: 1), start: TokenID(rawValue: 2), end: TokenID(rawValue: 3),
            maximumWordLength: 100),
        path: "test")
}

/// The pieces of `text`, without start and end.
private func cut(_ text: String) throws -> [String] {
    let ids = try wordPiece().encode(text, limit: 1000, overflow: .fail).ids
    #expect(ids.first?.rawValue == 2 && ids.last?.rawValue == 3)
    return ids.dropFirst().dropLast().map { pieces[Int($0.rawValue)] }
}

@Suite struct WordPieceTests {
    @Test(arguments: [
        ("", []), (" \t\r\n\u{A0}\u{3000}", []), ("\0\u{7F}\u{200D}\u{FFFD}\u{E000}\u{301}", []),
        ("unaffable", ["un", "##aff", "##able"]),
        ("UNAFFABLE affable", ["un", "##aff", "##able", "aff", "##able"]),
        ("unaffableness", ["[UNK]"]), ("a!e", ["a", "!", "e"]), ("un\u{200B}able", ["un", "##able"]),
        ("Café CAFE\u{301}", ["cafe", "cafe"]), ("ẞ", ["ß"]),
        ("a\u{4E00}e", ["a", "\u{4E00}", "e"]), ("각", ["\u{1100}", "##\u{1161}", "##\u{11A8}"]),
        ("a[SEP]e", ["a", "[SEP]", "e"]), ("[[MASK]]", ["[", "[MASK]", "]"]), ("[sep]", ["[", "[UNK]", "]"]),
    ])
    func `words are normalised, split, and cut from the left`(text: String, expected: [String]) throws {
        #expect(try cut(text) == expected)
    }

    @Test(arguments: [
        ("", []), ("  un!able ", ["un", "!", "able"]), ("Café\tunaffable", ["Café", "unaffable"]),
        ("a[SEP]e", ["a", "e"]), ("a\u{4E00}e", ["a", "\u{4E00}", "e"]), ("\u{200B}to\u{0} a", ["to", "a"]),
        ("un\u{200B}able zzz", ["un\u{200B}able", "zzz"]), ("CAFE\u{301}", ["CAFE\u{301}"]), ("각", ["각"]),
    ])
    func `words are noted where they stand in the text, with their ids`(
        text: String, expected: [String]
    ) throws {
        let encoded = try wordPiece().encode(text, limit: 1000, overflow: .fail, notingWords: true)
        let utf8 = Array(text.utf8)
        #expect(encoded.words.map { String(decoding: utf8[$0.bytes], as: UTF8.self) } == expected)
        for word in encoded.words {
            let written = String(decoding: utf8[word.bytes], as: UTF8.self)
            let alone = try wordPiece().encode(written, limit: 1000, overflow: .fail)
            #expect(Array(encoded.ids[word.ids]) == Array(alone.ids.dropFirst().dropLast()))
        }
        #expect(try wordPiece().encode(text, limit: 1000, overflow: .fail).ids == encoded.ids)
    }

    @Test(arguments: 2...8) func `of a text that is cut off the words are noted that are left`(limit: Int)
        throws
    {
        let encoded = try wordPiece().encode(
            "a unaffable e", limit: limit, overflow: .truncate, notingWords: true)
        #expect(encoded.words.flatMap { Array($0.ids) } == Array(1..<encoded.ids.count - 1))
    }

    @Test func `marks that stay are put in canonical order, and a scalar between keeps them apart`() throws {
        // U+1E944 is of class 230 and U+1E94A of class 7; U+034F is of class 0 and vanishes
        #expect(try cut("a\u{1E944}\u{1E94A}") == ["a", "##\u{1E94A}", "##\u{1E944}"])
        #expect(try cut("a\u{1E944}\u{34F}\u{1E94A}") == ["a", "##\u{1E944}", "##\u{1E94A}"])
    }

    @Test func `a word of 100 scalars is cut, one of 101 is unknown`() throws {
        #expect(try cut(String(repeating: "a", count: 100)).count == 100)
        #expect(try cut(String(repeating: "á", count: 100)).count == 100)
        #expect(try cut(String(repeating: "a", count: 101)) == ["[UNK]"])
        #expect(try cut(String(repeating: "\u{1E944}", count: 101) + " a") == ["[UNK]", "a"])
    }

    @Test(arguments: 2...9)
    func `a longer text is cut with its count, or refused, as the caller chose`(limit: Int) throws {
        let wordPiece = try wordPiece()
        let whole = try wordPiece.encode("a e unaffable", limit: 7, overflow: .fail)
        #expect(whole.fullCount == 7 && !whole.truncated)
        let cut = try wordPiece.encode("a e unaffable", limit: limit, overflow: .truncate)
        let kept = min(limit, 7)
        #expect(cut.ids == whole.ids.prefix(kept - 1) + [whole.ids[6]])
        #expect(cut.fullCount == 7)
        #expect(cut.truncated == (limit < 7))
        if limit < 7 {
            #expect(throws: TokenizerError.tooLong(tokens: 7, limit: limit)) {
                try wordPiece.encode("a e unaffable", limit: limit, overflow: .fail)
            }
        }
    }

    @Test func `an unknown word takes back its pieces even where the limit cuts it`() throws {
        let wordPiece = try wordPiece()
        let unknown = TokenID(rawValue: 1)
        let cut = try wordPiece.encode("unaffableness a", limit: 3, overflow: .truncate)
        #expect(cut.ids == [TokenID(rawValue: 2), unknown, TokenID(rawValue: 3)])
        #expect(cut.fullCount == 4)
    }

    @Test func `the words are the whole ones`() throws {
        let wordPiece = try wordPiece()
        #expect(wordPiece.words == ["un", "aff", "able", "to", "cafe"])
        #expect(wordPiece.vocabularySize == pieces.count)
    }

    @Test func `a piece that is there twice is refused, one that only looks alike is not`() throws {
        #expect(throws: TokenizerError.badVocabulary(path: "test", entry: "a", problem: "is there twice")) {
            try wordPiece(pieces + ["a"])
        }
        _ = try wordPiece(pieces + ["\u{E9}", "e\u{301}"])
    }
}
