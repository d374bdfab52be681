/// What a stretch of a text says: what can be checked in it, and its words.
struct Statement: Sendable {
    let values: [FactReader.Found]
    /// Words that are in no value, in order.
    let words: [Word]

    /// Stems of the words that carry a subject.
    let subjects: Set<String>

    init(values: [FactReader.Found], words: [Word]) {
        self.values = values
        self.words = words
        subjects = Set(words.filter { !CommonWords.grammar.contains($0.folded) }.map(\.stem))
    }

    /// Whether a negation stands before one of the words, no more than four words earlier and in its clause; `no` as
    /// an answer of its own is none.
    func denies(_ stems: Set<String>, in bytes: [UInt8]) -> Bool {
        words.indices.contains { index in
            guard isNegation(index, in: bytes) else { return false }
            var end = words[index].span.upperBound
            for word in words[(index + 1)...].prefix(4) {
                if Self.hasBreak(bytes[end..<word.span.lowerBound]) { return false }
                if stems.contains(word.stem) { return true }
                end = word.span.upperBound
            }
            return false
        }
    }

    func isNegation(_ index: Int, in bytes: [UInt8]) -> Bool {
        guard CommonWords.negations.contains(words[index].folded) else { return false }
        let end = words[index].span.upperBound
        return
            !(words[index].folded == "no" && index == 0
            && Self.hasBreak(bytes[end..<min(end + 1, bytes.count)]))
    }

    private static func hasBreak(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.contains { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: ";") || $0 == UInt8(ascii: ".") }
    }
}

extension Statement {
    /// Cuts a text where its clauses or its records end: at marks, and in a reply at `and`, `but` and `while`, too.
    ///
    /// - Parameters:
    ///   - bytes: of the text.
    ///   - marks: what ends a statement where a blank or the end follows, never inside a value.
    ///   - joints: words that end one, too; they are in neither.
    static func cut(
        _ whole: Statement, _ bytes: [UInt8], at marks: Set<UInt8>, joints: Set<String> = []
    ) -> [Statement] {
        var ends = bytes.indices.filter { index in
            marks.contains(bytes[index])
                && (index + 1 == bytes.count || bytes[index + 1] == UInt8(ascii: " ")
                    || bytes[index + 1] == UInt8(ascii: "\n") || bytes[index] == UInt8(ascii: "\n"))
                && !whole.values.contains { $0.span.contains(index) }
        }
        ends += whole.words.filter { joints.contains($0.folded) }.map(\.span.lowerBound)
        ends = ends.sorted() + [bytes.count]
        var cut: [Statement] = []
        var (value, word) = (0, 0)
        for end in ends {
            let firstValue = value
            while value < whole.values.count, whole.values[value].span.lowerBound < end { value += 1 }
            let firstWord = word
            while word < whole.words.count, whole.words[word].span.lowerBound < end { word += 1 }
            if firstValue < value || firstWord < word {
                cut.append(
                    Statement(
                        values: Array(whole.values[firstValue..<value]),
                        words: whole.words[firstWord..<word].filter { !joints.contains($0.folded) }))
            }
        }
        return cut
    }
}
