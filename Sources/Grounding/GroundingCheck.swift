public import Entities
public import Tensors

/// Lets through what of a reply its context supports, sentence by sentence, so that a reply can be checked while it streams.
///
/// A sentence is released when all its facts are in the context, a sentence of the context supports it, by the head or by
/// having all its words, and it says, in words of that passage, something that the question does not. Else the best
/// supporting sentence is quoted in its place, once a reply; and where the context is not of the question's subject, or
/// nothing is left to quote, the reply declines.
public struct GroundingCheck: Sendable {
    private let question: String
    private let passages: [ContextPassage]
    private let facts: FactCheck
    private let head: SupportHead

    private let evidence: QuestionEvidence
    /// Stems of the question's words.
    private let asked: Set<String>
    private let kind: AskedText.Kind

    private var isQuoted = false

    /// Words of a question that are compared with a sentence; few questions have a quarter of it.
    static let mostWords = 128
    /// Sentences of the context that are looked at for whether a reply repeats them.
    private static let mostRepeated = 32

    /// What became of a sentence.
    public enum Verdict: Sendable, Hashable {
        /// It may be shown; this supports it.
        case released(Citation)
        /// This is shown in its place.
        case replaced(by: Citation)
        /// Nothing of it is shown: what could be is shown already.
        case dropped
        /// The context has no answer.
        case declined
    }

    /// - Parameters:
    ///   - question: as `asked(of:)` has it.
    ///   - vector: the question's sentence vector.
    ///   - passages: what the reply is given, each with an id of its own.
    ///   - said: what the user said, beside the question.
    ///   - reference: the session's clock.
    /// - Complexity: O(sentences · words).
    public init(
        question: String, vector: Embedding, passages: [ContextPassage], said: [String] = [],
        at reference: ReferenceTime, recognizer: EntityRecognizer, head: SupportHead
    ) {
        self.question = question
        self.head = head
        let asked = AskedText(question, vector: vector, weights: head.terms)
        facts = FactCheck(
            passages: passages.map(\.text), said: said + [question], at: reference, recognizer: recognizer)
        self.passages = head.leavingOutWrong(passages, for: asked.key)
        evidence = QuestionEvidence(asked, passages: passages, head: head)
        self.asked = Set(Word.words(of: question).map(\.stem))
        kind = asked.kind
    }

    /// What of a text is the question: all of it, or of a very long one its last 128 words, for who tells a story first asks
    /// at its end. It has no NUL, for what is said of an answer is kept without.
    ///
    /// - Complexity: O(bytes).
    public static func asked(of text: String) -> String {
        guard !text.utf8.contains(0) else { return asked(of: text.filter { $0 != "\0" }) }
        let words = Word.words(of: text)
        guard words.count > mostWords else { return text }
        let start = words[words.count - mostWords].span.lowerBound
        return String(decoding: Array(text.utf8)[start...], as: UTF8.self)
    }

    /// Whether a reply is worth making: the context is of the question's subject.
    public var isAnswerable: Bool { evidence.isAnswerable }

    /// What of the context answers the question best; nil where it is not of the question's subject.
    public var answer: Citation? { evidence.answer }

    /// How likely the context answers the question, from 0 to 1.
    public var answerability: Float { evidence.answerability }

    /// The text whose sentence vector `check` wants: a reply's sentence behind its question.
    public func statement(of sentence: String) -> String { Self.statement(of: sentence, to: question) }

    public static func statement(of sentence: String, to question: String) -> String {
        question + " " + sentence
    }

    /// Decides about the next sentence of the reply.
    ///
    /// - Parameter vector: of `statement(of: sentence)`.
    public mutating func check(_ sentence: String, vector: Embedding) -> Verdict {
        let verdict = verdict(on: sentence, vector)
        if case .replaced = verdict { isQuoted = true }
        return verdict
    }

    /// The facts of a sentence that the context does not have, to tell why it was not released.
    public func unsupportedFacts(in sentence: String) -> [Fact] { facts.unsupported(in: sentence) }

    /// The sentence of the context that supports a reply's sentence best.
    ///
    /// - Parameter vector: of `statement(of: sentence)`.
    public func support(for sentence: String, vector: Embedding) -> SupportingSentence? {
        let statement = AskedText(statement(of: sentence), vector: vector, weights: head.terms)
        return passages.compactMap { head.best(.support, for: statement, in: $0) }
            .max { $0.probability < $1.probability }
    }

    private func verdict(on sentence: String, _ vector: Embedding) -> Verdict {
        guard let answer, !DecliningSentence.declines(sentence) else { return .declined }
        let citation = supporting(sentence, vector) ?? repeated(by: sentence)
        if let citation, answers(sentence, in: citation.passage),
            CitedSentence(citation.text).isKept(by: sentence, to: asked),
            facts.unsupported(in: sentence).isEmpty
        {
            return .released(citation)
        }
        return isQuoted ? .dropped : .replaced(by: answer)
    }

    private func answers(_ sentence: String, in passage: Int64) -> Bool {
        let stems = passages.first { $0.id == passage }?.stems ?? []
        return AnswerContent(sentence, beyond: asked).answers(kind, in: stems)
    }

    private func supporting(_ sentence: String, _ vector: Embedding) -> Citation? {
        let least = head.thresholds[SupportHead.Task.support.rawValue]
        return support(for: sentence, vector: vector).flatMap { $0.probability >= least ? Citation($0) : nil }
    }

    /// The sentence of the context that has all words of a reply's sentence but those of grammar and of its facts.
    private func repeated(by said: String) -> Citation? {
        let subjects = facts.subjects(of: said)
        guard !subjects.isEmpty else { return nil }
        let repeated = passages.lazy.flatMap { passage in
            passage.sentences.lazy.filter { subjects.isSubset(of: $0.stems) }.map { (passage.id, $0) }
        }
        let candidates = Array(repeated.prefix(Self.mostRepeated)).map { passage, sentence in
            (citation: Citation(passage: passage, sentence), held: facts.held(of: said, by: sentence.text))
        }
        let most = candidates.map(\.held).max()
        return candidates.first { $0.held == most }?.citation
    }
}

/// A stretch of a passage that supports a sentence: a program can find it there again.
public struct Citation: Sendable, Hashable {
    public let passage: Int64
    /// Where `text` stands in the passage's text, in bytes of UTF-8.
    public let span: Range<Int>
    public let text: String

    init(_ support: SupportingSentence) { self.init(passage: support.passage, support.sentence) }

    init(passage: Int64, _ sentence: ContextSentence) {
        self.passage = passage
        span = sentence.span
        text = sentence.text
    }
}

/// Sentences that say that there is no answer.
enum DecliningSentence {
    private static let phrases = [
        "i don't have", "i do not have", "i don't know", "i do not know", "i cannot answer", "i can't answer",
        "i am not able to", "i'm not able to", "i am unable to", "i'm unable to", "cannot be determined",
        "does not mention", "doesn't mention", "does not say", "doesn't say", "does not provide",
        "doesn't provide", "does not contain", "doesn't contain", "does not specify", "doesn't specify",
        "does not include", "doesn't include", "not mentioned in", "not provided in", "not specified in",
        "not stated in", "no information", "not enough information", "not in the context",
    ]

    static func declines(_ sentence: String) -> Bool {
        let folded = Word.words(of: sentence).map(\.folded).joined(separator: " ")
        return phrases.contains { folded.contains($0) }
    }
}
