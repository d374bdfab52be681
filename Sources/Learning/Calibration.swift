/// How much each voice counts, and what is out of scope: fitted on examples the head had not seen.
struct Calibration: Sendable, Equatable {
    /// (voices): each voice's logits are multiplied with its share; together they make the probabilities honest.
    var shares: [Float] = Self.usualShares
    /// A text whose familiarity lies below is out of scope.
    var leastFamiliarity: Float = -Float.greatestFiniteMagnitude

    /// While nothing was fitted: whole discriminant, cosines, each view, network.
    static let usualShares: [Float] = [0.4, 0.7, 0.15, 0.35, 0.15, 0.15]
    /// The share of texts in scope that may be called out of scope.
    static let refusedShare = 0.04
    /// Of a step by one example.
    private static let shiftRate: Float = 0.03
    private static let familiaritySharpness: Float = 2

    /// - Parameters:
    ///   - held: voices' logits of held-out examples and their labels, by trial heads.
    ///   - seenByTrials: voices' logits of examples the trial heads learnt, by those heads.
    ///   - seenByWhole: voices' logits of the examples the whole head learnt, by that head: with more examples it
    ///     gives higher familiarities to every text, so the threshold rises as these do.
    init(held: [VoicedExample], seenByTrials: [VoicedExample], seenByWhole: [VoicedExample]) {
        shares = ShareFit(held).shares(near: Self.usualShares)
        // Too few held-out examples tell nothing of the rare ones.
        guard held.count >= 50, !seenByTrials.isEmpty, !seenByWhole.isEmpty else { return }
        let rise = leastUsual(seenByWhole) - leastUsual(seenByTrials)
        leastFamiliarity = leastUsual(held) + rise
    }

    init() {}

    init(shares: [Float], leastFamiliarity: Float) {
        self.shares = shares
        self.leastFamiliarity = leastFamiliarity
    }

    /// One step of gradient descent on the cross-entropy of an example the voices have not learnt yet.
    mutating func shift(by example: VoicedExample) {
        let probabilities = Exponential.softmax(example.added(by: shares))
        for (voice, logits) in example.logits.enumerated() {
            var slope = -logits[example.label]
            for (probability, logit) in zip(probabilities, logits) { slope += probability * logit }
            let usual = Self.usualShares[voice]
            shares[voice] = max(0, shares[voice] - Self.shiftRate * usual * usual * slope)
        }
    }

    /// The energy of weighed logits, sharpened: a text few intents want has little.
    static func familiarity(_ logits: [Float]) -> Float {
        Exponential.logSum(logits.map { $0 * familiaritySharpness })
    }

    /// The familiarity that `refusedShare` of `examples`, which are not empty, lie below.
    private func leastUsual(_ examples: [VoicedExample]) -> Float {
        let familiarities = examples.map { Self.familiarity($0.added(by: shares)) }
        return familiarities.sorted()[Int(Double(familiarities.count) * Self.refusedShare)]
    }
}

/// What the voices say of an example, and what it is.
struct VoicedExample: Sendable {
    /// (voices, classes)
    let logits: [[Float]]
    let label: Int

    /// (classes)
    func added(by shares: [Float]) -> [Float] {
        var sum = [Float](repeating: 0, count: logits.first?.count ?? 0)
        for (share, row) in zip(shares, logits) where share != 0 {
            for index in sum.indices { sum[index] += share * row[index] }
        }
        return sum
    }
}
