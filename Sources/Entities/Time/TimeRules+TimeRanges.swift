// Ranges of times, with a date or without.
extension TimeRules {
    static let timeRanges: [TimeRule] = [
        TimeRule(.timeRange, "(in the | in | the | during the)? PART") {
            $0.isAfter("good") ? nil : $0.part(0).map { $0.phrase }
        },
        TimeRule(.timeRange, "in the? PARTS") { $0.part(0).map { $0.phrase } },
        TimeRule(.timeRange, "(early | early in the | in the early) PART") { $0.partEdge(.start, 0) },
        TimeRule(.timeRange, "(late | late in the | later in the | in the late) PART") {
            $0.partEdge(.end, 0)
        },
        TimeRule(.timeRange, "(mid | mid -) PART") {
            $0.isWord("night", at: $0.end - 1) ? nil : $0.partEdge(.mid, 0)
        },
        TimeRule(.timeRange, "at? MEAL") {
            let isTime = $0.sentence.text(of: $0.tokens).lowercased().contains("time")
            return isTime || $0.tokens.count > 1 && $0.isAtMeal ? $0.part(0).map { $0.phrase } : nil
        },
        TimeRule(.timeRange, "(after | following) MEAL") { $0.aboutMeal(.after) },
        TimeRule(.timeRange, "(before | prior to | by) MEAL") { $0.aboutMeal(.before) },
        TimeRule(.timeRange, "(around | about | circa) MEAL") { $0.aboutMeal(.approximate) },

        TimeRule(
            .timeRange,
            "(from | between)? (HOUR | CLOCK | TIME) (to | - | ~ | till | until | through | – | —) (HOUR | CLOCK | TIME)"
        ) {
            $0.timeSpan($0.clock(0) ?? $0.clock(1) ?? $0.clock(2), $0.clock(3) ?? $0.clock(4) ?? $0.clock(5))
        },
        TimeRule(.timeRange, "between (HOUR | CLOCK | TIME) (and | to) (HOUR | CLOCK | TIME)") {
            $0.timeSpan($0.clock(0) ?? $0.clock(1) ?? $0.clock(2), $0.clock(3) ?? $0.clock(4) ?? $0.clock(5))
        },
        TimeRule(
            .timeRange,
            "(from | between)? HOURDIGITS ~ . ~ MINUTEDIGITS (to | - | and | until) (HOUR | CLOCK | TIME)"
        ) {
            $0.timeSpan(
                Clock(hour: $0.value(0) ?? 0, minute: $0.value(1)), $0.clock(2) ?? $0.clock(3) ?? $0.clock(4))
        },
        TimeRule(.timeRange, "(from | between) HOURMINUTEDIGITS (to | -) HOURMINUTEDIGITS") {
            $0.sentence[$0.first + 1].count == 4 ? $0.timeSpan($0.joinedClock(0), $0.joinedClock(1)) : nil
        },
        TimeRule(.timeRange, "TIMERANGE (in the | in | at)? PART") {
            $0.timeSpanIn($0.phrase(0), $0.part(1))
        },
        TimeRule(.timeRange, "from (HOUR | CLOCK) for DURATION") {
            $0.timeSpanOf($0.clock(0) ?? $0.clock(1), $0.length(2))
        },
        TimeRule(.timeRange, "for DURATION (from | starting at | starting) (HOUR | CLOCK)") {
            $0.timeSpanOf($0.clock(1) ?? $0.clock(2), $0.length(0))
        },

        TimeRule(.dateTimeRange, "DATE (, | in the | in | - | during the | at | the)? PART") {
            $0.dated(0, $0.part(1)?.rangePhrase)
        },
        TimeRule(.dateTimeRange, "DATE (, | in the | - | during the)? TIMERANGE") {
            $0.dated(0, $0.phrase(1))
        },
        TimeRule(.dateTimeRange, "DATE (at | , at | on)? TIMERANGE") { $0.dated(0, $0.phrase(1)) },
        TimeRule(.dateTimeRange, "TIMERANGE (on | of | , | in | , on)? DATE") { $0.dated(1, $0.phrase(0)) },
        TimeRule(.dateTimeRange, "PART (of | on)? DATE") { $0.dated(1, $0.part(0)?.rangePhrase) },
        TimeRule(.dateTimeRange, "DATE (am | pm)") {
            $0.sentence[$0.end - 2].kind == .digits
                ? nil : $0.dated(0, ($0.endsWithPM ? TimeWords.afternoon : TimeWords.morning).rangePhrase)
        },
        TimeRule(.dateTimeRange, "RELATIVE PART") { $0.relativePart($0.value(0), $0.part(1)) },
        TimeRule(.dateTimeRange, "(tonight | tonite)") { $0.relativePart(0, TimeWords.night) },
        TimeRule(.dateTimeRange, "(early | earlier) RELATIVE PART") {
            $0.relativePart($0.value(0), $0.part(1), .start)
        },
        TimeRule(.dateTimeRange, "(late | later) RELATIVE PART") {
            $0.relativePart($0.value(0), $0.part(1), .end)
        },
        TimeRule(.dateTimeRange, "early in the day DATE?") { $0.partOfDate(.start) },
        TimeRule(.dateTimeRange, "(mid | mid - | middle of | middle of the) DATE") { $0.partOfDate(.mid) },
        TimeRule(.dateTimeRange, "(later | late) in? DATE") { $0.partOfDate(.end) },
        TimeRule(.dateTimeRange, "WEEKDAY PART RELATIVE week") { $0.weekdayPart() },
        TimeRule(.dateTimeRange, "the? ^ ORDINAL WEEKDAY (PART | TIMERANGE) of DATERANGE") {
            $0.weekdayOfMonthPart()
        },
        TimeRule(.dateTimeRange, "DATETIMERANGE (, | at)? TIMERANGE") { $0.timeSpanWithin(0, 1) },
        TimeRule(.dateTimeRange, "TIMERANGE (, | on | in)? DATETIMERANGE") { $0.timeSpanWithin(1, 0) },
        TimeRule(
            .dateTimeRange,
            "(from)? (DATETIME | CLOCK | TIME) (to | - | till | until | through) (DATETIME | CLOCK | TIME | HOUR)"
        ) {
            $0.dateTimeSpan(0, [0, 1, 2], [3, 4, 5, 6])
        },
        TimeRule(.dateTimeRange, "between (DATETIME | CLOCK | TIME) and (DATETIME | CLOCK | TIME | HOUR)") {
            $0.dateTimeSpan(0, [0, 1, 2], [3, 4, 5, 6])
        },
        TimeRule(.dateTimeRange, "DURATION (starting | beginning | from | starting from) (DATETIME)") {
            $0.spanOfTime()
        },
    ]
}

