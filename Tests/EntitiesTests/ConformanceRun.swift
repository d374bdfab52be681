import Entities

/// An entity as a specification writes it.
struct RenderedEntity {
    let text: String
    let typeName: String
    /// The last character is in it.
    let characters: ClosedRange<Int>
    let resolution: [String: SpecValue]

    private static let mayBeUnstated: Set<String> = ["subtype", "score"]

    /// Whether it is what a case expects: the text without regard to case, and exactly the span and the resolution
    /// as far as the case states them. A subtype or a score may be left unstated.
    func isExpected(by result: SpecResult) -> Bool {
        guard text.lowercased() == result.text.lowercased() else { return false }
        if let expected = result.typeName ?? result.type, typeName != expected,
            typeName != "datetimeV2.\(expected)"
        {
            return false
        }
        if let value = result.value, !hasTimes(value) { return false }
        if let start = result.start, start != characters.lowerBound { return false }
        if let end = result.end, end != characters.upperBound { return false }
        if let length = result.length, length != characters.count { return false }
        guard let expected = result.resolution else { return true }
        return resolution.allSatisfy { key, value in
            expected[key].map(value.isSame) ?? Self.mayBeUnstated.contains(key)
        } && expected.keys.allSatisfy { resolution[$0] != nil }
    }
}

/// What became of a file's cases.
struct ConformanceScore {
    let file: String
    /// Whether the recogniser has such entities at all; if not, every case is a failure.
    var isOffered = true
    private(set) var passed = 0
    private(set) var all = 0
    /// What each failed case is, what was expected and what was found.
    private(set) var failures: [String] = []

    init(file: String, isOffered: Bool = true) {
        self.file = file
        self.isOffered = isOffered
    }

    mutating func count(_ isPassed: Bool, failure: () -> String) {
        all += 1
        if isPassed { passed += 1 } else { failures.append(failure()) }
    }
}

/// A file of the specification and how it is run.
struct ConformanceRun: Sendable {
    let file: String
    /// Empty where the recogniser has no such entities.
    let kinds: Set<EntityKind>
    var leavesRelativeOrdinals = false
}

extension ConformanceRun {
    /// Every file of the specification.
    static let all = families + times + timeParts + notOffered

    private static let notOffered = [
        "DateTime/English/TimeZoneExtractor.json", "DateTime/English/TimeZoneParser.json",
        "Sequence/English/QuotedTextModel.json",
    ].map { ConformanceRun(file: $0, kinds: []) }

    private static let families = [
        ConformanceRun(file: "Number/English/NumberModel.json", kinds: [.number]),
        ConformanceRun(file: "Number/English/NumberModelExperimentalMode.json", kinds: [.number]),
        ConformanceRun(file: "Number/English/NumberModelPercentMode.json", kinds: [.number]),
        ConformanceRun(file: "Number/English/OrdinalModel.json", kinds: [.ordinal]),
        ConformanceRun(
            file: "Number/English/OrdinalModelSuppressExtendedTypes.json", kinds: [.ordinal],
            leavesRelativeOrdinals: true),
        ConformanceRun(file: "Number/English/PercentModel.json", kinds: [.percentage]),
        ConformanceRun(file: "Number/English/PercentModelPercentMode.json", kinds: [.percentage]),
        ConformanceRun(file: "Number/English/NumberRangeModel.json", kinds: [.numberRange]),
        ConformanceRun(file: "Number/English/NumberRangeModelExperimentalMode.json", kinds: [.numberRange]),
        ConformanceRun(file: "NumberWithUnit/English/CurrencyModel.json", kinds: [.money]),
        ConformanceRun(file: "NumberWithUnit/English/DimensionModel.json", kinds: [.quantity]),
        ConformanceRun(file: "NumberWithUnit/English/TemperatureModel.json", kinds: [.temperature]),
        ConformanceRun(file: "NumberWithUnit/English/AgeModel.json", kinds: [.age]),
        ConformanceRun(file: "Sequence/English/EmailModel.json", kinds: [.email]),
        ConformanceRun(file: "Sequence/English/URLModel.json", kinds: [.url]),
        ConformanceRun(file: "Sequence/English/PhoneNumberModel.json", kinds: [.phone]),
        ConformanceRun(file: "Sequence/English/IpAddressModel.json", kinds: [.ip]),
        ConformanceRun(file: "Sequence/English/GUIDModel.json", kinds: [.guid]),
        ConformanceRun(file: "Sequence/English/HashtagModel.json", kinds: [.hashtag]),
        ConformanceRun(file: "Sequence/English/MentionModel.json", kinds: [.mention]),
        ConformanceRun(file: "Choice/English/BooleanModel.json", kinds: [.boolean]),
    ]

