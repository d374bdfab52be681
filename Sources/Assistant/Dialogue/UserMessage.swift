public import Dialogue
public import Entities

/// Something said in a dialogue.
public struct UserMessage: Sendable, Hashable {
    /// Its speaker names the session.
    public let utterance: Utterance
    /// Sets the session's clock and its distance from UTC; nil to leave them.
    public let clock: ReferenceTime?
    /// What the speaker is to the daemon: corrections teach.
    public let standing: Lesson.Standing

    public init(
        _ utterance: Utterance, clock: ReferenceTime? = nil,
        standing: Lesson.Standing = .owner
    ) {
        self.standing = standing
        self.utterance = utterance
        self.clock = clock
    }
}

/// What a message led to.
public struct DialogueTurn: Sendable, Hashable {
    public let session: String
    /// Its place in the session, from 1.
    public let number: Int
    public let prediction: Prediction
    public let decision: Decision
    public let reply: String
    /// The events of the lessons that it taught.
    public let learned: [Int64]
    public let state: DialogueSummary

    public init(
        session: String, number: Int, prediction: Prediction, decision: Decision,
        reply: String, learned: [Int64] = [], state: DialogueSummary
    ) {
        self.session = session
        self.number = number
        self.prediction = prediction
        self.decision = decision
        self.reply = reply
        self.learned = learned
        self.state = state
    }
}

/// A dialogue's state, as it is told.
public struct DialogueSummary: Sendable, Hashable {
    public let session: String
    /// The current task; nil while there is none.
    public let goal: String?
    /// `idle`, `collecting`, `confirming`, `choosing` or `done`.
    public let step: String
    public let filled: [String: FilledSlot]
    /// Required slots without a value, in the task's order.
    public let missing: [String]
    public let lastIntent: String?
    /// Microseconds since 1970, UTC.
    public let createdAt: Int64
    /// Tasks that wait, the first to be taken up again last.
    public let waiting: [String]

    /// - Parameter state: of a task that is just done the values are still told.
    public init(_ state: DialogueState, in book: TaskBook) {
        let goal = state.goal ?? state.completed
        session = state.session
        self.goal = goal?.task
        step = state.currentStep(in: book)
        filled = goal?.slots ?? [:]
        missing = state.missingSlots(in: book).map(\.name)
        lastIntent = state.lastIntent
        createdAt = state.createdAt
        waiting = state.goals.dropLast().map(\.task)
    }
}
