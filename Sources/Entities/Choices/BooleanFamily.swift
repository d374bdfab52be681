/// Yes or no: the phrase that makes up most of a text.
struct BooleanFamily: Sendable {
    private let phrases: PhraseTable<Bool>
    private let numero: WordID

    private static let yes = [
        "yes", "yep", "yup", "yeah", "yea", "ya", "y", "sure", "ok", "okay", "k", "true", "agree", "agreed",
        "i agree",
        "right", "correct", "that is right", "that's right", "of course", "absolutely", "definitely",
        "certainly",
        "exactly", "indeed", "affirmative", "why not", "sounds good", "go ahead", "please do", "👌", "👍", "✔",
        "✅",
    ]
    private static let no = [
        "no", "nope", "nah", "nay", "n", "not ok", "not okay", "not really", "not sure", "false", "disagree",
        "don't agree", "do not agree", "wrong", "incorrect", "not right", "not correct", "never", "no way",
        "no thanks", "no thank you", "of course not", "absolutely not", "negative", "👎", "❌", "✋", "🖐", "🙅",
    ]
    /// Skin tones, which may follow a hand.
    private static let tones = ["🏻", "🏼", "🏽", "🏾", "🏿"]

    init(_ lexicon: inout Lexicon) {
        let meanings = Self.yes.map { ($0, true) } + Self.no.map { ($0, false) }
        let toned = ["👌": true, "👍": true, "👎": false, "✋": false, "🖐": false, "🙅": false].flatMap {
            hand, value in
            Self.tones.map { (hand + $0, value) }
        }
        phrases = PhraseTable(meanings + toned, &lexicon)
        numero = lexicon.add("no")
    }

    /// One entity at most: the phrase with the greatest share of the words, of as great ones the first.
    ///
    /// Its confidence is 0.4 and 0.6 of that share.
    func answer(in sentence: Sentence) -> Entity? {
        var best: (tokens: Range<Int>, value: Bool)?
        var index = 0
        var words = 0
        while index < sentence.count {
            if let match = phrases.match(at: index, in: sentence),
                !isAdjacentToWord(index..<match.end, in: sentence), !isNumero(index, in: sentence)
            {
                let length = match.end - index
                if length > best?.tokens.count ?? 0 { best = (index..<match.end, match.value) }
                words += countWords(index..<match.end, in: sentence)
                index = match.end
            } else {
                words += countWords(index..<index + 1, in: sentence)
                index += 1
            }
        }
        guard let best else { return nil }
        let share = Double(countWords(best.tokens, in: sentence)) / Double(max(words, 1))
        return Entity(
            .boolean, best.tokens, of: sentence, value: .boolean(best.value), confidence: 0.4 + 0.6 * share)
    }

    private func countWords(_ range: Range<Int>, in sentence: Sentence) -> Int {
        range.count { sentence[$0].kind != .punctuation }
    }

    /// `invoice no. 12`: behind a word and before digits it is short for number.
    private func isNumero(_ index: Int, in sentence: Sentence) -> Bool {
        guard sentence[index].word == numero, sentence[index - 1].kind == .word,
            sentence.isAdjacent(index + 1)
        else {
            return false
        }
        return sentence.has(".", at: index + 1) && sentence[index + 2].kind == .digits
    }

    /// `n'`, `y2`, `e-k`: a letter that is a part of something else.
    private func isAdjacentToWord(_ range: Range<Int>, in sentence: Sentence) -> Bool {
        guard sentence[range.lowerBound].kind == .word, range.count == 1,
            sentence[range.lowerBound].count == 1
        else {
            return false
        }
        return sentence.isAdjacent(range.lowerBound) || sentence.isAdjacent(range.upperBound)
    }
}
