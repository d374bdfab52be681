// Days: of a month, of a week, named, or counted from another.
extension TimeRules {
    static let dates: [TimeRule] = [
        TimeRule(.dayOfMonth, "the? ORDINAL") { $0.dayOfMonth(0) },
        TimeRule(.dayOfMonth, "the? ORDINAL day") { $0.dayOfMonth(0) },
        TimeRule(.dayOfMonth, "the? DAYDIGITS") { $0.dayOfMonth(0) },
        TimeRule(.dayOfMonth, "CARDINAL") { $0.isWord("may", at: $0.end) ? nil : $0.dayOfMonth(0) },
        TimeRule(.year, "FOURDIGITS") { $0.year(0) },
        TimeRule(.year, "CARDINAL") { $0.year(0) },
        TimeRule(.year, "CARDINAL CARDINAL") { $0.yearInTwoParts() },
        TimeRule(.yearTail, "(, | of | in | ~ - | ~ / | ~ . | , in)? (the year)? YEAR") { $0.year(0) },
        TimeRule(.yearTail, "of ’? '? TWODIGITS") { $0.shortYear(0) },

        // 4th of July
        TimeRule(.date, "MONTH .? ,? (- | /)? DAYOFMONTH YEARTAIL?") {
            $0.monthDay(month: $0.value(0), day: $0.value(1), year: $0.value(2))
        },
        TimeRule(.date, "DAYOFMONTH (of | - | / | in)? MONTH (.? YEARTAIL)?") {
            $0.monthDay(month: $0.value(1), day: $0.value(0), year: $0.value(2))
        },
        TimeRule(.date, "DAYDIGITS . MONTH .? YEARTAIL") {
            $0.monthDay(month: $0.value(1), day: $0.value(0), year: $0.value(2))
        },
        TimeRule(.date, "MONTH ORDINAL ,? TWODIGITS") {
            $0.monthDay(month: $0.value(0), day: $0.value(1), year: $0.value(2).flatMap(TimeMatch.fullYear))
        },
        // 22/04, 2018-7-6, 5/3/18
        TimeRule(.date, "DAYDIGITS ~ / ~ DAYDIGITS") { $0.numericDate(0, 1) },
        TimeRule(.date, "DAYDIGITS ~ - ~ DAYDIGITS") { $0.afterWeekday ? $0.numericDate(0, 1) : nil },
        TimeRule(.date, "DAYDIGITS ~ . ~ DAYDIGITS") {
            $0.afterWeekday || $0.isAfter("on") ? $0.numericDate(0, 1) : nil
        },
        TimeRule(.date, "DAYDIGITS ~ / ~ DAYDIGITS (~ / | ,) YEAR") {
            $0.numericDate(0, 1, year: $0.value(2))
        },
        TimeRule(.date, "DAYDIGITS ~ - ~ DAYDIGITS (~ - | ,) YEAR") {
            $0.numericDate(0, 1, year: $0.value(2))
        },
        TimeRule(.date, "DAYDIGITS ~ . ~ DAYDIGITS ~ . ~ YEAR") { $0.numericDate(0, 1, year: $0.value(2)) },
        TimeRule(.date, "DAYDIGITS ~ / ~ DAYDIGITS ~ / ~ TWODIGITS") { $0.shortNumericDate() },
        TimeRule(.date, "DAYDIGITS ~ - ~ DAYDIGITS ~ - ~ TWODIGITS") { $0.shortNumericDate() },
        TimeRule(.date, "DAYDIGITS ~ . ~ DAYDIGITS ~ . ~ TWODIGITS") { $0.shortNumericDate() },
        TimeRule(.date, "YEAR ~ (- | / | .) ~ MONTHDIGITS ~ (- | / | .) ~ DAYDIGITS") {
            $0.monthDay(month: $0.value(1), day: $0.value(2), year: $0.value(0))
        },
        TimeRule(.date, "YEAR MONTHDIGITS DAYDIGITS") {
            $0.monthDay(month: $0.value(1), day: $0.value(2), year: $0.value(0))
        },
        TimeRule(.date, "YEAR (~ - | ~ /) ~ MONTH (~ - | ~ /) ~ DAYDIGITS") {
            $0.monthDay(month: $0.value(1), day: $0.value(2), year: $0.value(0))
        },
        TimeRule(.date, "YEAR (~ - | ~ /) ~ DAYDIGITS (~ - | ~ /) ~ MONTH") {
            $0.monthDay(month: $0.value(2), day: $0.value(1), year: $0.value(0))
        },
        TimeRule(.date, "MONTH (~ - | ~ /) ~ YEAR (~ - | ~ /) ~ DAYDIGITS") {
            $0.monthDay(month: $0.value(0), day: $0.value(2), year: $0.value(1))
        },
        TimeRule(.date, "DAYDIGITS (~ - | ~ /) ~ YEAR (~ - | ~ /) ~ MONTH") {
            $0.monthDay(month: $0.value(2), day: $0.value(0), year: $0.value(1))
        },
        TimeRule(.date, "EIGHTDIGITS") { $0.compactDate() },

        // Friday
        TimeRule(.date, "WEEKDAY") { $0.weekday(0) },
        TimeRule(.date, "RELATIVE WEEKDAY") { $0.relativeWeekday($0.value(0), $0.value(1)) },
        TimeRule(.date, "RELATIVE week (on | - | ,)? WEEKDAY") { $0.weekdayOfWeek($0.value(0), $0.value(1)) },
        TimeRule(.date, "WEEKDAY of? the? RELATIVE week") { $0.weekdayOfWeek($0.value(1), $0.value(0)) },
        TimeRule(.date, "on WEEKDAY of the? RELATIVE week") {
            $0.value(1) == 1 ? $0.weekdayOfWeek($0.value(1), $0.value(0)) : nil
        },
        TimeRule(.date, "WEEKDAY .? (, | -)? DATE") { $0.dateOfWeekday(1) },
        TimeRule(.date, "WEEKDAY OPEN DATE CLOSE") { $0.dateOfWeekday(2) },
        TimeRule(.date, "DATE OPEN WEEKDAY CLOSE") { $0.dateOfWeekday(0) },
        TimeRule(.date, "RELATIVE WEEKDAY (, | -)? DATE") { $0.datedThisYear(2, plus: 0) },
        TimeRule(.date, "RELATIVE WEEKDAY OPEN DATE CLOSE") { $0.datedThisYear(3, plus: 0) },
        TimeRule(.date, "RELATIVE HOLIDAY") { $0.relativeHoliday() },
        TimeRule(.date, "RELATIVE DATE") { $0.datedThisYear(1, plus: $0.value(0) ?? 0) },
        TimeRule(.date, "DAYWORD , DATE") {
            $0.phrase(1)?.day?.year == nil ? nil : $0.phrase(1).map { .phrase($0) }
        },
        TimeRule(.date, "WEEKDAY the ORDINAL") { $0.weekdayThe($0.value(0), $0.value(1)) },
        TimeRule(.date, "WEEKDAY (ORDINAL | DAYDIGITS)") {
            $0.weekdayWithDay($0.value(0), $0.value(1) ?? $0.value(2))
        },
        TimeRule(.date, "(the ORDINAL | the DAYDIGITS | ORDINAL)") {
            $0.isDayAlone ? $0.dayOfAnyMonth($0.value(0) ?? $0.value(1) ?? $0.value(2)) : nil
        },
        TimeRule(.date, "DAYOFMONTH (of | in)? (this | the) month") {
            $0.dayOfMonth($0.value(0), monthsOn: 0)
        },
        TimeRule(.date, "DAYOFMONTH (of | in)? RELATIVE month") {
            $0.dayOfMonth($0.value(0), monthsOn: $0.value(1)?.signum())
        },
        TimeRule(.date, "the? ORDINAL WEEKDAY (of | in)? DATERANGE") {
            $0.weekdayOfMonth($0.value(0), $0.value(1), 2)
        },
        TimeRule(.date, "the? last WEEKDAY (of | in) DATERANGE") { $0.weekdayOfMonth(-1, $0.value(0), 1) },
        TimeRule(.date, "the? ORDINAL week of MONTH .? on WEEKDAY") {
            $0.weekdayOfMonth($0.value(0), $0.value(2), month: $0.value(1))
        },

        TimeRule(.date, "DAYWORD") { $0.dayWord(0) },
        TimeRule(.date, "HOLIDAY") { $0.holidayDate(year: nil) },
        TimeRule(.date, "HOLIDAY (of | in | ,)? YEAR") { $0.holidayDate(year: $0.value(1)) },
        TimeRule(.date, "HOLIDAY (of | in | ,)? RELATIVE year") {
            let reference = $0.today.year
            return $0.holidayDate(year: $0.value(1).map { reference + $0.signum() })
        },

        // Two days after today
        TimeRule(.date, "DURATION ago") { $0.shifted(0, by: -1) },
        TimeRule(.date, "in DURATION") { $0.shifted(0, by: 1) },
        TimeRule(.date, "DURATION (later | from now | hence)") {
            $0.isFollowedByRange ? nil : $0.shifted(0, by: 1)
        },
        TimeRule(.date, "DURATION (from | after) DATE") { $0.shifted(0, by: 1, from: 1) },
        TimeRule(.date, "DURATION before DATE") { $0.shifted(0, by: -1, from: 1) },
        TimeRule(.date, "in DURATION since (the year)? YEAR") { $0.shiftedFromYear() },
        TimeRule(.date, "WEEKDAY ,? DURATION (from now | later | from today)") { $0.weekdayAfter(0, 1) },
        TimeRule(.date, "WEEKDAY ,? DATE") { $0.weekdayNear(0, 1) },
        TimeRule(.date, "DATE on WEEKDAY") { $0.weekdayNear(1, 0) },
    ]
}

