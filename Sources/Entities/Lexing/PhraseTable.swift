/// What phrases of one or more tokens mean: a trie over words, so that the longest match at a token is found in
/// one walk.
struct PhraseTable<Value: Sendable>: Sendable {
    private struct Edge: Hashable {
        let node: Int32
        let word: WordID
    }

    private var edges: [Edge: Int32] = [:]
    private var values: [Value?] = [nil]
    /// The words a phrase begins with: most tokens are turned away here.
    private var isFirst: [Bool] = []

    /// - Parameter meanings: phrases in lower case as the lexer would cut them. Where a phrase has a space, the text
    ///   may have one or none; digits of a phrase stand against what comes before them.
    init(_ meanings: some Sequence<(String, Value)>, _ lexicon: inout Lexicon) {
        for (phrase, value) in meanings {
            var node: Int32 = 0
            for piece in Sentence.pieces(of: phrase) {
                let word = lexicon.add(piece)
                if node == 0 { markFirst(word) }
                let edge = Edge(node: node, word: word)
                if let next = edges[edge] {
                    node = next
                } else {
                    edges[edge] = Int32(values.count)
                    node = Int32(values.count)
                    values.append(nil)
                }
            }
            values[Int(node)] = value
        }
    }

    private mutating func markFirst(_ word: WordID) {
        let index = Int(word.rawValue)
        while isFirst.count <= index { isFirst.append(false) }
        isFirst[index] = true
    }

    /// The longest phrase that begins at token `first`, and the token after it.
    func match(at first: Int, in sentence: Sentence) -> (value: Value, end: Int)? {
        let index = Int(sentence[first].word.rawValue)
        guard index >= 0, index < isFirst.count, isFirst[index] else { return nil }
        var found: (value: Value, end: Int)?
        var node: Int32 = 0
        var position = first
        while true {
            let token = sentence[position]
            if token.kind == .digits, position > first, token.hasSpaceBefore { break }
            guard token.word != .unknown, let next = edges[Edge(node: node, word: token.word)] else { break }
            node = next
            position += 1
            if let value = values[Int(node)] { found = (value, position) }
        }
        return found
    }
}
