// Cardinals and ordinals in words, digits or both.
extension NumberGrammar {
    /// A group below a thousand, with its multipliers.
    struct Group {
        var value: Number
        var end: Int
        var multiplier = 1
        var isDigits = false
        var isOrdinal = false
        var form = NumberForm.integer
    }

    /// The longest cardinal at `first`: `4 thousand 3 hundred and 21`.
    func cardinal(at first: Int, in sentence: Sentence) -> NumberPhrase? {
        chain(at: first, in: sentence, isOrdinal: false)
    }

    /// The longest ordinal in words at `first`: `one hundred and twenty-fifth`. A multiplier alone, as in
    /// `thousandth`, is one too.
    func ordinal(at first: Int, in sentence: Sentence) -> NumberPhrase? {
        chain(at: first, in: sentence, isOrdinal: true)
    }

    /// Digits with `st`, `nd`, `rd` or `th`: `21st`.
    func digitOrdinal(at first: Int, in sentence: Sentence) -> NumberPhrase? {
        let token = sentence[first]
        guard token.kind == .digits, token.value >= 0, sentence.isAdjacent(first + 1),
            ordinalEndings.contains(sentence[first + 1])
        else { return nil }
        return NumberPhrase(value: Number(token.value), end: first + 2, form: .integer)
    }

    private func chain(at first: Int, in sentence: Sentence, isOrdinal: Bool) -> NumberPhrase? {
        guard var group = group(at: first, in: sentence, isFirst: true, isOrdinal: isOrdinal) else {
            return nil
        }
        var phrase = NumberPhrase(
            value: group.value, end: group.end, form: group.form, isDigits: group.isDigits,
            multiplier: group.multiplier)
        while !group.isOrdinal, phrase.multiplier > 1, phrase.end - first < Self.longest {
            let hasAnd = sentence[phrase.end].word == and
            let next = hasAnd ? phrase.end + 1 : phrase.end
            guard
                let lower = self.group(at: next, in: sentence, isFirst: false, isOrdinal: isOrdinal),
                lower.multiplier < phrase.multiplier, lower.value.double > 0,
                lower.value < Number(phrase.multiplier),
                !lower.isDigits || hasAnd || lower.multiplier > 1
            else { break }
            phrase.value = phrase.value + lower.value
            phrase.end = lower.end
            phrase.multiplier = lower.multiplier
            group = lower
        }
        phrase.settleForm()
        return group.isOrdinal == isOrdinal ? phrase : nil
    }

    private func group(
        at first: Int, in sentence: Sentence, isFirst: Bool, isOrdinal: Bool
    ) -> Group? {
        guard var group = lead(at: first, in: sentence, isFirst: isFirst, isOrdinal: isOrdinal) else {
            return nil
        }
        if group.isOrdinal { return group }
        if case .hundred? = cardinals[sentence[group.end]] {
            group = hundreds(group, in: sentence, isOrdinal: isOrdinal)
        } else if isOrdinal, case .hundred? = ordinalMeaning(sentence[group.end]), group.value.double < 100 {
            group.value = group.value * Number(100)
            group.end += 1
            group.isOrdinal = true
        }
        if group.isOrdinal { return group }
        applyMultipliers(&group, in: sentence, isOrdinal: isOrdinal)
        return group
    }

    /// What a group begins with: a number below a hundred, digits, or nothing before a bare multiplier.
    private func lead(
        at first: Int, in sentence: Sentence, isFirst: Bool, isOrdinal: Bool
    ) -> Group? {
        let token = sentence[first]
        if let digits = digits(at: first, in: sentence) {
            return Group(value: digits.value, end: digits.end, isDigits: true, form: digits.form)
        }
        if let word = tail(at: first, in: sentence, isOrdinal: isOrdinal) { return word }
        guard isFirst else { return nil }
        if articles.contains(token), isScale(sentence[first + 1], isOrdinal: isOrdinal) {
            return Group(value: Number(1), end: first + 1)
        }
        return isScale(token, isOrdinal: isOrdinal) && !pluralScales.contains(token)
            ? Group(value: Number(1), end: first) : nil
    }

    private func isScale(_ token: Token, isOrdinal: Bool) -> Bool {
        switch cardinals[token] ?? (isOrdinal ? ordinalMeaning(token) : nil) {
        case .hundred?, .multiplier?, .dozen?: true
        default: false
        }
    }

    private func ordinalMeaning(_ token: Token) -> NumberWord? { ordinals[token]?.meaning }

