/// Numbers with a unit after them, units alone, and numbers after a word such as `age`.
struct UnitFamily: Sendable {
    /// In tokens.
    private static let longestQuotation = 32

    private let kind: EntityKind
    private let units: UnitTable
    private let prefixes: UnitTable
    private let neverAlone: Set<String>
    private let standsAlone: Bool
    private let articles: WordSet
    private let of: WordID

    init(
        _ kind: EntityKind, _ entries: [UnitEntry], prefixes: [UnitEntry] = [], neverAlone: Set<String> = [],
        standsAlone: Bool = true, _ lexicon: inout Lexicon
    ) {
        self.kind = kind
        units = UnitTable(entries, &lexicon)
        self.prefixes = UnitTable(prefixes, &lexicon)
        self.neverAlone = neverAlone
        self.standsAlone = standsAlone
        articles = WordSet("a an", &lexicon)
        of = lexicon.add("of")
    }

    /// A number, its unit and the tokens of both.
    struct Measure {
        var tokens: Range<Int>
        var value: Number?
        let unit: Unit
    }

    func measures(in sentence: Sentence, _ amounts: Amounts) -> [Measure] {
        var found: [Measure] = []
        var index = 0
        while index < sentence.count {
            if let measure = measure(at: index, in: sentence, amounts) ?? alone(at: index, in: sentence) {
                found.append(measure)
                index = measure.tokens.upperBound
            } else {
                index = amounts[startingAt: index]?.tokens.upperBound ?? index + 1
            }
        }
        return found
    }

    private func measure(at index: Int, in sentence: Sentence, _ amounts: Amounts) -> Measure? {
        if let prefix = prefixes.match(at: index, in: sentence), let amount = amounts[startingAt: prefix.end],
            !sentence.goesOn(after: amount.tokens.upperBound),
            prefix.meaning.name != "Age" || amount.value.integer != nil
        {
            return Measure(
                tokens: index..<amount.tokens.upperBound, value: amount.value, unit: prefix.meaning)
        }
        guard let amount = amounts[startingAt: index], !sentence.isInsideCode(index),
            let (unit, end) = unit(after: amount, in: sentence)
        else { return nil }
        return Measure(tokens: index..<end, value: amount.value, unit: unit)
    }

    /// Between a fraction and its unit an article may stand: `half a litre`, `a quarter of a mile`.
    private func unit(after amount: Amounts.Amount, in sentence: Sentence) -> (Unit, end: Int)? {
        let end = amount.tokens.upperBound
        if let direct = unit(after: end, in: sentence) { return direct }
        guard amount.form == .fraction else { return nil }
        let article = sentence[end].word == of ? end + 1 : end
        guard articles.contains(sentence[article]), units.match(at: article + 1, in: sentence) != nil else {
            return nil
        }
        return unit(after: article + 1, in: sentence)
    }

    /// The unit of a number that ends at `index`: against it, after a space or a hyphen, or in brackets.
    private func unit(after index: Int, in sentence: Sentence) -> (Unit, end: Int)? {
        if let direct = units.match(at: index, in: sentence) {
            return isUnit(direct, at: index, in: sentence) ? (direct.meaning, direct.end) : nil
        }
        if sentence.has("-", at: index), let hyphened = units.match(at: index + 1, in: sentence),
            isUnit(hyphened, at: index + 1, in: sentence)
        {
            return (hyphened.meaning, hyphened.end)
        }
        let brackets: [(Unicode.Scalar, Unicode.Scalar)] = [("(", ")"), ("[", "]"), ("{", "}"), ("<", ">")]
        for (open, close) in brackets where sentence.has(open, at: index) {
            guard let inner = units.match(at: index + 1, in: sentence), sentence.has(close, at: inner.end)
            else {
                return nil
            }
            return (inner.meaning, inner.end + 1)
        }
        return nil
    }

    private func isUnit(
        _ match: (meaning: Unit, end: Int), at index: Int, in sentence: Sentence
    ) -> Bool {
        if sentence.goesOn(after: match.end) { return false }
        // `6pm` is a time of day, `6 pm` may be a length.
        if match.meaning.name == "Picometer", match.end == index + 1, sentence.isAdjacent(index) {
            return false
        }
        // A quotation mark that ends a quotation is no inch.
        guard sentence.has("\"", at: index) else { return true }
        return !(max(0, index - Self.longestQuotation)..<index).contains { sentence.has("\"", at: $0) }
    }

    private func alone(at index: Int, in sentence: Sentence) -> Measure? {
        guard standsAlone, let (unit, end) = units.match(at: index, in: sentence),
            !neverAlone.contains(unit.name),
            !sentence.goesOn(after: end), sentence[index].kind == .word,
            !(sentence.isAdjacent(index) && [.word, .digits].contains(sentence[index - 1].kind))
        else { return nil }
        return Measure(tokens: index..<end, value: nil, unit: unit)
    }

    func entities(_ measures: [Measure], in sentence: Sentence) -> [Entity] {
        measures.map { measure in
            let quantity = Quantity(
                number: measure.value, unit: measure.unit.name, dimension: measure.unit.dimension)
            return Entity(
                kind, measure.tokens, of: sentence, value: .quantity(quantity),
                confidence: measure.value == nil ? 0.6 : 1)
        }
    }
}
