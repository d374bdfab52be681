/// Known words by length, for the search of the likeliest one near a mistyped word.
struct WordIndex: Sendable {
    private struct Entry: Sendable {
        /// Bit l: the letter a + l occurs.
        let letters: UInt32
        let word: [UInt8]
        /// −log of how common the word is, up to a constant.
        let rarity: Float
    }

    static let longest = 24
    /// What one edit costs beside a word's rarity.
    private static let editCost: Float = 4
    private static let firstLetterCost: Float = 1.5

    private var byLength = [[Entry]](repeating: [], count: longest + 1)

    /// Only words of 2…24 letters a…z are kept; others are never proposed.
    mutating func insert(_ word: [UInt8], rarity: Float) {
        guard word.count >= 2, word.count <= Self.longest, Self.isPlain(word) else { return }
        byLength[word.count].append(Entry(letters: Self.letters(word), word: word, rarity: rarity))
    }

    static func isPlain(_ word: [UInt8]) -> Bool {
        word.allSatisfy { $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z") }
    }

    /// The likeliest word within `edits` of `word`; of equals the first in the order of their letters.
    func nearest(to word: [UInt8], edits: Int) -> [UInt8]? {
        let letters = Self.letters(word)
        var best: (cost: Float, word: [UInt8])?
        for length in max(2, word.count - edits)...max(2, min(Self.longest, word.count + edits)) {
            for entry in byLength[length] where (entry.letters ^ letters).nonzeroBitCount <= 2 * edits {
                var cost = entry.rarity + Self.editCost
                if entry.word[0] != word[0] { cost += Self.firstLetterCost }
                if let best, cost > best.cost { continue }
                guard let distance = EditDistance.between(word, entry.word, limit: edits) else { continue }
                cost += Float(distance - 1) * Self.editCost
                if let best, cost > best.cost { continue }
                if let best, cost == best.cost, best.word.lexicographicallyPrecedes(entry.word) { continue }
                best = (cost, entry.word)
            }
        }
        return best?.word
    }

    private static func letters(_ word: [UInt8]) -> UInt32 {
        word.reduce(0) { $0 | 1 << UInt32($1 - UInt8(ascii: "a")) }
    }
}

/// Insertions, deletions, substitutions and exchanges of neighbours that turn one word into another.
///
/// - Note: Damerau, *A technique for computer detection and correction of spelling errors*, 1964.
enum EditDistance {
    /// - Returns: nil above `limit`.
    static func between(_ a: [UInt8], _ b: [UInt8], limit: Int) -> Int? {
        guard abs(a.count - b.count) <= limit else { return nil }
        var before = [Int](repeating: 0, count: b.count + 1)
        var previous = Array(0...b.count)
        var current = previous
        for i in a.indices {
            current[0] = i + 1
            for j in b.indices {
                var distance = min(previous[j + 1], current[j]) + 1
                distance = min(distance, previous[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    distance = min(distance, before[j - 1] + 1)
                }
                current[j + 1] = distance
            }
            guard current.contains(where: { $0 <= limit }) else { return nil }
            (before, previous, current) = (previous, current, before)
        }
        return previous[b.count] <= limit ? previous[b.count] : nil
    }
}