extension TimeMatch {
    static func fullYear(_ value: Int) -> Int? { value < 30 ? 2000 + value : 1900 + value }

    func date(_ readings: [TimePhrase.Reading], _ day: TimePhrase.DayParts) -> TimeMeaning {
        .phrase(TimePhrase(kind: .date, readings: readings, day: day))
    }

    func fixedDate(_ date: CivilDate, isRelative: Bool = true) -> TimeMeaning {
        self.date(
            [.init(timex: .point(date.text), start: Moment(date))],
            .init(year: date.year, month: date.month, day: date.day, isRelative: isRelative))
    }

    func dayOfMonth(_ slot: Int) -> TimeMeaning? {
        value(slot).flatMap { (1...31).contains($0) ? .value($0) : nil }
    }

    func year(_ slot: Int) -> TimeMeaning? {
        value(slot).flatMap { (1500...2199).contains($0) ? .value($0) : nil }
    }

    /// `nineteen eighty six`
    func yearInTwoParts() -> TimeMeaning? {
        guard let century = value(0), let rest = value(1), (15...21).contains(century),
            (10...99).contains(rest)
        else { return nil }
        return .value(century * 100 + rest)
    }

    func shortYear(_ slot: Int) -> TimeMeaning? {
        value(slot).flatMap { Self.fullYear($0) }.map { .value($0) }
    }

