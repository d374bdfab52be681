// Ranges of days: years, months, weeks, and from one day to another.
extension TimeRules {
    static let dateRanges: [TimeRule] = [
        TimeRule(.dateRange, "(year | calendar year | cy | =)? YEAR") { $0.yearRange($0.value(0)) },
        TimeRule(.dateRange, "(the | the year of) ^ YEAR") { $0.yearRange($0.value(0)) },
        TimeRule(.dateRange, "the ^ year YEAR") { $0.yearRange($0.value(0)) },
        TimeRule(.dateRange, "the? ^ (cy | calendar year) TWODIGITS") {
            $0.yearRange($0.value(0).flatMap(TimeMatch.fullYear))
        },
        TimeRule(.dateRange, "(fy | fiscal year) (YEAR | TWODIGITS)") {
            $0.labelledYear("FY", $0.value(0), $0.value(1))
        },
        TimeRule(.dateRange, "(sy | school year) (YEAR | TWODIGITS)") {
            $0.labelledYear("SY", $0.value(0), $0.value(1))
        },
        TimeRule(.dateRange, "RELATIVE (fiscal year | fy)") { $0.labelledYear("FY", relative: $0.value(0)) },
        TimeRule(.dateRange, "RELATIVE (school year | sy)") { $0.labelledYear("SY", relative: $0.value(0)) },
        TimeRule(.dateRange, "(fiscal year | fy)") { $0.labelledYear("FY", relative: nil) },
        TimeRule(.dateRange, "(school year | sy)") { $0.labelledYear("SY", relative: nil) },
        TimeRule(.dateRange, "RELATIVE calendar year") { $0.relativeRange($0.value(0), .year) },

        TimeRule(.dateRange, "MONTH") { $0.isNamedMonth ? $0.monthRange($0.value(0), year: nil) : nil },
        TimeRule(.dateRange, "MONTH .? YEARTAIL") { $0.monthRange($0.value(0), year: $0.value(1)) },
        TimeRule(.dateRange, "YEAR (- | / | ,)? MONTH") { $0.monthRange($0.value(1), year: $0.value(0)) },
        TimeRule(.dateRange, "MONTHDIGITS ~ (- | /) ~ YEAR") {
            $0.monthRange($0.value(0), year: $0.value(1))
        },
        TimeRule(.dateRange, "YEAR ~ (- | /) ~ MONTHDIGITS") {
            $0.monthRange($0.value(1), year: $0.value(0))
        },
        TimeRule(.dateRange, "RELATIVE MONTH") { $0.relativeMonth($0.value(0), $0.value(1)) },
        TimeRule(.dateRange, "MONTH (of | ,)? RELATIVE year") {
            let year = $0.today.year
            return $0.monthRange($0.value(0), year: $0.value(1).map { year + $0.signum() })
        },
        TimeRule(.dateRange, "the? ORDINAL month of (YEAR | RELATIVE year)") { $0.numberedMonth() },

        TimeRule(.dateRange, "the? ^ RELATIVE UNIT") { $0.relativeRange($0.value(0), $0.unit(1)) },
        TimeRule(.dateTimeRange, "the? ^ RELATIVE UNIT") { $0.relativeClockRange($0.value(0), $0.unit(1)) },
        TimeRule(.dateRange, "the UNIT") { $0.currentRange($0.unit(0)) },
        TimeRule(.dateRange, "the? RELATIVE (working week | workweek | work week | business week)") {
            $0.workingWeek($0.value(0))
        },
        TimeRule(.dateRange, "weekend") { $0.currentRange(.weekend) },
        TimeRule(.dateRange, "(same | that) UNIT") { $0.undefinedRange($0.unit(0)) },
        TimeRule(.dateRange, "the? UNIT after next") { $0.rangeBeyond(2) },
        TimeRule(.dateRange, "the? UNIT before last") { $0.rangeBeyond(-2) },
        TimeRule(.dateRange, "(in | in the | the)? ^ RELATIVE (NUMBER | FEW) UNIT") {
            $0.relativeRanges(0, 1, 2, 3)
        },
        TimeRule(.dateTimeRange, "(in | in the | the)? ^ RELATIVE (NUMBER | FEW) UNIT") {
            $0.relativeSpan(0, $0.countedLength(1, 2, 3))
        },
        TimeRule(.dateRange, "RELATIVE DURATION") { $0.longSpan(0, 1) },
        TimeRule(.dateRange, "the RELATIVE decade") { $0.relativeRange($0.value(0), .decade) },
        TimeRule(.dateRange, "NUMBER RELATIVE UNITS") { $0.relativeRanges(1, 0, 0, 2) },
        TimeRule(.dateTimeRange, "NUMBER RELATIVE UNITS") { $0.relativeSpan(1, $0.countedLength(0, 0, 2)) },
        TimeRule(.dateRange, "within the? RELATIVE? (NUMBER | FEW) UNIT") {
            $0.within($0.countedLength(1, 2, 3))
        },
        TimeRule(.dateTimeRange, "within the? RELATIVE? (NUMBER | FEW) UNIT") {
            $0.withinClock($0.countedLength(1, 2, 3))
        },
        TimeRule(.dateTimeRange, "within DURATION") { $0.withinClock($0.length(0)) },
        TimeRule(.dateTimeRange, "within the next? UNIT and DURATION") { $0.withinJoined() },

        TimeRule(
            .dateRange,
            "the? week (of | beginning | beginning on | starting | starting on | commencing | commencing on) (DATE | the ORDINAL)"
        ) {
            $0.weekOf($0.phrase(0), $0.value(1))
        },
        TimeRule(.dateRange, "w / c DATE") { $0.weekOf($0.phrase(0), nil) },
        TimeRule(.dateRange, "the? ^ week (DAYDIGITS | TWODIGITS)") {
            $0.numberedWeek($0.value(0) ?? $0.value(1), year: nil)
        },
        TimeRule(.dateRange, "the? w ~ (DAYDIGITS | TWODIGITS)") {
            $0.numberedWeek($0.value(0) ?? $0.value(1), year: nil)
        },
        TimeRule(.dateRange, "the? ^ week (DAYDIGITS | TWODIGITS) of (YEAR | RELATIVE year)") {
            $0.numberedWeek($0.value(0) ?? $0.value(1), year: $0.year(2, 3))
        },
        TimeRule(.dateRange, "YEAR ~ - ~ w ~ TWODIGITS") { $0.numberedWeek($0.value(1), year: $0.value(0)) },
        TimeRule(.dateRange, "the? (ORDINAL | last) week of DATERANGE") {
            $0.weekOfRange($0.value(0) ?? -1, $0.phrase(1))
        },
        TimeRule(.dateRange, "the? first (NUMBER | FEW) UNIT of DATERANGE") { $0.edgeOfRange(isFirst: true) },
        TimeRule(.dateRange, "the? last (NUMBER | FEW) UNIT of DATERANGE") { $0.edgeOfRange(isFirst: false) },
        TimeRule(.dateRange, "the? weekend of (HOLIDAY | DATE) YEARTAIL?") {
            $0.weekendOf($0.holiday(0), $0.phrase(1), year: $0.value(2))
        },
        TimeRule(.dateRange, "HOLIDAY weekend YEARTAIL?") {
            $0.weekendOf($0.holiday(0), nil, year: $0.value(1))
        },
        TimeRule(.dateRange, "HOLIDAY YEAR weekend") { $0.weekendOf($0.holiday(0), nil, year: $0.value(1)) },

        TimeRule(.quarter, "q ~ DAYDIGITS") { $0.quarter(0) },
        TimeRule(.quarter, "the? ORDINAL quarter") { $0.quarter(0) },
        TimeRule(.dateRange, "QUARTER") {
            $0.sentence.has("'", at: 0) ? nil : $0.part(ofYear: nil, months: 3)
        },
        TimeRule(.dateRange, "QUARTER (of | - | ~ / | in | ,)? (YEAR | RELATIVE year)") {
            $0.part(ofYear: $0.year(1, 2), months: 3)
        },
        TimeRule(.dateRange, "QUARTER of the year") { $0.part(ofYear: nil, months: 3) },
        TimeRule(.dateRange, "YEAR (- | ' s | ’ s | /)? QUARTER") { $0.yearThenPart(months: 3) },
        TimeRule(.dateRange, "RELATIVE year (- | ' s | ’ s)? QUARTER") { $0.yearThenPart(months: 3) },
        TimeRule(.half, "h ~ DAYDIGITS") { $0.half(0) },
        TimeRule(.half, "the? ORDINAL half") { $0.half(0) },
        TimeRule(.dateRange, "HALF (of | - | ~ / | in)? (YEAR | RELATIVE year)") {
            $0.part(ofYear: $0.year(1, 2), months: 6)
        },
        TimeRule(.dateRange, "YEAR (- | ' s | ’ s)? HALF") { $0.yearThenPart(months: 6) },
        TimeRule(.dateRange, "RELATIVE year (' s | ’ s)? HALF") { $0.yearThenPart(months: 6) },

        TimeRule(.dateRange, "the? (YEAR | FOURDIGITS) '? ’? s") { $0.decade($0.value(0) ?? $0.value(1)) },
        TimeRule(.dateRange, "the? '? TWODIGITS '? ’? s") { $0.decadeOfAnyCentury($0.value(0)) },
        TimeRule(.dateRange, "the? DECADEWORD") { $0.decadeOfAnyCentury($0.value(0)) },
        TimeRule(.dateRange, "the? ORDINAL century") { $0.century() },
        TimeRule(.dateRange, "(the | RELATIVE)? SEASON (of? YEAR)?") { $0.season() },
        TimeRule(.dateRange, "the? ^ year to date") { $0.toDate(.year) },
        TimeRule(.dateRange, "the? ^ (rest | remaining | remainder) of (the | this) UNIT") { $0.restOf() },
        TimeRule(.dateRange, "(rest | remaining | remainder) of UNIT") { $0.restOf() },

        TimeRule(.dateRange, "the? ^ EDGE DATERANGE") { $0.edge(1) },
        TimeRule(.dateRange, "the? ^ EDGE UNIT") { $0.edgeOfUnit() },
        TimeRule(.dateRange, "(eoy | eom)") {
            $0.endOf($0.sentence.text(of: $0.first..<$0.end).lowercased() == "eoy" ? .year : .month)
        },
        TimeRule(.dateRange, "(earlier in the | earlier) (UNIT | DATERANGE)") { $0.elapsed(isEarlier: true) },
        TimeRule(.dateRange, "(later in the | later | later in) (UNIT | DATERANGE)") {
            $0.elapsed(isEarlier: false)
        },

        // From one to another
        TimeRule(
            .dateRange,
            "(from | between)? (DATE | DATERANGE | DATETIME) (to | - | ~ | through | till | until | thru | – | —) (DATE | DATERANGE | DATETIME)"
        ) {
            $0.span(
                $0.phrase(0) ?? $0.phrase(1) ?? $0.phrase(2), $0.phrase(3) ?? $0.phrase(4) ?? $0.phrase(5))
        },
        TimeRule(.dateRange, "between (DATE | DATERANGE | DATETIME) and (DATE | DATERANGE | DATETIME)") {
            $0.span(
                $0.phrase(0) ?? $0.phrase(1) ?? $0.phrase(2), $0.phrase(3) ?? $0.phrase(4) ?? $0.phrase(5))
        },
        TimeRule(.dateRange, "from (DATE | DATERANGE) to date") { $0.spanToDate() },
        TimeRule(
            .dateRange,
            "(from | between | on)? MONTH .? the? DAYOFMONTH (to | - | through | till | until | thru | – | —) DAYOFMONTH YEARTAIL?"
        ) {
            $0.daySpan(month: $0.value(0), $0.value(1), $0.value(2), year: $0.value(3))
        },
        TimeRule(
            .dateRange,
            "(from | between)? DAYOFMONTH (to | - | through | till | until | thru | – | —) DAYOFMONTH (of | in)? MONTH YEARTAIL?"
        ) {
            $0.daySpan(month: $0.value(2), $0.value(0), $0.value(1), year: $0.value(3))
        },
        TimeRule(.dateRange, "between DAYOFMONTH and DAYOFMONTH (of | in)? MONTH YEARTAIL?") {
            $0.daySpan(month: $0.value(2), $0.value(0), $0.value(1), year: $0.value(3))
        },
        TimeRule(.dateRange, "between MONTH .? the? DAYOFMONTH and DAYOFMONTH YEARTAIL?") {
            $0.daySpan(month: $0.value(0), $0.value(1), $0.value(2), year: $0.value(3))
        },
        TimeRule(.dateRange, "from the ORDINAL (to | until | till | through) the ORDINAL") {
            $0.endsDay ? $0.daysOfAnyMonth($0.value(0), $0.value(1)) : nil
        },
        TimeRule(.dateRange, "(from | between)? DAYDIGITS (to | - | and) DAYDIGITS (of | in)? (DATERANGE)") {
            $0.daySpanInRange()
        },
        TimeRule(
            .dateRange,
            "for? ^ DURATION (starting | beginning | starting from | beginning from | starting on) DATE"
        ) { $0.spanOf(0, from: 1) },
        TimeRule(.dateRange, "for DURATION ,? from DATE") { $0.spanOf(0, from: 1) },
    ]
}

