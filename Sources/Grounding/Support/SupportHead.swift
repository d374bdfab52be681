/// Tells from what a question, a sentence and its passage have in common whether one supports the other.
///
/// Three logistic regressions on the same standardised features: whether the sentence answers the question, whether it is
/// of the question's subject at all, and whether it supports a reply. What a passage does is what its best sentence does.
/// People's lessons about answers are taken in beside what was fitted.
public struct SupportHead: Sendable, Hashable {
    public enum Task: Int, Sendable, CaseIterable {
        /// The sentence answers the question.
        case answer
        /// The sentence is of the question's subject, answering or not.
        case subject
        /// The sentence supports the reply to the question.
        case support
    }

    /// The probability from which a task's answer is yes.
    public internal(set) var thresholds: [Float]

    /// How much words say.
    public let terms: TermWeights

    /// (count) of `SupportFeatures`: what is taken from each, and what it is multiplied by then.
    let means: [Float]
    let scales: [Float]
    /// (tasks, count + 1), the bias last.
    var weights: [[Float]]

    /// (count + 1), what lessons added to the weights of `answer`; in no file.
    var learnt: [Float]
    /// What lessons said last of each sentence; in no file.
    var judged: [JudgedPair: Bool] = [:]

    init(
        terms: TermWeights, means: [Float], scales: [Float], weights: [[Float]], thresholds: [Float]
    ) {
        self.terms = terms
        self.means = means
        self.scales = scales
        self.weights = weights
        self.thresholds = thresholds
        learnt = [Float](repeating: 0, count: means.count + 1)
    }

    /// The probability of a task, from 0 to 1.
    ///
    /// - Complexity: O(features).
    public func probability(_ task: Task, _ features: SupportFeatures) -> Float {
        probability(task, standardised(features.values))
    }

    /// The best sentence of a passage for a task.
    public func best(_ task: Task, for asked: AskedText, in passage: ContextPassage) -> SupportingSentence? {
        let features = SupportFeatures.of(asked, in: passage)
        let scored = zip(passage.sentences, features).map {
            SupportingSentence(
                passage: passage.id, sentence: $0, features: $1, probability: probability(task, $1))
        }
        return scored.max { $0.probability < $1.probability }
    }

    /// A sentence of a passage as an answer; nil where none stands there.
    ///
    /// - Parameter span: in the passage, in bytes of UTF-8; the first sentence that has a byte of it is meant.
    public func answer(
        at span: Range<Int>, of passage: ContextPassage, for asked: AskedText
    ) -> SupportingSentence? {
        guard let place = passage.sentences.firstIndex(where: { $0.span.overlaps(span) }) else { return nil }
        let features = SupportFeatures.of(asked, in: passage)[place]
        return SupportingSentence(
            passage: passage.id, sentence: passage.sentences[place], features: features,
            probability: probability(.answer, features))
    }

    private func probability(_ task: Task, _ x: [Float]) -> Float {
        Float(Logistic.sigmoid(Double(logit(task, x))))
    }

    func logit(_ task: Task, _ x: [Float]) -> Float {
        let own = weights[task.rawValue]
        var sum = own[x.count]
        for index in x.indices { sum += own[index] * x[index] }
        guard task == .answer else { return sum }
        for index in x.indices { sum += learnt[index] * x[index] }
        return sum + learnt[x.count]
    }

    /// Held within 8 deviations, so that no text moves the weights without bound.
    ///
    /// - Parameter values: of `SupportFeatures`.
    func standardised(_ values: [Float]) -> [Float] {
        values.indices.map { min(max((values[$0] - means[$0]) * scales[$0], -8), 8) }
    }
}

/// A sentence of a passage, and how likely it does what a task asks.
public struct SupportingSentence: Sendable {
    public let passage: Int64
    public let sentence: ContextSentence
    public let features: SupportFeatures
    public let probability: Float
}
