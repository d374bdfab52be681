/// An immutable snapshot of the head for predictions.
public struct IntentClassifier: Sendable {
    /// In the order of the names.
    public let intents: [IntentName]
    let means: [[Float]]

    /// True when the head knows no intent: then every ranking is empty and the status is `not_trained`.
    public var isEmpty: Bool { intents.isEmpty }

    /// - Parameter features: of the width the head was taught with.
    public func rank(_ features: Features) -> Ranking {
        let x = features.floats()
        let logits = means.map { mean in 20 * zip(mean, x).reduce(0) { $0 + $1.0 * $1.1 } }
        let exponentials = Exponential.softmax(logits)
        let ranked = zip(intents, exponentials).map { RankedIntent(intent: $0, probability: $1) }
            .sorted { $0.probability > $1.probability }
        return Ranking(intents: ranked, familiarity: logits.max() ?? 0, isOutOfScope: false)
    }
}

extension Features {
    func floats() -> [Float] {
        quantised.enumerated().map { Float($1) * scales[$0 / blockWidth] }
    }
}

enum Exponential {
    static func softmax(_ logits: [Float]) -> [Float] {
        guard let largest = logits.max() else { return [] }
        let powers = logits.map { exp($0 - largest) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }

    /// e^x for x ≤ 0 with one order of operations on every processor.
    static func exp(_ x: Float) -> Float {
        guard x > -87 else { return 0 }
        let n = (x * 1.442_695_04).rounded(.toNearestOrEven)
        let r = (x - n * 0.693_145_75) - n * 1.428_606_8e-6
        var p: Float = 1 / 720
        for c in [1 / 120, 1 / 24, 1 / 6, 0.5, 1, 1] as [Float] { p = p * r + c }
        return Float(sign: .plus, exponent: Int(n), significand: p)
    }
}
