/// Money: `$ 8.10 million`, `c $ 100 and fifty`, `3 dollars 50 cents`, `75 USD million`.
struct MoneyFamily: Sendable {
    private let grammar: NumberGrammar
    private let suffixes: SpellingTable<Currency>
    private let prefixes: SpellingTable<Currency>
    private let and, million: WordID
    private let more: WordSet

    init(_ grammar: NumberGrammar, _ lexicon: inout Lexicon) {
        self.grammar = grammar
        suffixes = SpellingTable(Currencies.suffixes, &lexicon)
        prefixes = SpellingTable(Currencies.prefixes, &lexicon)
        and = lexicon.add("and")
        million = lexicon.add("m")
        more = WordSet("and or more less only in for", &lexicon)
    }

    private struct Sum {
        var tokens: Range<Int>
        var amount: Number?
        let currency: Currency
    }

    func money(in sentence: Sentence, _ amounts: Amounts) -> [Entity] {
        var found: [Entity] = []
        var index = 0
        while index < sentence.count {
            guard var sum = sum(at: index, in: sentence, amounts) ?? alone(at: index, in: sentence) else {
                index = amounts[startingAt: index]?.tokens.upperBound ?? index + 1
                continue
            }
            addHundredths(to: &sum, in: sentence, amounts)
            found.append(entity(sum, in: sentence))
            index = sum.tokens.upperBound
        }
        return found
    }

    private func entity(_ sum: Sum, in sentence: Sentence) -> Entity {
        let money = Money(
            amount: sum.amount.map { $0 * Number(sum.currency.factor) }, unit: sum.currency.name,
            currency: sum.currency.code)
        return Entity(
            .money, sum.tokens, of: sentence, value: .money(money), confidence: sum.amount == nil ? 0.6 : 1)
    }

    private func sum(at index: Int, in sentence: Sentence, _ amounts: Amounts) -> Sum? {
        if let sum = prefixed(at: index, in: sentence, amounts) { return sum }
        guard let amount = amounts[startingAt: index], !sentence.isInsideCode(index) else { return nil }
        let end = amount.tokens.upperBound
        let start = sentence.has("-", at: end) ? end + 1 : end
        guard let suffix = suffixes.match(at: start, in: sentence), !sentence.goesOn(after: suffix.end),
            // `1 $10 dollars bill`
            !isPrefix(suffix, at: start, in: sentence, amounts)
        else { return nil }
        var sum = Sum(tokens: index..<suffix.end, amount: amount.value, currency: suffix.meaning)
        if case .multiplier(let factor)? = grammar.cardinals[sentence[suffix.end]], start == end {
            sum.amount = amount.value * Number(factor)
            sum.tokens = index..<suffix.end + 1
        }
        return sum
    }

    /// Whether a sign after a number belongs to the one after it: `1 $10`, `1 $ 10 dollars`.
    private func isPrefix(
        _ sign: (meaning: Currency, end: Int), at start: Int, in sentence: Sentence, _ amounts: Amounts
    ) -> Bool {
        guard let next = amounts[startingAt: sign.end], sentence[sign.end - 1].kind != .word else {
            return false
        }
        if sentence.isAdjacent(sign.end) { return true }
        return suffixes.match(at: next.tokens.upperBound, in: sentence)?.meaning == sign.meaning
            && sentence[next.tokens.upperBound].kind == .word
    }

    private func prefixed(at index: Int, in sentence: Sentence, _ amounts: Amounts) -> Sum? {
        guard let prefix = prefixes.match(at: index, in: sentence), !isInsideWord(index, in: sentence),
            let amount = amounts[startingAt: prefix.end], amount.value.double >= 0,
            !isOwned(amount, by: prefix, at: index, in: sentence, amounts)
        else { return nil }
        let end = amount.tokens.upperBound
        if sentence.isAdjacent(end), sentence[end].kind == .word {
            // `£2.5m`: after a sign for money it is no length.
            guard sentence[end].word == million else { return nil }
            return Sum(
                tokens: index..<end + 1, amount: amount.value * Number(1_000_000), currency: prefix.meaning)
        }
        var sum = Sum(tokens: index..<end, amount: amount.value, currency: prefix.meaning)
        if let suffix = suffixes.match(at: end, in: sentence), suffix.meaning.name == prefix.meaning.name,
            sentence[prefix.end].hasSpaceBefore, sentence[end].kind == .word,
            !sentence.goesOn(after: suffix.end)
        {
            sum.tokens = index..<suffix.end
        }
        return sum
    }

    private func isInsideWord(_ index: Int, in sentence: Sentence) -> Bool {
        sentence.isAdjacent(index) && sentence[index].kind == .word && sentence[index - 1].kind == .word
    }

    /// Whether a number belongs to the unit after it and not to a word before it: `50 dollar 40 rmb`.
    private func isOwned(
        _ amount: Amounts.Amount, by prefix: (meaning: Currency, end: Int), at index: Int,
        in sentence: Sentence,
        _ amounts: Amounts
    ) -> Bool {
        guard let suffix = suffixes.match(at: amount.tokens.upperBound, in: sentence),
            // `rmb 10 usd 20`
            amounts[startingAt: suffix.end] == nil
        else { return false }
        return suffix.meaning.name != prefix.meaning.name && sentence[index].kind == .word
    }

    /// Adds `50 cents`, `and fifty` or `50` that follow an amount of whole units.
    private func addHundredths(to sum: inout Sum, in sentence: Sentence, _ amounts: Amounts) {
        guard let whole = sum.amount, whole.integer != nil, Currencies.hundredths[sum.currency.name] == nil
        else {
            return
        }
        let end = sum.tokens.upperBound
        let start = sentence[end].word == and ? end + 1 : end
        guard let part = amounts[startingAt: start], sentence[start].hasSpaceBefore,
            let hundredths = part.value.integer, (1..<100).contains(hundredths)
        else { return }
        var partEnd = part.tokens.upperBound
        if let suffix = suffixes.match(at: partEnd, in: sentence) {
            guard Currencies.hundredths[suffix.meaning.name]?.contains(sum.currency.name) == true else {
                return
            }
            partEnd = suffix.end
        } else if !endsThere(partEnd, in: sentence) || sum.currency.factor > 1 {
            return
        }
        sum.amount = whole + .exact(Rational(hundredths, over: 100) ?? Rational(0))
        sum.tokens = sum.tokens.lowerBound..<partEnd
    }

    /// Whether nothing that the number could count follows it.
    private func endsThere(_ end: Int, in sentence: Sentence) -> Bool {
        let token = sentence[end]
        switch token.kind {
        case .end: return true
        case .punctuation: return !sentence.isAdjacent(end + 1) || sentence.has("\"", at: end)
        case .word: return token.hasSpaceBefore && more.contains(token)
        default: return false
        }
    }

    private func alone(at index: Int, in sentence: Sentence) -> Sum? {
        guard sentence[index].kind == .word, let suffix = suffixes.match(at: index, in: sentence),
            Currencies.aloneWords.contains(suffix.meaning.name), !sentence.goesOn(after: suffix.end),
            !(sentence.isAdjacent(index) && [.word, .digits].contains(sentence[index - 1].kind))
        else { return nil }
        return Sum(tokens: index..<suffix.end, amount: nil, currency: suffix.meaning)
    }
}
