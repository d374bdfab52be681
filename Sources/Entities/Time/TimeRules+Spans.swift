// Parts of ranges, and ranges from one point to another.
extension TimeMatch {
    /// 1 the start, 2 the middle, 3 the end of a range.
    func narrowed(_ range: TimePhrase, to edge: Int, byHalves: Bool) -> TimePhrase? {
        let modifiers: [TimeModifier] = [.start, .mid, .end]
        guard range.kind == .dateRange, range.modifier == nil, (1...3).contains(edge) else { return nil }
        var narrow = range
        narrow.modifier = modifiers[edge - 1]
        narrow.readings = range.readings.map { reading in
            guard let start = reading.start?.date, let end = reading.end?.date else { return reading }
            var reading = reading
            let cuts = Self.cuts(start, end, range.grain, byHalves: byHalves)
            if edge > 1 { reading.start = Moment(edge == 2 ? cuts.middle.lowerBound : cuts.late) }
            if edge < 3 { reading.end = Moment(edge == 2 ? cuts.middle.upperBound : cuts.early) }
            return reading
        }
        return narrow
    }

    /// Where the early part of a range ends, its middle lies and its late part begins.
    private static func cuts(
        _ start: CivilDate, _ end: CivilDate, _ grain: TimePhrase.Grain, byHalves: Bool
    ) -> (early: CivilDate, middle: Range<CivilDate>, late: CivilDate) {
        let half = half(start, end, grain)
        switch grain {
        case .year where !byHalves:
            let (first, second) = (start.adding(months: 4), start.adding(months: 8))
            return (first, first..<second, second)
        case .month:
            return (half, start.adding(days: 9)..<start.adding(days: 20), half)
        default:
            let quarter = (half.dayNumber - start.dayNumber) / 2
            return (half, start.adding(days: quarter)..<end.adding(days: -quarter), half)
        }
    }

    private static func half(_ start: CivilDate, _ end: CivilDate, _ grain: TimePhrase.Grain) -> CivilDate {
        switch grain {
        case .year: start.adding(months: 6)
        case .month: start.adding(days: 15)
        default: start.adding(days: (end.dayNumber - start.dayNumber) / 2)
        }
    }

    func edge(_ slot: Int) -> TimeMeaning? {
        guard let edge = value(0), let range = phrase(slot) else { return nil }
        return narrowed(range, to: edge, byHalves: range.day?.isRelative == true).map { .phrase($0) }
    }

    /// `end of year`, `end of the month`
    func edgeOfUnit() -> TimeMeaning? {
        guard let edge = value(0), let unit = unit(1), isSingular(1), unit != .day,
            case .phrase(let range)? = relativeRange(0, unit)
        else { return nil }
        return narrowed(range, to: edge, byHalves: true).map { .phrase($0) }
    }

    func endOf(_ unit: TimeUnit) -> TimeMeaning? {
        guard case .phrase(let range)? = relativeRange(0, unit) else { return nil }
        return narrowed(range, to: 3, byHalves: true).map { .phrase($0) }
    }

    /// `earlier this week`: up to today; `later this week`: from today on.
    func elapsed(isEarlier: Bool) -> TimeMeaning? {
        var phrase = phrase(1)
        if let unit = unit(0), case .phrase(let range)? = relativeRange(0, unit) { phrase = range }
        guard var range = phrase, range.day?.isRelative == true, range.readings.count == 1,
            range.modifier == nil,
            let start = range.readings[0].start?.date, let end = range.readings[0].end?.date
        else { return nil }
        guard start <= today, today < end else {
            return narrowed(range, to: isEarlier ? 1 : 3, byHalves: true).map { .phrase($0) }
        }
        let half = Self.half(start, end, range.grain)
        if isEarlier {
            range.readings[0].end = Moment(min(half, today))
        } else {
            range.readings[0].start = Moment(max(half, today))
        }
        return .phrase(range)
    }

    /// From one date, or the start of a range, to another.
    func span(_ first: TimePhrase?, _ second: TimePhrase?) -> TimeMeaning? {
        guard var first, var second, first.isLimit, second.isLimit else { return nil }
        if [first, second].contains(where: { $0.kind == .dateRange && $0.grain == .week }) { return nil }
        settle(&first, &second)
        let (starts, ends) = (first.limits, second.limits)
        guard let pastStart = starts.first, let pastEnd = ends.first, let start = starts.last,
            let end = ends.last
        else {
            return unresolved(first, second)
        }
        let grain = max(first.limitGrain, second.limitGrain)
        var future = (start, end)
        var past = (pastStart, pastEnd)
        if future.0.date > future.1.date { future.0 = past.0 }
        if past.1.date < past.0.date { past.1 = future.1 }
        guard future.0.date <= future.1.date else { return nil }
        let readings = [past, future].filter { $0.0.date <= $0.1.date }.map { from, to in
            TimePhrase.Reading(
                timex: .range(from.timex, to.timex, grain.length(from.date, to.date)),
                start: Moment(from.date),
                end: Moment(to.date))
        }
        guard case .phrase(var phrase) = range(readings, .day) else { return nil }
        phrase.isSpan = true
        return .phrase(phrase)
    }

    private func unresolved(_ first: TimePhrase, _ second: TimePhrase) -> TimeMeaning? {
        guard first.kind == .date, second.kind == .date, let from = first.readings.first,
            let to = second.readings.first
        else { return nil }
        return range([.init(timex: .range(from.timex.text, to.timex.text, "PXD"), start: nil)], .day)
    }

