/// Something that has to be known, or may be, before a task is done.
public struct Slot: Sendable, Hashable {
    public let name: String
    public let type: SlotType
    public let isRequired: Bool
    /// How it is asked for.
    public let question: Template
    /// Whether its value is asked back before anything is done with it.
    public let needsConfirmation: Bool
    public let validation: Validation

    public init(
        name: String, type: SlotType, isRequired: Bool, question: Template, needsConfirmation: Bool,
        validation: Validation = Validation()
    ) {
        self.name = name
        self.type = type
        self.isRequired = isRequired
        self.question = question
        self.needsConfirmation = needsConfirmation
        self.validation = validation
    }
}

/// What fills a slot.
public enum SlotType: Sendable, Hashable {
    /// An entity of the recognisers: `date`, `number`, `email` …
    case entity(EntitySlot)
    /// A value of a word list, or of a type learnt from examples, by its name.
    case named(String)
    /// Whatever the answer to its question is.
    case text

    /// - Parameter name: as a task file has it.
    public init(_ name: String) {
        if name == "text" {
            self = .text
        } else if let kind = EntitySlot(rawValue: name) {
            self = .entity(kind)
        } else {
            self = .named(name)
        }
    }

    /// As a task file has it.
    public var name: String {
        switch self {
        case .entity(let kind): kind.rawValue
        case .named(let name): name
        case .text: "text"
        }
    }
}

/// Types of slots that the recognisers fill.
public enum EntitySlot: String, Sendable, Hashable, CaseIterable {
    case date, time, duration, number, ordinal, percentage, money, quantity, email, phone, url, boolean
    case dateTime = "datetime"
}

/// What a value must be, to be taken.
public struct Validation: Sendable, Hashable {
    /// Of dates: on which side of today.
    public enum Side: String, Sendable, Hashable, CaseIterable { case past, future }

    /// Nil for either.
    public let side: Side?
    /// Of numbers and amounts; nil for no limit.
    public let least: Double?
    public let most: Double?
    /// Of times of day, in minutes since midnight, both included; nil for any.
    public let hours: ClosedRange<Int>?

    public init(
        side: Side? = nil, least: Double? = nil, most: Double? = nil, hours: ClosedRange<Int>? = nil
    ) {
        self.side = side
        self.least = least
        self.most = most
        self.hours = hours
    }
}
