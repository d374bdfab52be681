import Glibc

/// Tells from what a question, a sentence and its passage have in common whether one supports the other.
///
/// Three logistic regressions on the same standardised features: whether the sentence answers the question, whether it is
/// of the question's subject at all, and whether it supports a reply. What a passage does is what its best sentence does.
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

    /// How far one lesson moves the weights.
    private static let rate: Float = 0.02

    init(
        terms: TermWeights, means: [Float], scales: [Float], weights: [[Float]], thresholds: [Float]
    ) {
        self.terms = terms
        self.means = means
        self.scales = scales
        self.weights = weights
        self.thresholds = thresholds
    }

    /// The probability of a task, from 0 to 1.
    ///
    /// - Complexity: O(features).
    public func probability(_ task: Task, _ features: SupportFeatures) -> Float {
        probability(task, standardised(features))
    }

    /// Moves the weights one step towards what was told of a sentence: whether it supports.
    ///
    /// - Returns: the cross-entropy before the step, in nats.
    /// - Note: Stochastic gradient descent; Bishop, *PRML*, 2006, section 4.3.2.
    @discardableResult
    public mutating func learn(
        _ features: SupportFeatures, supported: Bool, task: Task = .support
    ) -> Float {
        let x = standardised(features)
        let p = probability(task, x)
        let slope = p - (supported ? 1 : 0)
        for index in x.indices { weights[task.rawValue][index] -= Self.rate * slope * x[index] }
        weights[task.rawValue][x.count] -= Self.rate * slope
        return -Logistic.log(max(supported ? p : 1 - p, .leastNormalMagnitude))
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

    private func probability(_ task: Task, _ x: [Float]) -> Float {
        let own = weights[task.rawValue]
        var sum = own[x.count]
        for index in x.indices { sum += own[index] * x[index] }
        return Float(Logistic.sigmoid(Double(sum)))
    }

    /// Held within 8 deviations, so that no text moves the weights without bound.
    func standardised(_ features: SupportFeatures) -> [Float] {
        features.values.indices.map { min(max((features.values[$0] - means[$0]) * scales[$0], -8), 8) }
    }
}

/// A sentence of a passage, and how likely it does what a task asks.
public struct SupportingSentence: Sendable {
    public let passage: Int64
    public let sentence: ContextSentence
    public let features: SupportFeatures
    public let probability: Float
}
