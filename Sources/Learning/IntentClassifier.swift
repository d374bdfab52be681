/// An immutable snapshot of the head for predictions: the linear voices added into one matrix.
///
/// 473 kB for 77 intents and 1,536 features.
public struct IntentClassifier: Sendable {
    public let intents: [IntentName]
    /// (intents, d)
    let weights: Matrix
    /// (intents)
    let biases: [Float]
    let calibration: Calibration

    /// True when the head knows no intent: then every ranking is empty.
    public var isEmpty: Bool { intents.isEmpty }

    /// - Parameter features: of the width the head was taught with.
    /// - Complexity: O(intents · d).
    public func rank(_ features: Features) -> Ranking {
        guard !isEmpty else { return Ranking(intents: [], familiarity: 0, isOutOfScope: false) }
        let logits = logits(features)
        let probabilities = Exponential.softmax(logits.map { $0 * calibration.sharpness })
        let familiarity = Exponential.logSum(logits)
        let order = probabilities.indices.sorted {
            (probabilities[$1], intents[$0]) < (probabilities[$0], intents[$1])
        }
        let ranked = order.map { RankedIntent(intent: intents[$0], probability: probabilities[$0]) }
        return Ranking(
            intents: ranked, familiarity: familiarity,
            isOutOfScope: familiarity < calibration.leastFamiliarity)
    }

    /// The voices' sum before calibration, in the order of `intents`.
    func logits(_ features: Features) -> [Float] {
        var logits = weights.times(features.vector())
        for index in logits.indices { logits[index] += biases[index] }
        return logits
    }
}

extension IntentHead {
    /// A snapshot for predictions.
    ///
    /// - Complexity: O(intents · d); some 30 µs for 77 intents.
    public var classifier: IntentClassifier {
        guard let voices, !names.isEmpty else {
            return IntentClassifier(
                intents: [], weights: Matrix(columns: Kernels.lanes), biases: [], calibration: calibration)
        }
        let scale = voiceScales(voices)
        return IntentClassifier(
            intents: names,
            weights: voices.discriminant.weights.scaled(
                by: scale.discriminant, adding: scale.cosine, voices.cosine.vectors),
            biases: voices.discriminant.biases.map { $0 * scale.discriminant }, calibration: calibration)
    }

    /// What each voice's scores are multiplied with before they are added. Fitted on validation data of four sets.
    func voiceScales(_ voices: Voices) -> (discriminant: Float, cosine: Float) {
        let classes = Float(names.count)
        let total = Float(voices.discriminant.counts.reduce(0, +))
        let perClass = total / classes
        return (0.31 * total / classes.squareRoot(), 10 + 3 * Exponential.log(perClass))
    }
}