extension TimeMatch {
    func range(
        _ readings: [TimePhrase.Reading], _ grain: TimePhrase.Grain, _ day: TimePhrase.DayParts = .init()
    ) -> TimeMeaning {
        .phrase(TimePhrase(kind: .dateRange, readings: readings, day: day, grain: grain))
    }

    func range(
        _ timex: String, _ start: CivilDate, _ end: CivilDate, _ grain: TimePhrase.Grain,
        _ day: TimePhrase.DayParts
    ) -> TimeMeaning {
        range([.init(timex: .point(timex), start: Moment(start), end: Moment(end))], grain, day)
    }

    func yearRange(_ year: Int?, isRelative: Bool = false) -> TimeMeaning? {
        guard let year else { return nil }
        let start = CivilDate.first(of: 1, year: year)
        return range(
            CivilDate.padded(year, to: 4), start, CivilDate.first(of: 1, year: year + 1), .year,
            .init(year: year, isRelative: isRelative))
    }

    /// The year at `slot`, or the one a relative word at `relative` says.
    func year(_ slot: Int, _ relative: Int) -> Int? {
        value(slot) ?? value(relative).map { today.year + $0.signum() }
    }

    /// A year that begins nobody knows when.
    func labelledYear(_ label: String, _ year: Int?, _ short: Int?) -> TimeMeaning? {
        (year ?? short.flatMap(Self.fullYear)).map { unresolved(label + CivilDate.padded($0, to: 4)) }
    }

