/// Chooses among the admissible moves: most often the one that promises most, now and then any other.
///
/// It sees only what the rules admit, so that whatever it has learnt it does nothing they forbid.
public struct Policy: Codable, Sendable, Hashable {
    /// Nil for the rules' usual move.
    public let value: ValueFunction?
    /// The probability with which a move is drawn from all that are admissible, each as likely; from 0 to 1.
    public let exploration: Double
    /// Of what was learnt; nil for the rules' usual move.
    public let version: Int?

    public init(value: ValueFunction? = nil, exploration: Double = 0, version: Int? = nil) {
        precondition((0...1).contains(exploration), "exploration is \(exploration)")
        self.value = value
        self.exploration = exploration
        self.version = version
    }

    /// The place of the move that promises most; of equals the first.
    public func best(of options: [MoveOption], at step: String) -> Int {
        guard let value else { return 0 }
        var best = (place: 0, value: -Double.infinity)
        for (place, option) in options.enumerated() {
            let own = value.value(of: option, at: step)
            if own > best.value { best = (place, own) }
        }
        return best.place
    }

    /// With which each move is chosen; they add up to 1.
    public func probabilities(of options: [MoveOption], at step: String) -> [Double] {
        let best = best(of: options, at: step)
        let share = exploration / Double(options.count)
        return options.indices.map { $0 == best ? 1 - exploration + share : share }
    }

    /// Decides by the rules, and where they leave a choice, by what was learnt.
    ///
    /// - Parameters:
    ///   - state: after the turn was taken in.
    ///   - draw: from 0 up to 1.
    public func decide(
        _ state: DialogueState, after development: Development, in book: TaskBook, draw: Double
    ) -> Decision {
        Rules.decide(state, after: development, in: book, policy: version) { moves in
            guard moves.count > 1 else { return (0, 1) }
            let situation = Situation(state, after: development, in: book)
            let probabilities = probabilities(of: situation.options(moves), at: situation.step)
            var left = draw
            for (place, probability) in probabilities.enumerated() {
                if left < probability { return (place, probability) }
                left -= probability
            }
            // The last one that can be chosen: rounding left a little.
            let place = probabilities.lastIndex { $0 > 0 } ?? 0
            return (place, probabilities[place])
        }
    }
}

/// Chance that a seed and a turn's place decide, so that a log replays alike whatever runs beside it.
public struct PolicyChance: Codable, Sendable, Hashable {
    public let seed: UInt64

    public init(seed: UInt64) { self.seed = seed }

    /// From 0 up to 1, for a turn of a session.
    ///
    /// - Note: FNV-1a of the session, then the mixing of SplitMix64: not a stream but one value of each turn, so that a
    ///   draw depends on no other. The stream itself is in Tensors, which the rooms of arithmetic share and this one
    ///   does not.
    public func draw(session: String, turn: Int) -> Double {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in session.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        var mixed = (hash ^ seed) &+ UInt64(truncatingIfNeeded: turn) &* 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        mixed ^= mixed >> 31
        return Double(mixed >> 11) / 9_007_199_254_740_992
    }
}
