// Before, after, since: ranges with one end.
extension TimeRules {
    static let limits: [TimeRule] = [
        TimeRule(.dateRange, "(more | greater) than DURATION (before | after | ago) DATE?") {
            $0.beyond(isMore: true)
        },
        TimeRule(.dateRange, "(less | fewer) than DURATION (before | after | ago) DATE?") {
            $0.beyond(isMore: false)
        },
        TimeRule(.dateRange, "LIMIT the? (DATE | DATERANGE)") { $0.limited($0.phrase(1) ?? $0.phrase(2)) },
        TimeRule(.date, "LIMIT DATE") { $0.approximate($0.phrase(1)) },
        TimeRule(.timeRange, "LIMIT (TIME | CLOCK)") {
            $0.limited($0.phrase(1) ?? $0.clock(2).map { TimePhrase(clock: $0) })
        },
        TimeRule(.dateTimeRange, "LIMIT DATETIME") { $0.limited($0.phrase(1)) },
        TimeRule(.dateTime, "LIMIT DATETIME") { $0.approximate($0.phrase(1)) },
        TimeRule(.dateTimeRange, "DATE (, | at)? TIMERANGE") { $0.limitedOn($0.phrase(0), $0.phrase(1)) },
        TimeRule(.dateTimeRange, "TIMERANGE (, | on)? DATE") {
            $0.limitedOn($0.phrase(1), $0.phrase(0), source: .point)
        },
        TimeRule(
            .dateRange,
            "(DATE | DATERANGE) (or | and) (later | after | greater | above | afterwards | onwards | thereafter)"
        ) {
            $0.endsSentence
                ? $0.phrase(0).flatMap { $0.limited(.since) }.map { .phrase($0) }
                    ?? $0.phrase(1).flatMap { $0.limited(.since) }.map { .phrase($0) } : nil
        },
        TimeRule(.timeRange, "(TIME | CLOCK) (or | and) (later | after | afterwards | onwards)") {
            ($0.phrase(0) ?? $0.clock(1).map { TimePhrase(clock: $0) }).flatMap { $0.limited(.since) }.map {
                .phrase($0)
            }
        },
        TimeRule(.dateRange, "(DATE | DATERANGE) (or | and) (earlier | before | less | below)") {
            $0.endsSentence
                ? $0.phrase(0).flatMap { $0.limited(.until) }.map { .phrase($0) }
                    ?? $0.phrase(1).flatMap { $0.limited(.until) }.map { .phrase($0) } : nil
        },
        TimeRule(.dateRange, "(till | to | until) date") { $0.untilNow() },
    ]
}

extension TimeMatch {
    private var limit: TimeModifier? { value(0).map { TimeWords.limits[$0].1 } }

    func limited(_ phrase: TimePhrase?) -> TimeMeaning? {
        guard let limit, limit != .approximate, let phrase, let mark = parts[0]?.end,
            !sentence.has("=", at: mark), !comesBy
        else { return nil }
        return phrase.limited(limit).map { .phrase($0) }
    }

    /// Whether `by` goes with what is before it: `drop by on Monday`, `come by at 3`; not `come by Monday`.
    private var comesBy: Bool {
        guard isWord("by", at: first) else { return false }
        let saysMoment = (first + 1..<end).contains { isWord("at", at: $0) }
        return isWord("at", at: first + 1) || Self.dropping.contains { isAfter($0) }
            || saysMoment && Self.coming.contains { isAfter($0) }
    }

    private static let dropping = ["drop", "pop", "stop", "swing"]
    private static let coming = ["call", "came", "come", "coming", "drive", "go", "pass"]

    func approximate(_ phrase: TimePhrase?) -> TimeMeaning? {
        guard limit == .approximate, var phrase, phrase.modifier == nil else { return nil }
        phrase.modifier = .approximate
        return .phrase(phrase)
    }

    /// `Monday after 1pm`
    func limitedOn(_ date: TimePhrase?, _ time: TimePhrase?, source: TimeSource? = nil) -> TimeMeaning? {
        guard let date, let time, let modifier = time.modifier, time.source != nil,
            modifier != .undefinedReference, case .phrase(var phrase)? = dated(date, time)
        else { return nil }
        phrase.modifier = modifier
        phrase.source = source
        return .phrase(phrase)
    }

    /// No clause follows.
    var endsSentence: Bool { after.kind != .word && after.kind != .digits }

    /// `more than 2 weeks before today`
    func beyond(isMore: Bool) -> TimeMeaning? {
        guard let length = length(0), !length.hasClock else { return nil }
        let words = sentence.text(of: tokens).lowercased()
        let sign = words.contains("after") ? 1 : -1
        guard let anchor = phrase(1)?.readings.last?.start ?? (words.hasSuffix("ago") ? Moment(today) : nil)
        else {
            return nil
        }
        let other = length.added(to: anchor, sign: sign)
        if isMore {
            let text = other.date.text
            var phrase = TimePhrase(
                kind: .dateRange, readings: [.init(timex: .point(text), start: Moment(other.date))])
            phrase.modifier = sign > 0 ? .after : .before
            if sign < 0 { phrase.readings[0].end = phrase.readings[0].start }
            return .phrase(phrase)
        }
        let (start, end) = sign > 0 ? (anchor, other) : (other, anchor)
        return range(
            [.init(timex: .range(start.date.text, end.date.text, length.timex), start: start, end: end)], .day
        )
    }

    func untilNow() -> TimeMeaning? {
        guard !isAfter("up"), endsSentence else { return nil }
        let today = Moment(self.today)
        var phrase = TimePhrase(
            kind: .dateRange, readings: [.init(timex: .point("PRESENT_REF"), start: today, end: today)])
        phrase.modifier = .before
        return .phrase(phrase)
    }
}

extension TimePhrase {
    /// What is before, after or since the phrase; nil where that says nothing.
    func limited(_ limit: TimeModifier) -> TimePhrase? {
        guard let combined = combined(limit), readings.allSatisfy({ $0.start != nil }) else { return nil }
        var phrase = self
        let isRange = kind == .dateRange
        phrase.kind = isRange || kind == .date ? .dateRange : kind == .time ? .timeRange : .dateTimeRange
        phrase.modifier = combined
        phrase.source = isRange ? .range : .point
        phrase.readings = readings.map { reading in
            var reading = reading
            let (start, end) = (reading.start, reading.end ?? reading.start)
            switch limit {
            case .before: reading.end = modifier == .end ? end : start
            case .until: reading.end = end
            case .after: reading.start = modifier == .start || !isRange ? start : end
            default: reading.start = start
            }
            return reading
        }
        return phrase
    }

    private func combined(_ limit: TimeModifier) -> TimeModifier? {
        guard let modifier else { return limit }
        return TimeModifier(rawValue: "\(limit.rawValue)-\(modifier.rawValue)")
    }
}
