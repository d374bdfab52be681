/// A fraction in lowest terms, its denominator above 0.
public struct Rational: Sendable, Hashable {
    public let numerator: Int
    public let denominator: Int

    /// - Returns: nil if the denominator is 0, or either is the least integer.
    public init?(numerator: Int, denominator: Int) {
        self.init(numerator, over: denominator)
    }

    init?(_ numerator: Int, over denominator: Int) {
        guard denominator != 0, numerator != .min, denominator != .min else { return nil }
        let divisor = Self.greatestCommonDivisor(abs(numerator), abs(denominator))
        let sign = denominator < 0 ? -1 : 1
        self.numerator = sign * numerator / divisor
        self.denominator = sign * denominator / divisor
    }

    init(_ integer: Int) {
        numerator = integer
        denominator = 1
    }

    var isInteger: Bool { denominator == 1 }

    /// - Complexity: O(log of the smaller).
    private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
        var (a, b) = (a, b)
        while b != 0 { (a, b) = (b, a % b) }
        return max(a, 1)
    }

    /// nil where 64 bits do not hold it.
    func adding(_ other: Rational) -> Rational? {
        let (left, over) = numerator.multipliedReportingOverflow(by: other.denominator)
        let (right, overRight) = other.numerator.multipliedReportingOverflow(by: denominator)
        let (sum, overSum) = left.addingReportingOverflow(right)
        let (bottom, overBottom) = denominator.multipliedReportingOverflow(by: other.denominator)
        return over || overRight || overSum || overBottom ? nil : Rational(sum, over: bottom)
    }

    /// nil where 64 bits do not hold it.
    func multiplied(by other: Rational) -> Rational? {
        let (top, overTop) = numerator.multipliedReportingOverflow(by: other.numerator)
        let (bottom, overBottom) = denominator.multipliedReportingOverflow(by: other.denominator)
        return overTop || overBottom ? nil : Rational(top, over: bottom)
    }

    /// nil where 64 bits do not hold it.
    ///
    /// - Parameter exponent: at least 0.
    func power(_ exponent: Int) -> Rational? {
        var result = Rational(1)
        // A base other than 0, 1 and -1 fits to the 63rd power at most.
        for _ in 0..<min(exponent, 64 + exponent % 2) {
            guard let product = result.multiplied(by: self) else { return nil }
            result = product
        }
        return result
    }

    /// nil for 0.
    var inverse: Rational? { Rational(denominator, over: numerator) }
}
