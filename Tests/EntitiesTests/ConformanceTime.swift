import Entities

extension ConformanceRun {
    private static let timeKinds: Set<EntityKind> = [
        .date, .time, .dateTime, .dateRange, .timeRange, .dateTimeRange, .duration, .set,
    ]

    /// Files of the merged model: all that is said of time, with spans and resolutions.
    static let times = [
        "", "CalendarMode", "ComplexCalendar", "ExperimentalMode", "ExtendedTypes", "SplitDateAndTime",
        "TasksMode",
    ]
    .map { ConformanceRun(file: "DateTime/English/DateTimeModel\($0).json", kinds: timeKinds) }

    /// Cases without a reference are relative to this one.
    static func reference(of spec: SpecCase) -> ReferenceTime? {
        ReferenceTime(rfc3339: spec.context?.referenceDateTime ?? "2016-11-07T00:00:00")
    }
}

extension TimeValue {
    /// As Recognizers-Text writes it.
    var resolution: [String: SpecValue] {
        ["values": .array(readings.map { .object($0.specified) })]
    }
}

extension TimeReading {
    fileprivate var specified: [String: SpecValue] {
        var values: [String: SpecValue] = ["timex": .string(timex), "type": .string(kind.rawValue)]
        if let modifier { values["Mod"] = .string(modifier.rawValue) }
        if let source { values["sourceEntity"] = .string(source.rawValue) }
        if let value { values["value"] = .string(value) }
        if let start { values["start"] = .string(start) }
        if let end { values["end"] = .string(end) }
        if value == nil, start == nil, end == nil { values["value"] = .string("not resolved") }
        if !days.isEmpty { values["list"] = .string(days.joined(separator: ",")) }
        if let timeZone {
            let sign = timeZone.minutes < 0 ? "-" : "+"
            let minutes = abs(timeZone.minutes)
            let two: (Int) -> String = { $0 < 10 ? "0\($0)" : "\($0)" }
            values["timezone"] = .string("UTC\(sign)\(two(minutes / 60)):\(two(minutes % 60))")
            values["timezoneText"] = .string(timeZone.text)
            values["utcOffsetMins"] = .string("\(timeZone.minutes)")
        }
        return values
    }
}
