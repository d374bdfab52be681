public import Knowledge

/// Where a passage says what a sentence of a reply says.
public struct AnswerCitation: Sendable, Hashable {
    public let passage: PassageID
    /// The name of the source that the passage is of.
    public let source: String
    /// Two sources of different owners may have one name.
    public let sourceID: SourceID
    /// Whose source it is, by uid.
    public let owner: UInt32
    /// In the passage's text, in bytes of UTF-8.
    public let span: Range<Int>
    public let text: String

    public init(
        passage: PassageID, source: String, sourceID: SourceID, owner: UInt32, span: Range<Int>, text: String
    ) {
        self.passage = passage
        self.source = source
        self.sourceID = sourceID
        self.owner = owner
        self.span = span
        self.text = text
    }
}

/// A sentence of a reply that may be said.
public struct AnswerSentence: Sendable, Hashable {
    public let text: String
    /// Whether the words are those of the passage.
    public let isQuoted: Bool
    public let citation: AnswerCitation

    public init(text: String, isQuoted: Bool, citation: AnswerCitation) {
        self.text = text
        self.isQuoted = isQuoted
        self.citation = citation
    }
}

/// A reply, each sentence of which rests on a passage; none where the passages do not answer the question.
public struct GroundedAnswer: Sendable, Hashable {
    public let sentences: [AnswerSentence]
    /// Said where there are no sentences.
    let refusal: String

    init(sentences: [AnswerSentence], refusal: String) {
        self.sentences = sentences
        self.refusal = refusal
    }

    public var isDeclined: Bool { sentences.isEmpty }
    /// Whether a sentence of it is quoted.
    public var isExtractive: Bool { sentences.contains(where: \.isQuoted) }

    public var reply: String {
        sentences.isEmpty ? refusal : sentences.map(\.text).joined(separator: " ")
    }
}