extension PartOfDay {
    var rangePhrase: TimePhrase {
        TimePhrase(
            kind: .timeRange,
            readings: [
                .init(
                    timex: .point(timex), start: Moment(day: 0, second: seconds.lowerBound),
                    end: Moment(day: 0, second: seconds.upperBound))
            ])
    }

    var phrase: TimeMeaning { .phrase(rangePhrase) }

    /// Half of it, or its middle.
    func narrowed(_ edge: TimeModifier) -> TimePhrase {
        var phrase = rangePhrase
        phrase.modifier = edge
        let half = (start + end) / 2
        if edge != .start {
            phrase.readings[0].start = Moment(day: 0, second: (edge == .mid ? half - 1 : half) * 3_600)
        }
        if edge != .end {
            phrase.readings[0].end = Moment(day: 0, second: (edge == .mid ? half + 1 : half) * 3_600)
        }
        return phrase
    }
}

extension TimeMatch {
    func partEdge(_ edge: TimeModifier, _ slot: Int) -> TimeMeaning? {
        part(slot).map { .phrase($0.narrowed(edge)) }
    }

    var isAtMeal: Bool { sentence.text(of: first..<first + 1).lowercased() == "at" }

    var endsWithPM: Bool { sentence.text(of: end - 1..<end).lowercased() == "pm" }

