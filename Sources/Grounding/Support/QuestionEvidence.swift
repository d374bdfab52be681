/// What passages say of a question, before there is any reply.
public struct QuestionEvidence: Sendable {
    /// What of the passages answers the question best; nil where none is of the question's subject.
    public let answer: Citation?

    /// How likely a passage answers the question, from 0 to 1.
    public let answerability: Float

    /// - Complexity: O(sentences · words).
    public init(_ asked: AskedText, passages: [ContextPassage], head: SupportHead) {
        let found = passages.compactMap { head.best(.answer, for: asked, in: $0) }
            .max { $0.probability < $1.probability }
        let subject = passages.compactMap { head.best(.subject, for: asked, in: $0)?.probability }.max() ?? 0
        answerability = found?.probability ?? 0
        let least = head.thresholds[SupportHead.Task.subject.rawValue]
        let isOfSubject = subject >= least || passages.contains(where: \.isRecord)
        answer = isOfSubject ? found.map(Citation.init) : nil
    }

    /// Whether a reply is worth making.
    public var isAnswerable: Bool { answer != nil }
}
