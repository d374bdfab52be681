/// What a reply's sentence says beyond its question.
///
/// Small models like to say a question again as a statement, or to fill it in with words of their own. Neither answers it.
struct AnswerContent: Sendable {
    /// Stems of words with a subject that the question does not have.
    private let new: Set<String>
    private let hasNewNumber: Bool
    /// Whether it tells a time's half of the day.
    private let hasOwnHalfDay: Bool
    /// Small counts, each as it may be written.
    private let counts: [Set<String>]
    /// Whether something is announced that does not come.
    private let isOpen: Bool

    /// - Parameter question: stems of its words.
    init(_ sentence: String, beyond question: Set<String>) {
        let said = Word.words(of: sentence)
        let words = said.filter { !question.contains($0.stem) }
        let telling = words.filter { word in
            !CommonWords.grammar.contains(word.folded) && !Self.announcing.contains(word.folded)
        }
        new = Set(telling.filter { !Self.isNumber($0) }.map(\.stem))
        hasNewNumber = words.contains(where: Self.isNumber)
        hasOwnHalfDay = zip(said, said.dropFirst()).contains { number, half in
            number.hasDigit && Self.halves.contains(half.folded)
        }
        counts = words.compactMap { Self.written[$0.folded] }
        isOpen = sentence.last { !$0.isWhitespace } == ":"
    }

    /// Whether it says something that the question does not, of the asked kind, and in the words of a passage alone.
    ///
    /// What numbers it has is compared with the context's facts, by what they mean, and not here; but a small count has to be
    /// a count in the passage, too: of a second vote it does not follow that there are two.
    func answers(_ kind: AskedText.Kind, in passage: Set<String>) -> Bool {
        guard !hasOwnHalfDay || Self.halves.contains(where: { passage.contains(Word.stem($0)) }) else {
            return false
        }
        guard !isOpen, new.isSubset(of: passage), counts.allSatisfy({ !$0.isDisjoint(with: passage) }) else {
            return false
        }
        return kind == .number ? hasNewNumber : hasNewNumber || !new.isEmpty
    }

    private static let halves: Set<String> = ["am", "pm", "a.m", "p.m"]

    private static let announcing: Set<String> = ["answer", "yes", "no"]

    private static func isNumber(_ word: Word) -> Bool {
        word.hasDigit || numbers.contains(word.folded)
    }

    /// By each way to write it, all ways; as stems. One is left out, for it is more often no number.
    private static let written: [String: Set<String>] = {
        let names = "two three four five six seven eight nine ten eleven twelve".split(separator: " ").map(
            String.init)
        return names.enumerated().reduce(into: [:]) { written, entry in
            let digits = String(entry.offset + 2)
            let ways: Set = [digits, Word.stem(entry.element)]
            written[digits] = ways
            written[entry.element] = ways
        }
    }()

    private static let numbers: Set<String> = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
        "thirteen",
        "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty", "forty",
        "fifty",
        "sixty", "seventy", "eighty", "ninety", "hundred", "hundreds", "thousand", "thousands", "million",
        "millions",
        "billion", "billions", "half", "dozen", "dozens", "once", "twice", "few", "many", "several", "both",
        "none",
    ]
}
