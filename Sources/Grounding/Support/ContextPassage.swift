internal import Knowledge
public import Tensors

/// A passage that a reply may be drawn from, with its sentences.
public struct ContextPassage: Sendable {
    /// The caller's number of it.
    public let id: Int64
    public let text: String
    public private(set) var sentences: [ContextSentence]

    /// - Parameters:
    ///   - vectors: one sentence vector a sentence of `sentences(of: text)`, in order. Sentences behind the last vector
    ///     support nothing.
    public init(id: Int64, text: String, vectors: [Embedding]) {
        let spans = text.sentenceSpans
        precondition(
            vectors.count <= spans.count,
            "passage \(id): \(spans.count) sentences and \(vectors.count) vectors")
        self.id = id
        self.text = text
        sentences = zip(spans, vectors).map { span, vector in
            ContextSentence(text.text(at: span), span: span, vector: vector)
        }
        stems = sentences.reduce(into: []) { $0.formUnion($1.stems) }
    }

    /// The stems of all its words, also of sentences that were left out.
    let stems: Set<String>

    /// The same passage, with only some of its sentences to draw on: the others still tell what it is about.
    func keeping(_ isKept: (ContextSentence) -> Bool) -> ContextPassage {
        var passage = self
        passage.sentences.removeAll { !isKept($0) }
        return passage
    }

    /// The texts to be encoded, a sentence each, in order.
    ///
    /// - Complexity: O(bytes).
    public static func sentences(of text: String) -> [String] {
        text.sentenceSpans.map { text.text(at: $0) }
    }
}

/// A sentence of a passage.
public struct ContextSentence: Sendable {
    public let text: String
    /// Where it stands in the passage, in bytes of UTF-8.
    public let span: Range<Int>
    public let vector: Embedding

    let words: [Word]
    /// Of each word, in order.
    let stemOrder: [String]
    let stems: Set<String>
    let negates: Bool
    /// Whether it has a word near a denial: `against`, `prevented`.
    let hinders: Bool

    init(_ text: String, span: Range<Int>, vector: Embedding) {
        self.text = text
        self.span = span
        self.vector = vector
        words = Word.words(of: text)
        stemOrder = words.map(\.stem)
        stems = Set(stemOrder)
        negates = words.contains { CommonWords.negations.contains($0.folded) }
        hinders = words.contains { CommonWords.hinders($0.folded) }
    }
}
