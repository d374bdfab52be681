/// What a part means to the rules.
enum TimeMeaning: Sendable {
    case none
    /// A month, a weekday, a unit …: what the table says.
    case value(Int)
    case amount(Number)
    case phrase(TimePhrase)
    case length(Length)
    case clock(Clock)
    case holiday(Holiday)
    case part(PartOfDay)
}

/// Something an entity can be: its kind and what it may mean.
struct TimePhrase: Sendable {
    var kind: EntityKind
    /// The past before the future.
    var readings: [Reading]
    var day: DayParts?
    var clock: Clock?
    var length: Length?
    /// The finest thing a range is told by.
    var grain = Grain.day
    var modifier: TimeModifier?
    var source: TimeSource?
    /// From one thing to another: no end of a further range.
    var isSpan = false

    enum Grain: Int, Sendable, Comparable {
        case year, quarter, month, week, day

        static func < (left: Grain, right: Grain) -> Bool { left.rawValue < right.rawValue }
    }

    /// What a date says of its parts.
    struct DayParts: Sendable {
        var year: Int?
        var month: Int?
        var day: Int?
        var weekday: Int?
        /// Relative to the reference: `today`, `next Friday`.
        var isRelative = false
        /// So many days, weeks … from another day.
        var isCounted = false
    }

    struct Reading: Sendable, Hashable {
        var timex: Timex
        /// Nil where no calendar has it.
        var start: Moment?
        /// Past a range's end.
        var end: Moment?
        var days: [CivilDate] = []
    }
}

/// TIMEX3 text, kept in parts so that a date and a time can be joined.
enum Timex: Sendable, Hashable {
    case point(String)
    case range(String, String, String)

    var text: String {
        switch self {
        case .point(let text): text
        case .range(let start, let end, let length): "(\(start),\(end),\(length))"
        }
    }
}

/// A time of day.
struct Clock: Sendable, Hashable {
    /// 0 to 24.
    var hour: Int
    var minute: Int?
    var second: Int?
    /// It may be in the morning or in the afternoon.
    var isAmbiguous: Bool

    init(hour: Int, minute: Int? = nil, second: Int? = nil, isAmbiguous: Bool? = nil) {
        self.hour = hour
        self.minute = minute
        self.second = second
        self.isAmbiguous = isAmbiguous ?? (1...12).contains(hour)
    }

    /// Since midnight.
    var seconds: Int { hour % 24 * 3_600 + (minute ?? 0) * 60 + (second ?? 0) }

    /// `T08:30`, as fine as it was told.
    var timex: String {
        let two = { CivilDate.padded($0, to: 2) }
        return "T" + two(hour % 24) + (minute.map { ":" + two($0) } ?? "")
            + (second.map { ":" + two($0) } ?? "")
    }

    /// The morning or the afternoon.
    func inHalf(isAfternoon: Bool) -> Clock {
        var clock = self
        clock.hour = hour % 12 + (isAfternoon ? 12 : 0)
        if hour > 12 { clock.hour = hour }
        clock.isAmbiguous = false
        return clock
    }

    /// What it may be: 12 means noon before midnight.
    var readings: [Clock] {
        guard isAmbiguous else { return [self] }
        var (first, second) = (self, self)
        first.isAmbiguous = false
        second.isAmbiguous = false
        second.hour = (hour + 12) % 24
        return [first, second]
    }
}

/// A part of the day: `morning`.
struct PartOfDay: Sendable, Hashable {
    let timex: String
    /// In hours since midnight.
    let start: Int
    let end: Int

    /// The last part ends a second before midnight.
    var seconds: Range<Int> { start * 3_600..<(end == 24 ? 86_399 : end * 3_600) }
    /// Whether a clock time in it has 12 added.
    var isAfternoon: Bool { start >= 12 }
}

/// A unit of time.
enum TimeUnit: Int, Sendable, CaseIterable {
    case year, quarter, month, fortnight, week, weekend, businessDay, day, hour, minute, second, decade,
        century

    /// As durations are counted.
    var seconds: Int {
        switch self {
        case .century: 3_153_600_000
        case .decade: 315_360_000
        case .year: 31_536_000
        case .quarter: 7_776_000
        case .month: 2_592_000
        case .fortnight: 1_209_600
        case .week: 604_800
        case .weekend: 172_800
        case .businessDay, .day: 86_400
        case .hour: 3_600
        case .minute: 60
        case .second: 1
        }
    }

    /// What stands in a TIMEX3 duration, and how many of it the unit is.
    var timex: (letter: String, factor: Int) {
        switch self {
        case .century: ("Y", 100)
        case .decade: ("Y", 10)
        case .year: ("Y", 1)
        case .quarter: ("M", 3)
        case .month: ("M", 1)
        case .fortnight: ("W", 2)
        case .week: ("W", 1)
        case .weekend: ("WE", 1)
        case .businessDay: ("BD", 1)
        case .day: ("D", 1)
        case .hour: ("H", 1)
        case .minute: ("M", 1)
        case .second: ("S", 1)
        }
    }

