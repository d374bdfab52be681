/// exp and log with one order of operations on every processor; the C library's differ between machines.
enum Exponential {
    /// e^x for x ≤ 0, relative error below 2e-7; 0 below −87.
    static func exp(_ x: Float) -> Float {
        guard x > -87 else { return 0 }
        let n = (x * 1.442_695_04).rounded(.toNearestOrEven)
        // ln 2 in two parts, the first exact in few bits, so that the remainder loses none
        let r = (x - n * 0.693_359_375) + n * 2.121_944_4e-4
        var p: Float = 1.987_569_15e-4
        p = p * r + 1.398_199_95e-3
        p = p * r + 8.333_451_9e-3
        p = p * r + 4.166_579_6e-2
        p = p * r + 1.666_666_55e-1
        p = p * r + 0.5
        p = (p * r * r + r) + 1
        return Float(sign: .plus, exponent: Int(n), significand: p)
    }

    /// ln x for normal x above 0, absolute error below 2e-7.
    static func log(_ x: Float) -> Float {
        var mantissa = x.significand
        var exponent = Float(x.exponent)
        if mantissa > 1.414_213_6 {
            mantissa *= 0.5
            exponent += 1
        }
        // ln m = 2·artanh((m − 1)/(m + 1))
        let s = (mantissa - 1) / (mantissa + 1)
        let s2 = s * s
        var p: Float = 2.0 / 9
        for coefficient in [2.0 / 7, 2.0 / 5, 2.0 / 3, 2] as [Float] { p = p * s2 + coefficient }
        return p * s + exponent * 0.693_147_18
    }

    /// base^exponent, `exponent` 0 or more, by repeated squaring.
    static func power(_ base: Float, _ exponent: Int) -> Float {
        var (result, square, left): (Float, Float, Int) = (1, base, exponent)
        while left > 0 {
            if left % 2 == 1 { result *= square }
            square *= square
            left /= 2
        }
        return result
    }

    /// Probabilities of `logits`, in their order.
    static func softmax(_ logits: [Float]) -> [Float] {
        guard let largest = logits.max() else { return [] }
        var powers = logits
        var sum: Float = 0
        for index in powers.indices {
            powers[index] = exp(powers[index] - largest)
            sum += powers[index]
        }
        for index in powers.indices { powers[index] /= sum }
        return powers
    }

    /// log Σ e^logit; minus infinity when there is none.
    static func logSum(_ logits: [Float]) -> Float {
        guard let largest = logits.max() else { return -.infinity }
        var sum: Float = 0
        for logit in logits { sum += exp(logit - largest) }
        return largest + log(sum)
    }
}