    func labelledYear(_ label: String, relative: Int?) -> TimeMeaning? {
        unresolved(label + (relative.map { CivilDate.padded(today.year + $0.signum(), to: 4) } ?? "XXXX"))
    }

    func unresolved(_ timex: String) -> TimeMeaning {
        range([.init(timex: .point(timex), start: nil)], .day)
    }

    /// Whether a month's name alone can only be one: `may` and `march` are other words too.
    var isNamedMonth: Bool {
        let name = sentence.text(of: first..<end).lowercased()
        if sentence.has("$", at: first - 1), !before.hasSpaceBefore || sentence.isAdjacent(first) {
            return false
        }
        guard ["may", "march", "mar"].contains(name) else { return true }
        // A capital within a sentence, or a word that months follow.
        let isCapital = sentence.bytes[sentence[first].start] < 0x61
        if isCapital, first > 0, before.kind == .word { return true }
        return [
            "in", "of", "from", "to", "between", "since", "until", "till", "by", "before", "after", "during",
            "early", "late", "mid", "through", "-", "for", "next", "last", "around", "/",
        ].contains { isAfter($0) }
    }

    func monthRange(_ month: Int?, year: Int?, isRelative: Bool = false) -> TimeMeaning? {
        guard let month, (1...12).contains(month) else { return nil }
        let two = CivilDate.padded(month, to: 2)
        func reading(_ prefix: String, _ year: Int) -> TimePhrase.Reading {
            let start = CivilDate.first(of: month, year: year)
            return .init(
                timex: .point("\(prefix)-\(two)"), start: Moment(start), end: Moment(start.adding(months: 1)))
        }
        let parts = TimePhrase.DayParts(year: year, month: month, isRelative: isRelative)
        if let year { return range([reading(CivilDate.padded(year, to: 4), year)], .month, parts) }
        let past = month >= today.month ? today.year - 1 : today.year
        let future = month < today.month ? today.year + 1 : today.year
        return range([reading("XXXX", past), reading("XXXX", future)], .month, parts)
    }

