// What recurs.
extension TimeRules {
    static let sets: [TimeRule] = [
        TimeRule(.set, "FREQUENCY") { $0.value(0).map { .recurring(TimeWords.frequencies[$0].timex) } },
        TimeRule(.set, "(each | every) (PART | MONTH)") { $0.everyPartOrMonth() },
        TimeRule(.set, "(each | every | any | every single | per) UNIT") { $0.every($0.unit(0)) },
        TimeRule(.set, "(every | each) other UNIT") { $0.length($0.unit(0), times: 2) },
        TimeRule(.set, "(every | each) alternate UNIT") { $0.length($0.unit(0), times: 2) },
        TimeRule(.set, "(every | each) ORDINAL UNIT") { $0.everyNth() },
        TimeRule(.set, "(every | each | on every) ORDINAL WEEKDAY") { match in
            match.value(1).map { .recurring("XXXX-WXX-\($0)") }
        },
        TimeRule(.set, "(each | every) DURATION") { $0.length(0).map { .recurring($0.timex) } },
        TimeRule(.set, "(once | one | twice) (a | an | every | each | per) UNIT") {
            $0.length($0.unit(0), times: 1)
        },
        TimeRule(.set, "all? (weekends)") { _ in .recurring("P1WE") },
        TimeRule(.set, "weekdays") { _ in .recurring("P1BD") },
        TimeRule(.set, "(each | every | on every | every other) WEEKDAY") {
            $0.value(0).map { .recurring("XXXX-WXX-\($0)") }
        },
        TimeRule(.set, "WEEKDAYS") { $0.value(0).map { .recurring("XXXX-WXX-\($0)") } },
        TimeRule(.set, "PARTS") { $0.part(0).map { .recurring($0.timex) } },
        TimeRule(.set, "(WEEKDAY | WEEKDAYS) PARTS") { $0.weekdayParts() },
        TimeRule(.set, "(each | every) WEEKDAY PART") { $0.weekdayParts() },
        TimeRule(.set, "(the? ORDINAL) of (every | each) month") { $0.everyMonth() },
        TimeRule(.set, "(every | each) month on (the? ORDINAL)") { $0.everyMonth() },
        TimeRule(.set, "SET (, | at | around | from)? (CLOCK | TIME | TIMERANGE)") {
            $0.setAt($0.phrase(0), $0.clock(1), $0.phrase(2) ?? $0.phrase(3))
        },
        TimeRule(.set, "SET at HOUR") { $0.setAt($0.phrase(0), $0.clock(1), nil) },
        TimeRule(.set, "SET at HOURDIGITS ~ . ~ MINUTEDIGITS") {
            $0.setAt($0.phrase(0), Clock(hour: $0.value(1) ?? 0, minute: $0.value(2)), nil)
        },
        TimeRule(.set, "(CLOCK | TIME | TIMERANGE) SET") {
            $0.setAt($0.phrase(3), $0.clock(0), $0.phrase(1) ?? $0.phrase(2))
        },
        TimeRule(.set, "(CLOCK | TIME | TIMERANGE) on SET") {
            $0.setAt($0.phrase(3), $0.clock(0), $0.phrase(1) ?? $0.phrase(2))
        },
    ]
}

extension TimeMeaning {
    static func recurring(_ timex: String) -> TimeMeaning {
        .phrase(TimePhrase(kind: .set, readings: [.init(timex: .point(timex), start: nil)]))
    }
}

extension TimeMatch {
    func length(_ unit: TimeUnit?, times: Int) -> TimeMeaning? {
        unit.map { .recurring(Length(Number(times), $0).timex) }
    }

    /// `every third day`
    func everyNth() -> TimeMeaning? {
        guard let count = value(0), (2...31).contains(count), isSingular(1) else { return nil }
        return length(unit(1), times: count)
    }

    func every(_ unit: TimeUnit?) -> TimeMeaning? {
        guard let unit, isSingular(0) else { return nil }
        switch unit {
        case .weekend: return .recurring(isWord("every", at: first) ? "XXXX-WXX-WE" : "P1WE")
        case .businessDay: return .recurring("P1WD")
        default: return isWord("any", at: first) && unit.isClock ? nil : length(unit, times: 1)
        }
    }

    func everyPartOrMonth() -> TimeMeaning? {
        if let part = part(0) { return .recurring(part.timex) }
        return value(1).map { .recurring("XXXX-\(CivilDate.padded($0, to: 2))") }
    }

    func weekdayParts() -> TimeMeaning? {
        guard let weekday = value(0) ?? value(1), let part = part(1) ?? part(2) else { return nil }
        return .recurring("XXXX-WXX-\(weekday)\(part.timex)")
    }

    func everyMonth() -> TimeMeaning? {
        guard let day = value(0), (1...31).contains(day) else { return nil }
        return .recurring("XXXX-XX-\(CivilDate.padded(day, to: 2))")
    }

    /// `every Monday at 4pm`: the days say which, unless every day is one.
    func setAt(_ set: TimePhrase?, _ clock: Clock?, _ time: TimePhrase?) -> TimeMeaning? {
        guard let set, case .point(let days)? = set.readings.first?.timex else { return nil }
        let clockTimex = clock?.timex ?? time?.readings.first?.timex.text
        guard let clockTimex, !days.contains("T") || days.hasPrefix("T"),
            time?.modifier != .undefinedReference
        else { return nil }
        let isDaily = days == "P1D" || days.hasPrefix("T")
        return .recurring((isDaily ? "" : days) + clockTimex)
    }
}
