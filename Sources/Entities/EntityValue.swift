/// What an entity means.
public enum EntityValue: Sendable, Hashable {
    case number(Number, NumberForm)
    case ordinal(OrdinalValue)
    /// In hundredths: 20 for `20 %`; nil for the word alone.
    case percentage(Number?)
    case numberRange(NumberRange)
    case quantity(Quantity)
    case money(Money)
    case boolean(Bool)
    /// An address in its normal form.
    case address(String)
    case time(TimeValue)
}

/// How a number is written.
public enum NumberForm: String, Sendable {
    case integer, decimal, fraction, power
}

/// A rank, counted from one end or from where one is.
public struct OrdinalValue: Sendable, Hashable {
    public enum Origin: String, Sendable {
        case start, end, current
    }

    public let offset: Int
    public let origin: Origin
}

/// Numbers between limits; a limit that is nil is no limit.
public struct NumberRange: Sendable, Hashable {
    public struct Limit: Sendable, Hashable {
        public let number: Number
        public let isIncluded: Bool
    }

    public let lower: Limit?
    public let upper: Limit?
}

/// So much of a unit; the number is nil where the text names the unit alone.
public struct Quantity: Sendable, Hashable {
    public let number: Number?
    /// In the singular: `Square meter`.
    public let unit: String
    /// `Length`, `Weight` …; nil for ages and temperatures.
    public let dimension: String?
}

/// So much of a currency; the amount is nil where the text names the currency alone.
public struct Money: Sendable, Hashable {
    public let amount: Number?
    /// In the singular: `Canadian dollar`.
    public let unit: String
    /// ISO 4217, where the text says which currency it is: a `$` alone does not.
    public let currency: String?
}