    /// `this September`, `next May`
    func relativeMonth(_ relative: Int?, _ month: Int?) -> TimeMeaning? {
        guard let relative, let month,
            relative != 0 || month != 5 || sentence.bytes[sentence[end - 1].start] < 0x61
        else { return nil }
        let isPast = month < today.month
        let year =
            relative == 0
            ? today.year
            : relative > 0
                ? today.year + (isPast || month == today.month ? 1 : 0)
                : today.year - (isPast ? 0 : 1)
        return monthRange(month, year: year, isRelative: true)
    }

    func numberedMonth() -> TimeMeaning? {
        guard let month = value(0), month <= 12 else { return nil }
        return monthRange(month, year: year(1, 2))
    }

    /// The range of a unit that many units from now.
    func relativeRange(_ relative: Int?, _ unit: TimeUnit?) -> TimeMeaning? {
        guard let steps = relative?.signum(), let unit else { return nil }
        switch unit {
        case .year: return yearRange(today.year + steps, isRelative: true)
        case .month:
            let first = today.firstOfMonth.adding(months: steps)
            return monthRange(first.month, year: first.year, isRelative: true)
        case .week: return week(today.firstOfWeek.adding(days: 7 * steps))
        case .weekend: return weekend(today.firstOfWeek.adding(days: 7 * steps))
        case .quarter:
            let first = CivilDate.first(of: (today.month - 1) / 3 * 3 + 1, year: today.year).adding(
                months: 3 * steps)
            return months(first, 3, isRelative: true)
        case .fortnight:
            let start = today.firstOfWeek.adding(days: 14 * steps)
            return months(start, start.adding(days: 14), "P2W")
        case .decade:
            let start = CivilDate.first(of: 1, year: today.year / 10 * 10 + 10 * steps)
            return months(start, start.adding(months: 120), "P10Y")
        case .century:
            let start = CivilDate.first(of: 1, year: today.year / 100 * 100 + 100 * steps)
            return months(start, start.adding(months: 1200), "P100Y")
        case .businessDay, .day, .hour, .minute, .second: return nil
        }
    }

