/// Reads numbers that begin at a token.
///
///     number    = sign? (fraction | mixed | cardinal)
///     cardinal  = group (and? group)*                         multipliers fall: 3 million, 2 thousand and 5
///     group     = lead hundred? (and? tail)? multiplier*      two hundred and two thousand
///     fraction  = cardinal denominator                        two thirds, 3/4, one over 20
///     mixed     = cardinal and fraction                       one hundred and three and two thirds
///
/// A phrase is at most `longest` tokens long, so the work at a token is bounded.
struct NumberGrammar: Sendable {
    static let longest = 24

    let cardinals: WordTable<NumberWord>
    let ordinals: WordTable<OrdinalWord>
    let denominators: WordTable<Int>
    let suffixes: WordTable<[(spelling: String, factor: Int)]>
    let vulgarFractions: WordTable<Rational>

    let and, point, over, out, of, `in`, minus, negative, e, x: WordID
    let articles, ordinalEndings, indefinite, currencySigns, pluralScales, dashes: WordSet

    init(_ lexicon: inout Lexicon) {
        cardinals = WordTable(NumberWords.cardinals, &lexicon)
        ordinals = WordTable(NumberWords.ordinals, &lexicon)
        denominators = WordTable(NumberWords.namedDenominators, &lexicon)
        let spellings = Dictionary(grouping: NumberWords.suffixes) { $0.0.lowercased() }
        suffixes = WordTable(
            spellings.map { key, group in (key, group.map { (spelling: $0.0, factor: $0.1) }) }, &lexicon)
        vulgarFractions = WordTable(
            NumberWords.vulgarFractions.compactMap { symbol, parts in
                Rational(parts.0, over: parts.1).map { (symbol, $0) }
            }, &lexicon)
        and = lexicon.add("and")
        point = lexicon.add("point")
        over = lexicon.add("over")
        out = lexicon.add("out")
        of = lexicon.add("of")
        `in` = lexicon.add("in")
        minus = lexicon.add("minus")
        negative = lexicon.add("negative")
        e = lexicon.add("e")
        x = lexicon.add("x")
        articles = WordSet("a an", &lexicon)
        indefinite = WordSet("a an one", &lexicon)
        currencySigns = WordSet("$ € £ ¥", &lexicon)
        dashes = WordSet("‐ ‑ – —", &lexicon)
        pluralScales = WordSet("hundreds thousands lakhs crores millions billions trillions dozens", &lexicon)
        ordinalEndings = WordSet("st nd rd th", &lexicon)
    }

    /// The longest number that begins at `first`.
    ///
    /// - Parameter allowsRatio: `2 in 5` is a number.
    func number(at first: Int, in sentence: Sentence, allowsRatio: Bool = true) -> NumberPhrase? {
        guard let start = signed(at: first, in: sentence) else {
            return unsigned(at: first, in: sentence, allowsRatio: allowsRatio)
        }
        guard var phrase = unsigned(at: start, in: sentence, allowsRatio: allowsRatio) else { return nil }
        phrase.value = -phrase.value
        return phrase
    }

    /// The longest number without a sign that begins at `first`.
    func unsigned(at first: Int, in sentence: Sentence, allowsRatio: Bool = true) -> NumberPhrase? {
        guard mayBegin(sentence, first) else { return nil }
        let cardinal = decimalWords(at: first, in: sentence) ?? cardinal(at: first, in: sentence)
        if allowsRatio, let ratio = ratio(at: first, cardinal, in: sentence) { return ratio }
        let fraction = fraction(at: first, cardinal: cardinal, in: sentence)
        guard let fraction, fraction.end > cardinal?.end ?? 0 else { return cardinal }
        return fraction
    }

    private func mayBegin(_ sentence: Sentence, _ index: Int) -> Bool {
        let token = sentence[index]
        if token.kind == .digits || sentence.has(".", at: index) { return true }
        return cardinals[token] != nil || denominators[token] != nil || vulgarFractions[token] != nil
            || articles.contains(token)
    }

    /// Where the number begins whose sign is at `index`; nil if no sign is there.
    private func signed(at index: Int, in sentence: Sentence) -> Int? {
        let token = sentence[index]
        if token.word == minus || token.word == negative { return index + 1 }
        guard sentence.has("-", at: index), sentence[index - 1].kind != .digits else { return nil }
        // `SCP-173` and `May -3` are no negative numbers; `(-3` and `<-3` are.
        if sentence.isAdjacent(index), sentence[index - 1].kind == .word || sentence.has("-", at: index - 1) {
            return nil
        }
        return sentence[index + 1].kind == .digits || sentence.has(".", at: index + 1) ? index + 1 : nil
    }
}
