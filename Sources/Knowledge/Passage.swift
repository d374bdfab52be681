/// A stretch of a source that can be found, shown and cited by itself.
public struct Passage: Sendable, Hashable {
    public let id: PassageID
    /// The name of the source that it is of.
    public let source: String
    /// The titles it stands under, the widest first.
    public let headings: [String]
    public let text: String
    /// Where `text` lies in the text of the source, in bytes of UTF-8.
    public let span: Range<Int>

    public init(id: PassageID, source: String, headings: [String], text: String, span: Range<Int>) {
        self.id = id
        self.source = source
        self.headings = headings
        self.text = text
        self.span = span
    }
}

/// A passage's number in its knowledge base; never used again.
public struct PassageID: RawRepresentable, Sendable, Hashable, Comparable {
    public let rawValue: Int64

    public init(rawValue: Int64) { self.rawValue = rawValue }

    public static func < (a: PassageID, b: PassageID) -> Bool { a.rawValue < b.rawValue }
}