    func week(_ monday: CivilDate) -> TimeMeaning {
        let week = monday.isoWeek
        return range(
            "\(CivilDate.padded(week.year, to: 4))-W\(CivilDate.padded(week.week, to: 2))", monday,
            monday.adding(days: 7), .week, .init(isRelative: true))
    }

    func weekend(_ monday: CivilDate) -> TimeMeaning {
        let week = monday.isoWeek
        return range(
            "\(CivilDate.padded(week.year, to: 4))-W\(CivilDate.padded(week.week, to: 2))-WE",
            monday.adding(days: 5), monday.adding(days: 7), .week, .init(isRelative: true))
    }

    func months(_ start: CivilDate, _ count: Int, isRelative: Bool = false) -> TimeMeaning {
        months(start, start.adding(months: count), "P\(count)M", isRelative: isRelative)
    }

    func months(_ start: CivilDate, _ end: CivilDate, _ length: String, isRelative: Bool = true)
        -> TimeMeaning
    {
        range(
            [.init(timex: .range(start.text, end.text, length), start: Moment(start), end: Moment(end))],
            .month,
            .init(year: start.year, isRelative: isRelative))
    }

    /// `the next hour`
    func relativeClockRange(_ relative: Int?, _ unit: TimeUnit?) -> TimeMeaning? {
        guard let relative, relative != 0, let unit, unit.isClock else { return nil }
        return clockSpan(Length(Number(1), unit), relative.signum())
    }

    func clockSpan(_ length: Length, _ sign: Int) -> TimeMeaning {
        let other = length.added(to: now, sign: sign)
        let (start, end) = sign > 0 ? (now, other) : (other, now)
        return .phrase(
            TimePhrase(
                kind: .dateTimeRange,
                readings: [.init(timex: .range(start.timex, end.timex, length.timex), start: start, end: end)]
            ))
    }

    /// `the week`, where no other is meant than this one.
    func currentRange(_ unit: TimeUnit?) -> TimeMeaning? {
        guard let unit, isSingular(0), unit != .quarter, unit != .decade, unit != .century else { return nil }
        return relativeRange(0, unit)
    }

    func workingWeek(_ relative: Int?) -> TimeMeaning? {
        guard let relative else { return nil }
        let monday = today.firstOfWeek.adding(days: 7 * relative.signum())
        guard case .phrase(var phrase) = week(monday) else { return nil }
        phrase.readings[0].end = Moment(monday.adding(days: 5))
        return .phrase(phrase)
    }

    func undefinedRange(_ unit: TimeUnit?) -> TimeMeaning? {
        let names: [TimeUnit: String] = [
            .week: "XXXX-WXX", .month: "XXXX-XX", .weekend: "XXXX-WXX-WE", .year: "XXXX",
        ]
        guard let unit, let timex = names[unit], case .phrase(var phrase)? = relativeRange(0, unit) else {
            return nil
        }
        phrase.readings[0].timex = .point(timex)
        phrase.modifier = .undefinedReference
        return .phrase(phrase)
    }

    /// `the week after next`, `the week before last`
    func rangeBeyond(_ steps: Int) -> TimeMeaning? {
        switch unit(0) {
        case .week?: return week(today.firstOfWeek.adding(days: 7 * steps))
        case .month?:
            let first = today.firstOfMonth.adding(months: steps)
            return monthRange(first.month, year: first.year, isRelative: true)
        case .year?: return yearRange(today.year + steps, isRelative: true)
        default: return nil
        }
    }

