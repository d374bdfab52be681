/// Numbers beyond a limit or between two: `more than 20`, `between 20 and 30`, `20~100`, `at most 100 and at least 20`.
struct RangeFamily: Sendable {
    private let grammar: NumberGrammar
    private let before, after: PhraseTable<RangeWords.Comparison>
    private let orEqual: PhraseTable<Void>
    private let joints, links, articles: WordSet
    private let between, from, and: WordID

    init(_ grammar: NumberGrammar, _ lexicon: inout Lexicon) {
        self.grammar = grammar
        before = PhraseTable(RangeWords.before, &lexicon)
        after = PhraseTable(RangeWords.after, &lexicon)
        orEqual = PhraseTable(RangeWords.orEqualAfter.map { ($0, ()) }, &lexicon)
        joints = WordSet("and but", &lexicon)
        links = WordSet("to through thru till until", &lexicon)
        articles = WordSet("the", &lexicon)
        between = lexicon.add("between")
        from = lexicon.add("from")
        and = lexicon.add("and")
    }

    private struct Found {
        var end: Int
        var range: NumberRange
    }

    func ranges(in sentence: Sentence) -> [Entity] {
        var found: [Entity] = []
        var index = 0
        while index < sentence.count {
            guard let match = enclosed(at: index, in: sentence) ?? compared(at: index, in: sentence) else {
                index = grammar.number(at: index, in: sentence, allowsRatio: false)?.end ?? index + 1
                continue
            }
            found.append(
                Entity(.numberRange, index..<match.end, of: sentence, value: .numberRange(match.range)))
            index = match.end
        }
        return found
    }

    /// A number or a rank, and the token after it.
    private func limit(at index: Int, in sentence: Sentence, allowsAnd: Bool = true) -> (Number, end: Int)? {
        let start = articles.contains(sentence[index]) ? index + 1 : index
        if let ordinal = grammar.digitOrdinal(at: start, in: sentence)
            ?? grammar.ordinal(at: start, in: sentence),
            start > index
        {
            return (ordinal.value, ordinal.end)
        }
        var seen = sentence
        if !allowsAnd,
            let joint = (start..<min(start + NumberGrammar.longest, sentence.count)).first(where: {
                sentence[$0].word == and
            })
        {
            seen = sentence.prefix(joint)
        }
        guard let phrase = grammar.number(at: start, in: seen, allowsRatio: false) else { return nil }
        let isWordNext = sentence.isAdjacent(phrase.end) && sentence[phrase.end].kind == .word
        return isWordNext ? nil : (phrase.value, phrase.end)
    }

    /// `between a and b`, `from a to b`, `a to b`, `a-b`, `a~b`.
    private func enclosed(at index: Int, in sentence: Sentence) -> Found? {
        let opener = sentence[index].word
        if opener == between {
            guard let low = limit(at: index + 1, in: sentence, allowsAnd: false),
                sentence[low.end].word == and,
                let high = limit(at: low.end + 1, in: sentence)
            else { return nil }
            return half(low.0, high, in: sentence)
        }
        let start = opener == from ? index + 1 : index
        guard let low = limit(at: start, in: sentence) else { return nil }
        let isLinked = links.contains(sentence[low.end])
        guard isLinked || opener != from && isDash(low.end, from: start, in: sentence),
            let high = limit(at: low.end + 1, in: sentence)
        else { return nil }
        if !isLinked, isJoined(start, high.end, in: sentence) { return nil }
        return half(low.0, high, in: sentence)
    }

    private func half(_ low: Number, _ high: (Number, end: Int), in sentence: Sentence) -> Found? {
        guard low < high.0 else { return nil }
        let range = NumberRange(
            lower: .init(number: low, isIncluded: true), upper: .init(number: high.0, isIncluded: false))
        return Found(end: high.end, range: range)
    }

    private func isDash(_ index: Int, from start: Int, in sentence: Sentence) -> Bool {
        if sentence.has("-", at: index) || sentence.has("~", at: index) { return true }
        guard sentence[index].kind == .symbol else { return false }
        return sentence.text(of: index..<index + 1) == "–" || sentence.text(of: index..<index + 1) == "—"
    }

