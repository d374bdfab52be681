// Times of day, and dates with them.
extension TimeRules {
    static let clocks: [TimeRule] = [
        TimeRule(.hour, "HOURDIGITS") { $0.value(0).map { .clock(Clock(hour: $0)) } },
        TimeRule(.hour, "CARDINAL") {
            $0.value(0).flatMap { (1...24).contains($0) ? .clock(Clock(hour: $0)) : nil }
        },
        TimeRule(.clock, "HOURDIGITS ~ : ~ MINUTEDIGITS") { $0.clock($0.value(0), $0.value(1)) },
        TimeRule(.clock, "HOURDIGITS ~ : ~ MINUTEDIGITS ~ : ~ MINUTEDIGITS") {
            $0.clock($0.value(0), $0.value(1), $0.value(2))
        },
        TimeRule(.clock, "HOURDIGITS ~ h ~ MINUTEDIGITS") { $0.clock($0.value(0), $0.value(1)) },
        TimeRule(.clock, "HOUR (o'clock | o’clock | oclock | o clock)") { $0.clock(0).map { .clock($0) } },
        TimeRule(.clock, "half past HOUR") { $0.clock($0.clock(0)?.hour, 30) },
        TimeRule(.clock, "half past CLOCK") { $0.clock($0.clock(0)?.hour, 30) },
        TimeRule(.clock, "a? quarter past HOUR") { $0.clock($0.clock(0)?.hour, 15) },
        TimeRule(.clock, "a? quarter (to | of | til | till) HOUR") { $0.clock($0.clock(0)?.hour, -15) },
        TimeRule(
            .clock,
            "(DAYDIGITS | MINUTEDIGITS | CARDINAL) (minutes | minute | min | mins)? past (HOUR | CLOCK)"
        ) {
            let minutes = $0.value(0) ?? $0.value(1) ?? $0.value(2)
            return $0.clock(($0.clock(3) ?? $0.clock(4))?.hour, minutes)
        },
        TimeRule(
            .clock,
            "(DAYDIGITS | MINUTEDIGITS | CARDINAL) (minutes | minute | min | mins) (to | before | til) (HOUR | CLOCK)"
        ) {
            let minutes = $0.value(0) ?? $0.value(1) ?? $0.value(2)
            return $0.clock(($0.clock(3) ?? $0.clock(4))?.hour, minutes.map { -$0 })
        },
        TimeRule(.clock, "CARDINAL -? CARDINAL minutes?") { $0.spokenClock() },
        TimeRule(.clock, "noon") { _ in .clock(Clock(hour: 12, isAmbiguous: false)) },
        TimeRule(.clock, "(12 | twelve | high) noon") { _ in .clock(Clock(hour: 12, isAmbiguous: false)) },
        TimeRule(.clock, "(noonish | midday | mid - day | mid day)") { _ in
            .clock(Clock(hour: 12, isAmbiguous: false))
        },
        TimeRule(.clock, "(midnight | mid night | mid - night | 12 midnight)") { _ in .clock(Clock(hour: 0))
        },
        TimeRule(.clock, "HOURDIGITS ~ -? ~ ish") {
            $0.value(0).map { .clock(Clock(hour: $0, isAmbiguous: false)) }
        },
        TimeRule(.clock, "HOURDIGITS ~ (a | p)") {
            $0.meridiem(Clock(hour: $0.value(0) ?? 25), $0.endsWithP ? 2 : 1)
        },
        TimeRule(.clock, "HOURDIGITS ~ : ~ MINUTEDIGITS ~ (a | p)") {
            $0.meridiem(Clock(hour: $0.value(0) ?? 25, minute: $0.value(1)), $0.endsWithP ? 2 : 1)
        },
        TimeRule(.clock, "HOUR MERIDIEM") { $0.meridiem($0.clock(0), $0.value(1)) },
        TimeRule(.clock, "HOURDIGITS ~ . MERIDIEM") {
            $0.meridiem($0.value(0).map { Clock(hour: $0) }, $0.value(1))
        },
        TimeRule(.clock, "CLOCK MERIDIEM") { $0.meridiem($0.clock(0), $0.value(1)) },
        TimeRule(.clock, "HOURDIGITS ~ . ~ MINUTEDIGITS MERIDIEM") {
            $0.meridiem(Clock(hour: $0.value(0) ?? 25, minute: $0.value(1)), $0.value(2))
        },
        TimeRule(.clock, "HOURMINUTEDIGITS MERIDIEM") { $0.meridiem($0.joinedClock(0), $0.value(1)) },

        TimeRule(.time, "CLOCK") { $0.time($0.clock(0)) },
        TimeRule(.time, "at HOURDIGITS ~ . ~ MINUTEDIGITS") { $0.pointedTime() },
        TimeRule(.time, "HOUR") { $0.isAfter("at") && $0.isUnbroken ? $0.time($0.clock(0)) : nil },
        TimeRule(.time, "at ^ CLOCK") { $0.time($0.clock(0)) },
        TimeRule(.time, "in? the? PART at? (HOUR | CLOCK)") {
            $0.time($0.clock(1) ?? $0.clock(2), in: $0.part(0))
        },
        TimeRule(.time, "(early | late) PART at (HOUR | CLOCK)") {
            $0.time($0.clock(1) ?? $0.clock(2), in: $0.part(0))
        },
        TimeRule(.time, "(HOUR | CLOCK) (in | at) the? PART") {
            $0.time($0.clock(0) ?? $0.clock(1), in: $0.part(2))
        },
        TimeRule(.time, "CLOCK (early | late)? PART") { $0.time($0.clock(0), in: $0.part(1)) },
        TimeRule(.time, "(around | circa | approximately) (HOUR | CLOCK | TIME)") { $0.approximateTime() },

        TimeRule(.dateTime, "NOW") { $0.present() },
        TimeRule(.dateTime, "DATE (, | at | @ | for | - | , at | on | around | by)? (CLOCK | TIME)") {
            $0.dateTime(0, $0.clock(1) ?? $0.clock(2))
        },
        TimeRule(.dateTime, "DATE ,? (at | @ | around) HOUR") { $0.dateTime(0, $0.clock(1)) },
        TimeRule(.dateTime, "at HOURDIGITS ~ . ~ MINUTEDIGITS MERIDIEM? DATE") { $0.pointedDateTime() },
        TimeRule(.dateTime, "DATE at HOURDIGITS ~ . ~ MINUTEDIGITS") {
            $0.dateTime(0, Clock(hour: $0.value(1) ?? 0, minute: $0.value(2)))
        },
        TimeRule(.dateTime, "(CLOCK | TIME) (on | of | , | at | - | , on)? DATE") {
            $0.dateTime(2, $0.clock(0) ?? $0.clock(1))
        },
        TimeRule(.dateTime, "at ^ (CLOCK | TIME) (on | of | ,)? DATE") {
            $0.dateTime(2, $0.clock(0) ?? $0.clock(1))
        },
        TimeRule(.dateTime, "WEEKDAY MONTH DAYDIGITS CLOCK YEAR") { $0.loggedTime() },
        // tonight at 7
        TimeRule(.dateTime, "DATETIMERANGE ,? (at | around | , | for)? (HOUR | CLOCK)") {
            $0.timeIn(0, $0.clock(1) ?? $0.clock(2))
        },
        TimeRule(.dateTime, "CLOCK ,? (on | in)? DATETIMERANGE") { $0.timeIn(1, $0.clock(0)) },
        TimeRule(.dateTime, "HOUR ,? DATETIMERANGE") { $0.isTold ? $0.timeIn(1, $0.clock(0)) : nil },
        TimeRule(.dateTime, "(the)? (end of | end of the | the end of | the end of the) DATE") {
            $0.endOfDay(0)
        },
        TimeRule(.dateTime, "(the? (eod | end of day | end of the day))") { $0.endOfToday() },
        TimeRule(.dateTime, "DURATION ago") { $0.shiftedTime(by: -1) },
        TimeRule(.dateTime, "in DURATION") { $0.shiftedTime(by: 1) },
        TimeRule(.dateTime, "DURATION (later | from now | hence)") {
            $0.isFollowedByRange ? nil : $0.shiftedTime(by: 1)
        },
    ]
}