    func isAfter(_ word: String) -> Bool { isWord(word, at: first - 1) }

    func isWord(_ word: String, at index: Int) -> Bool {
        index >= 0 && index < sentence.count && sentence.text(of: index..<index + 1).lowercased() == word
    }

    /// `30 minutes later this week`: what is later is the week.
    var isFollowedByRange: Bool {
        ["this", "in", "today", "tonight", "next"].contains { isWord($0, at: end) }
    }

    /// Whether a weekday stands before, with a comma at most.
    var afterWeekday: Bool {
        let index = sentence.has(",", at: first - 1) ? first - 2 : first - 1
        guard index >= 0 else { return false }
        let word = sentence.text(of: index..<index + 1).lowercased()
        return TimeWords.weekdays.contains { $0.0 == word }
    }

    /// Whether a day of any month may stand here: `on the 9th`, `from the 9th`, `no, the 9th`; not `the 9th floor`.
    var isDayAlone: Bool {
        if isAfter("on") { return true }
        guard isWord("the", at: first) else { return false }
        let isOpen =
            before.kind != .word || ["for", "by", "from", "is", "not", "until"].contains { isAfter($0) }
        return isOpen && endsDay
    }

    /// Whether what follows a day of any month is nothing that it could be the number of.
    var endsDay: Bool {
        after.kind != .word
            || ["please", "instead", "then", "at", "works"].contains { isWord($0, at: end) }
    }

