/// Numbers and ordinals that stand for themselves.
struct NumberFamily: Sendable {
    let grammar: NumberGrammar
    private let determiners: WordSet
    private let one: WordID

    init(_ grammar: NumberGrammar, _ lexicon: inout Lexicon) {
        self.grammar = grammar
        determiners = WordSet("the this that these those which", &lexicon)
        one = lexicon.add("one")
    }

    func numbers(in sentence: Sentence) -> [Entity] {
        var found: [Entity] = []
        var index = 0
        while index < sentence.count {
            guard let phrase = grammar.number(at: index, in: sentence) else {
                index += 1
                continue
            }
            if stands(index..<phrase.end, in: sentence) {
                found.append(
                    Entity(
                        .number, index..<phrase.end, of: sentence, value: .number(phrase.value, phrase.form)))
            }
            index = phrase.end
        }
        return found
    }

    /// Whether a number is one for itself: not a part of a word, a code or a measure, nor a pronoun.
    private func stands(_ range: Range<Int>, in sentence: Sentence) -> Bool {
        let (first, last) = (sentence[range.lowerBound], sentence[range.upperBound - 1])
        if first.kind == .digits, sentence.isAdjacent(range.lowerBound),
            sentence[range.lowerBound - 1].kind == .word
        {
            return false
        }
        if last.kind == .digits, sentence.isAdjacent(range.upperBound),
            sentence[range.upperBound].kind == .word
        {
            return false
        }
        // `the one before`, `which one`
        return
            !(range.count == 1 && first.word == one && determiners.contains(sentence[range.lowerBound - 1]))
    }
}
