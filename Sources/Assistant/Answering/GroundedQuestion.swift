internal import Grounding
internal import Knowledge
internal import Tensors

/// What a model is told, to word an answer.
public struct AnswerPrompt: Sendable, Hashable {
    public let instructions: String
    /// The context, and the question.
    public let question: String

    /// - Parameter context: the sentence that answers it.
    init(_ question: String, context: String) {
        instructions = "Answer the question ONLY with the words of the text."
        self.question = "Text: \(context)\nQuestion: \(question)\nAnswer:"
    }
}

/// A question, the passages that were found for it, and how what is said to it will be checked.
public struct GroundedQuestion: Sendable {
    /// The best first.
    public let results: [KnowledgeFindings.Result]
    /// Nil where nothing that was found answers the question.
    public let prompt: AnswerPrompt?
    /// Nil where nothing was found, or nothing of the question's subject.
    let check: GroundingCheck?
    /// Said where nothing answers it.
    let refusal: String
    private let encode: @Sendable ([String]) -> [Embedding]

    /// - Parameters:
    ///   - check: of the question with the passages of `results`.
    ///   - encode: sentence vectors, L2-normalised, of texts in their order.
    init(
        _ question: String, _ results: [KnowledgeFindings.Result], check: GroundingCheck?, refusal: String,
        encode: @escaping @Sendable ([String]) -> [Embedding]
    ) {
        self.results = results
        self.check = check
        self.refusal = refusal
        self.encode = encode
        prompt = check?.answer.map { AnswerPrompt(question, context: $0.text.onOneLine) }
    }

    /// Checks a reply to it while it comes.
    public func draft() -> AnswerDraft { AnswerDraft(self) }

    /// Of a reply's sentence, as the check wants it.
    func vector(ofStatement sentence: String) -> Embedding? {
        check.flatMap { encode([$0.statement(of: sentence)]).first }
    }

    /// - Returns: with its source.
    func citation(_ citation: Citation) -> AnswerCitation {
        let passage = PassageID(rawValue: citation.passage)
        guard let found = results.first(where: { $0.found.passage.id == passage })?.found else {
            preconditionFailure("a citation of passage \(citation.passage), which was not found")
        }
        return AnswerCitation(
            passage: passage, source: found.passage.source, sourceID: found.source, owner: found.owner,
            span: citation.span, text: citation.text)
    }
}
