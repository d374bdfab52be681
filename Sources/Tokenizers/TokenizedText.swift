/// The number of a piece of a model's vocabulary.
public struct TokenID: Hashable, Sendable, RawRepresentable {
    public let rawValue: Int32

    public init(rawValue: Int32) { self.rawValue = rawValue }
}

/// A word of a text, and the ids it became.
public struct TokenizedWord: Hashable, Sendable {
    /// In the text's UTF-8.
    public let bytes: Range<Int>
    /// Places in the ids; of a word that is cut off those that are left.
    public let ids: Range<Int>

    public init(bytes: Range<Int>, ids: Range<Int>) {
        self.bytes = bytes
        self.ids = ids
    }
}

/// A text as its model reads it.
public struct TokenizedText: Hashable, Sendable {
    /// With the model's start and end tokens.
    public let ids: [TokenID]
    /// How many ids the whole text takes, with start and end.
    public let fullCount: Int
    /// The words that `ids` begins, in order; empty unless they were asked for.
    public let words: [TokenizedWord]

    /// Whether the end of the text is missing from `ids`.
    public var truncated: Bool { fullCount > ids.count }

    public init(ids: [TokenID], fullCount: Int, words: [TokenizedWord] = []) {
        self.ids = ids
        self.fullCount = fullCount
        self.words = words
    }
}

/// What to do with a text of more tokens than the model takes.
public enum Overflow: Sendable {
    /// Keep the start; the result says so.
    case truncate
    case fail
}
