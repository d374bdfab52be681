// Numbers in digits: separators of groups, decimals, powers.
extension NumberGrammar {
    /// The number in digits at `first`: `1,234,567`, `1.111,11`, `1 234 567`, `.08`, `1.3x10^6`, `12.32e+14`.
    func digits(at first: Int, in sentence: Sentence) -> NumberPhrase? {
        guard var phrase = plainDigits(at: first, in: sentence) else { return nil }
        if let exponent = power(of: phrase.value, at: phrase.end, in: sentence) { phrase = exponent }
        return phrase
    }

    private func plainDigits(at first: Int, in sentence: Sentence) -> NumberPhrase? {
        if sentence.has(".", at: first) { return leadingPoint(at: first, in: sentence) }
        let token = sentence[first]
        guard token.kind == .digits else { return nil }
        let next = sentence[first + 1]
        if token.value >= 0, next.kind != .digits,
            next.hasSpaceBefore || next.kind == .word || next.kind == .end
        {
            return NumberPhrase(value: Number(token.value), end: first + 1, form: .integer, isDigits: true)
        }
        if let spaced = spacedGroups(at: first, in: sentence) { return spaced }
        let run = DigitRun(at: first, in: sentence)
        guard !run.isContinuation, let reading = run.reading else {
            return integer(first..<first + 1, in: sentence)
        }
        return phrase(
            whole: reading.whole, fraction: reading.fraction, end: run.end, in: sentence)
    }

    /// `.25`
    private func leadingPoint(at first: Int, in sentence: Sentence) -> NumberPhrase? {
        guard sentence.isAdjacent(first + 1), sentence[first + 1].kind == .digits,
            !(sentence.isAdjacent(first) && [.digits, .word].contains(sentence[first - 1].kind)),
            !sentence.has(".", at: first - 1)
        else { return nil }
        return phrase(whole: [], fraction: first + 1, end: first + 2, in: sentence)
    }

    /// `1 234 567.89`: groups of three after one space each.
    private func spacedGroups(at first: Int, in sentence: Sentence) -> NumberPhrase? {
        guard sentence[first].count <= 3, !DigitRun.isJoined(first, in: sentence) else { return nil }
        var whole = [first]
        var next = first + 1
        while whole.count < 6, sentence[next].kind == .digits, sentence[next].count == 3,
            sentence[next].character == sentence[next - 1].character + sentence[next - 1].count + 1
        {
            whole.append(next)
            next += 1
        }
        guard whole.count > 1 else { return nil }
        if sentence.isAdjacent(next), sentence.has(".", at: next), sentence.isAdjacent(next + 1),
            sentence[next + 1].kind == .digits
        {
            return phrase(whole: whole, fraction: next + 1, end: next + 2, in: sentence)
        }
        if sentence[next].kind == .digits || sentence.isAdjacent(next) && sentence.has("-", at: next) {
            return nil
        }
        return phrase(whole: whole, fraction: nil, end: next, in: sentence)
    }

    private func integer(_ tokens: Range<Int>, in sentence: Sentence) -> NumberPhrase {
        phrase(whole: Array(tokens), fraction: nil, end: tokens.upperBound, in: sentence)
    }

    private func phrase(whole: [Int], fraction: Int?, end: Int, in sentence: Sentence) -> NumberPhrase {
        var digits = whole.reduce(into: [UInt8]()) {
            $0 += sentence.bytes[sentence[$1].start..<sentence[$1].end]
        }
        let places = fraction.map { sentence[$0].count } ?? 0
        if let fraction { digits += sentence.bytes[sentence[fraction].start..<sentence[fraction].end] }
        let value = Self.number(digits, places: places)
        let isDecimal = fraction != nil && value.integer == nil
        return NumberPhrase(value: value, end: end, form: isDecimal ? .decimal : .integer, isDigits: true)
    }

    /// The nearest number where digits are too many to be exact.
    private static func number(_ digits: [UInt8], places: Int) -> Number {
        let value = integer(digits) * (places > 0 ? Number.powerOfTen(-places) : Number(1))
        guard case .rounded(let rounded) = value else { return value }
        return .rounded(Double(String(decoding: digits, as: UTF8.self) + "e-\(places)") ?? rounded)
    }

