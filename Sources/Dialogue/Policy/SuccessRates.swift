/// How often a kind of move, made at a step of a dialogue, led to an end the user wanted.
public struct SuccessRates: Codable, Sendable, Hashable {
    /// Counts of one step and kind.
    public struct Count: Codable, Sendable, Hashable {
        public internal(set) var tried = 0
        /// Of these the task was done, and stayed so.
        public internal(set) var succeeded = 0
        /// Where it led next, how often.
        public internal(set) var next: [String: Int] = [:]
        public internal(set) var outcomes: [Outcome.RawValue: Int] = [:]

        /// With one success and one failure assumed beforehand: 0.5 where nothing is known.
        public var rate: Double { Double(succeeded + 1) / Double(tried + 2) }
    }

    public private(set) var counts: [String: [MoveKind: Count]] = [:]

    public init() {}

    public mutating func take(_ episode: Episode) {
        for transition in episode.transitions {
            var count = counts[transition.step]?[transition.kind] ?? Count()
            count.tried += 1
            count.succeeded += episode.isSuccess ? 1 : 0
            if let next = transition.next { count.next[next, default: 0] += 1 }
            if let outcome = transition.outcome { count.outcomes[outcome.rawValue, default: 0] += 1 }
            counts[transition.step, default: [:]][transition.kind] = count
        }
    }

    public func rate(of kind: MoveKind, at step: String) -> Double {
        (counts[step]?[kind] ?? Count()).rate
    }
}
