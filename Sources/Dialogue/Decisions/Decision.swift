/// What is done after a turn, and what it was chosen from.
public struct Decision: Codable, Sendable, Hashable {
    public let move: Move
    /// What follows at once: the question of the task that goes on.
    public let then: Move?
    /// The rule that gave the choice.
    public let rule: Rule
    /// All that the rule admits, the usual one first.
    public let admissible: [Move]
    /// The probability with which `move` was chosen among them.
    public let propensity: Double
    /// The policy's version that chose; nil for the rules' usual moves.
    public let policy: Int?

    public init(
        move: Move, then: Move?, rule: Rule, admissible: [Move], propensity: Double, policy: Int? = nil
    ) {
        self.move = move
        self.then = then
        self.rule = rule
        self.admissible = admissible
        self.propensity = propensity
        self.policy = policy
    }
}

/// Why an action is admissible.
public enum Rule: String, Codable, Sendable, Hashable {
    case greeting
    case courtesy
    case farewell
    case question
    case cancelled
    case tooLate = "too_late"
    case refused
    case noTask = "no_task"
    case notUnderstood = "not_understood"
    case correction
    case correctionUnsure = "correction_unsure"
    case missingSlot = "missing_slot"
    case unconfirmed
    case ready
}