    /// What one end says of the year the other lacks, or of the week.
    private func settle(_ first: inout TimePhrase, _ second: inout TimePhrase) {
        if let year = second.day?.year, second.day?.isRelative == false, first.day?.year == nil,
            let settled = first.inYear(year, self)
        {
            first = settled
            if let from = first.limits.first?.date, let to = second.limits.first?.date, from > to,
                let earlier = first.inYear(year - 1, self)
            {
                first = earlier
            }
        } else if let start = first.limits.first?.date, first.limits.count == 1, first.kind == .date,
            let weekday = second.day?.weekday, second.day?.month == nil, first.day?.isRelative == true
        {
            let date = start.adding(days: floorDivide(weekday - start.weekday - 1, 7).remainder + 1)
            second.readings = [.init(timex: .point(date.text), start: Moment(date))]
        } else if let year = first.day?.year, first.day?.isRelative == false, second.day?.year == nil,
            let settled = second.inYear(year, self)
        {
            second = settled
            if let from = first.limits.first?.date, let to = second.limits.first?.date, from > to,
                let later = second.inYear(year + 1, self)
            {
                second = later
            }
        }
    }

    func spanToDate() -> TimeMeaning? {
        guard case .phrase(let today) = fixedDate(today), let first = phrase(0) ?? phrase(1),
            let start = first.limits.first
        else { return nil }
        var fixed = first
        fixed.kind = .date
        fixed.modifier = nil
        fixed.readings = [.init(timex: .point(start.date.text), start: Moment(start.date))]
        fixed.day = .init(year: start.date.year, isRelative: true)
        return span(fixed, today)
    }

    /// `June 9 to 12`
    func daySpan(month: Int?, _ first: Int?, _ second: Int?, year: Int?) -> TimeMeaning? {
        guard let month, let first, let second else { return nil }
        if first < second {
            guard case .phrase(let from)? = monthDay(month: month, day: first, year: year),
                case .phrase(let to)? = monthDay(month: month, day: second, year: year)
            else { return nil }
            return span(from, to)
        }
        // `April 27th to the 3rd`
        guard case .phrase(let from)? = monthDay(month: month, day: first, year: year),
            case .phrase(let to)? = monthDay(month: month % 12 + 1, day: second, year: year),
            parts.first??.category == .month
        else { return nil }
        return span(from, to)
    }

    /// `from 4-23 in next month`
    func daySpanInRange() -> TimeMeaning? {
        guard let first = value(0), let second = value(1), first < second, let range = phrase(2),
            range.grain == .month,
            range.modifier == nil, let month = range.readings.last?.start?.date, range.readings.count == 1,
            let from = CivilDate(year: month.year, month: month.month, day: first),
            let to = CivilDate(year: month.year, month: month.month, day: second),
            case .phrase(let start) = fixedDate(from), case .phrase(let end) = fixedDate(to)
        else { return nil }
        return span(start, end)
    }

    /// `3 days starting next Monday`
    func spanOf(_ length: Int, from date: Int) -> TimeMeaning? {
        let readings = phrase(date)?.readings ?? []
        let inYear = readings.first { $0.start?.date.year == today.year } ?? readings.last
        guard let length = self.length(length), !length.hasClock, let start = inYear?.start else {
            return nil
        }
        let end = length.added(to: start)
        return range(
            [.init(timex: .range(start.date.text, end.date.text, length.timex), start: start, end: end)], .day
        )
    }
}

extension TimePhrase.Grain {
    /// TIMEX3 of the time between two days.
    func length(_ start: CivilDate, _ end: CivilDate) -> String {
        let months = (end.year - start.year) * 12 + end.month - start.month
        switch self {
        case .year: return "P\(end.year - start.year)Y"
        case .quarter, .month: return "P\(months)M"
        case .week, .day: return "P\(end.dayNumber - start.dayNumber)D"
        }
    }
}

extension TimePhrase {
    var isLimit: Bool {
        switch kind {
        case .date: modifier == nil
        case .dateRange: !isSpan && [nil, .start, .mid, .end].contains(modifier)
        case .dateTime: readings.first?.timex.text == "PRESENT_REF"
        default: false
        }
    }

    /// A range that is told by an edge of it is told to the month.
    var limitGrain: Grain {
        kind != .dateRange ? .day : modifier != nil ? max(grain, .month) : grain
    }

    /// The days that limit a span, and their TIMEX3.
    var limits: [(date: CivilDate, timex: String)] {
        readings.compactMap { reading in
            guard let start = reading.start?.date else { return nil }
            guard kind == .dateRange else {
                return (start, kind == .dateTime ? start.text : reading.timex.text)
            }
            let date = limit(start, reading.end?.date ?? start)
            let isOpen = reading.timex.text.hasPrefix("XXXX") || reading.timex.text.hasPrefix("(XXXX")
            return (date, isOpen ? "XXXX" + date.text.dropFirst(4) : date.text)
        }
    }

    private func limit(_ start: CivilDate, _ end: CivilDate) -> CivilDate {
        switch modifier {
        case .end?: end
        case .mid?:
            grain == .year
                ? CivilDate.first(of: 7, year: start.year).adding(days: 1)
                : start.firstOfMonth.adding(days: 15)
        default: start
        }
    }

    /// The same of a year; nil if the phrase is not of any year.
    func inYear(_ year: Int, _ match: TimeMatch) -> TimePhrase? {
        guard let month = day?.month, day?.isRelative == false else { return nil }
        let meaning =
            kind == .date
            ? match.monthDay(month: month, day: day?.day, year: year) : match.monthRange(month, year: year)
        guard case .phrase(let phrase)? = meaning else { return nil }
        switch modifier {
        case .start?: return match.narrowed(phrase, to: 1, byHalves: false)
        case .mid?: return match.narrowed(phrase, to: 2, byHalves: false)
        case .end?: return match.narrowed(phrase, to: 3, byHalves: false)
        default: return phrase
        }
    }
}
