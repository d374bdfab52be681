// Fractions, mixed numbers and decimals in words.
extension NumberGrammar {
    /// `two hundred point zero three`: after the point, the digits of each number one after another.
    func decimalWords(at first: Int, in sentence: Sentence) -> NumberPhrase? {
        guard let whole = cardinal(at: first, in: sentence), sentence[whole.end].word == point else {
            return nil
        }
        var digits: [Int] = []
        var end = whole.end + 1
        if sentence[end].kind == .digits {
            digits = sentence.bytes[sentence[end].start..<sentence[end].end].map {
                Int($0 - UInt8(ascii: "0"))
            }
            end += 1
        }
        while digits.count < 15, let next = cardinals[sentence[end]] {
            let (value, after) = place(next, at: end, in: sentence)
            guard let value else { break }
            digits += String(value).utf8.map { Int($0 - UInt8(ascii: "0")) }
            end = after
        }
        guard !digits.isEmpty else { return nil }
        let fraction =
            Number(digits.prefix(15).reduce(0) { $0 * 10 + $1 }) * .powerOfTen(-min(digits.count, 15))
        var phrase = NumberPhrase(value: whole.value + fraction, end: end, form: .decimal)
        if case .multiplier(let factor)? = cardinals[sentence[end]] {
            phrase.value = phrase.value * Number(factor)
            phrase.multiplier = factor
            phrase.end += 1
            phrase.settleForm()
        }
        return phrase
    }

    private func place(_ word: NumberWord, at index: Int, in sentence: Sentence) -> (value: Int?, end: Int) {
        switch word {
        case .unit(let value), .teen(let value): return (value, index + 1)
        case .ten(let value):
            let next = sentence.has("-", at: index + 1) ? index + 2 : index + 1
            if case .unit(let unit)? = cardinals[sentence[next]], unit > 0 { return (value + unit, next + 1) }
            return (value, index + 1)
        default: return (nil, index)
        }
    }

    /// The longest fraction or mixed number at `first`.
    ///
    /// - Parameter cardinal: what stands there without a fraction.
    func fraction(at first: Int, cardinal: NumberPhrase?, in sentence: Sentence) -> NumberPhrase? {
        if let slashed = slashed(at: first, cardinal: cardinal, in: sentence) { return slashed }
        if let cardinal, let mixed = mixed(cardinal, at: first, in: sentence) { return mixed }
        guard let plain = words(at: first, in: sentence) else { return nil }
        return scaled(plain, in: sentence)
    }

    /// `3/4`, `10 1/2`, `⅔`, `1½`.
    private func slashed(at first: Int, cardinal: NumberPhrase?, in sentence: Sentence) -> NumberPhrase? {
        if let plain = digitFraction(at: first, in: sentence) { return scaled(plain, in: sentence) }
        guard let cardinal, cardinal.isDigits, cardinal.value.integer != nil, cardinal.end == first + 1,
            var part = digitFraction(at: cardinal.end, in: sentence), part.value < Number(1)
        else { return nil }
        part.value = cardinal.value + part.value
        return scaled(part, in: sentence)
    }

    private func digitFraction(at first: Int, in sentence: Sentence) -> NumberPhrase? {
        if let vulgar = vulgarFractions[sentence[first]] {
            return NumberPhrase(value: .exact(vulgar), end: first + 1, form: .fraction)
        }
        let (top, bottom) = (sentence[first], sentence[first + 2])
        guard top.kind == .digits, bottom.kind == .digits, sentence.has("/", at: first + 1),
            sentence.isAdjacent(first + 1), sentence.isAdjacent(first + 2), top.value >= 0, bottom.value > 0,
            !isPartOfLongerNotation(first, in: sentence), let value = Rational(top.value, over: bottom.value)
        else { return nil }
        return NumberPhrase(value: .exact(value), end: first + 3, form: .fraction)
    }

    /// Dates, telephone numbers and decimals are no fractions: `5/17/2018`, `222-2222/2222`.
    private func isPartOfLongerNotation(_ first: Int, in sentence: Sentence) -> Bool {
        let joins: [Unicode.Scalar] = ["/", "-", ".", ","]
        let isJoinedBefore =
            sentence.isAdjacent(first) && sentence[first - 2].kind == .digits
            && sentence.isAdjacent(first - 1)
            && joins.contains { sentence.has($0, at: first - 1) }
        let isJoinedAfter =
            sentence.isAdjacent(first + 3) && sentence.isAdjacent(first + 4)
            && sentence[first + 4].kind == .digits
            && joins.contains { sentence.has($0, at: first + 3) }
        return isJoinedBefore || isJoinedAfter
    }

    /// `one over 20`, `one out of three`, `1 in twenty-one`: the last two only for parts below one.
    func ratio(at first: Int, _ cardinal: NumberPhrase?, in sentence: Sentence) -> NumberPhrase? {
        guard let cardinal, let top = cardinal.value.integer, !currencySigns.contains(sentence[first - 1])
        else {
            return nil
        }
        var next = cardinal.end
        let isOver = sentence[next].word == over
        if sentence[next].word == out, sentence[next + 1].word == of {
            next += 2
        } else if isOver || sentence[next].word == `in` {
            next += 1
        } else {
            return nil
        }
        guard let bottom = self.cardinal(at: next, in: sentence), let divisor = bottom.value.integer,
            isOver || top < divisor, let value = Rational(top, over: divisor)
        else { return nil }
        return NumberPhrase(value: .exact(value), end: bottom.end, form: .fraction)
    }