    func aboutMeal(_ modifier: TimeModifier) -> TimeMeaning? {
        guard var phrase = part(0)?.rangePhrase else { return nil }
        phrase.modifier = modifier
        if modifier == .after { phrase.readings[0].start = phrase.readings[0].end }
        if modifier == .before { phrase.readings[0].end = phrase.readings[0].start }
        return .phrase(phrase)
    }

    /// What bare numbers need to be times: a word before them, minutes, or a half of the day.
    private func isClearly(_ first: Clock, _ second: Clock) -> Bool {
        let begins = ["from", "between"].contains { isWord($0, at: self.first) } || isAfter("at")
        return begins || first.minute != nil || second.minute != nil || !first.isAmbiguous
            || !second.isAmbiguous
    }

    /// A range of times; two numbers alone are marked, and only a date makes times of them.
    func timeSpan(_ first: Clock?, _ second: Clock?) -> TimeMeaning? {
        guard var first, var second, first.hour <= 24, second.hour <= 24 else { return nil }
        let isClear = isClearly(first, second)
        if !second.isAmbiguous, first.isAmbiguous {
            let early = first.inHalf(isAfternoon: false)
            let late = first.inHalf(isAfternoon: true)
            first = second.hour >= 12 && late.seconds < second.seconds ? late : early
        } else if !first.isAmbiguous, second.isAmbiguous {
            let early = second.inHalf(isAfternoon: false)
            second = early.seconds > first.seconds ? early : second.inHalf(isAfternoon: true)
        }
        guard first != second else { return nil }
        // Midnight comes before noon here, or the end would lie before it.
        let firsts = first.hour == 12 ? Array(first.readings.reversed()) : first.readings
        let seconds = second.hour == 12 ? Array(second.readings.reversed()) : second.readings
        var phrase = timeSpan(firsts, seconds)
        if !isClear { phrase.modifier = .undefinedReference }
        return .phrase(phrase)
    }

    private func timeSpan(_ firsts: [Clock], _ seconds: [Clock]) -> TimePhrase {
        let readings = firsts.enumerated().map { index, from -> TimePhrase.Reading in
            var to = seconds[min(index, seconds.count - 1)]
            // Half a day later, where the other half would end before it begins.
            if to.seconds <= from.seconds, firsts.count > 1 { to.hour = (to.hour + 12) % 24 }
            return reading(from, to)
        }
        var phrase = TimePhrase(kind: .timeRange, readings: readings)
        phrase.clock = firsts.first
        return phrase
    }

    private func reading(_ from: Clock, _ to: Clock) -> TimePhrase.Reading {
        let start = Moment(day: 0, second: from.seconds)
        let end = Moment(day: to.seconds <= from.seconds ? 1 : 0, second: to.seconds)
        return .init(
            timex: .range(from.timex, to.timex, TimeMatch.length(start, end)), start: start, end: end)
    }

    /// TIMEX3 of the time between two moments of which neither is told by its day alone.
    static func length(_ start: Moment, _ end: Moment) -> String {
        let seconds = (end.day - start.day) * 86_400 + end.second - start.second
        let (hours, minutes, rest) = (seconds / 3_600, seconds / 60 % 60, seconds % 60)
        let text =
            (hours > 0 ? "\(hours)H" : "") + (minutes > 0 ? "\(minutes)M" : "") + (rest > 0 ? "\(rest)S" : "")
        return "PT" + (text.isEmpty ? "0S" : text)
    }

    func timeSpanIn(_ span: TimePhrase?, _ part: PartOfDay?) -> TimeMeaning? {
        guard let span, let part, case .range(let from, let to, _)? = span.readings.first?.timex,
            span.modifier == nil || span.modifier == .undefinedReference,
            let first = Clock(timex: from), let second = Clock(timex: to)
        else { return nil }
        if span.readings.count == 1 { return nil }
        let isLate = part.isAfternoon
        return .phrase(timeSpan([first.inHalf(isAfternoon: isLate)], [second.inHalf(isAfternoon: isLate)]))
    }

