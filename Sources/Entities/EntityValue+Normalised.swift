extension EntityValue {
    /// One text for all ways of saying the same, as slots keep it and programs compare it.
    ///
    /// | | |
    /// |---|---|
    /// | number, ordinal | `12.5`, `2/3`; `3`, `end-1`, `current+1` |
    /// | percentage, range of numbers | `20%`; `[20,30)`, `(3,)` |
    /// | money, quantity, temperature, age | `12.50 EUR`, `5 kg`, `38.5 °C`, `87 year` |
    /// | boolean | `yes`, `no` |
    /// | address | its normal form |
    /// | date, time, date and time | `2018-06-05`, `16:12`, `2018-06-05T16:12` |
    /// | ranges of them | `2018-06-05/2018-06-12`, the end not in it; `../2018-06-05` |
    /// | duration, what recurs | TIMEX3: `PT90M`, `XXXX-WXX-1` |
    ///
    /// - Parameters:
    ///   - lean: which of several moments is taken.
    ///   - reference: the moment that the value was found at.
    /// - Returns: nil where no calendar has the day that is said, and where a number is too large or too near to 0 to be told.
    public func normalised(leaning lean: TimeLean = .future, at reference: ReferenceTime) -> String? {
        switch self {
        case .number(let number, _): number.normalised
        case .ordinal(let ordinal): ordinal.normalised
        case .percentage(let number): number.text.map { $0 + "%" }
        case .numberRange(let range): range.normalised
        case .quantity(let quantity): quantity.normalised
        case .money(let money): money.normalised
        case .boolean(let isYes): isYes ? "yes" : "no"
        case .address(let address): address
        case .time(let time): time.reading(leaning: lean, at: reference)?.normalised
        }
    }
}

extension Number {
    /// Exact: a decimal where it ends, such as `12.5`, else a fraction, such as `2/3`. What 64 bits do not hold is
    /// rounded to 15 digits.
    ///
    /// - Returns: nil for what is not known.
    public var normalised: String? {
        guard isKnown else { return nil }
        guard case .exact(let rational) = self else { return significantDigits(15) }
        var rest = rational.denominator
        for factor in [2, 5] { while rest % factor == 0 { rest /= factor } }
        // 63 digits behind the point are enough for any power of 2.
        return rest == 1 ? significantDigits(90) : "\(rational.numerator)/\(rational.denominator)"
    }
}

extension Number? {
    /// Empty where there is none; nil for one that is not known.
    fileprivate var text: String? {
        switch self {
        case let number?: number.normalised
        case nil: ""
        }
    }
}

extension OrdinalValue {
    public var normalised: String {
        switch origin {
        case .start: "\(offset)"
        case .end, .current: origin.rawValue + (offset == 0 ? "" : offset > 0 ? "+\(offset)" : "\(offset)")
        }
    }
}

extension NumberRange {
    /// An interval: a limit that is not in it stands in a round bracket.
    ///
    /// - Returns: nil where one of them is not known.
    public var normalised: String? {
        guard let least = (lower?.number).text, let most = (upper?.number).text else { return nil }
        return (lower?.isIncluded == true ? "[" : "(") + least + "," + most
            + (upper?.isIncluded == true ? "]" : ")")
    }
}

extension Quantity {
    /// - Returns: nil where the number is not known.
    public var normalised: String? {
        number.text.map { $0.isEmpty ? symbol : "\($0) \(symbol)" }
    }
}

extension Money {
    /// ISO 4217, or the unit in small letters where the text does not say which currency it is.
    public var symbol: String { currency ?? unit.lowercased() }

    /// A part of a unit has two digits at least.
    ///
    /// - Returns: nil where the amount is not known.
    public var normalised: String? {
        guard let amount else { return symbol }
        guard let digits = amount.normalised else { return nil }
        let fraction = digits.split(separator: ".").dropFirst().first
        return digits + (fraction?.utf8.count == 1 ? "0 " : " ") + symbol
    }
}
