/// An immutable snapshot of the head for predictions: the linear voices added into one matrix, and the network.
///
/// The matrix takes 591 kB and the network's weights 250 kB for 77 intents and 1,920 features.
public struct IntentClassifier: Sendable {
    public let intents: [IntentName]
    /// (intents, d)
    let weights: Matrix
    /// (intents)
    let biases: [Float]
    let network: NetworkVoice?
    let calibration: Calibration

    /// True when the head knows no intent: then every ranking is empty.
    public var isEmpty: Bool { intents.isEmpty }

    /// A text whose familiarity lies below is out of scope; nil while nothing was fitted.
    public var leastFamiliarity: Float? {
        calibration.leastFamiliarity > -.greatestFiniteMagnitude ? calibration.leastFamiliarity : nil
    }

    /// Bytes of what a prediction reads: the linear voices' matrix and biases, and the network.
    public var weightBytes: Int {
        MemoryLayout<Float>.size * (weights.values.count + biases.count + (network?.network.weightCount ?? 0))
    }

    /// - Parameter features: of the width the head was taught with.
    /// - Complexity: O(intents · d).
    public func rank(_ features: Features) -> Ranking {
        guard !isEmpty else { return Ranking(intents: [], familiarity: 0, isOutOfScope: false) }
        let logits = logits(features)
        let probabilities = Exponential.softmax(logits)
        let familiarity = Calibration.familiarity(logits)
        let order = probabilities.indices.sorted {
            (probabilities[$1], intents[$0]) < (probabilities[$0], intents[$1])
        }
        let ranked = order.map { RankedIntent(intent: intents[$0], probability: probabilities[$0]) }
        return Ranking(
            intents: ranked, familiarity: familiarity,
            isOutOfScope: familiarity < calibration.leastFamiliarity)
    }

    /// The weighed voices' sum, in the order of `intents`.
    func logits(_ features: Features) -> [Float] {
        let x = features.vector()
        var logits = weights.times(x)
        for index in logits.indices { logits[index] += biases[index] }
        guard let network, let share = calibration.shares.last, share > 0 else { return logits }
        for (index, logit) in network.logits(x).enumerated() { logits[index] += share * logit }
        return logits
    }
}

extension IntentHead {
    /// A snapshot for predictions.
    ///
    /// - Complexity: O(intents · d); some 60 µs for 77 intents.
    public var classifier: IntentClassifier {
        guard let voices, !names.isEmpty else {
            return IntentClassifier(
                intents: [], weights: Matrix(columns: Kernels.lanes), biases: [], network: nil,
                calibration: calibration)
        }
        let (weights, biases) = voices.added(by: calibration.shares)
        return IntentClassifier(
            intents: names, weights: weights, biases: biases,
            network: voices.network,
            calibration: calibration)
    }
}
