/// The number of a piece of a model's vocabulary.
public struct TokenID: Hashable, Sendable, RawRepresentable {
    public let rawValue: Int32

    public init(rawValue: Int32) { self.rawValue = rawValue }
}

/// A text as its model reads it.
public struct TokenizedText: Hashable, Sendable {
    /// With the model's start and end tokens.
    public let ids: [TokenID]
    /// How many ids the whole text takes, with start and end.
    public let fullCount: Int

    /// Whether the end of the text is missing from `ids`.
    public var truncated: Bool { fullCount > ids.count }

    public init(ids: [TokenID], fullCount: Int) {
        self.ids = ids
        self.fullCount = fullCount
    }
}

/// What to do with a text of more tokens than the model takes.
public enum Overflow: Sendable {
    /// Keep the start; the result says so.
    case truncate
    case fail
}