    func countedLength(_ number: Int, _ few: Int, _ unit: Int) -> Length? {
        guard let amount = amount(number) ?? value(few).map({ Number($0) }), let unit = self.unit(unit),
            amount.double > 0, amount.double < 1e6
        else { return nil }
        return Length(amount, unit)
    }

    /// `next 3 days`, `the past two quarters`
    func relativeRanges(_ relative: Int, _ number: Int, _ few: Int, _ unit: Int) -> TimeMeaning? {
        guard let length = countedLength(number, few, unit), !length.hasClock,
            let sign = value(relative)?.signum(),
            sign != 0, !isVerb
        else { return nil }
        let count = length.components[0].amount.integer ?? 0
        switch length.smallest {
        case .quarter where count > 0:
            let first = CivilDate.first(of: (today.month - 1) / 3 * 3 + 1, year: today.year)
            return sign > 0
                ? months(first.adding(months: 3), 3 * count)
                : months(first.adding(months: -3 * count), 3 * count)
        case .decade where count > 0:
            let first = CivilDate.first(of: 1, year: today.year / 10 * 10 + (sign > 0 ? 10 : -10 * count))
            return months(first, first.adding(months: 120 * count), "P\(10 * count)Y")
        default: return span(of: length, sign)
        }
    }

    /// From tomorrow on, or up to today.
    /// `from the 3rd to the 5th`: of the last month and of the next one that have such days.
    func daysOfAnyMonth(_ first: Int?, _ last: Int?) -> TimeMeaning? {
        guard case .phrase(let day)? = dayOfAnyMonth(first), let last else { return nil }
        let readings = day.readings.compactMap { reading -> TimePhrase.Reading? in
            guard let start = reading.start?.date,
                let end = (0...2).lazy.map({ start.firstOfMonth.adding(months: $0) })
                    .compactMap({ CivilDate(year: $0.year, month: $0.month, day: last) })
                    .first(where: { $0 > start })
            else { return nil }
            let days = end.dayNumber - start.dayNumber
            return .init(
                timex: .range(start.text, end.text, "P\(days)D"), start: Moment(start), end: Moment(end))
        }
        return readings.isEmpty ? nil : range(readings, .day)
    }

    func span(of length: Length, _ sign: Int, fromToday: Bool = false) -> TimeMeaning {
        let today = Moment(self.today)
        let near = sign > 0 && !fromToday ? Moment(day: today.day + 1, second: 0) : today
        let isBusiness = length.smallest == .businessDay
        let far =
            isBusiness
            ? Moment(day: length.added(to: today, sign: sign).day + (sign > 0 ? 1 : 0), second: 0)
            : length.added(to: near, sign: sign)
        let (start, end) = sign > 0 ? (near, far) : (far, near)
        var reading = TimePhrase.Reading(
            timex: .range(start.date.text, end.date.text, length.timex), start: start, end: end)
        if isBusiness {
            reading.days = (start.day..<max(end.day, start.day)).prefix(400).map { CivilDate(dayNumber: $0) }
                .filter { $0.weekday < 6 }
        }
        return range([reading], .day, .init(isRelative: true))
    }

    func relativeSpan(_ relative: Int, _ length: Length?) -> TimeMeaning? {
        guard let length, length.components[0].unit.isClock, let sign = value(relative)?.signum(), sign != 0,
            !isVerb
        else { return nil }
        return clockSpan(length, sign)
    }

    /// `will last 3 days`
    private var isVerb: Bool {
        isWord("last", at: first)
            && ["will", "to", "t", "can", "should", "would", "may", "must", "could", "n't"]
                .contains { isAfter($0) }
    }

    /// `last 3 months and 2 weeks`
    func longSpan(_ relative: Int, _ length: Int) -> TimeMeaning? {
        guard let sign = value(relative)?.signum(), sign != 0, let length = self.length(length),
            !length.hasClock,
            length.components.count > 1, !isWord("ago", at: end)
        else { return nil }
        return span(of: length, sign)
    }

    /// `within 9 months`, `within the next 10 days`
    func within(_ length: Length?) -> TimeMeaning? {
        guard let length, !length.hasClock, value(0) ?? 1 > 0 else { return nil }
        return span(of: length, 1, fromToday: true)
    }

