/// An intent and its calibrated probability.
public struct RankedIntent: Sendable, Hashable {
    public let intent: IntentName
    public let probability: Float

    public init(intent: IntentName, probability: Float) {
        self.intent = intent
        self.probability = probability
    }
}

/// Every intent the head knows, the most probable first; equal probabilities in the order of the names.
public struct Ranking: Sendable, Hashable {
    public let intents: [RankedIntent]
    /// The larger, the nearer the text lies to what was taught; comparable only within one classifier.
    public let familiarity: Float
    public let isOutOfScope: Bool

    public var best: RankedIntent? { intents.first }
    public var confidence: Float { intents.first?.probability ?? 0 }
}
