import Entities

/// An entity as duckling's corpora would write it.
struct DucklingMeaning {
    private let value: EntityValue
    private let reference: ReferenceTime

    init(of entity: Entity, at reference: ReferenceTime) {
        value = entity.value
        self.reference = reference
    }

    /// Ranges of measures and of money are no entities here, so what a corpus has for them is never met.
    func isMeant(by meaning: HaskellTerm) -> Bool {
        guard let (name, arguments) = meaning.call else { return false }
        switch (value, name) {
        case (.money(let money), "simple"): return Self.isMeant(money, by: arguments)
        case (.quantity(let quantity), "simple"): return Self.isMeant(quantity, by: arguments)
        case (.address(let address), "EmailData"):
            guard case .text(let expected)? = arguments.first else { return false }
            return address.lowercased() == expected.lowercased()
        case (.time(let time), "DurationData"): return isMeant(time, byDuration: arguments)
        case (.time(let time), _):
            guard let reading = time.reading(leaning: .future, at: reference) else { return false }
            return DucklingTime(reading, at: reference).isMeant(by: name, arguments)
        default: return false
        }
    }

    private static func isNear(_ number: Double, _ expected: Double) -> Bool {
        abs(number - expected) <= 1e-9 * max(1, abs(expected))
    }
}

extension DucklingMeaning {
    /// `Dollar 20.43`: a currency's name or its code.
    private static func isMeant(_ money: Money, by arguments: [HaskellTerm]) -> Bool {
        guard arguments.count == 2, case .name(let unit) = arguments[0],
            case .number(let expected) = arguments[1],
            let amount = money.amount
        else { return false }
        return isNear(amount.double, expected)
            && (money.currency == unit || money.unit.lowercased() == unit.lowercased())
    }

    /// `Inch 94`, `Gram 500 (Just "strawberries")`: in whatever unit of the same dimension. What it is a measure of is no
    /// part of a quantity here.
    private static func isMeant(_ quantity: Quantity, by arguments: [HaskellTerm]) -> Bool {
        guard arguments.count >= 2, case .name(let unit) = arguments[0],
            case .number(let expected) = arguments[1],
            arguments.count == 2 || arguments[2] == .name("Nothing"), let number = quantity.number,
            let meant = scales[unit], let found = scales[quantity.unit]
        else { return false }
        return meant.base == found.base && isNear(number.double * found.scale, expected * meant.scale)
    }

    /// Units by both names, in a base unit each.
    private static let scales: [String: (base: String, scale: Double)] = [
        "Kilometre": ("m", 1_000), "Metre": ("m", 1), "M": ("m", 1), "Centimetre": ("m", 0.01),
        "Millimetre": ("m", 0.001), "Kilometer": ("m", 1_000), "Meter": ("m", 1), "Centimeter": ("m", 0.01),
        "Millimeter": ("m", 0.001), "Mile": ("m", 1_609.344), "Yard": ("m", 0.9144), "Foot": ("m", 0.3048),
        "Inch": ("m", 0.0254),
        "Hectolitre": ("l", 100), "Litre": ("l", 1), "Millilitre": ("l", 0.001), "Hectoliter": ("l", 100),
        "Liter": ("l", 1), "Milliliter": ("l", 0.001), "Gallon": ("gal", 1), "Cup": ("cup", 1),
        "Kilogram": ("g", 1_000), "Gram": ("g", 1), "Milligram": ("g", 0.001), "Pound": ("lb", 1),
        "Ounce": ("oz", 1),
        "Degree": ("°", 1), "Celsius": ("°C", 1), "C": ("°C", 1), "Fahrenheit": ("°F", 1), "F": ("°F", 1),
    ]

    /// `90 Minute`: a month has 30 days and a year 365, as the values of durations have it.
    private func isMeant(_ time: TimeValue, byDuration arguments: [HaskellTerm]) -> Bool {
        guard arguments.count == 2, case .number(let count) = arguments[0],
            case .name(let grain) = arguments[1],
            let unit = Self.seconds[grain], let found = time.readings.first?.value.flatMap(Double.init)
        else { return false }
        return Self.isNear(found, count * unit)
    }

