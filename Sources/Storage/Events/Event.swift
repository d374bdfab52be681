public import Learning

/// The place of an event in the log: 1 for the first, never used twice. 0 stands for the empty log.
public struct EventID: RawRepresentable, Sendable, Hashable, Comparable, CustomStringConvertible {
    public static let none = EventID(rawValue: 0)

    public let rawValue: Int64

    public init(rawValue: Int64) { self.rawValue = rawValue }

    public static func < (left: EventID, right: EventID) -> Bool { left.rawValue < right.rawValue }

    public var description: String { String(rawValue) }
}

/// Who gave an event: the peer's credentials, and the session it spoke in.
public struct Origin: Sendable, Hashable {
    public let uid: UInt32
    public let pid: Int32
    public let session: String?
    /// Whether a lesson was taken from what was said, and nobody gave its intent.
    public let isSelfCorrection: Bool

    public init(uid: UInt32, pid: Int32, session: String?, isSelfCorrection: Bool = false) {
        self.uid = uid
        self.pid = pid
        self.session = session
        self.isSelfCorrection = isSelfCorrection
    }
}

/// A labelled text with the features it was learnt by.
public struct StoredExample: Sendable, Hashable {
    public let text: String
    public let context: String?
    public let example: Example
    /// Where the slots of the text are, when it is known.
    public let slots: [SlotSpan]

    public init(text: String, context: String?, example: Example, slots: [SlotSpan] = []) {
        self.text = text
        self.context = context
        self.example = example
        self.slots = slots
    }

    /// What is stored of its slots.
    var lesson: SlotLesson? {
        example.slots.map { SlotLesson(spans: slots, example: $0) }
    }
}

/// What a training does with what was learnt before it.
public enum Training: Sendable, Hashable {
    /// Starts again from nothing.
    case replacing
    /// Keeps it.
    case adding
    /// The first of a new state, from the bootstrap file: nobody taught it, so nobody takes it back.
    case bootstrap
}

/// Why a lesson waits for approval.
public enum HoldReason: String, Sendable, Hashable {
    /// It says otherwise than the head and other people, and its teacher has done so often.
    case contradiction
    /// With it an example that must stay right would be taken for something else.
    case canary
}

/// What somebody said of the answer to a question.
public struct StoredJudgement: Sendable, Hashable {
    /// What was said, and for whom it counts; the name is what the log has.
    public enum Verdict: String, Sendable, Hashable {
        /// For who said it alone.
        case right, wrong
        case rightForAll = "right_for_all"
        case wrongForAll = "wrong_for_all"

        public init(isRight: Bool, isForAll: Bool) {
            self = isRight ? (isForAll ? .rightForAll : .right) : (isForAll ? .wrongForAll : .wrong)
        }

        public var isRight: Bool { self == .right || self == .rightForAll }
        public var isForAll: Bool { self == .rightForAll || self == .wrongForAll }
    }

    public let question: String
    public let verdict: Verdict
    /// Which sentence it is about, and how that stands to the question: `AnswerLesson.bytes`.
    public let lesson: [UInt8]

    public init(question: String, verdict: Verdict, lesson: [UInt8]) {
        self.question = question
        self.verdict = verdict
        self.lesson = lesson
    }
}

/// What an event did, with the texts: `LearningEvent` without the features of intents' names, which the log
/// keeps once an intent.
public enum EventContent: Sendable, Hashable {
    case taught(StoredExample)
    /// A lesson that waits for approval: the head passes it over.
    case held(StoredExample, HoldReason)
    /// The lesson held at that event counts from here on; its text and features stay there.
    case approved(EventID, StoredExample)
    case trained([StoredExample], Training)
    case renamed(IntentName, to: IntentName)
    case merged(IntentName, into: IntentName)
    case removed(IntentName)
    /// The head became again what it was after that event: what lies between does not count.
    case restored(EventID)
    /// The events before it, after that position, are those of a snapshot from elsewhere: they count for what
    /// is restored from them. `names` are the features of the names of their intents.
    case imported(after: EventID, name: String, names: [IntentName: Features])
    /// The head passes it over: the head that says what supports an answer learns from it.
    case judged(StoredJudgement)

    /// The intents whose names a head that does not know them learns from.
    public var intentsToName: Set<IntentName> {
        switch self {
        case .taught(let stored), .approved(_, let stored): [stored.example.intent]
        case .trained(let stored, _): Set(stored.map(\.example.intent))
        case .renamed(_, let new): [new]
        case .held, .merged, .removed, .restored, .imported, .judged: []
        }
    }

    /// What the head learns from it; nil for a restoration, which a replay passes over with all it undoes,
    /// for an import, for what waits for approval, and for what was said of an answer.
    public func learning(names: [IntentName: Features]) -> LearningEvent? {
        switch self {
        case .taught(let stored), .approved(_, let stored):
            .taught(stored.example, name: names[stored.example.intent])
        case .trained(let stored, let training):
            .trained(stored.map(\.example), names: names, keepingBase: training == .adding)
        case .renamed(let from, let to): .renamed(from, to: to, name: names[to])
        case .merged(let from, let into): .merged(from, into: into)
        case .removed(let intent): .removed(intent)
        case .held, .restored, .imported, .judged: nil
        }
    }
}

/// The best intent for a text at some moment; nil while nothing is known.
public struct Verdict: Sendable, Hashable {
    public let intent: IntentName?
    /// From 0 to 1.
    public let confidence: Float

    public init(intent: IntentName?, confidence: Float) {
        self.intent = intent
        self.confidence = confidence
    }
}

/// What teaching one text did to its prediction. A replay computes both again, bit for bit.
public struct Effect: Sendable, Hashable {
    public let event: EventID
    public let before: Verdict
    public let after: Verdict

    public init(event: EventID, before: Verdict, after: Verdict) {
        self.event = event
        self.before = before
        self.after = after
    }
}

/// An event to be appended.
public struct NewEvent: Sendable {
    public let content: EventContent
    public let origin: Origin
    /// Microseconds since 1970, UTC.
    public let time: Int64

    public init(_ content: EventContent, origin: Origin, time: Int64) {
        self.content = content
        self.origin = origin
        self.time = time
    }
}

/// An event as the log keeps it.
public struct Event: Sendable {
    public let id: EventID
    public let content: EventContent
    public let origin: Origin
    /// Microseconds since 1970, UTC.
    public let time: Int64
    /// Nil until it is recorded, and for events that are not about one text.
    public let effect: Effect?
}
