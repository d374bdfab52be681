/// What is kept of a turn, so that the dialogue's state can be made again.
public struct DialogueRecord: Codable, Sendable, Hashable {
    public let turn: UserTurn
    public let decision: Decision

    public init(turn: UserTurn, decision: Decision) {
        self.turn = turn
        self.decision = decision
    }

    /// Whether a turn here can have left it: a file that was brought may say anything, and nothing that is computed with it
    /// may overflow.
    public var isSane: Bool {
        let clock = turn.clock ?? SessionClock(shift: 0, offset: 0)
        return 1...(1 << 40) ~= turn.number && 0...(1 << 53) ~= turn.time
            && -(1 << 40)...(1 << 40) ~= clock.shift && -1440...1440 ~= clock.offset
    }
}
