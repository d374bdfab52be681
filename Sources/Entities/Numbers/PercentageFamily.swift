/// Percentages: `20 %`, `twenty per cent`, `percents of twenty`, and the word alone.
struct PercentageFamily: Sendable {
    private let signs: PhraseTable<Void>
    private let of: WordID

    init(_ lexicon: inout Lexicon) {
        let spellings = ["%", "percent", "percents", "percentage", "per cent", "per cents", "pct"]
        signs = PhraseTable(spellings.map { ($0, ()) }, &lexicon)
        of = lexicon.add("of")
    }

    func percentages(in sentence: Sentence, _ amounts: Amounts) -> [Entity] {
        var found: [Entity] = []
        var index = 0
        while index < sentence.count {
            guard let (value, end) = percentage(at: index, in: sentence, amounts) else {
                index = amounts[startingAt: index]?.tokens.upperBound ?? index + 1
                continue
            }
            found.append(
                Entity(
                    .percentage, index..<end, of: sentence, value: .percentage(value),
                    confidence: value == nil ? 0.6 : 1))
            index = end
        }
        return found
    }

    private func percentage(
        at index: Int, in sentence: Sentence, _ amounts: Amounts
    ) -> (value: Number?, end: Int)? {
        if let amount = amounts[startingAt: index] {
            let end = amount.tokens.upperBound
            guard let sign = signs.match(at: sentence.has("-", at: end) ? end + 1 : end, in: sentence),
                !isInsideCode(index..<sign.end, in: sentence)
            else { return nil }
            return (amount.value, sign.end)
        }
        guard let sign = signs.match(at: index, in: sentence), !isInsideCode(index..<sign.end, in: sentence)
        else {
            return nil
        }
        if sentence[sign.end].word == of, let amount = amounts[startingAt: sign.end + 1] {
            return (amount.value, amount.tokens.upperBound)
        }
        let isSeparate = sentence[index].hasSpaceBefore || sentence[index].kind == .word
        return isSeparate ? (nil, sign.end) : nil
    }

    /// `issn%280024%2D9114`
    private func isInsideCode(_ tokens: Range<Int>, in sentence: Sentence) -> Bool {
        let (first, next) = (tokens.lowerBound, tokens.upperBound)
        if sentence.isAdjacent(first), sentence[first - 1].kind == .word || sentence.has("%", at: first - 1) {
            return true
        }
        return sentence.isAdjacent(next) && [.word, .digits].contains(sentence[next].kind)
    }
}