    func timeSpanOf(_ clock: Clock?, _ length: Length?) -> TimeMeaning? {
        guard var clock, let length, length.hasClock else { return nil }
        clock.isAmbiguous = false
        let start = Moment(day: 0, second: clock.seconds)
        let end = length.added(to: start)
        let timex = TimeMatch.length(start, end)
        return .phrase(
            TimePhrase(
                kind: .timeRange,
                readings: [
                    .init(timex: .range(clock.timex, "T" + end.clockText, timex), start: start, end: end)
                ]))
    }

    /// A range of times on a date.
    func dated(_ date: Int, _ range: TimePhrase?) -> TimeMeaning? {
        guard let date = phrase(date), let range else { return nil }
        return dated(date, range)
    }

    func dated(_ date: TimePhrase, _ range: TimePhrase) -> TimeMeaning? {
        guard date.kind == .date, range.kind == .timeRange else { return nil }
        let readings = range.readings.flatMap { range in
            date.readings.map { day -> TimePhrase.Reading in
                func on(_ moment: Moment?) -> Moment? {
                    guard let moment, let start = day.start else { return nil }
                    return Moment(day: start.day + moment.day, second: moment.second)
                }
                let name = day.timex.text
                let timex: Timex =
                    switch range.timex {
                    case .point(let text): .point(name + text)
                    case .range(let from, let to, let length):
                        .range(name + from, (range.end?.day == 1 ? day.nextDay : name) + to, length)
                    }
                return .init(timex: timex, start: on(range.start), end: on(range.end))
            }
        }
        var phrase = TimePhrase(kind: .dateTimeRange, readings: readings, day: date.day)
        phrase.modifier = range.modifier == .undefinedReference ? nil : range.modifier
        return .phrase(phrase)
    }

    func relativePart(_ relative: Int?, _ part: PartOfDay?, _ edge: TimeModifier? = nil) -> TimeMeaning? {
        guard let relative, let part,
            case .phrase(let date) = fixedDate(today.adding(days: relative.signum()))
        else {
            return nil
        }
        return dated(date, edge.map { part.narrowed($0) } ?? part.rangePhrase)
    }

    /// `early in the day`, `mid today`, `later in today`
    func partOfDate(_ edge: TimeModifier) -> TimeMeaning? {
        var phrase = phrase(0)
        if phrase == nil, case .phrase(let date) = fixedDate(today) { phrase = date }
        guard var date = phrase, date.kind == .date, let last = date.readings.last else { return nil }
        date.kind = .dateTimeRange
        date.modifier = edge
        let day = last.start?.day ?? 0
        let hours = edge == .start ? (0, 12) : edge == .mid ? (10, 14) : (12, 24)
        date.readings = [
            .init(
                timex: last.timex, start: Moment(day: day, second: hours.0 * 3_600),
                end: Moment(day: day, second: hours.1 * 3_600))
        ]
        return .phrase(date)
    }

    func weekdayPart() -> TimeMeaning? {
        guard let part = part(1), case .phrase(let date)? = weekdayOfWeek(value(2), value(0)) else {
            return nil
        }
        return dated(date, part.rangePhrase)
    }

    func weekdayOfMonthPart() -> TimeMeaning? {
        guard let range = part(2)?.rangePhrase ?? phrase(3),
            case .phrase(let date)? = weekdayOfMonth(value(0), value(1), 4)
        else { return nil }
        return dated(date, range)
    }

    /// `this evening from 7 to 9`
    func timeSpanWithin(_ part: Int, _ span: Int) -> TimeMeaning? {
        guard let outer = phrase(part), let part = outer.part, let span = phrase(span) else { return nil }
        var inner = span
        if case .phrase(let settled)? = timeSpanIn(span, part) { inner = settled }
        guard inner.readings.count == 1 else { return nil }
        return dated(TimePhrase(kind: .date, readings: outer.dateReadings, day: outer.day), inner)
    }

