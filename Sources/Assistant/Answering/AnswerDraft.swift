internal import Grounding
internal import Knowledge

/// A reply that is checked while a model words it, sentence by sentence.
///
/// What the check does not release ends the reply, and where nothing was released before, the context's own best sentence
/// stands for it.
public struct AnswerDraft: Sendable {
    /// Sentences of a reply at most: a small model repeats itself soon.
    private static let mostSentences = 2

    /// Nil where nothing answers the question.
    private var check: GroundingCheck?
    private let question: GroundedQuestion
    /// What came behind the last whole sentence.
    private var rest = ""
    /// What may be said so far.
    public private(set) var released: [AnswerSentence] = []
    /// Whether nothing that still comes would be released.
    public private(set) var isComplete: Bool

    init(_ question: GroundedQuestion) {
        self.question = question
        check = question.check
        isComplete = check == nil
    }

    /// Goes on with what the model says.
    public mutating func take(_ text: Substring) {
        guard !isComplete else { return }
        rest += text
        while !isComplete, let sentence = nextSentence() { judge(sentence) }
    }

    /// The reply, once nothing more comes. Where nothing that came may be said, the context's best sentence is.
    ///
    /// - Parameter isWhole: whether the model ended it; what was cut off is no sentence.
    public mutating func finish(isWhole: Bool) -> GroundedAnswer {
        if !isComplete, isWhole, let last = rest.trimmed { judge(last) }
        if released.isEmpty, let citation = check?.answer { quote(citation) }
        isComplete = true
        return GroundedAnswer(sentences: released, refusal: question.refusal)
    }

    /// The first sentence that is whole for certain: another one follows it, or the end of its line.
    private mutating func nextSentence() -> String? {
        while let end = rest.firstIndex(where: \.isNewline) {
            let line = String(rest[..<end])
            let spans = line.sentenceSpans
            if spans.count > 1 { return takeFirst(of: spans) }
            rest = String(rest[rest.index(after: end)...])
            if let sentence = line.trimmed { return sentence }
        }
        let spans = rest.sentenceSpans
        return spans.count > 1 ? takeFirst(of: spans) : nil
    }

    private mutating func takeFirst(of spans: [Range<Int>]) -> String {
        let sentence = rest.text(at: spans[0])
        rest = rest.text(at: spans[0].upperBound..<rest.utf8.count)
        return sentence
    }

    private mutating func judge(_ sentence: String) {
        guard let vector = question.vector(ofStatement: sentence) else {
            isComplete = true
            return
        }
        switch check?.check(sentence, vector: vector) {
        case .released(let citation)?:
            released.append(
                AnswerSentence(text: sentence, isQuoted: false, citation: question.citation(citation)))
            isComplete = released.count == Self.mostSentences
        case .replaced(by: let citation)?: quote(citation)
        case .dropped?, .declined?, nil: isComplete = true
        }
    }

    /// Has the context speak for itself.
    private mutating func quote(_ citation: Citation) {
        isComplete = true
        released.append(
            AnswerSentence(
                text: "\u{201C}\(citation.text.onOneLine)\u{201D}", isQuoted: true,
                citation: question.citation(citation)))
    }
}

extension String {
    /// With a blank for whatever parts its words.
    var onOneLine: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }

    /// Without the blanks around it; nil when there is nothing else.
    fileprivate var trimmed: String? {
        sentenceSpans.first.flatMap { first in
            sentenceSpans.last.map { text(at: first.lowerBound..<$0.upperBound) }
        }
    }
}
