/// Where a conversation stands: a pure function of the turns of its session and the decisions after each.
///
///     state ─► take(turn) ─► development ─► rules, policy ─► decision ─► follow(decision) ─► state
public struct DialogueState: Codable, Sendable, Hashable {
    public let session: String
    /// Microseconds since 1970, UTC.
    public let createdAt: Int64
    public internal(set) var updatedAt: Int64
    /// The number of the newest; 0 before the first.
    public internal(set) var turns = 0
    /// Nil while it is the daemon's.
    public internal(set) var clock: SessionClock?
    public internal(set) var lastIntent: String?
    public internal(set) var lastAction: Action?
    /// The newest is last and current; those before it wait.
    public internal(set) var goals: [Goal] = []
    /// The newest that is done.
    public internal(set) var completed: Goal?
    /// What the last reply asked for.
    public internal(set) var expectation: Expectation?
    /// The newest turn that corrected no other.
    public internal(set) var previous: SaidTurn?

    public init(session: String, createdAt: Int64) {
        self.session = session
        self.createdAt = createdAt
        updatedAt = createdAt
    }

    public var goal: Goal? { goals.last }

    /// Whether there was no turn for longer than a lifetime.
    ///
    /// - Parameters:
    ///   - time: microseconds since 1970, UTC.
    ///   - lifetime: in seconds.
    public func isExpired(at time: Int64, lifetime: Int) -> Bool {
        turns > 0 && time - updatedAt > Int64(lifetime) * 1_000_000
    }

    /// Begins anew: nothing that was going on, or was just done, is known any more.
    public mutating func expire() {
        goals = []
        completed = nil
        expectation = nil
        previous = nil
    }

    /// The required slots of the current goal that have no value, in the task's order.
    public func missingSlots(in book: TaskBook) -> [Slot] {
        guard let goal, let task = book.task(named: goal.task) else { return [] }
        return task.slots.filter { $0.isRequired && goal.slots[$0.name] == nil }
    }

    /// What is going on: `idle`, `collecting`, `confirming`, `choosing` or `done`.
    public func currentStep(in book: TaskBook) -> String {
        switch expectation {
        case .confirmation: "confirming"
        case .change, .slots: "collecting"
        case .intent: "choosing"
        case nil: goal == nil ? (completed == nil ? "idle" : "done") : "collecting"
        }
    }
}

/// A turn as it is remembered, until the next.
public struct SaidTurn: Codable, Sendable, Hashable {
    public let number: Int
    public let text: String
    /// Whether it came after a question of a task.
    public let isAnswer: Bool
    /// What it was taken for, or is since it was corrected; nil while nothing had been learnt.
    public internal(set) var intent: String?
    /// From 0 to 1.
    public let confidence: Double
}

/// What a reply asked for.
public enum Expectation: Codable, Sendable, Hashable {
    /// The values of slots, in the order of the question.
    case slots([String])
    /// A yes or no, to all that is known for the goal.
    case confirmation
    /// What is to be changed in it.
    case change
    /// Which of these intents an earlier turn had.
    case intent(IntentCorrection)
}