    func monthDay(month: Int?, day: Int?, year: Int?) -> TimeMeaning? {
        guard let month, let day else { return nil }
        guard day <= CivilDate.dayCount(ofMonth: month, year: 2000) || day <= 31 && month < 13 else {
            return nil
        }
        let parts = TimePhrase.DayParts(year: year, month: month, day: day)
        let tail = "-\(CivilDate.padded(month, to: 2))-\(CivilDate.padded(day, to: 2))"
        if let year {
            let date = CivilDate(year: year, month: month, day: day)
            let timex = Timex.point(CivilDate.padded(year, to: 4) + tail)
            return self.date([.init(timex: timex, start: date.map { Moment($0) })], parts)
        }
        return date(yearly("XXXX" + tail) { CivilDate(year: $0, month: month, day: day) }, parts)
    }

    /// The last one before now and the next one from now on of a day that comes once a year.
    func yearly(_ timex: String, _ date: @escaping (Int) -> CivilDate?) -> [TimePhrase.Reading] {
        let year = today.year
        let past = (0...8).lazy.compactMap { date(year - $0) }.first { Moment($0) < now }
        let future = (0...8).lazy.compactMap { date(year + $0) }.first { Moment($0) >= now }
        let found = [past, future].compactMap { $0 }
        if found.isEmpty { return [.init(timex: .point(timex), start: nil)] }
        return found.map { .init(timex: .point(timex), start: Moment($0)) }
    }

    /// Month first, unless it can only be the day.
    func numericDate(_ first: Int, _ second: Int, year: Int? = nil) -> TimeMeaning? {
        guard let a = value(first), let b = value(second) else { return nil }
        if a <= 12 { return monthDay(month: a, day: b, year: year) }
        return b <= 12 ? monthDay(month: b, day: a, year: year) : nil
    }

    /// A year of two digits is of this century up to 29, of either up to 39, of the last one from 40 on.
    func shortNumericDate() -> TimeMeaning? {
        guard let short = value(2) else { return nil }
        guard (30..<40).contains(short) else { return numericDate(0, 1, year: Self.fullYear(short)) }
        guard case .phrase(let old)? = numericDate(0, 1, year: 1900 + short),
            case .phrase(let new)? = numericDate(0, 1, year: 2000 + short)
        else { return nil }
        var phrase = new
        phrase.readings = (old.readings + new.readings).map {
            var reading = $0
            reading.timex = .point("XX" + $0.timex.text.dropFirst(2))
            return reading
        }
        return .phrase(phrase)
    }

    func compactDate() -> TimeMeaning? {
        guard let value = value(0), (1500...2199).contains(value / 10_000),
            let date = CivilDate(year: value / 10_000, month: value / 100 % 100, day: value % 100)
        else { return nil }
        return fixedDate(date, isRelative: false)
    }

    func weekday(_ slot: Int) -> TimeMeaning? {
        guard let weekday = value(slot) else { return nil }
        // `the sun`, `they sat`, `they wed`
        if sentence[first].count == 3, sentence.bytes[sentence[first].start] >= 0x61,
            isAfter("the") || ["sat", "sun", "wed"].contains(sentence.text(of: first..<first + 1))
        {
            return nil
        }
        let future = nextWeekday(weekday)
        return date(
            [future.adding(days: -7), future].map {
                .init(timex: .point("XXXX-WXX-\(weekday)"), start: Moment($0))
            }, .init(weekday: weekday))
    }

    /// The first such weekday from now on.
    private func nextWeekday(_ weekday: Int) -> CivilDate {
        let date = today.adding(days: floorDivide(weekday - today.weekday, 7).remainder)
        return Moment(date) >= now ? date : date.adding(days: 7)
    }