    /// Whether the digits of a range belong to a longer notation.
    private func isJoined(_ start: Int, _ end: Int, in sentence: Sentence) -> Bool {
        let isBefore =
            sentence.isAdjacent(start) && sentence[start - 1].kind != .punctuation
            || sentence.isAdjacent(start) && Array("-/.+".utf8).contains(sentence.punctuation(start - 1))
        let isAfter =
            sentence.isAdjacent(end) && sentence.isAdjacent(end + 1) && sentence[end + 1].kind == .digits
        return isBefore || isAfter
    }

    /// A comparison, and a second one that closes the range.
    private func compared(at index: Int, in sentence: Sentence) -> Found? {
        guard let first = single(at: index, in: sentence) else { return nil }
        var next = first.end
        if sentence.has(",", at: next) { next += 1 }
        if joints.contains(sentence[next]) { next += 1 }
        guard next > first.end, let second = single(at: next, in: sentence),
            let joined = join(first.range, second.range)
        else { return first }
        return Found(end: second.end, range: joined)
    }

    private func join(_ a: NumberRange, _ b: NumberRange) -> NumberRange? {
        let lowers = [a.lower, b.lower].compactMap(\.self)
        let uppers = [a.upper, b.upper].compactMap(\.self)
        guard lowers.count == 1, uppers.count == 1, lowers[0].number < uppers[0].number else { return nil }
        return NumberRange(lower: lowers[0], upper: uppers[0])
    }

    /// One comparison: before the number, after it, or `equal to 30 or more`.
    private func single(at index: Int, in sentence: Sentence) -> Found? {
        guard let sign = before.match(at: index, in: sentence) else {
            guard let low = limit(at: index, in: sentence), let sign = suffix(at: low.end, in: sentence)
            else {
                return nil
            }
            return Found(end: sign.end, range: range(sign.value, low.0))
        }
        guard !isUnreadable(index, sign.end, in: sentence), let number = limit(at: sign.end, in: sentence)
        else {
            return nil
        }
        if sign.value == .equal, let suffix = suffix(at: number.end, in: sentence) {
            return Found(end: suffix.end, range: range(suffix.value, number.0))
        }
        if let equal = orEqual.match(at: number.end, in: sentence),
            grammar.number(at: equal.end, in: sentence) == nil
        {
            return Found(end: equal.end, range: range(including(sign.value), number.0))
        }
        return Found(end: number.end, range: range(sign.value, number.0))
    }

    /// A comparison after a number, unless it belongs to the next number.
    private func suffix(at index: Int, in sentence: Sentence) -> (value: RangeWords.Comparison, end: Int)? {
        guard let suffix = after.match(at: index, in: sentence),
            grammar.number(at: suffix.end, in: sentence) == nil
        else { return nil }
        return suffix
    }

    /// Signs that contradict each other: `<>30`, `=>30`.
    private func isUnreadable(_ start: Int, _ end: Int, in sentence: Sentence) -> Bool {
        let marks = Array("<>=".utf8)
        guard marks.contains(sentence.punctuation(start)) else { return false }
        return start > 0 && marks.contains(sentence.punctuation(start - 1))
            || marks.contains(sentence.punctuation(end))
    }

    private func including(_ comparison: RangeWords.Comparison) -> RangeWords.Comparison {
        switch comparison {
        case .more: .moreOrEqual
        case .less: .lessOrEqual
        default: comparison
        }
    }

    private func range(_ comparison: RangeWords.Comparison, _ number: Number) -> NumberRange {
        let included = NumberRange.Limit(number: number, isIncluded: true)
        let excluded = NumberRange.Limit(number: number, isIncluded: false)
        return switch comparison {
        case .more: NumberRange(lower: excluded, upper: nil)
        case .less: NumberRange(lower: nil, upper: excluded)
        case .moreOrEqual: NumberRange(lower: included, upper: nil)
        case .lessOrEqual: NumberRange(lower: nil, upper: included)
        case .equal: NumberRange(lower: included, upper: included)
        }
    }
}
