/// Standard time, and perhaps daylight-saving time from one day of each year to another: `CET-1CEST,M3.5.0,M10.5.0/3`.
///
/// - Note: tzset(3), with the hours of -167 to 167 of RFC 9636.
struct YearlyRule: Sendable, Hashable {
    /// East of Greenwich, in seconds.
    private let standard: Int
    private let summer: Summer?

    private struct Summer: Sendable, Hashable {
        let offset: Int
        let start: Turn
        let end: Turn
    }

    /// When in a year the clocks are changed, by the time they show before.
    fileprivate struct Turn: Sendable, Hashable {
        enum Day: Sendable, Hashable {
            /// The `count`th such weekday, Monday 1 to Sunday 7; the last for -1.
            case weekday(Int, count: Int, month: Int)
            /// From 1; the leap day is not counted.
            case julian(Int)
            /// From 0; the leap day is counted.
            case ofYear(Int)
        }

        let day: Day
        /// After midnight.
        let second: Int
    }

    init?(_ text: String) {
        var reader = RuleReader(text)
        guard reader.skipName(), let west = reader.time(hours: 0...24) else { return nil }
        standard = -west
        if reader.isAtEnd {
            summer = nil
            return
        }
        guard reader.skipName() else { return nil }
        var offset = standard + 3_600
        if !reader.isAtEnd, !reader.isAt(",") {
            guard let west = reader.time(hours: 0...24) else { return nil }
            offset = -west
        }
        // Where no days are told, those of the United States are meant.
        var days = RuleReader(reader.isAtEnd ? ",M3.2.0,M11.1.0" : reader.text)
        guard let start = Turn(&days), let end = Turn(&days), days.isAtEnd else { return nil }
        summer = Summer(offset: offset, start: start, end: end)
    }

    /// - Parameter moment: in seconds since 1970.
    func offset(at moment: Int) -> Int {
        guard let summer else { return standard }
        let year = CivilDate(dayNumber: floorDivide(moment + standard, 86_400).quotient).year
        let start = summer.start.second(ofYear: year) - standard
        let end = summer.end.second(ofYear: year) - summer.offset
        let isSummer =
            start < end ? (start..<end).contains(moment) : !(end..<start).contains(moment)
        return isSummer ? summer.offset : standard
    }
}

extension YearlyRule.Turn {
    /// Reads `,M10.5.0/3`.
    init?(_ reader: inout RuleReader) {
        guard reader.skip(",") else { return nil }
        if reader.skip("M") {
            guard let month = reader.number(1...12), reader.skip("."), let week = reader.number(1...5),
                reader.skip("."), let weekday = reader.number(0...6)
            else { return nil }
            day = .weekday(weekday == 0 ? 7 : weekday, count: week == 5 ? -1 : week, month: month)
        } else if reader.skip("J") {
            guard let number = reader.number(1...365) else { return nil }
            day = .julian(number)
        } else {
            guard let number = reader.number(0...365) else { return nil }
            day = .ofYear(number)
        }
        guard reader.skip("/") else {
            second = 7_200
            return
        }
        guard let time = reader.time(hours: 0...167) else { return nil }
        second = time
    }

    /// Since 1970, as if the clocks showed UTC.
    func second(ofYear year: Int) -> Int {
        let first = CivilDate.first(of: 1, year: year)
        let date: CivilDate? =
            switch day {
            case .weekday(let weekday, let count, let month):
                CivilDate.weekday(weekday, count: count, month: month, year: year)
            case .julian(let day): first.adding(days: day - 1 + (CivilDate.isLeap(year) && day > 59 ? 1 : 0))
            case .ofYear(let day): first.adding(days: day)
            }
        return (date ?? first).dayNumber * 86_400 + second
    }
}

/// Reads the parts of a rule.
private struct RuleReader {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = text[...].utf8 }

    /// What is left.
    var text: String { String(Substring(rest)) }
    var isAtEnd: Bool { rest.isEmpty }

    func isAt(_ mark: Unicode.Scalar) -> Bool { rest.first == UInt8(ascii: mark) }

    mutating func skip(_ mark: Unicode.Scalar) -> Bool {
        guard isAt(mark) else { return false }
        rest.removeFirst()
        return true
    }

    /// Three letters or more, or any name in angle brackets.
    mutating func skipName() -> Bool {
        if skip("<") {
            rest = rest.drop { $0 != UInt8(ascii: ">") }
            return skip(">")
        }
        let letters = rest.prefix { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) }.count
        rest = rest.dropFirst(letters)
        return letters >= 3
    }

    mutating func number(_ range: ClosedRange<Int>) -> Int? {
        let digits = rest.prefix { $0 &- 0x30 < 10 }
        guard (1...3).contains(digits.count) else { return nil }
        rest.removeFirst(digits.count)
        let value = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        return range.contains(value) ? value : nil
    }

    /// `-3:30:15`, in seconds.
    mutating func time(hours: ClosedRange<Int>) -> Int? {
        let sign = skip("-") ? -1 : 1
        if sign > 0 { _ = skip("+") }
        guard var seconds = number(hours).map({ $0 * 3_600 }) else { return nil }
        for unit in [60, 1] where skip(":") {
            guard let value = number(0...59) else { return nil }
            seconds += value * unit
        }
        return sign * seconds
    }
}
