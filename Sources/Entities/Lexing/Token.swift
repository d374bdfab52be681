/// A word the grammar knows; `unknown` for every other.
struct WordID: Hashable, Sendable {
    let rawValue: Int32

    static let unknown = WordID(rawValue: -1)
}

/// A run of letters, a run of decimal digits, or one other scalar. White space makes no token.
struct Token: Sendable {
    enum Kind: UInt8, Sendable {
        /// Letters of any script: `May`, `km`, `ரூ`. An apostrophe is a token of its own.
        case word
        /// ASCII digits: `2018`, `0045`.
        case digits
        /// One ASCII scalar that is neither.
        case punctuation
        /// One scalar outside ASCII that is no letter: `€`, `½`, an emoji.
        case symbol
        /// Past the text's end.
        case end
    }

    let kind: Kind
    /// White space, or the text's start, stands before it.
    let hasSpaceBefore: Bool
    let word: WordID
    /// Where it begins and ends in the text, in bytes of UTF-8.
    let start: Int
    let end: Int
    /// Where it begins in the text, in Unicode scalars.
    let character: Int
    /// What digits say, if they fit; else -1.
    let value: Int

    /// In bytes.
    var count: Int { end - start }

    static let pastEnd = Token(
        kind: .end, hasSpaceBefore: true, word: .unknown, start: 0, end: 0, character: 0, value: -1)
}
