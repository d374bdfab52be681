/// A day of the proleptic Gregorian calendar.
public struct CivilDate: Sendable, Hashable, Comparable {
    public let year: Int
    /// 1 to 12.
    public let month: Int
    /// 1 to 31.
    public let day: Int

    /// - Returns: nil if the month has no such day, or the year is not in 1 to 9999.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month),
            day >= 1, day <= Self.dayCount(ofMonth: month, year: year)
        else { return nil }
        self.init(valid: (year, month, day))
    }

    private init(valid parts: (year: Int, month: Int, day: Int)) {
        (year, month, day) = parts
    }

    /// Days since 1970-01-01.
    ///
    /// - Note: Years begin in March, so that the leap day ends one; 400 years are 146,097 days.
    public var dayNumber: Int {
        let year = month > 2 ? year : year - 1
        let era = floorDivide(year, 400).quotient
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// - Parameter dayNumber: days since 1970-01-01; held within the years 1 to 9999.
    public init(dayNumber: Int) {
        let shifted = min(max(dayNumber, -719_162), 2_932_896) + 719_468
        let (era, dayOfEra) = floorDivide(shifted, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9)
        self.init(
            valid: (
                yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month,
                dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
            ))
    }

    public static func < (left: CivilDate, right: CivilDate) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }

    /// `2018-06-05`
    public var text: String {
        "\(Self.padded(year, to: 4))-\(Self.padded(month, to: 2))-\(Self.padded(day, to: 2))"
    }

    static func isLeap(_ year: Int) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    /// - Parameter month: 1 to 12.
    static func dayCount(ofMonth month: Int, year: Int) -> Int {
        month == 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    static func padded(_ value: Int, to width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

extension CivilDate {
    /// Monday is 1, Sunday 7.
    var weekday: Int { floorDivide(dayNumber + 3, 7).remainder + 1 }

    func adding(days: Int) -> CivilDate { CivilDate(dayNumber: dayNumber + days) }

    /// The same day so many months on, or the month's last where it has no such day.
    func adding(months: Int) -> CivilDate {
        let (year, month) = floorDivide(year * 12 + self.month - 1 + months, 12)
        let held = min(max(year, 1), 9999)
        let day = min(self.day, Self.dayCount(ofMonth: month + 1, year: held))
        return CivilDate(valid: (held, month + 1, day))
    }

    var firstOfMonth: CivilDate { CivilDate(valid: (year, month, 1)) }
    var firstOfYear: CivilDate { CivilDate(valid: (year, 1, 1)) }
    /// The Monday on or before the day.
    var firstOfWeek: CivilDate { adding(days: 1 - weekday) }

    /// The number of the week the day is in, from 1, and the year that week belongs to.
    ///
    /// - Note: ISO 8601: a week belongs to the year its Thursday is in.
    var isoWeek: (year: Int, week: Int) {
        let thursday = adding(days: 4 - weekday)
        return (thursday.year, (thursday.dayNumber - thursday.firstOfYear.dayNumber) / 7 + 1)
    }

    /// The Monday of week 1 of an ISO year.
    static func firstWeek(ofYear year: Int) -> CivilDate {
        CivilDate(valid: (min(max(year, 1), 9999), 1, 4)).firstOfWeek
    }

    static func first(of month: Int, year: Int) -> CivilDate {
        CivilDate(valid: (min(max(year, 1), 9999), month, 1))
    }

    /// The `count`th such weekday of a month; the last where `count` is -1. Nil if there is none.
    static func weekday(_ weekday: Int, count: Int, month: Int, year: Int) -> CivilDate? {
        let first = first(of: month, year: year)
        let days = dayCount(ofMonth: month, year: first.year)
        let earliest = floorDivide(weekday - first.weekday, 7).remainder + 1
        let day = count > 0 ? earliest + 7 * (count - 1) : earliest + 7 * ((days - earliest) / 7)
        return CivilDate(year: first.year, month: month, day: day)
    }

    /// Easter Sunday of the western churches.
    ///
    /// - Note: The computus of Meeus, Jones and Butcher.
    static func easter(_ year: Int) -> CivilDate? {
        let (a, b, c) = (year % 19, year / 100, year % 100)
        let h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30
        let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7
        let m = (a + 11 * h + 22 * l) / 451
        let n = h + l - 7 * m + 114
        return CivilDate(year: year, month: n / 31, day: n % 31 + 1)
    }

    /// The first day of a month of the tabular Islamic calendar that begins in the Gregorian year.
    ///
    /// - Parameter month: 1 to 12; 10 is Shawwal.
    static func islamic(month: Int, day: Int, inYear year: Int) -> CivilDate? {
        let first = (year - 622) * 33 / 32
        for islamic in (first - 1)...(first + 1) where islamic > 0 {
            let days = (islamic - 1) * 354 + (3 + 11 * islamic) / 30 + (59 * (month - 1) + 1) / 2 + day
            // 1 Muharram of the year 1 is 622-07-18, astronomers' epoch.
            let date = CivilDate(dayNumber: days - 492_150)
            if date.year == year { return date }
        }
        return nil
    }
}

/// Division whose remainder is never negative.
///
/// - Parameter divisor: above 0.
func floorDivide(_ value: Int, _ divisor: Int) -> (quotient: Int, remainder: Int) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
}