    /// From one time to another of which at least one has a date.
    func dateTimeSpan(_ first: Int, _ firsts: [Int], _ seconds: [Int]) -> TimeMeaning? {
        let from = firsts.lazy.compactMap { phrase($0) ?? clock($0).map { TimePhrase(clock: $0) } }.first
        let to = seconds.lazy.compactMap { phrase($0) ?? clock($0).map { TimePhrase(clock: $0) } }.first
        guard let from, let to, from.kind == .dateTime || to.kind == .dateTime, from.modifier == nil,
            to.modifier == nil
        else { return nil }
        let starts = from.moments(near: to, self, isStart: true)
        let ends = to.moments(near: from, self, isStart: false)
        let count = max(starts.count, ends.count)
        guard !starts.isEmpty, !ends.isEmpty,
            starts.count == 1 || ends.count == 1 || starts.count == ends.count
        else {
            return nil
        }
        let readings = (0..<count).compactMap { index -> TimePhrase.Reading? in
            let (start, end) = (starts[min(index, starts.count - 1)], ends[min(index, ends.count - 1)])
            guard let from = start.start, let to = end.start, from < to else { return nil }
            return .init(
                timex: .range(start.timex.text, end.timex.text, TimeMatch.length(from, to)), start: from,
                end: to)
        }
        return readings.isEmpty ? nil : .phrase(TimePhrase(kind: .dateTimeRange, readings: readings))
    }

    /// `a day starting this Friday at 5 pm`
    func spanOfTime() -> TimeMeaning? {
        guard let length = length(0), let from = phrase(1), from.readings.count == 1,
            let start = from.readings[0].start
        else { return nil }
        let end = length.added(to: start)
        let timex = from.readings[0].timex.text == "PRESENT_REF" ? nil : start.timex
        guard let timex else { return nil }
        return .phrase(
            TimePhrase(
                kind: .dateTimeRange,
                readings: [.init(timex: .range(timex, end.timex, length.timex), start: start, end: end)]))
    }
}

extension Clock {
    /// Reads what `timex` writes.
    init?(timex: String) {
        let parts = timex.dropFirst().split(separator: ":").compactMap { Int($0) }
        guard let hour = parts.first, parts.count <= 3 else { return nil }
        self.init(
            hour: hour, minute: parts.count > 1 ? parts[1] : nil, second: parts.count > 2 ? parts[2] : nil)
    }
}

extension TimePhrase {
    init(clock: Clock) {
        self.init(
            kind: .time,
            readings: clock.readings.map {
                .init(timex: .point($0.timex), start: Moment(day: 0, second: $0.seconds))
            }, clock: clock)
    }

    /// The moments a time is, on the day of another where it has none.
    fileprivate func moments(near other: TimePhrase, _ match: TimeMatch, isStart: Bool) -> [Reading] {
        guard kind == .time else { return readings }
        let isPresent = other.readings.first?.timex.text == "PRESENT_REF"
        let days =
            isPresent || isStart && other.clock?.isAmbiguous == false
            ? [Reading(timex: .point(match.today.text), start: Moment(match.today))] : other.days
        let moments = readings.flatMap { time in
            days.map { day in
                Reading(
                    timex: .point(day.timex.text + time.timex.text),
                    start: day.start.map { Moment(day: $0.day, second: time.start?.second ?? 0) })
            }
        }
        guard isPresent else { return moments }
        // The one on the right side of now.
        let now = match.now
        let fitting = moments.filter { reading in reading.start.map { isStart ? $0 < now : $0 > now } ?? false
        }
        return Array((isStart ? fitting.suffix(1) : fitting.prefix(1)))
    }

    /// The days a moment is on, each once.
    private var days: [Reading] {
        let days = dateReadings
        return days.enumerated().filter { index, day in !days[..<index].contains(day) }.map(\.element)
    }
}

extension TimePhrase.Reading {
    /// TIMEX3 of the day after: the next weekday, or the next day.
    var nextDay: String {
        let name = timex.text
        if name.hasPrefix("XXXX-WXX-"), let weekday = name.last?.wholeNumberValue {
            return "XXXX-WXX-\(weekday % 7 + 1)"
        }
        guard let start else { return name }
        let next = start.date.adding(days: 1).text
        return name.hasPrefix("XXXX") ? "XXXX" + next.dropFirst(4) : next
    }
}
