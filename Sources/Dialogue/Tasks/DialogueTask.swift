/// Something a user may want done, what has to be known for it, and what is said meanwhile.
public struct DialogueTask: Sendable, Hashable {
    /// The goal: `get_report`.
    public let name: String
    /// Intents that begin it.
    public let intents: [String]
    /// Sentences that begin it, to compare others with.
    public let examples: [String]
    public let slots: [Slot]
    /// What is done once everything is known.
    public let action: Action
    /// Asked before that is done; nil where nothing has to be confirmed but single slots.
    public let confirmation: Template?
    /// Said when it is done.
    public let reply: Template
    /// Said when the data that were asked for are not there; nil where none are.
    public let nothingFound: Template?
    /// The data that `fetch_data` reads.
    public let data: DataQuery?

    public init(
        name: String, intents: [String], examples: [String], slots: [Slot], action: Action,
        confirmation: Template?, reply: Template, nothingFound: Template?, data: DataQuery?
    ) {
        self.name = name
        self.intents = intents
        self.examples = examples
        self.slots = slots
        self.action = action
        self.confirmation = confirmation
        self.reply = reply
        self.nothingFound = nothingFound
        self.data = data
    }

    public func slot(named name: String) -> Slot? {
        slots.first { $0.name == name }
    }
}
