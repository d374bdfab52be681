extension SupportHead {
    /// The most that a lesson's features are multiplied by before they are added to the weights.
    ///
    /// Both bounds were chosen on the articles that the head is fitted to, each left out in turn: neither 100 lessons nor 1,000
    /// false ones take more than 0.007 from its area under the curve (`slmd-bench train-grounding`).
    private static let aggressiveness: Float = 0.002
    /// How far all lessons together move the weights: the length of the difference.
    private static let farthest: Float = 0.05

    /// Takes in what somebody said of an answer. It is in force for the same question from here on; for others the weights of
    /// `answer` move a little, and never far from where they were fitted.
    ///
    /// What is of a question's subject and what supports a reply is not learnt so: whatever is said here, no sentence that the
    /// context does not support is released.
    ///
    /// - Complexity: O(features).
    /// - Note: Crammer et al., *Online passive-aggressive algorithms*, 2006, PA-I. Nothing but sums, products, quotients and
    ///   roots in one order: the same lessons give the same bits on every processor.
    public mutating func learn(_ lesson: AnswerLesson) {
        judged[lesson.pair] = lesson.isRight
        guard lesson.values.count == SupportFeatures.count else { return }
        let x = standardised(lesson.values)
        let sign: Float = lesson.isRight ? 1 : -1
        let loss = max(0, 1 - sign * logit(.answer, x))
        let step = sign * min(Self.aggressiveness, loss / (1 + Self.squared(x)))
        for index in x.indices { learnt[index] += step * x[index] }
        learnt[x.count] += step
        let length = Self.squared(learnt).squareRoot()
        guard length > Self.farthest else { return }
        for index in learnt.indices { learnt[index] *= Self.farthest / length }
    }

    /// What was said last of a sentence as the answer to a question; nil where nothing was.
    func verdict(on sentence: ContextSentence, for question: QuestionKey) -> Bool? {
        judged.isEmpty
            ? nil : judged[JudgedPair(question: question, sentence: SentenceKey(sentence))]
    }

    /// Passages without the sentences that are no answer to the question, as somebody said.
    func leavingOutWrong(_ passages: [ContextPassage], for question: QuestionKey) -> [ContextPassage] {
        judged.isEmpty
            ? passages : passages.map { $0.keeping { verdict(on: $0, for: question) != false } }
    }

    private static func squared(_ x: [Float]) -> Float { x.reduce(0) { $0 + $1 * $1 } }
}
