import Glibc

/// A number as a text says it: exact where 64 bits hold its numerator and its denominator.
public enum Number: Sendable, Hashable {
    case exact(Rational)
    case rounded(Double)

    init(_ integer: Int) {
        self = .exact(Rational(integer))
    }

    public var double: Double {
        switch self {
        case .exact(let rational): Double(rational.numerator) / Double(rational.denominator)
        case .rounded(let double): double
        }
    }

    /// The integer it is, if it is one.
    public var integer: Int? {
        guard case .exact(let rational) = self, rational.isInteger else { return nil }
        return rational.numerator
    }

    static func + (left: Number, right: Number) -> Number {
        if case .exact(let a) = left, case .exact(let b) = right, let sum = a.adding(b) { return .exact(sum) }
        return .rounded(left.double + right.double)
    }

    /// False for what is too large or too near to 0 for 64 bits to say how much it is.
    public var isKnown: Bool {
        guard case .rounded(let double) = self else { return true }
        return double.isFinite && double != 0
    }

    static func * (left: Number, right: Number) -> Number {
        if left.integer == 0 || right.integer == 0 { return Number(0) }
        if case .exact(let a) = left, case .exact(let b) = right, let product = a.multiplied(by: b) {
            return .exact(product)
        }
        return .rounded(left.double * right.double)
    }

    /// nil where the divisor is 0.
    func divided(by divisor: Number) -> Number? {
        guard divisor.double != 0 else { return nil }
        if case .exact(let b) = divisor, let inverse = b.inverse { return self * .exact(inverse) }
        return .rounded(double / divisor.double)
    }

    static prefix func - (number: Number) -> Number { number * Number(-1) }

    static func < (left: Number, right: Number) -> Bool { left.double < right.double }

    /// To the power of an integer; exact where it fits.
    func power(_ exponent: Int) -> Number {
        guard case .exact(let base) = self, let power = base.power(abs(exponent)),
            let exact = exponent < 0 ? power.inverse : power
        else { return .rounded(pow(double, Double(exponent))) }
        return .exact(exact)
    }

    static func powerOfTen(_ exponent: Int) -> Number {
        Number(10).power(exponent)
    }
}

extension Number: CustomStringConvertible {
    /// An integer in full; every other number to 15 significant digits, as `1.5`, `0.666666666666667` or `1E-12`.
    public var description: String {
        if let integer { return String(integer) }
        return significantDigits(15)
    }

    /// To `limit` significant digits, in scientific notation where it is shorter: from 1E-05 down and from `limit`
    /// digits up.
    public func significantDigits(_ limit: Int) -> String {
        let value = double
        guard value.isFinite else { return value.description }
        guard value != 0 else { return "0" }
        var (digits, exponent) = decimal(limit)
        if digits.count > limit { Self.round(&digits, to: limit, &exponent) }
        while digits.count > 1, digits.last == 0 { digits.removeLast() }
        let sign = value < 0 ? "-" : ""
        if exponent < -4 || exponent >= limit {
            let mark = exponent < 0 ? "-" : "+"
            let magnitude = String(abs(exponent))
            let tail = digits.count > 1 ? "." + Self.text(digits[1...]) : ""
            return "\(sign)\(digits[0])\(tail)E\(mark)\(magnitude.count < 2 ? "0" : "")\(magnitude)"
        }
        if exponent < 0 {
            return sign + "0." + String(repeating: "0", count: -exponent - 1) + Self.text(digits[...])
        }
        if digits.count <= exponent + 1 {
            return sign + Self.text(digits[...]) + String(repeating: "0", count: exponent + 1 - digits.count)
        }
        return sign + Self.text(digits[...exponent]) + "." + Self.text(digits[(exponent + 1)...])
    }

    private static func text(_ digits: ArraySlice<UInt8>) -> String {
        String(decoding: digits.map { $0 + UInt8(ascii: "0") }, as: UTF8.self)
    }

    /// The decimal digits of the magnitude, one more than `limit` at the least where there are so many, and the power
    /// of ten of the first.
    private func decimal(_ limit: Int) -> (digits: [UInt8], exponent: Int) {
        guard case .exact(let rational) = self else { return Self.shortestDecimal(double.magnitude) }
        let denominator = UInt128(rational.denominator)
        var (whole, rest) = UInt128(rational.numerator.magnitude).quotientAndRemainder(
            dividingBy: denominator)
        var digits = whole == 0 ? [] : String(whole).utf8.map { $0 - UInt8(ascii: "0") }
        var exponent = digits.count - 1
        while rest != 0, digits.count <= limit {
            (whole, rest) = (rest * 10).quotientAndRemainder(dividingBy: denominator)
            if digits.isEmpty, whole == 0 { exponent -= 1 } else { digits.append(UInt8(whole)) }
        }
        return (digits, exponent)
    }

    /// The shortest decimal digits that mean `value`, and the power of ten of the first.
    private static func shortestDecimal(_ value: Double) -> (digits: [UInt8], exponent: Int) {
        var digits: [UInt8] = []
        var (exponent, point, isInExponent, sign, written) = (0, -1, false, 1, 0)
        for byte in value.description.utf8 {
            switch byte {
            case UInt8(ascii: "."): point = digits.count
            case UInt8(ascii: "e"): isInExponent = true
            case UInt8(ascii: "-"): sign = -1
            case UInt8(ascii: "+"): break
            default:
                if isInExponent {
                    written = written * 10 + Int(byte - 0x30)
                } else {
                    digits.append(byte - 0x30)
                }
            }
        }
        exponent = (point < 0 ? digits.count : point) - 1 + sign * written
        while digits.count > 1, digits[0] == 0 {
            digits.removeFirst()
            exponent -= 1
        }
        return (digits, exponent)
    }

    private static func round(_ digits: inout [UInt8], to limit: Int, _ exponent: inout Int) {
        let isUp = digits[limit] >= 5
        digits.removeSubrange(limit...)
        guard isUp else { return }
        var index = limit - 1
        while index >= 0, digits[index] == 9 {
            digits[index] = 0
            index -= 1
        }
        if index >= 0 {
            digits[index] += 1
        } else {
            digits.insert(1, at: 0)
            exponent += 1
        }
    }
}
