/// Ranks: `21st`, `two hundredth`, `the last but one`.
struct OrdinalFamily: Sendable {
    private let grammar: NumberGrammar
    private let relative: PhraseTable<OrdinalValue>

    /// Ranks from the end and from where one is.
    private static let phrases: [(String, Int, OrdinalValue.Origin)] = [
        ("last", 0, .end),
        ("penultimate", -1, .end), ("the last but one", -1, .end), ("last but one", -1, .end),
        ("next to last", -1, .end), ("second to last", -1, .end),
        ("the second to last", -1, .end), ("the one before the last one", -1, .end),
        ("the one before the last", -1, .end), ("one before the last one", -1, .end),
        ("one before the last", -1, .end),
        ("antepenultimate", -2, .end), ("the last but two", -2, .end), ("third to last", -2, .end),
        ("the third to last", -2, .end),
        ("previous", -1, .current), ("previous one", -1, .current),
        ("current", 0, .current), ("current one", 0, .current),
        ("next", 1, .current), ("next one", 1, .current),
    ]

    init(_ grammar: NumberGrammar, _ lexicon: inout Lexicon) {
        self.grammar = grammar
        relative = PhraseTable(
            Self.phrases.flatMap { phrase, offset, origin in
                [phrase, phrase.hyphened].map { ($0, OrdinalValue(offset: offset, origin: origin)) }
            }, &lexicon)
    }

    func ordinals(in sentence: Sentence) -> [Entity] {
        var found: [Entity] = []
        var index = 0
        while index < sentence.count {
            guard let (value, end) = ordinal(at: index, in: sentence) else {
                index += 1
                continue
            }
            found.append(Entity(.ordinal, index..<end, of: sentence, value: .ordinal(value)))
            index = end
        }
        return found
    }

    private func ordinal(at index: Int, in sentence: Sentence) -> (OrdinalValue, end: Int)? {
        if let match = relative.match(at: index, in: sentence) { return (match.value, match.end) }
        guard let phrase = grammar.digitOrdinal(at: index, in: sentence) ?? words(at: index, in: sentence),
            let value = phrase.value.integer
        else { return nil }
        return (OrdinalValue(offset: value, origin: .start), phrase.end)
    }

    /// `a thousandth` is a part, `a hundred thousandth` a rank.
    private func words(at index: Int, in sentence: Sentence) -> NumberPhrase? {
        guard let phrase = grammar.ordinal(at: index, in: sentence),
            grammar.ordinals[sentence[phrase.end - 1]]?.isPlural == false
        else { return nil }
        let isPart = phrase.end == index + 1 && grammar.articles.contains(sentence[index - 1])
        return isPart && phrase.value.double > 90
            || phrase.end == index + 2
                && grammar.articles.contains(sentence[index])
            ? nil : phrase
    }
}

extension String {
    /// `second to last` as `second-to-last`.
    fileprivate var hyphened: String { split(separator: " ").joined(separator: "-") }
}