    private static let seconds: [String: Double] = [
        "Second": 1, "Minute": 60, "Hour": 3_600, "Day": 86_400, "Week": 7 * 86_400, "Month": 30 * 86_400,
        "Quarter": 90 * 86_400, "Year": 365 * 86_400,
    ]
}

/// A reading with its moments in full: a time of day alone is the next such moment.
private struct DucklingTime {
    private let value: String?
    private let start: String?
    private let end: String?

    init(_ reading: TimeReading, at reference: ReferenceTime) {
        func moment(_ text: String?, after earliest: Int) -> Int? {
            text.flatMap { Self.second(of: $0, after: earliest) }
        }
        let now = reference.date.dayNumber * 86_400 + reference.second
        let start = moment(reading.start, after: now)
        self.start = start.map(Self.text)
        value = moment(reading.value, after: now).map(Self.text)
        end = moment(reading.end, after: start ?? now).map(Self.text)
    }

    /// Since 1970-01-01 in the place's time, of `2018-06-05 16:12:00`, `2018-06-05` or `16:12:00`.
    private static func second(of text: String, after earliest: Int) -> Int? {
        if let moment = ReferenceTime(rfc3339: text) { return moment.date.dayNumber * 86_400 + moment.second }
        guard let clock = ReferenceTime(rfc3339: "1970-01-01 \(text)") else { return nil }
        let today = earliest - earliest % 86_400 + clock.second
        return today < earliest ? today + 86_400 : today
    }

    private static func text(_ second: Int) -> String {
        let moment = ReferenceTime(secondsSince1970: second, offset: 0)
        return "\(moment.date.text) \(moment.second)"
    }

    func isMeant(by name: String, _ arguments: [HaskellTerm]) -> Bool {
        switch (name, arguments.first) {
        case ("datetime", .tuple(let parts)?), ("datetimeHoliday", .tuple(let parts)?):
            guard arguments.count > 1, case .name(let grain) = arguments[1] else { return false }
            return isMeant(by: parts, grain)
        case ("datetimeInterval", .tuple(let limits)?), ("datetimeIntervalHoliday", .tuple(let limits)?):
            guard limits.count == 2, case .tuple(let first) = limits[0], case .tuple(let last) = limits[1]
            else {
                return false
            }
            return value == nil && start != nil && start == Self.text(first) && end == Self.text(last)
        case ("datetimeOpenInterval", .name(let side)?):
            guard arguments.count > 1, case .tuple(let parts) = arguments[1], let moment = Self.text(parts)
            else {
                return false
            }
            return side == "After" ? start == moment && end == nil : end == moment && start == nil
        default: return false
        }
    }

    /// Weeks and longer are ranges here, from their first day.
    private func isMeant(by parts: [HaskellTerm], _ grain: String) -> Bool {
        guard let moment = Self.text(parts) else { return false }
        guard ["Week", "Month", "Quarter", "Year"].contains(grain) else { return value == moment }
        return start == moment && end == Self.text(parts, after: grain)
    }

    /// `(2013, 2, 12, 4, 30, 0)`, or the moment one grain later.
    private static func text(_ parts: [HaskellTerm], after grain: String? = nil) -> String? {
        let numbers = parts.compactMap { term in
            if case .number(let number) = term { Int(number) } else { nil }
        }
        let months = ["Month": 1, "Quarter": 3, "Year": 12][grain ?? ""] ?? 0
        guard numbers.count == 6 else { return nil }
        let month = numbers[1] - 1 + months
        guard let date = CivilDate(year: numbers[0] + month / 12, month: month % 12 + 1, day: numbers[2])
        else {
            return nil
        }
        let day = date.dayNumber + (grain == "Week" ? 7 : 0)
        return text(day * 86_400 + numbers[3] * 3_600 + numbers[4] * 60 + numbers[5])
    }
}
