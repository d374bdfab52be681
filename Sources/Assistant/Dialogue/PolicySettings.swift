/// How moves of dialogues are chosen.
public struct PolicySettings: Sendable, Hashable {
    /// The probability with which a move is drawn from all that the rules admit; from 0, nothing is tried and nothing
    /// learnt, to 1.
    public var exploration: Double
    /// Nothing is tried before so many tasks have come to an end.
    public var warmUp: Int
    public var seed: UInt64

    public init(exploration: Double = 0.1, warmUp: Int = 200, seed: UInt64 = 1) {
        precondition((0...1).contains(exploration), "exploration is \(exploration)")
        self.exploration = exploration
        self.warmUp = warmUp
        self.seed = seed
    }
}