    func withinClock(_ length: Length?) -> TimeMeaning? {
        guard let length, length.hasClock, parts[0]?.category != .relative || value(0) ?? 1 > 0 else {
            return nil
        }
        return clockSpan(length, 1)
    }

    func withinJoined() -> TimeMeaning? {
        guard let unit = unit(0), let rest = length(1), rest.hasClock else { return nil }
        return clockSpan(Length(Number(1), unit).joined(with: rest), 1)
    }

    /// The week a day is in.
    func weekOf(_ date: TimePhrase?, _ day: Int?) -> TimeMeaning? {
        var phrase = date
        if phrase == nil, case .phrase(let found)? = dayOfAnyMonth(day) { phrase = found }
        guard var phrase, phrase.kind == .date else { return nil }
        phrase.kind = .dateRange
        phrase.grain = .week
        phrase.readings = phrase.readings.map {
            let monday = $0.start?.date.firstOfWeek
            return .init(
                timex: $0.timex, start: monday.map { Moment($0) },
                end: monday.map { Moment($0.adding(days: 7)) })
        }
        return .phrase(phrase)
    }

    func numberedWeek(_ number: Int?, year: Int?) -> TimeMeaning? {
        guard let number, (1...53).contains(number) else { return nil }
        let year = year ?? today.year
        let monday = CivilDate.firstWeek(ofYear: year).adding(days: 7 * (number - 1))
        return week(monday)
    }

    /// The weeks of a month or year; -1 is the last. A week belongs to where its Thursday is.
    func weekOfRange(_ number: Int, _ range: TimePhrase?) -> TimeMeaning? {
        guard let range, range.modifier == nil, number <= 53, let first = range.readings.first?.start?.date
        else {
            return nil
        }
        if range.grain == .year {
            let start = CivilDate.firstWeek(ofYear: first.year)
            return week(
                number > 0
                    ? start.adding(days: 7 * (number - 1))
                    : CivilDate.firstWeek(ofYear: first.year + 1).adding(days: -7))
        }
        guard range.grain == .month, number <= 5 else { return nil }
        let readings = range.readings.compactMap { reading -> TimePhrase.Reading? in
            guard let start = reading.start?.date, let end = reading.end?.date else { return nil }
            let monday =
                number > 0
                ? Self.firstWeek(of: start).adding(days: 7 * (number - 1))
                : Self.firstWeek(of: end).adding(days: -7)
            return .init(
                timex: .point("\(reading.timex.text)-W\(CivilDate.padded(number > 0 ? number : 5, to: 2))"),
                start: Moment(monday), end: Moment(monday.adding(days: 7)))
        }
        return self.range(readings, .week, range.day ?? .init())
    }

    /// The Monday of the week a month's first Thursday is in.
    private static func firstWeek(of month: CivilDate) -> CivilDate {
        let monday = month.firstOfWeek
        return monday.adding(days: 3).month == month.month ? monday : monday.adding(days: 7)
    }

    /// `the first 2 weeks of 2021`, `the last four months of 2021`
    func edgeOfRange(isFirst: Bool) -> TimeMeaning? {
        guard let length = countedLength(0, 1, 2), let range = phrase(3),
            let from = range.readings.last?.start,
            let to = range.readings.last?.end, range.modifier == nil
        else { return nil }
        var (start, end) = (from, to)
        if length.smallest == .week, range.grain == .year {
            start = Moment(CivilDate.firstWeek(ofYear: from.date.year))
            end = Moment(CivilDate.firstWeek(ofYear: to.date.year))
        }
        if isFirst { end = length.added(to: start) } else { start = length.added(to: end, sign: -1) }
        return self.range(
            [.init(timex: .range(start.date.text, end.date.text, length.timex), start: start, end: end)], .day
        )
    }

    /// The weekend about a holiday, and the holiday where it lengthens it.
    func weekendOf(_ holiday: Holiday?, _ date: TimePhrase?, year: Int?) -> TimeMeaning? {
        let dates: [CivilDate] =
            if let holiday {
                year.map { [holiday.date(in: $0)].compactMap { $0 } }
                    ?? [holiday.date(in: today.year), holiday.date(in: today.year + 1)].compactMap { $0 }
            } else {
                (date?.readings ?? []).compactMap { $0.start?.date }
            }
        guard !dates.isEmpty else { return nil }
        let readings = dates.map { date -> TimePhrase.Reading in
            let monday = date.weekday == 1 ? date.adding(days: -7) : date.firstOfWeek
            let (start, end) = (monday.adding(days: 5), monday.adding(days: 7))
            let week = monday.isoWeek
            return .init(
                timex: .point("\(week.year)-W\(CivilDate.padded(week.week, to: 2))-WE"),
                start: Moment(date.weekday >= 4 ? min(start, date) : start),
                end: Moment(date.weekday == 1 ? date.adding(days: 1) : end))
        }
        return range(readings, .week)
    }