    /// `cardinal` and a fraction below one: the longest reading whose fraction follows the last `and`.
    private func mixed(_ cardinal: NumberPhrase, at first: Int, in sentence: Sentence) -> NumberPhrase? {
        // The cardinal may have swallowed the `and` and the numerator.
        var joint = cardinal.end
        if sentence[joint].word != and {
            joint = stride(from: cardinal.end - 1, to: first, by: -1).first { sentence[$0].word == and } ?? -1
        }
        guard joint > first, let part = words(at: joint + 1, in: sentence), part.end > cardinal.end,
            part.value < Number(1), part.value.double > 0
        else { return nil }
        let whole = self.cardinal(at: first, in: sentence.prefix(joint))
        guard let whole, whole.end == joint else { return nil }
        return join(whole, part, in: sentence)
    }

    /// `whole` and `part`: the part is of the million before it, or of the one after it.
    private func join(_ whole: NumberPhrase, _ part: NumberPhrase, in sentence: Sentence) -> NumberPhrase {
        var phrase = part
        if let factor = multiplier(at: part.end, in: sentence) {
            let isWhole = whole.multiplier == 1
            phrase.value =
                isWhole
                ? (whole.value + part.value) * Number(factor.value)
                : whole.value + part.value * Number(factor.value)
            phrase.end = factor.end
        } else {
            let scale = whole.multiplier >= 1000 ? whole.multiplier : 1
            phrase.value = whole.value + part.value * Number(scale)
        }
        phrase.form = .fraction
        return phrase
    }

    /// `plain` times the multiplier after it: `half a dozen`, `quarter million`, `two thirds of a million`.
    private func scaled(_ plain: NumberPhrase, in sentence: Sentence) -> NumberPhrase {
        guard let factor = multiplier(at: plain.end, in: sentence) else { return plain }
        var phrase = plain
        phrase.value = phrase.value * Number(factor.value)
        phrase.end = factor.end
        if factor.value == 12, phrase.value.integer != nil { phrase.form = .integer }
        return phrase
    }

    /// A multiplier, with `of` and an article before it or not.
    private func multiplier(at first: Int, in sentence: Sentence) -> (value: Int, end: Int)? {
        var index = first
        if sentence[index].word == of { index += 1 }
        if articles.contains(sentence[index]) { index += 1 }
        switch cardinals[sentence[index]] {
        case .multiplier(let value)?: return (value, index + 1)
        case .dozen?: return (12, index + 1)
        default: return nil
        }
    }

    /// A fraction in words: `two thirds`, `a half`, `three twenty-firsts`, `half`.
    private func words(at first: Int, in sentence: Sentence) -> NumberPhrase? {
        if denominators[sentence[first]] == 2 {
            return NumberPhrase(value: .exact(.half), end: first + 1, form: .fraction)
        }
        if denominators[sentence[first]] == 4, multiplier(at: first + 1, in: sentence)?.value ?? 0 > 12 {
            return NumberPhrase(value: .exact(.quarter), end: first + 1, form: .fraction)
        }
        guard let last = denominator(after: first, in: sentence) else { return nil }
        return split(first, last, in: sentence)
    }

    /// The word that a denominator ends with, if number words lead from `first` to it.
    private func denominator(after first: Int, in sentence: Sentence) -> Int? {
        for index in first..<first + Self.longest {
            let token = sentence[index]
            if index > first, ordinals[token] != nil || denominators[token] != nil { return index }
            let isNumber = cardinals[token] != nil || token.word == and || sentence.has("-", at: index)
            guard isNumber || index == first && articles.contains(token) else { return nil }
        }
        return nil
    }

    /// Parts number words into numerator and denominator; of several ways the one whose denominator is longest.
    private func split(_ first: Int, _ last: Int, in sentence: Sentence) -> NumberPhrase? {
        let isPlural = ordinals[sentence[last]]?.isPlural ?? true
        let isNamed = denominators[sentence[last]] != nil
        for start in (first + 1)..<(last + 1) {
            if isNamed && start < last || sentence.has("-", at: start) || sentence[start].word == and {
                continue
            }
            let hasHyphen = sentence.has("-", at: start - 1)
            if hasHyphen && start < last { continue }
            guard let top = numerator(first, until: hasHyphen ? start - 1 : start, in: sentence),
                let bottom = divisor(start, last, in: sentence)
            else { continue }
            // `two millionth` and `one hundredth` say a rank, unless the numerator is one.
            guard isPlural || isNamed || indefinite.contains(sentence[first]) && top == Rational(1) else {
                continue
            }
            guard let value = Rational(top.numerator, over: bottom) else { continue }
            return NumberPhrase(value: .exact(value), end: last + 1, form: .fraction)
        }
        return nil
    }

    private func numerator(_ first: Int, until end: Int, in sentence: Sentence) -> Rational? {
        if end == first + 1, articles.contains(sentence[first]) { return Rational(1) }
        guard let phrase = cardinal(at: first, in: sentence.prefix(end)), phrase.end == end,
            case .exact(let value) = phrase.value, value.isInteger
        else { return nil }
        return value
    }

    private func divisor(_ start: Int, _ last: Int, in sentence: Sentence) -> Int? {
        if let named = denominators[sentence[last]] { return start == last ? named : nil }
        guard start == last || !isBareScale(sentence[start]), let phrase = ordinal(at: start, in: sentence),
            phrase.end == last + 1, let value = phrase.value.integer, value > 2
        else { return nil }
        return value
    }

    private func isBareScale(_ token: Token) -> Bool {
        switch cardinals[token] {
        case .hundred?, .multiplier?, .dozen?: true
        default: articles.contains(token)
        }
    }
}

extension Rational {
    fileprivate static let half = Rational(1, over: 2) ?? Rational(0)
    fileprivate static let quarter = Rational(1, over: 4) ?? Rational(0)
}
