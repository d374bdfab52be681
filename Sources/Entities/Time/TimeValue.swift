/// What a text says about time.
///
/// A text may leave open which of several moments it means: `Friday` is the last or the next one, `at 5` is in the
/// morning or the afternoon. Then there are several readings, the past before the future and the morning before the
/// afternoon.
public struct TimeValue: Sendable, Hashable {
    public let readings: [TimeReading]
}

/// One moment, range, length or recurrence a text may mean.
public struct TimeReading: Sendable, Hashable {
    /// What kind of moment or range it is; that of the entity but where it is only approximate.
    public let kind: EntityKind
    /// TIMEX3: ISO 8601 with `X` where the text says nothing, such as `XXXX-WXX-5` for any Friday.
    public let timex: String
    /// What a word before or after makes of it.
    public let modifier: TimeModifier?
    /// What is before, after or since something: a point or a range.
    public let source: TimeSource?
    /// ISO 8601: `2018-06-05`, `16:12:00`, `2018-06-05 16:12:00`; for a duration its seconds. Nil for ranges, and
    /// where no one value can be told.
    public let value: String?
    /// The first moment of a range; nil if it has none.
    public let start: String?
    /// The moment that ends a range and is no more in it; nil if it has none.
    public let end: String?
    /// The days of a range of business days.
    public let days: [String]
}

/// The raw values are those of Recognizers-Text.
public enum TimeModifier: String, Sendable {
    case before, after, since, until
    case start, mid, end
    case approximate = "approx"
    case more, less
    /// Relative to what the text does not say: `that week`.
    case undefinedReference = "ref_undef"
    case beforeStart = "before-start"
    case beforeEnd = "before-end"
    case beforeMid = "before-mid"
    case beforeApproximate = "before-approx"
    case afterStart = "after-start"
    case afterMid = "after-mid"
    case afterEnd = "after-end"
    case afterApproximate = "after-approx"
    case sinceStart = "since-start"
    case sinceMid = "since-mid"
    case sinceEnd = "since-end"
    case untilStart = "until-start"
    case untilMid = "until-mid"
    case untilEnd = "until-end"
}

/// What a limit was.
public enum TimeSource: String, Sendable {
    case point = "datetimepoint"
    case range = "datetimerange"
}