    func quarter(_ slot: Int) -> TimeMeaning? {
        value(slot).flatMap { (1...4).contains($0) ? .value($0) : nil }
    }

    func half(_ slot: Int) -> TimeMeaning? {
        value(slot).flatMap { (1...2).contains($0) ? .value($0) : nil }
    }

    func part(ofYear year: Int?, months count: Int) -> TimeMeaning? {
        value(0).flatMap { yearPart($0, year: year, months: count) }
    }

    func yearThenPart(months count: Int) -> TimeMeaning? {
        let isRelative = parts.first??.category == .relative
        guard let first = value(0), let number = value(1) else { return nil }
        return yearPart(number, year: isRelative ? today.year + first.signum() : first, months: count)
    }

    private func yearPart(_ number: Int, year: Int?, months count: Int) -> TimeMeaning? {
        func start(_ year: Int) -> CivilDate { CivilDate.first(of: (number - 1) * count + 1, year: year) }
        if let year {
            let end = start(year).adding(months: count)
            return months(start(year), end, "P\(count)M", isRelative: false)
        }
        let years =
            start(today.year).month < today.month || count == 3 && start(today.year) <= today
            ? [today.year, today.year + 1] : [today.year - 1, today.year]
        let readings = years.map { year -> TimePhrase.Reading in
            let (start, end) = (start(year), start(year).adding(months: count))
            return .init(
                timex: .range("XXXX" + start.text.dropFirst(4), "XXXX" + end.text.dropFirst(4), "P\(count)M"),
                start: Moment(start), end: Moment(end))
        }
        return range(readings, .quarter)
    }

    func decade(_ year: Int?) -> TimeMeaning? {
        guard let year, year % 10 == 0, (1000...2190).contains(year) else { return nil }
        let start = CivilDate.first(of: 1, year: year)
        return months(start, start.adding(months: 120), "P10Y")
    }

    /// `the nineties`
    func decadeOfAnyCentury(_ year: Int?) -> TimeMeaning? {
        guard let year, year % 10 == 0, year < 100, year > 0 else { return nil }
        let century = today.year / 100 * 100
        let years =
            century + year <= today.year
            ? [century + year, century + 100 + year] : [century - 100 + year, century + year]
        let two = { CivilDate.padded($0 % 100, to: 2) }
        let readings = years.map { year -> TimePhrase.Reading in
            let start = CivilDate.first(of: 1, year: year)
            return .init(
                timex: .range("XX\(two(year))-01-01", "XX\(two(year + 10))-01-01", "P10Y"),
                start: Moment(start),
                end: Moment(start.adding(months: 120)))
        }
        return range(readings, .year)
    }

    func century() -> TimeMeaning? {
        guard let number = value(0), (10...30).contains(number) else { return nil }
        let start = CivilDate.first(of: 1, year: (number - 1) * 100)
        return months(start, start.adding(months: 1200), "P100Y")
    }

    func season() -> TimeMeaning? {
        guard let season = value(1) else { return nil }
        let isVerb = ["fall", "spring"].contains(sentence.text(of: end - 1..<end).lowercased())
        if isVerb, parts.count < 3 || parts[2] == nil, value(0) == nil, !isAfter("in"), !isAfter("the") {
            return nil
        }
        let name = TimeWords.seasonTimex[season]
        let year = value(2) ?? value(0).map { today.year + $0.signum() }
        return unresolved(year.map { "\(CivilDate.padded($0, to: 4))-\(name)" } ?? name)
    }

    func toDate(_ unit: TimeUnit) -> TimeMeaning? {
        guard case .phrase(var phrase)? = relativeRange(0, unit) else { return nil }
        phrase.readings[0].end = Moment(today)
        return .phrase(phrase)
    }

    /// `the rest of the week`
    func restOf() -> TimeMeaning? {
        guard let unit = unit(0), case .phrase(let phrase)? = relativeRange(0, unit),
            let end = phrase.readings[0].end
        else { return nil }
        let last = Moment(day: end.day - 1, second: 0)
        let timex = Timex.range(today.text, last.date.text, "P\(last.day - today.dayNumber)D")
        return range([.init(timex: timex, start: Moment(today), end: last)], .day)
    }
}