extension TimeMatch {
    /// - Parameter minute: may be below 0: that much before the hour.
    func clock(_ hour: Int?, _ minute: Int?, _ second: Int? = nil) -> TimeMeaning? {
        guard let hour, let minute, hour <= 24, minute < 60, minute > -60 else { return nil }
        if minute >= 0 { return .clock(Clock(hour: hour, minute: minute, second: second)) }
        return .clock(Clock(hour: hour == 1 ? 12 : (hour + 23) % 24, minute: 60 + minute))
    }

    /// `three thirty`, `six forty-three`
    func spokenClock() -> TimeMeaning? {
        guard let hour = value(0), let minute = value(1), (1...12).contains(hour), (10..<60).contains(minute)
        else {
            return nil
        }
        return clock(hour, minute)
    }

    func joinedClock(_ slot: Int) -> Clock? {
        value(slot).map { Clock(hour: $0 / 100, minute: $0 % 100) }
    }

    var endsWithP: Bool { sentence.text(of: end - 1..<end).lowercased() == "p" }

    /// No unit, number or percentage follows.
    var isUnbroken: Bool {
        after.hasSpaceBefore && after.kind != .word || after.kind == .end
            || sentence.punctuation(end) != 0
                && !(sentence[end + 1].kind == .digits && !sentence[end + 1].hasSpaceBefore)
                && !sentence.has("%", at: end)
                && !sentence.has(":", at: end)
    }

