/// A text's features and the intent it has.
public struct Example: Sendable, Hashable {
    public let intent: IntentName
    public let features: Features
    /// Nil when nobody said which slots it has.
    public let slots: SlotExample?

    public init(intent: IntentName, features: Features, slots: SlotExample? = nil) {
        self.intent = intent
        self.features = features
        self.slots = slots
    }
}

/// What the head learns from: its state is a pure function of its settings and the order of these.
public enum LearningEvent: Sendable {
    /// One example. `name`: the features of the intent's `phrase`, used when the intent is new.
    case taught(Example, name: Features?)
    /// Many examples at once. `names`: the features of the intents' phrases. Without `keepingBase` the head
    /// starts again from nothing.
    case trained([Example], names: [IntentName: Features], keepingBase: Bool)
    /// The intent keeps its examples; `name`: the features of the new phrase. Onto a taken name it is a merge.
    case renamed(IntentName, to: IntentName, name: Features?)
    /// The examples of the first intent become examples of the second, which need not exist before.
    case merged(IntentName, into: IntentName)
    case removed(IntentName)

    /// The one example it teaches.
    var taught: Example? {
        if case .taught(let example, _) = self { example } else { nil }
    }
}