    var isClock: Bool { self == .hour || self == .minute || self == .second }
}

/// A length of time: `1 hour and 30 minutes`.
struct Length: Sendable, Hashable {
    struct Component: Sendable, Hashable {
        let unit: TimeUnit
        let amount: Number
    }

    /// The larger unit first.
    var components: [Component]

    init(_ amount: Number, _ unit: TimeUnit) { components = [Component(unit: unit, amount: amount)] }

    private init(_ components: [Component]) { self.components = components }

    func joined(with other: Length) -> Length { Length(components + other.components) }

    var smallest: TimeUnit { components.last?.unit ?? .day }
    var hasClock: Bool { components.contains { $0.unit.isClock } }
    var seconds: Number { components.reduce(Number(0)) { $0 + $1.amount * Number($1.unit.seconds) } }

    var timex: String {
        func text(_ isClock: Bool) -> String {
            components.filter { $0.unit.isClock == isClock }.map {
                ($0.amount * Number($0.unit.timex.factor)).description + $0.unit.timex.letter
            }.joined()
        }
        let clock = text(true)
        return "P" + text(false) + (clock.isEmpty ? "" : "T" + clock)
    }

    /// - Parameter sign: 1 or -1.
    func added(to moment: Moment, sign: Int = 1) -> Moment {
        var moment = moment
        for part in components {
            let factor = sign * part.unit.timex.factor
            let whole = part.amount.integer
            switch (part.unit, whole) {
            case (.year, let count?), (.decade, let count?), (.century, let count?):
                moment.day = moment.date.adding(months: 12 * factor * bounded(count)).dayNumber
            case (.month, let count?), (.quarter, let count?):
                moment.day = moment.date.adding(months: factor * bounded(count)).dayNumber
            case (.businessDay, let count?):
                for _ in 0..<min(bounded(count), 10_000) { moment = moment.nextBusinessDay(sign) }
            default:
                let seconds = (part.amount * Number(part.unit.seconds)).double.rounded()
                moment = moment.adding(seconds: sign * Int(min(seconds, 3e11)))
            }
        }
        return moment
    }

    private func bounded(_ count: Int) -> Int { min(max(count, -10_000), 10_000) }
}

extension Moment {
    fileprivate func nextBusinessDay(_ sign: Int) -> Moment {
        var next = Moment(day: day + sign, second: second)
        while next.date.weekday > 5 { next.day += sign }
        return next
    }
}

/// A day that recurs each year.
enum Holiday: Sendable {
    case fixed(month: Int, day: Int)
    /// The last such weekday where `count` is -1.
    case weekday(Int, count: Int, month: Int, plus: Int = 0)
    case easter(plus: Int)
    case islamic(month: Int, day: Int)

    func date(in year: Int) -> CivilDate? {
        switch self {
        case .fixed(let month, let day): CivilDate(year: year, month: month, day: day)
        case .weekday(let weekday, let count, let month, let plus):
            CivilDate.weekday(weekday, count: count, month: month, year: year)?.adding(days: plus)
        case .easter(let days): CivilDate.easter(year)?.adding(days: days)
        case .islamic(let month, let day): CivilDate.islamic(month: month, day: day, inYear: year)
        }
    }
}

extension TimeMatch {
    /// The number of the part at `slot`; nil where the pattern left it out.
    func value(_ slot: Int) -> Int? {
        guard slot < parts.count, case .value(let value)? = parts[slot]?.meaning else { return nil }
        return value
    }

    func amount(_ slot: Int) -> Number? {
        guard slot < parts.count, case .amount(let amount)? = parts[slot]?.meaning else { return nil }
        return amount
    }

    func phrase(_ slot: Int) -> TimePhrase? {
        guard slot < parts.count, case .phrase(let phrase)? = parts[slot]?.meaning else { return nil }
        return phrase
    }

    func length(_ slot: Int) -> Length? {
        guard slot < parts.count else { return nil }
        switch parts[slot]?.meaning {
        case .length(let length)?: return length
        case .phrase(let phrase)?: return phrase.length
        default: return nil
        }
    }

    func clock(_ slot: Int) -> Clock? {
        guard slot < parts.count else { return nil }
        switch parts[slot]?.meaning {
        case .clock(let clock)?: return clock
        case .phrase(let phrase)?: return phrase.clock
        default: return nil
        }
    }

    func holiday(_ slot: Int) -> Holiday? {
        guard slot < parts.count, case .holiday(let holiday)? = parts[slot]?.meaning else { return nil }
        return holiday
    }

    func part(_ slot: Int) -> PartOfDay? {
        guard slot < parts.count, case .part(let part)? = parts[slot]?.meaning else { return nil }
        return part
    }

    var today: CivilDate { reference.date }
    var now: Moment { reference.moment }
    var before: Token { sentence[tokens.lowerBound - 1] }
    var after: Token { sentence[tokens.upperBound] }
    var first: Int { tokens.lowerBound }
    var end: Int { tokens.upperBound }

    func unit(_ slot: Int) -> TimeUnit? { value(slot).flatMap(TimeUnit.init(rawValue:)) }
}
