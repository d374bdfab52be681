/// What is done after a turn, by its name: one of these, or the user's own.
public struct Action: RawRepresentable, Codable, Sendable, Hashable {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    /// Asks for a slot.
    public static let askMissingInfo = Action(rawValue: "ask_missing_info")
    /// Asks whether what is known is right.
    public static let confirm = Action(rawValue: "confirm")
    /// Reads the task's data.
    public static let fetchData = Action(rawValue: "fetch_data")
    /// Answers a question.
    public static let answer = Action(rawValue: "answer")
    /// Says that something was not understood, and asks.
    public static let clarify = Action(rawValue: "clarify")
    /// Gives a task up.
    public static let cancel = Action(rawValue: "cancel")
    public static let end = Action(rawValue: "end")

    /// Those that the rules know.
    public static let known: [Action] = [
        .askMissingInfo, .confirm, .fetchData, .answer, .clarify, .cancel, .end,
    ]
}

/// An action, and for `ask_missing_info` what is asked for.
public struct Move: Codable, Sendable, Hashable {
    public let action: Action
    /// In the order of the question; none for any other action.
    public let slots: [String]
    /// The question names the values that its slot may have.
    public let namesChoices: Bool

    public init(_ action: Action, slots: [String] = [], namesChoices: Bool = false) {
        self.action = action
        self.slots = slots
        self.namesChoices = namesChoices
    }
}
