/// What a move led to.
public enum Outcome: String, Codable, Sendable, Hashable, CaseIterable {
    /// The user said what was asked for, or something else that helps.
    case answered
    case confirmed
    /// A value was put right: it had been understood wrongly, or the user thinks otherwise now.
    case corrected
    case refused
    /// The answer fitted nothing.
    case missed
    /// The user asked something himself.
    case asked
    /// The user said that he was taken for meaning something else.
    case rejected
    /// The task is done.
    case completed
    /// The task was given up, left or forgotten.
    case abandoned

    /// What it is worth, besides the turn it took.
    public var reward: Double {
        switch self {
        case .answered, .confirmed, .missed, .asked: 0
        case .corrected, .refused: -0.2
        case .rejected: -0.5
        case .completed: 1
        case .abandoned: -1
        }
    }

    /// A turn of the user's costs so much.
    public static let costOfTurn = 0.1
}

/// A transition: where a dialogue stood, what was done, from what it was chosen, and what came of it.
public struct Transition: Codable, Sendable, Hashable {
    /// As `Situation.step` has it.
    public let step: String
    /// What was admissible, the usual move first.
    public let options: [MoveOption]
    /// The place of the one that was chosen.
    public let chosen: Int
    /// The probability it was chosen with, above 0.
    public let propensity: Double
    /// The policy's version that chose it; nil for the rules' usual moves.
    public let policy: Int?
    /// After which turn of the session, from 1.
    public let turn: Int
    /// Microseconds since 1970, UTC.
    public let time: Int64
    /// Nil before anything came of it.
    public internal(set) var outcome: Outcome?
    /// Where the dialogue stood then.
    public internal(set) var next: String?
    /// What all that came of it before the next choice is worth.
    public internal(set) var reward = 0.0

    /// - Parameter chosen: a place in `options`.
    public init(
        step: String, options: [MoveOption], chosen: Int, propensity: Double, policy: Int? = nil,
        turn: Int = 1, time: Int64, outcome: Outcome? = nil, next: String? = nil, reward: Double = 0
    ) {
        precondition(options.indices.contains(chosen), "option \(chosen) of \(options.count)")
        precondition(propensity > 0 && propensity <= 1, "the propensity is \(propensity)")
        self.step = step
        self.options = options
        self.chosen = chosen
        self.propensity = propensity
        self.policy = policy
        self.turn = turn
        self.time = time
        self.outcome = outcome
        self.next = next
        self.reward = reward
    }

    public var kind: MoveKind { options[chosen].kind }

    /// Whether every move there was could have been chosen.
    public var isOpen: Bool { options.count == 1 || propensity < 1 }
}

/// A goal from its beginning to its end.
public struct Episode: Codable, Sendable, Hashable {
    public let task: String
    public internal(set) var transitions: [Transition]

    public init(task: String, transitions: [Transition] = []) {
        self.task = task
        self.transitions = transitions
    }

    /// Whether the task was done, and the user let it stand.
    public var isSuccess: Bool { transitions.last?.outcome == .completed }

    /// Whether every choice in it was one: what never could have been chosen, nothing is known of.
    public var isExplored: Bool { transitions.allSatisfy(\.isOpen) }

    /// What was got from each transition on.
    public var returns: [Double] {
        var returns = transitions.map(\.reward)
        for place in returns.indices.dropLast().reversed() { returns[place] += returns[place + 1] }
        return returns
    }
}
