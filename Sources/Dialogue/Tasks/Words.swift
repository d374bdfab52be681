/// The words of a text, without what stands between them.
enum Words {
    struct Word: Sendable, Hashable {
        /// In small letters.
        let folded: String
        /// Where it stands in the text, in bytes of UTF-8.
        let bytes: Range<Int>
    }

    /// Runs of letters and digits, with apostrophes among them.
    static func of(_ text: String) -> [Word] {
        var words: [Word] = []
        var (folded, start, end, place) = ("", 0, 0, 0)
        /// Those that the word may end before.
        var apostrophes = 0
        for scalar in text.unicodeScalars {
            let width = UTF8.width(scalar)
            if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
                if folded.isEmpty { start = place }
                folded += String(repeating: "'", count: apostrophes) + scalar.properties.lowercaseMapping
                (apostrophes, end) = (0, place + width)
            } else if !folded.isEmpty, scalar == "'" || scalar == "\u{2019}" {
                apostrophes += 1
            } else if !folded.isEmpty {
                words.append(Word(folded: folded, bytes: start..<end))
                (folded, apostrophes) = ("", 0)
            }
            place += width
        }
        if !folded.isEmpty { words.append(Word(folded: folded, bytes: start..<end)) }
        return words
    }

    /// Phrases as their words, in small letters.
    static func phrases(_ texts: String...) -> [[String]] {
        texts.map { $0.split(separator: " ").map(String.init) }
    }

    /// The first of some phrases that words begin with.
    static func first(of phrases: [[String]], in words: ArraySlice<Word>) -> [String]? {
        phrases.first { phrase in
            words.count >= phrase.count && zip(phrase, words).allSatisfy { $0 == $1.folded }
        }
    }

    /// Whether one of some phrases stands anywhere among words.
    static func hold(_ words: [Word], anyOf phrases: [[String]]) -> Bool {
        words.indices.contains { first(of: phrases, in: words[$0...]) != nil }
    }

    /// Whether a word is another one, or its plural.
    static func isSame(_ word: String, as other: String) -> Bool {
        word == other
            || (word.utf8.count == other.utf8.count + 1 && word.hasSuffix("s") && word.hasPrefix(other))
    }
}