    /// Runs the family over every case of the file. A case passes if all it expects is found and nothing else.
    func score(_ cases: [SpecCase], by recognizer: EntityRecognizer) -> ConformanceScore {
        var score = ConformanceScore(file: file, isOffered: !kinds.isEmpty)
        for spec in cases {
            var found = recognizer.entities(in: spec.input, of: kinds, at: Self.reference(of: spec)).map(
                \.rendered)
            if leavesRelativeOrdinals { found.removeAll { $0.typeName == "ordinal.relative" } }
            score.count(score.isOffered && isMatch(found, spec.results)) {
                "\(spec.input.debugDescription): \(spec.results), not \(found)"
            }
        }
        return score
    }

    private func isMatch(_ found: [RenderedEntity], _ expected: [SpecResult]) -> Bool {
        guard found.count == expected.count else { return false }
        var left = found
        for result in expected {
            guard let index = left.firstIndex(where: { $0.isExpected(by: result) }) else { return false }
            left.remove(at: index)
        }
        return true
    }
}

extension Entity {
    /// As Recognizers-Text writes it.
    var rendered: RenderedEntity {
        RenderedEntity(
            text: text, typeName: specificationName,
            characters: characters.lowerBound...characters.upperBound - 1, resolution: resolution)
    }

    private var specificationName: String {
        switch (kind, value) {
        case (.ordinal, .ordinal(let ordinal)) where ordinal.origin != .start: "ordinal.relative"
        case (.money, _): "currency"
        case (.quantity, _): "dimension"
        case (.phone, _): "phonenumber"
        case (_, .time): "datetimeV2.\(kind.rawValue)"
        default: kind.rawValue
        }
    }

    private var resolution: [String: SpecValue] {
        switch value {
        case .number(let number, let form):
            ["value": .string(number.specified), "subtype": .string(form.rawValue)]
        case .ordinal(let ordinal):
            ordinal.resolution
        case .percentage(let number):
            ["value": .string(number.map { "\($0.specified)%" } ?? "null")]
        case .numberRange(let range):
            ["value": .string(range.specified)]
        case .quantity(let quantity):
            quantity.resolution
        case .money(let money):
            money.resolution
        case .boolean(let isYes):
            ["value": .bool(isYes), "score": .number(confidence)]
        case .address(let address):
            addressResolution(address)
        case .time(let time):
            time.resolution
        }
    }
}

extension Entity {
    /// The specification has addresses in lower case, except those of IP.
    private func addressResolution(_ address: String) -> [String: SpecValue] {
        switch kind {
        case .ip: ["value": .string(address), "type": .string(address.contains(":") ? "ipv6" : "ipv4")]
        case .phone, .guid:
            [
                "value": .string(address.lowercased()),
                "score": .string(Number.rounded(confidence).significantDigits(15)),
            ]
        default: ["value": .string(address.lowercased())]
        }
    }
}

extension Number {
    /// To 15 significant digits, as .NET's `G15`.
    fileprivate var specified: String { significantDigits(15) }
    /// To as many digits as tell it from its neighbours, as sums of two measures are given.
    fileprivate var measured: String {
        integer.map { "\($0)" } ?? Number.rounded(double).significantDigits(17)
    }
}

extension OrdinalValue {
    fileprivate var resolution: [String: SpecValue] {
        let value = origin == .start ? "\(offset)" : "\(origin.rawValue)\(offset < 0 ? "" : "+")\(offset)"
        return [
            "offset": .string("\(offset)"), "relativeTo": .string(origin.rawValue), "value": .string(value),
        ]
    }
}

extension NumberRange {
    fileprivate var specified: String {
        let low = lower.map { ($0.isIncluded ? "[" : "(") + $0.number.specified } ?? "("
        let high = upper.map { $0.number.specified + ($0.isIncluded ? "]" : ")") } ?? ")"
        return "\(low),\(high)"
    }
}

extension Quantity {
    fileprivate var resolution: [String: SpecValue] {
        var resolution: [String: SpecValue] = [
            "value": number.map { .string($0.measured) } ?? .null, "unit": .string(unit),
        ]
        if let dimension { resolution["subtype"] = .string(dimension) }
        return resolution
    }
}

extension Money {
    fileprivate var resolution: [String: SpecValue] {
        var resolution: [String: SpecValue] = [
            "value": amount.map { .string($0.specified) } ?? .null, "unit": .string(unit),
        ]
        if let currency { resolution["isoCurrency"] = .string(currency) }
        return resolution
    }
}
