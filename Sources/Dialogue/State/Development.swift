/// What a turn did to the state.
public struct Development: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable {
        /// A task began, or its values came or changed.
        case began, filled, changed
        case confirmed, refused, cancelled
        /// What is to be taken back is done.
        case tooLate = "too_late"
        /// A question beside the task.
        case asked
        /// An answer that fits nothing that was asked for.
        case unfitting
        /// An earlier turn was taken for the wrong intent, and which was meant is known, or is not.
        case corrected
        case correctedUnsurely = "corrected_unsurely"
        case greeted, farewell
        /// A pleasantry.
        case thanked, praised
        /// Something that no task is for.
        case unserved
        /// Nothing that can be done anything with.
        case unclear
    }

    public let kind: Kind
    /// The slots that got values.
    public let slots: [String]
    /// Those of them whose words may mean something else too.
    public let assumed: [String]
    /// A value that was said and is not taken.
    public let refusal: Refusal?
    /// What an earlier turn meant, where it was taken for something else and this is certain: to be learnt.
    public internal(set) var lesson: IntentCorrection?
    /// Tasks that the sentence begins beside the one it is about: they come after it.
    public let later: [String]

    init(
        _ kind: Kind, slots: [String] = [], assumed: [String] = [], refusal: Refusal? = nil,
        lesson: IntentCorrection? = nil, later: [String] = []
    ) {
        self.later = later
        self.kind = kind
        self.slots = slots
        self.assumed = assumed
        self.refusal = refusal
        self.lesson = lesson
    }
}