    func relativeWeekday(_ relative: Int?, _ weekday: Int?) -> TimeMeaning? {
        guard let relative, let weekday else { return nil }
        switch relative {
        case 2:
            return fixedDate(today.adding(days: floorDivide(weekday - today.weekday - 1, 7).remainder + 1))
        case -2:
            return fixedDate(today.adding(days: -floorDivide(today.weekday - weekday - 1, 7).remainder - 1))
        default: return weekdayOfWeek(relative, weekday)
        }
    }

    func weekdayOfWeek(_ relative: Int?, _ weekday: Int?) -> TimeMeaning? {
        guard let relative, let weekday else { return nil }
        return fixedDate(today.firstOfWeek.adding(days: 7 * relative.signum() + weekday - 1))
    }

    /// A date with its weekday: what the date says counts.
    func dateOfWeekday(_ slot: Int) -> TimeMeaning? {
        guard let phrase = phrase(slot), let day = phrase.day, day.month != nil, !day.isRelative else {
            return nil
        }
        return .phrase(phrase)
    }

    /// `this 5/12`, `next 5/12`
    func datedThisYear(_ slot: Int, plus: Int) -> TimeMeaning? {
        guard let phrase = phrase(slot), let day = phrase.day, day.year == nil, let month = day.month,
            let number = day.day,
            let date = CivilDate(year: today.year + plus.signum(), month: month, day: number)
        else { return nil }
        var fixed = phrase
        fixed.readings = [.init(timex: phrase.readings[0].timex, start: Moment(date))]
        fixed.day?.isRelative = true
        return .phrase(fixed)
    }

    /// `Tuesday the eleventh`: the one of this month.
    func weekdayThe(_ weekday: Int?, _ day: Int?) -> TimeMeaning? {
        guard let day, (1...31).contains(day) else { return nil }
        let months = (0...12).map { today.firstOfMonth.adding(months: $0) }
        let dates = months.compactMap { CivilDate(year: $0.year, month: $0.month, day: day) }
        guard let date = dates.first(where: { $0.weekday == weekday }) else { return nil }
        return fixedDate(date, isRelative: false)
    }

    /// `Monday 21`: the nearest ones before and after today.
    func weekdayWithDay(_ weekday: Int?, _ day: Int?) -> TimeMeaning? {
        guard let weekday, let day, (1...31).contains(day) else { return nil }
        func nearest(_ step: Int) -> CivilDate? {
            (0...48).lazy.map { today.firstOfMonth.adding(months: step * $0) }
                .compactMap { CivilDate(year: $0.year, month: $0.month, day: day) }
                .first { $0.weekday == weekday && (step < 0 ? $0 <= today : $0 >= today) }
        }
        guard let past = nearest(-1), let future = nearest(1) else { return nil }
        if past == future { return fixedDate(past) }
        return date(
            [past, future].map { .init(timex: .point("XXXX-WXX-\(weekday)"), start: Moment($0)) },
            .init(day: day, weekday: weekday))
    }

    /// `the 18th`
    func dayOfAnyMonth(_ day: Int?) -> TimeMeaning? {
        guard let day, (1...31).contains(day) else { return nil }
        let timex = Timex.point("XXXX-XX-\(CivilDate.padded(day, to: 2))")
        return date(
            reference.days(numbered: day).map { .init(timex: timex, start: Moment($0)) }, .init(day: day))
    }

    func dayOfMonth(_ day: Int?, monthsOn: Int?) -> TimeMeaning? {
        guard let day, let monthsOn else { return nil }
        let month = today.firstOfMonth.adding(months: monthsOn)
        return CivilDate(year: month.year, month: month.month, day: day).map { fixedDate($0) }
    }