    func meridiem(_ clock: Clock?, _ half: Int?) -> TimeMeaning? {
        guard let clock, let half, clock.hour <= 24 else { return nil }
        if half == 3 { return .clock(clock) }
        if half == 1, clock.hour > 12 { return nil }
        return .clock(clock.inHalf(isAfternoon: half == 2))
    }

    func time(_ clock: Clock?, in part: PartOfDay? = nil) -> TimeMeaning? {
        guard var clock, clock.hour <= 24 else { return nil }
        if let part { clock = clock.within(part) }
        return .phrase(
            TimePhrase(
                kind: .time,
                readings: clock.readings.map {
                    .init(timex: .point($0.timex), start: Moment(day: 0, second: $0.seconds))
                }, clock: clock))
    }

    func approximateTime() -> TimeMeaning? {
        guard let clock = clock(0) ?? clock(1) ?? clock(2), case .phrase(var phrase)? = time(clock),
            phrase.modifier == nil, parts.count > 1 && parts[0] == nil || isUnbroken
        else { return nil }
        phrase.modifier = .approximate
        return .phrase(phrase)
    }

    /// `at 2.30`
    func pointedTime() -> TimeMeaning? {
        guard let hour = value(0), let minute = value(1), isUnbroken else { return nil }
        return time(Clock(hour: hour, minute: minute))
    }

    func present() -> TimeMeaning? {
        .phrase(
            TimePhrase(
                kind: .dateTime, readings: [.init(timex: .point("PRESENT_REF"), start: now)],
                day: .init(year: today.year, month: today.month, day: today.day, isRelative: true)))
    }

    func dateTime(_ date: Int, _ clock: Clock?) -> TimeMeaning? {
        guard let date = phrase(date), date.kind == .date, let clock else { return nil }
        guard case .phrase(var phrase) = dateTime(date, clock) else { return nil }
        phrase.modifier = date.modifier ?? modifierOfTime
        return .phrase(phrase)
    }

    /// What the time says of itself: `around 2pm today`.
    private var modifierOfTime: TimeModifier? {
        parts.lazy.compactMap { part -> TimeModifier? in
            guard case .phrase(let phrase)? = part?.meaning, phrase.kind == .time else { return nil }
            return phrase.modifier
        }.first
    }

