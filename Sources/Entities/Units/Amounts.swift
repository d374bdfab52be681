/// The numbers of a sentence that may measure something, in its order.
struct Amounts: Sendable {
    struct Amount: Sendable {
        let tokens: Range<Int>
        let value: Number
        let form: NumberForm
    }

    let all: [Amount]
    /// The index in `all` of the amount that begins at a token; -1 where none does.
    private let starts: [Int]

    init(of sentence: Sentence, _ grammar: NumberGrammar) {
        var all: [Amount] = []
        var starts = [Int](repeating: -1, count: sentence.count)
        var index = 0
        while index < sentence.count {
            guard let phrase = grammar.number(at: index, in: sentence, allowsRatio: false) else {
                index += 1
                continue
            }
            starts[index] = all.count
            all.append(
                Amount(tokens: index..<phrase.end, value: phrase.value, form: phrase.form))
            index = phrase.end
        }
        self.all = all
        self.starts = starts
    }

    subscript(startingAt token: Int) -> Amount? {
        guard token >= 0, token < starts.count, starts[token] >= 0 else { return nil }
        return all[starts[token]]
    }
}

extension Sentence {
    /// Whether a number at `index` is a part of a code or a clock time: `scp-173`, `L202`, `2:00`.
    func isInsideCode(_ index: Int) -> Bool {
        guard isAdjacent(index) else { return false }
        if self[index - 1].kind == .word { return true }
        guard isAdjacent(index - 1) else { return false }
        let before = self[index - 2].kind
        if has(":", at: index - 1) { return before == .digits }
        return (has("-", at: index - 1) && self[index].kind == .digits)
            && (before == .word || before == .digits)
    }

    /// Whether letters or digits go on where a unit ended, so that it was none.
    func goesOn(after end: Int) -> Bool {
        guard isAdjacent(end) else { return false }
        if self[end].kind == .word || self[end].kind == .digits { return true }
        // `24703 L-202`, `14.7C/ per share`
        return self[end - 1].count == 1 && self[end - 1].kind == .word
            && (has("-", at: end) || has("/", at: end))
    }
}
