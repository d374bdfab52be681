/// What one voice of the head says of a text, by itself.
public struct VoiceSaying: Sendable, Hashable {
    public struct Label: Sendable, Hashable {
        public let intent: IntentName
        public let logit: Float
        /// Of this voice alone, not calibrated.
        public let probability: Float
    }

    /// As a paper would call it.
    public let voice: String
    /// Its logits are multiplied with this before the voices are added.
    public let share: Float
    /// The likeliest first; of equals in the order of the names.
    public let ranked: [Label]
}

extension Voices {
    /// In the order of the shares: the joint discriminant, the cosines, a discriminant for each view, the network.
    static let names =
        ["discriminant", "cosine"] + views.map { "discriminant of pool \($0)" } + ["network"]
}

extension IntentHead {
    /// What each voice says of a text; empty while the head knows no intent.
    ///
    /// - Parameter features: of the width the head was taught with.
    /// - Complexity: O(voices · intents · d).
    public func sayings(of features: Features) -> [VoiceSaying] {
        guard let voices, !names.isEmpty else { return [] }
        return zip(voices.logits(features.vector()), calibration.shares).enumerated().map { place, said in
            let probabilities = Exponential.softmax(said.0)
            let labels = names.indices.map {
                VoiceSaying.Label(intent: names[$0], logit: said.0[$0], probability: probabilities[$0])
            }
            return VoiceSaying(
                voice: Voices.names[place], share: said.1,
                ranked: labels.sorted { ($1.logit, $0.intent) < ($0.logit, $1.intent) })
        }
    }
}
