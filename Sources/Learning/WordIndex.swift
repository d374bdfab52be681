/// Known words by length, for the search of the likeliest one near a mistyped word.
struct WordIndex: Sendable {
    /// The number of a word, from 0 in the order of their coming.
    struct Place: Sendable, Hashable {
        let rawValue: Int
    }

    private struct Entry: Sendable {
        /// Bit l: the letter a + l occurs.
        let letters: UInt32
        let place: UInt32
        let word: [UInt8]
    }

    static let longest = 24
    /// The rarity of a word that is not proposed.
    static let never = Float.infinity
    /// What one edit costs beside a word's rarity.
    private static let editCost: Float = 4
    /// What an edit costs more that chose a letter: one typed too many, or for another.
    private static let letterCost: Float = 2
    private static let firstLetterCost: Float = 1.5

    private var byLength = [[Entry]](repeating: [], count: longest + 1)
    /// By place: −log of how common a word is, up to a constant.
    private var rarities: [Float] = []

    /// Only words of 2…24 letters a…z are ever proposed.
    mutating func append(_ word: [UInt8], rarity: Float) -> Place {
        let place = rarities.count
        rarities.append(rarity)
        if word.count >= 2, word.count <= Self.longest, Self.isPlain(word) {
            byLength[word.count].append(
                Entry(letters: Self.letters(word), place: UInt32(place), word: word))
        }
        return Place(rawValue: place)
    }

    mutating func set(_ rarity: Float, at place: Place) { rarities[place.rawValue] = rarity }

    static func isPlain(_ word: [UInt8]) -> Bool {
        word.allSatisfy { $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z") }
    }

    /// The likeliest word within `limit` edits of `typed`; of equals the first in the order of their letters.
    func nearest(to typed: [UInt8], edits limit: Int) -> [UInt8]? {
        let letters = Self.letters(typed)
        var best: (cost: Float, word: [UInt8])?
        for length in max(2, typed.count - limit)...max(2, min(Self.longest, typed.count + limit)) {
            for entry in byLength[length] where (entry.letters ^ letters).nonzeroBitCount <= 2 * limit {
                var cost = rarities[Int(entry.place)] + Self.editCost
                if entry.word[0] != typed[0] { cost += Self.firstLetterCost }
                if cost > best?.cost ?? .greatestFiniteMagnitude { continue }
                guard let edits = Edits(of: typed, from: entry.word, limit: limit) else { continue }
                cost += Float(edits.count - 1) * Self.editCost + Float(edits.letters) * Self.letterCost
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

/// The fewest insertions, omissions, substitutions and exchanges of neighbours that make what was typed of a word.
///
/// - Note: Damerau, *A technique for computer detection and correction of spelling errors*, 1964.
struct Edits: Sendable, Hashable {
    let count: Int
    /// Those of them that chose a letter, insertions and substitutions: of as few edits as few as can be.
    let letters: Int

    /// The weight of an edit that chose no letter, and of one that did: the count above, the letters below.
    private static let plain = 64
    private static let lettered = 65

    init(count: Int, letters: Int) {
        self.count = count
        self.letters = letters
    }

    /// - Parameter limit: below 64.
    /// - Returns: nil above `limit` edits.
    /// - Complexity: O(letters of both, multiplied).
    init?(of typed: [UInt8], from word: [UInt8], limit: Int) {
        guard abs(typed.count - word.count) <= limit else { return nil }
        let most = limit * Self.plain + limit
        var before = [Int](repeating: 0, count: word.count + 1)
        var previous = (0...word.count).map { $0 * Self.plain }
        var current = previous
        for i in typed.indices {
            current[0] = (i + 1) * Self.lettered
            for j in word.indices {
                var weight = min(previous[j + 1] + Self.lettered, current[j] + Self.plain)
                weight = min(weight, previous[j] + (typed[i] == word[j] ? 0 : Self.lettered))
                if i > 0, j > 0, typed[i] == word[j - 1], typed[i - 1] == word[j] {
                    weight = min(weight, before[j - 1] + Self.plain)
                }
                current[j + 1] = weight
            }
            guard current.contains(where: { $0 <= most }) else { return nil }
            (before, previous, current) = (previous, current, before)
        }
        guard previous[word.count] <= most else { return nil }
        self.init(count: previous[word.count] / Self.plain, letters: previous[word.count] % Self.plain)
    }
}
