/// A text cut into tokens. Grammars work on the tokens alone.
struct Sentence: Sendable {
    /// UTF-8.
    let bytes: [UInt8]
    private let tokens: [Token]
    /// How many of the tokens there are to see.
    let count: Int

    /// - Complexity: O(bytes).
    init(_ text: String, lexicon: Lexicon) {
        bytes = Array(text.utf8)
        var lexer = Lexer(bytes: bytes, lexicon: lexicon)
        tokens = lexer.tokens()
        count = tokens.count
    }

    private init(bytes: [UInt8], tokens: [Token], count: Int) {
        self.bytes = bytes
        self.tokens = tokens
        self.count = count
    }

    /// The sentence up to the token at `end`, which costs nothing to make.
    func prefix(_ end: Int) -> Sentence {
        Sentence(bytes: bytes, tokens: tokens, count: min(end, count))
    }

    /// The token at `index`, or one of kind `end` where there is none.
    subscript(index: Int) -> Token {
        index >= 0 && index < count ? tokens[index] : .pastEnd
    }

    /// Whether the token at `index` stands against the one before it.
    func isAdjacent(_ index: Int) -> Bool {
        index > 0 && index < count && !tokens[index].hasSpaceBefore
    }

    /// The ASCII scalar that is the token at `index`; 0 where it is none.
    func punctuation(_ index: Int) -> UInt8 {
        let token = self[index]
        return token.kind == .punctuation ? bytes[token.start] : 0
    }

    /// Whether the token at `index` is the punctuation `mark`.
    func has(_ mark: Unicode.Scalar, at index: Int) -> Bool {
        punctuation(index) == UInt8(ascii: mark)
    }

    /// The text of tokens, with what stands between them.
    func text(of tokens: Range<Int>) -> String {
        String(decoding: bytes[byteRange(of: tokens)], as: UTF8.self)
    }

    /// In bytes of UTF-8.
    func byteRange(of range: Range<Int>) -> Range<Int> {
        range.isEmpty ? 0..<0 : tokens[range.lowerBound].start..<tokens[range.upperBound - 1].end
    }

    /// In Unicode scalars.
    func characterRange(of range: Range<Int>) -> Range<Int> {
        guard let last = range.last else { return 0..<0 }
        let final = tokens[last]
        return tokens[range.lowerBound].character..<final.character + scalars(in: final.start..<final.end)
    }

    func scalars(in bytes: Range<Int>) -> Int {
        self.bytes[bytes].count { $0 & 0xC0 != 0x80 }
    }

    /// The index of the scalar that begins at `byte`, which is in a token.
    func character(at byte: Int) -> Int {
        var (low, high) = (0, tokens.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if tokens[middle].start <= byte { low = middle } else { high = middle }
        }
        return tokens[low].character + scalars(in: tokens[low].start..<byte)
    }

    /// The texts of the tokens of a phrase, for tables.
    static func pieces(of phrase: String) -> [String] {
        let sentence = Sentence(phrase, lexicon: Lexicon())
        return (0..<sentence.count).map { sentence.text(of: $0..<$0 + 1) }
    }
}
