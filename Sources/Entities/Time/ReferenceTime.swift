/// The moment to which a text's dates and times are relative: a civil date and time in some time zone.
public struct ReferenceTime: Sendable, Hashable {
    public let date: CivilDate
    /// Since midnight: 0 to 86,399.
    public let second: Int
    /// East of Greenwich, in minutes; nil where it is not known.
    public let offset: Int?

    /// - Parameter second: since midnight; held within the day.
    public init(_ date: CivilDate, second: Int = 0, offset: Int? = nil) {
        self.date = date
        self.second = min(max(second, 0), 86_399)
        self.offset = offset
    }

    /// - Parameters:
    ///   - seconds: since 1970-01-01 00:00 UTC.
    ///   - offset: east of Greenwich, in minutes.
    public init(secondsSince1970 seconds: Int, offset: Int) {
        let (day, second) = floorDivide(seconds + offset * 60, 86_400)
        self.init(CivilDate(dayNumber: day), second: second, offset: offset)
    }

    /// The moment on the clocks of a place. The offset that the place has then holds for all dates that are found.
    public init(secondsSince1970 seconds: Int, in zone: TimeZoneRules) {
        let (minutes, second) = floorDivide(zone.offset(at: seconds), 60)
        self.init(secondsSince1970: seconds + second, offset: minutes)
    }

    /// The beginning of a day on the clocks of a place: midnight, or a little later on a day that has none.
    public init(beginningOf date: CivilDate, in zone: TimeZoneRules) {
        let midnight = date.dayNumber * 86_400
        // The offset then is that of some hours before or after, whichever side of UTC the place is on.
        let moments = [-86_400, 86_400].map { midnight - zone.offset(at: midnight + $0) }
        let times = moments.map { ReferenceTime(secondsSince1970: $0, in: zone) }.filter { $0.date == date }
        self = times.min { $0.second < $1.second } ?? ReferenceTime(date, offset: 0)
    }

    /// Since 1970-01-01 00:00 UTC; nil where the offset is not known.
    public var secondsSince1970: Int? {
        offset.map { date.dayNumber * 86_400 + second - $0 * 60 }
    }

    /// Reads RFC 3339: `2016-11-07T16:12:00+01:00`. The offset may lack, and so may the time.
    ///
    /// - Returns: nil if the text is none.
    public init?(rfc3339 text: String) {
        var reader = DigitReader(text)
        guard let year = reader.number(4), reader.skip("-"), let month = reader.number(2), reader.skip("-"),
            let day = reader.number(2), let date = CivilDate(year: year, month: month, day: day)
        else { return nil }
        if reader.isAtEnd {
            self.init(date)
            return
        }
        guard reader.skip("T") || reader.skip("t") || reader.skip(" "), let hour = reader.number(2),
            hour < 24,
            reader.skip(":"), let minute = reader.number(2), minute < 60
        else { return nil }
        var second = 0
        if reader.skip(":") {
            guard let value = reader.number(2), value <= 60 else { return nil }
            second = min(value, 59)
            if reader.skip(".") { reader.skipDigits() }
        }
        guard let offset = reader.offset() else { return nil }
        self.init(date, second: hour * 3_600 + minute * 60 + second, offset: offset)
    }

    var moment: Moment { Moment(date, second: second) }

    /// `16:12`
    public var timeOfDay: String { String(moment.clockText.prefix(5)) }

    /// The last day before now that is so numbered in its month, and the next one from now on.
    ///
    /// - Parameter day: any; none where no month has it.
    public func days(numbered day: Int) -> [CivilDate] {
        [-1, 1].compactMap { step in
            (0...12).lazy.map { date.firstOfMonth.adding(months: step * $0) }
                .compactMap { CivilDate(year: $0.year, month: $0.month, day: day) }
                .first { step < 0 ? Moment($0) < moment : Moment($0) >= moment }
        }
    }

    /// The next moment at which clocks show a time, as `2018-06-05T16:12`.
    ///
    /// - Parameter time: `16:12` or `16:12:30`.
    public func next(_ time: String) -> String {
        let day = time >= timeOfDay ? date : date.adding(days: 1)
        return "\(day.text)T\(time)"
    }
}

/// Reads numbers of a fixed width.
private struct DigitReader {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = text[...].utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip(_ mark: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: mark) else { return false }
        rest.removeFirst()
        return true
    }

    mutating func number(_ width: Int) -> Int? {
        let digits = rest.prefix(width)
        guard digits.count == width, digits.allSatisfy({ $0 &- 0x30 < 10 }) else { return nil }
        rest.removeFirst(width)
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    mutating func skipDigits() {
        while let first = rest.first, first &- 0x30 < 10 { rest.removeFirst() }
    }

    /// `Z`, `+01:00` or nothing, to the end; the outer nil is none of them.
    mutating func offset() -> Int?? {
        if isAtEnd { return .some(nil) }
        if skip("Z") || skip("z") { return isAtEnd ? .some(0) : nil }
        let sign = skip("-") ? -1 : skip("+") ? 1 : 0
        guard sign != 0, let hours = number(2), hours < 24, skip(":"), let minutes = number(2), minutes < 60,
            isAtEnd
        else { return nil }
        return .some(sign * (hours * 60 + minutes))
    }
}

/// A second of a day.
struct Moment: Sendable, Hashable, Comparable {
    /// Days since 1970-01-01.
    var day: Int
    /// Since midnight: 0 to 86,399.
    var second: Int

    init(_ date: CivilDate, second: Int = 0) {
        self.init(day: date.dayNumber, second: second)
    }

    /// - Parameter second: any; days are carried.
    init(day: Int, second: Int) {
        let (days, rest) = floorDivide(second, 86_400)
        self.day = day + days
        self.second = rest
    }

    var date: CivilDate { CivilDate(dayNumber: day) }

    static func < (left: Moment, right: Moment) -> Bool {
        (left.day, left.second) < (right.day, right.second)
    }

    func adding(seconds: Int) -> Moment { Moment(day: day, second: second + seconds) }

    /// `16:12:00`
    var clockText: String {
        let two = { CivilDate.padded($0, to: 2) }
        return "\(two(second / 3_600)):\(two(second / 60 % 60)):\(two(second % 60))"
    }
}
