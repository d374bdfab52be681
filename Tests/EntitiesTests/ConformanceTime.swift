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

    /// Files of the parts the model is made of: spans alone, or with the first reading of past and future.
    static let timeParts =
        [
            ("Date", [.date]), ("DatePeriod", [.dateRange]), ("Time", [.time]), ("TimePeriod", [.timeRange]),
            ("DateTime", [.dateTime]), ("DateTimePeriod", [.dateTimeRange]), ("Duration", [.duration]),
            ("Set", [.set]), ("Holiday", [.date]), ("Merged", timeKinds),
        ].flatMap { (name: String, kinds: Set<EntityKind>) in
            ["Extractor", "Parser"].map {
                ConformanceRun(file: "DateTime/English/\(name)\($0).json", kinds: kinds)
            }
        } + [ConformanceRun(file: "DateTime/English/MergedExtractorSkipFromTo.json", kinds: timeKinds)]

    /// Cases without a reference are relative to this one.
    static func reference(of spec: SpecCase) -> ReferenceTime? {
        ReferenceTime(rfc3339: spec.context?.referenceDateTime ?? "2016-11-07T00:00:00")
    }
}

extension RenderedEntity {
    /// Whether the readings are those of a parser's case: all of them, or TIMEX3 with the values of the past and the
    /// future.
    func hasTimes(_ value: SpecValue) -> Bool {
        guard case .object(let expected) = value, case .array(let readings)? = resolution["values"] else {
            return true
        }
        if let values = expected["values"] { return .array(readings) == values }
        guard case .object(let first)? = readings.first, first["timex"] == expected["Timex"] else {
            return false
        }
        let alike = readings.compactMap { reading -> [String: SpecValue]? in
            guard case .object(let fields) = reading, fields["timex"] == first["timex"] else { return nil }
            return fields
        }
        return Self.has(alike.first, expected["PastResolution"])
            && Self.has(alike.last, expected["FutureResolution"])
    }

    private static func has(_ reading: [String: SpecValue]?, _ expected: SpecValue?) -> Bool {
        guard let reading, case .object(let fields)? = expected else { return expected == nil }
        return fields.allSatisfy { name, value in
            if name == "set" { return true }
            let field = name.hasPrefix("start") ? "start" : name.hasPrefix("end") ? "end" : "value"
            return reading[field] == value
        }
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
        return values
    }
}