    private static func integer(_ digits: [UInt8]) -> Number {
        var value = Number(0)
        var small = 0
        for (index, digit) in digits.enumerated() {
            if index < 18 {
                small = small * 10 + Int(digit - UInt8(ascii: "0"))
                value = Number(small)
            } else {
                value = value * Number(10) + Number(Int(digit - UInt8(ascii: "0")))
            }
        }
        return value
    }

    /// `base` to the power that follows at `index`: `e10`, `^-1`, `x10^6`.
    private func power(of base: Number, at index: Int, in sentence: Sentence) -> NumberPhrase? {
        guard sentence.isAdjacent(index) else { return nil }
        if sentence[index].word == e, let exponent = exponent(at: index + 1, in: sentence) {
            return NumberPhrase(
                value: base * .powerOfTen(exponent.value), end: exponent.end, form: .power, isDigits: true)
        }
        if sentence.has("^", at: index), let exponent = exponent(at: index + 1, in: sentence) {
            return NumberPhrase(
                value: base.power(exponent.value), end: exponent.end, form: .power, isDigits: true)
        }
        guard sentence[index].word == x, sentence.isAdjacent(index + 1), sentence[index + 1].value == 10,
            sentence.isAdjacent(index + 2), sentence.has("^", at: index + 2),
            let exponent = exponent(at: index + 3, in: sentence)
        else { return nil }
        return NumberPhrase(
            value: base * .powerOfTen(exponent.value), end: exponent.end, form: .power, isDigits: true)
    }

    private func exponent(at first: Int, in sentence: Sentence) -> (value: Int, end: Int)? {
        var (index, sign) = (first, 1)
        while index < first + 3, sentence.isAdjacent(index) {
            if sentence.has("-", at: index) { sign = -sign } else if !sentence.has("+", at: index) { break }
            index += 1
        }
        let token = sentence[index]
        guard sentence.isAdjacent(index), token.kind == .digits, (0...4096).contains(token.value) else {
            return nil
        }
        return (sign * token.value, index + 1)
    }
}

/// Digits parted by points and commas, with no space between: `1,234.5`.
private struct DigitRun {
    private var parts: [Int]
    /// The separators between the parts.
    private var marks: [UInt8] = []
    /// The digits belong to a run that begins before them.
    let isContinuation: Bool
    private let sentence: Sentence

    init(at first: Int, in sentence: Sentence) {
        self.sentence = sentence
        parts = [first]
        isContinuation = Self.isJoined(first, in: sentence)
        var next = first + 1
        while parts.count < 12, sentence.isAdjacent(next), sentence.isAdjacent(next + 1),
            sentence.has(",", at: next) || sentence.has(".", at: next), sentence[next + 1].kind == .digits
        {
            marks.append(sentence.punctuation(next))
            parts.append(next + 1)
            next += 2
        }
    }

    static func isJoined(_ first: Int, in sentence: Sentence) -> Bool {
        sentence.isAdjacent(first) && sentence.isAdjacent(first - 1) && sentence[first - 2].kind == .digits
            && (sentence.has(",", at: first - 1) || sentence.has(".", at: first - 1))
    }

    var end: Int { parts[parts.count - 1] + 1 }

    /// The tokens of the whole part and of the fraction; nil if the run is several numbers.
    var reading: (whole: [Int], fraction: Int?)? {
        guard let last = marks.last else { return (parts, nil) }
        let isMixed = marks.dropLast().allSatisfy { $0 != last }
        let isUniform = marks.dropLast().allSatisfy { $0 == marks[0] }
        guard isUniform else { return nil }
        if marks.count == 1 {
            let isGroup = last == UInt8(ascii: ",") && areThousands(parts)
            return isGroup ? (parts, nil) : ([parts[0]], parts[1])
        }
        if isMixed {
            let whole = Array(parts.dropLast())
            return areThousands(whole) || areLakhs(whole) ? (whole, parts[parts.count - 1]) : nil
        }
        return areThousands(parts) || (last == UInt8(ascii: ",") && areLakhs(parts)) ? (parts, nil) : nil
    }

    /// `1,234,567`
    private func areThousands(_ groups: [Int]) -> Bool {
        (1...3).contains(sentence[groups[0]].count)
            && groups.dropFirst().allSatisfy { sentence[$0].count == 3 }
    }

    /// `12,34,567`
    private func areLakhs(_ groups: [Int]) -> Bool {
        groups.count > 2 && sentence[groups[0]].count <= 2 && sentence[groups[groups.count - 1]].count == 3
            && groups.dropFirst().dropLast().allSatisfy { sentence[$0].count == 2 }
    }
}