    /// `at 8.30 pm today`
    func pointedDateTime() -> TimeMeaning? {
        let clock = Clock(hour: value(0) ?? 25, minute: value(1))
        guard clock.hour <= 24, let half = value(2) else { return dateTime(3, clock) }
        return dateTime(3, half == 3 ? clock : clock.inHalf(isAfternoon: half == 2))
    }

    /// A number that a comma or a word makes a time: `10, tonight`, `at 7 this evening`.
    var isTold: Bool {
        sentence.has(",", at: first + 1) || isAfter("at") || isAfter("around") || isAfter("by")
    }

    func dateTime(_ date: TimePhrase, _ clock: Clock) -> TimeMeaning {
        let readings = clock.readings.flatMap { clock in
            date.readings.map {
                TimePhrase.Reading(
                    timex: .point($0.timex.text + clock.timex),
                    start: $0.start.map {
                        Moment(day: $0.day + (clock.hour == 24 ? 1 : 0), second: clock.seconds)
                    })
            }
        }
        return .phrase(TimePhrase(kind: .dateTime, readings: readings, day: date.day, clock: clock))
    }

    /// `Wed Oct 26 15:50:06 2016`
    func loggedTime() -> TimeMeaning? {
        guard case .phrase(let date)? = monthDay(month: value(1), day: value(2), year: value(4)),
            let clock = clock(3)
        else { return nil }
        return dateTime(date, clock)
    }

    /// A time within `this morning`, `tonight`.
    func timeIn(_ range: Int, _ clock: Clock?) -> TimeMeaning? {
        guard let range = phrase(range), let clock, let part = range.part, range.readings.count > 0 else {
            return nil
        }
        let date = TimePhrase(kind: .date, readings: range.dateReadings, day: range.day)
        return dateTime(date, clock.within(part))
    }

    func endOfDay(_ slot: Int) -> TimeMeaning? {
        guard let date = phrase(slot), date.kind == .date else { return nil }
        return dateTime(date, Clock(hour: 23, minute: 59, second: 59))
    }

    func endOfToday() -> TimeMeaning? {
        guard case .phrase(let date) = fixedDate(today) else { return nil }
        return dateTime(date, Clock(hour: 23, minute: 59, second: 59))
    }

    func shiftedTime(by sign: Int) -> TimeMeaning? {
        guard let length = length(0), length.hasClock else { return nil }
        let moment = length.added(to: now, sign: sign)
        return .phrase(
            TimePhrase(kind: .dateTime, readings: [.init(timex: .point(moment.timex), start: moment)]))
    }
}

extension Moment {
    /// `2018-05-29T00:03:00`
    var timex: String { "\(date.text)T\(clockText)" }
}

extension Clock {
    /// In the half of the day a part of it says: `7 in the evening` is 19, `1 at night` is 1.
    func within(_ part: PartOfDay) -> Clock {
        guard isAmbiguous else { return self }
        guard part.isAfternoon else { return inHalf(isAfternoon: part.timex == "TMO" && hour == 12) }
        let isAfterMidnight = part.timex == "TNI" && (hour < 6 || hour == 12)
        return inHalf(isAfternoon: !isAfterMidnight)
    }
}

extension TimePhrase {
    /// The part of the day a range is.
    var part: PartOfDay? {
        guard case .point(let timex)? = readings.first?.timex, let letters = timex.firstIndex(of: "T") else {
            return nil
        }
        let name = timex[letters...]
        return TimeWords.parts.lazy.map(\.1).first { $0.timex == name }
    }

    /// The dates of a range that is a part of a day.
    var dateReadings: [Reading] {
        readings.map {
            let text = $0.timex.text
            let date = text.firstIndex(of: "T").map { String(text[..<$0]) } ?? text
            return Reading(timex: .point(date), start: $0.start.map { Moment(day: $0.day, second: 0) })
        }
    }
}
