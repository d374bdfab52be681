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

    public init(uid: UInt32, pid: Int32, session: String?) {
        self.uid = uid
        self.pid = pid
        self.session = session
    }
}

/// A labelled text with the features it was learnt by.
public struct StoredExample: Sendable, Hashable {
    public let text: String
    public let context: String?
    public let example: Example

    public init(text: String, context: String?, example: Example) {
        self.text = text
        self.context = context
        self.example = example
    }
}

/// What an event did, with the texts: `LearningEvent` and what is needed to embed it again.
public enum EventContent: Sendable, Hashable {
    case taught(StoredExample, name: Features?)
    case trained([StoredExample], names: [IntentName: Features], keepingBase: Bool)
    case renamed(IntentName, to: IntentName, name: Features?)
    case merged(IntentName, into: IntentName)
    case removed(IntentName)

    /// What the head learns from it.
    public var learning: LearningEvent {
        switch self {
        case .taught(let stored, let name): .taught(stored.example, name: name)
        case .trained(let stored, let names, let keepingBase):
            .trained(stored.map(\.example), names: names, keepingBase: keepingBase)
        case .renamed(let from, let to, let name): .renamed(from, to: to, name: name)
        case .merged(let from, let into): .merged(from, into: into)
        case .removed(let intent): .removed(intent)
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