    /// A number below a hundred in words: `seven`, `twelve`, `fifty`, `fifty-two`, `fifty - two`.
    private func tail(at first: Int, in sentence: Sentence, isOrdinal: Bool) -> Group? {
        switch cardinals[sentence[first]] {
        case .unit(let value)?, .teen(let value)?:
            return Group(value: Number(value), end: first + 1)
        case .ten(let value)?:
            return ten(value, at: first, in: sentence, isOrdinal: isOrdinal)
        default: break
        }
        guard isOrdinal else { return nil }
        switch ordinalMeaning(sentence[first]) {
        case .unit(let value)?, .teen(let value)?, .ten(let value)?:
            return Group(value: Number(value), end: first + 1, isOrdinal: true)
        default: return nil
        }
    }

    private func ten(_ value: Int, at first: Int, in sentence: Sentence, isOrdinal: Bool) -> Group {
        let connector = sentence[first + 1]
        let hasConnector =
            sentence.has("-", at: first + 1) || connector.word == and || dashes.contains(connector)
        let next = hasConnector ? first + 2 : first + 1
        if case .unit(let unit)? = cardinals[sentence[next]], unit > 0 {
            return Group(value: Number(value + unit), end: next + 1)
        }
        if isOrdinal, case .unit(let unit)? = ordinalMeaning(sentence[next]) {
            return Group(value: Number(value + unit), end: next + 1, isOrdinal: true)
        }
        return Group(value: Number(value), end: first + 1)
    }

    /// `lead` hundred, and what is below a hundred after it.
    private func hundreds(_ lead: Group, in sentence: Sentence, isOrdinal: Bool) -> Group {
        var group = lead
        group.value = group.value * Number(100)
        group.end += 1
        group.isDigits = false
        if group.form == .decimal, group.value.integer != nil { group.form = .integer }
        let hasAnd = sentence[group.end].word == and
        let next = hasAnd ? group.end + 1 : group.end
        guard let rest = belowHundred(at: next, hasAnd: hasAnd, in: sentence, isOrdinal: isOrdinal) else {
            return group
        }
        group.isOrdinal = rest.isOrdinal
        group.end = rest.end
        // `three hundred and two dozens`: the dozens are two.
        let isDozens = if case .dozen? = cardinals[sentence[rest.end]] { true } else { false }
        group.value = group.value + (isDozens ? rest.value * Number(12) : rest.value)
        if isDozens { group.end += 1 }
        return group
    }

    /// What may follow a hundred: words, or after `and` digits that nothing multiplies.
    private func belowHundred(at first: Int, hasAnd: Bool, in sentence: Sentence, isOrdinal: Bool) -> Group? {
        if let words = tail(at: first, in: sentence, isOrdinal: isOrdinal) {
            return words.value.double > 0 ? words : nil
        }
        guard hasAnd, let digits = digits(at: first, in: sentence), let value = digits.value.integer,
            (1..<100).contains(value), !isScale(sentence[digits.end], isOrdinal: isOrdinal)
        else { return nil }
        return Group(value: digits.value, end: digits.end)
    }

    /// Multiplier words, or the one suffix that digits may have.
    private func applyMultipliers(_ group: inout Group, in sentence: Sentence, isOrdinal: Bool) {
        if group.isDigits, let factor = suffix(at: group.end, in: sentence) {
            group.value = group.value * Number(factor)
            group.multiplier = factor
            group.end += 1
            group.isDigits = false
            if group.form == .decimal, group.value.integer != nil { group.form = .integer }
            return
        }
        while true {
            let token = sentence[group.end]
            switch cardinals[token] ?? (isOrdinal ? ordinalMeaning(token) : nil) {
            case .multiplier(let factor)?:
                group.multiplier = group.multiplier.multipliedReportingOverflow(by: factor).partialValue
                group.value = group.value * Number(factor)
            case .dozen?:
                group.multiplier = 12
                group.value = group.value * Number(12)
            default: return
            }
            group.isOrdinal = ordinals[token] != nil
            group.isDigits = false
            group.end += 1
            if group.isOrdinal || group.multiplier < 0 || group.multiplier > 1 << 60 { return }
        }
    }

    /// The factor of a suffix such as `k` or `bln` at `index`.
    private func suffix(at index: Int, in sentence: Sentence) -> Int? {
        guard let spellings = suffixes[sentence[index]] else { return nil }
        let bytes = sentence.bytes[sentence[index].start..<sentence[index].end]
        return spellings.first { $0.spelling.utf8.elementsEqual(bytes) }?.factor
    }
}
