/// The proper names of a sentence: capitalised words that no value holds, and codes of letters and digits.
struct NamesOfSentence {
    private let words: [Word]
    private let bytes: [UInt8]

    /// - Parameter words: those that are in no value.
    init(_ words: [Word], _ bytes: [UInt8]) {
        self.words = words
        self.bytes = bytes
    }

    /// Each run of words that makes one name, with whether the context has it.
    func facts(in context: ContextFacts) -> [(Fact, Bool)] {
        runs(in: context).map { run in
            let span = run[0].span.lowerBound..<run[run.count - 1].span.upperBound
            let fact = Fact(kind: .name, text: String(decoding: bytes[span], as: UTF8.self), span: span)
            let isWhole = zip(run, run.dropFirst()).allSatisfy { context.hasPair($0, $1) }
            return (fact, isWhole && run.allSatisfy { isKnown($0, in: context) })
        }
    }

    private func isKnown(_ word: Word, in context: ContextFacts) -> Bool {
        if context.has(word) { return true }
        let pieces = Word.words(of: word.text.map { $0 == "-" ? " " : String($0) }.joined())
        return pieces.count > 1 && pieces.allSatisfy { context.has($0) }
    }

    private func runs(in context: ContextFacts) -> [[Word]] {
        var runs: [[Word]] = []
        var end = -2
        for (index, word) in words.enumerated() where isName(word, at: index, in: context) {
            let goesOn = word.span.lowerBound == end + 1 && bytes[end] == UInt8(ascii: " ")
            if goesOn, word.isCapitalised { runs[runs.count - 1].append(word) } else { runs.append([word]) }
            end = word.span.upperBound
        }
        return runs
    }

    private func isName(_ word: Word, at index: Int, in context: ContextFacts) -> Bool {
        if word.hasDigit { return true }
        guard word.isCapitalised, !CommonWords.grammar.contains(word.folded) else { return false }
        guard beginsSentence(word), !word.text.dropFirst().contains(where: \.isUppercase) else { return true }
        if CommonWords.openings.contains(word.folded) { return false }
        if index + 1 < words.count, words[index + 1].isCapitalised, follows(words[index + 1], word) {
            return true
        }
        return !context.stems.contains(word.stem)
            && !word.folded.hasSuffix("ly") && !word.folded.hasSuffix("ing")
    }

    private func follows(_ next: Word, _ word: Word) -> Bool {
        next.span.lowerBound == word.span.upperBound + 1 && bytes[word.span.upperBound] == UInt8(ascii: " ")
    }

    /// Whether nothing stands before a word, or a mark behind which any word is capitalised.
    private func beginsSentence(_ word: Word) -> Bool {
        let before = bytes[..<word.span.lowerBound].reversed().drop {
            $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "(")
                || $0 == UInt8(ascii: "*")
        }
        guard let mark = before.first else { return true }
        return [
            UInt8(ascii: ":"), UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?"), UInt8(ascii: "-"),
            UInt8(ascii: "\n"), 0x9C,
        ].contains(mark)
    }
}