    /// `the first Monday of next month`
    func weekdayOfMonth(_ count: Int?, _ weekday: Int?, _ range: Int) -> TimeMeaning? {
        guard let count, let weekday, let range = phrase(range), range.grain == .month, count < 6,
            range.modifier == nil
        else { return nil }
        let month = range.readings.first?.start?.date.month
        guard let month else { return nil }
        let tail = "-\(CivilDate.padded(month, to: 2))-WXX-\(weekday)-#\(count)"
        let isFixed = range.day?.year != nil && range.day?.isRelative == false
        let prefix = isFixed ? CivilDate.padded(range.day?.year ?? 0, to: 4) : "XXXX"
        let readings: [TimePhrase.Reading] = range.readings.compactMap {
            guard let start = $0.start?.date,
                let date = CivilDate.weekday(weekday, count: count, month: month, year: start.year)
            else { return nil }
            return .init(timex: .point(prefix + tail), start: Moment(date))
        }
        return readings.isEmpty ? nil : date(readings, .init(month: month, isRelative: true))
    }

    func weekdayOfMonth(_ count: Int?, _ weekday: Int?, month: Int?) -> TimeMeaning? {
        guard let count, let weekday, let month, count < 6 else { return nil }
        let timex = "XXXX-\(CivilDate.padded(month, to: 2))-WXX-\(weekday)-#\(count)"
        return date(
            yearly(timex) { CivilDate.weekday(weekday, count: count, month: month, year: $0) },
            .init(month: month, weekday: weekday))
    }

    func dayWord(_ slot: Int) -> TimeMeaning? {
        value(slot).map { fixedDate(today.adding(days: $0)) }
    }

    func holidayDate(year: Int?) -> TimeMeaning? {
        guard let holiday = holiday(0) else { return nil }
        if let year { return holiday.date(in: year).map { fixedDate($0, isRelative: false) } }
        guard let sample = holiday.date(in: today.year) else { return nil }
        let tail = sample.text.dropFirst(4)
        return date(
            yearly("XXXX" + tail) { holiday.date(in: $0) }, .init(month: sample.month, day: sample.day))
    }

    func relativeHoliday() -> TimeMeaning? {
        guard let relative = value(0), let holiday = holiday(1) else { return nil }
        if relative == 0 { return holiday.date(in: today.year).map { fixedDate($0) } }
        let readings = yearly("") { holiday.date(in: $0) }
        return (relative > 0 ? readings.last : readings.first)?.start.map { fixedDate($0.date) }
    }

    /// A length of time from the reference, or from a date.
    func shifted(_ length: Int, by sign: Int, from date: Int? = nil) -> TimeMeaning? {
        guard phrase(length)?.modifier == nil, let length = self.length(length),
            length.components.allSatisfy({ $0.unit != .weekend })
        else { return nil }
        if let date {
            guard !length.hasClock, let phrase = phrase(date), let start = phrase.readings.last?.start else {
                return nil
            }
            return countedDate(length.added(to: start, sign: sign).date)
        }
        guard !length.hasClock else { return nil }
        return countedDate(length.added(to: now, sign: sign).date)
    }

    private func countedDate(_ date: CivilDate) -> TimeMeaning {
        guard case .phrase(var phrase) = fixedDate(date) else { return .none }
        phrase.day?.isCounted = true
        return .phrase(phrase)
    }

    func shiftedFromYear() -> TimeMeaning? {
        guard let length = length(0), !length.hasClock, let year = value(1) else { return nil }
        return fixedDate(length.added(to: Moment(CivilDate.first(of: 1, year: year))).date)
    }

    func weekdayAfter(_ weekday: Int, _ length: Int) -> TimeMeaning? {
        guard let weekday = value(weekday), let length = self.length(length), !length.hasClock else {
            return nil
        }
        return self.weekday(weekday, inWeekOf: length.added(to: now).date)
    }

    /// `in 3 days on Friday`: the weekday of that week.
    func weekdayNear(_ weekday: Int, _ date: Int) -> TimeMeaning? {
        guard let weekday = value(weekday), let phrase = phrase(date),
            phrase.day?.isCounted == true,
            let start = phrase.readings.last?.start
        else { return nil }
        return self.weekday(weekday, inWeekOf: start.date)
    }

    /// Weeks begin on Sunday here.
    private func weekday(_ weekday: Int, inWeekOf date: CivilDate) -> TimeMeaning {
        fixedDate(date.adding(days: weekday % 7 - date.weekday % 7))
    }
}
