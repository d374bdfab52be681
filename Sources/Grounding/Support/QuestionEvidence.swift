/// What passages say of a question, before there is any reply.
public struct QuestionEvidence: Sendable {
    /// What of the passages answers the question best; nil where none is of the question's subject.
    public let answer: Citation?

    /// How likely a passage answers the question, from 0 to 1.
    public let answerability: Float

    /// The sentence that comes nearest to an answer, of the question's subject or not; nil where there is no sentence.
    public let nearest: SupportingSentence?

    /// A sentence that is the answer, as somebody said, goes before all others, and one that is none is passed over.
    ///
    /// - Complexity: O(sentences · words).
    public init(_ asked: AskedText, passages: [ContextPassage], head: SupportHead) {
        let passages = head.leavingOutWrong(passages, for: asked.key)
        let told = passages.map { $0.keeping { head.verdict(on: $0, for: asked.key) == true } }
        nearest = Self.best(told, asked, head) ?? Self.best(passages, asked, head)
        guard told.allSatisfy(\.sentences.isEmpty) else {
            answerability = 1
            answer = nearest.map(Citation.init)
            return
        }
        let found = nearest
        let subject = passages.compactMap { head.best(.subject, for: asked, in: $0)?.probability }.max() ?? 0
        answerability = found?.probability ?? 0
        let least = head.thresholds[SupportHead.Task.subject.rawValue]
        answer = subject >= least ? found.map(Citation.init) : nil
    }

    private static func best(
        _ passages: [ContextPassage], _ asked: AskedText, _ head: SupportHead
    ) -> SupportingSentence? {
        passages.compactMap { head.best(.answer, for: asked, in: $0) }.max { $0.probability < $1.probability }
    }

    /// Whether a reply is worth making.
    public var isAnswerable: Bool { answer != nil }
}
