/// The words of a text, without what stands between them.
enum Words {
    struct Word: Sendable, Hashable {
        /// In small letters.
        let folded: String
        /// Where it stands in the text, in bytes of UTF-8.
        let bytes: Range<Int>
    }

    /// Runs of letters, digits and apostrophes.
    static func of(_ text: String) -> [Word] {
        var words: [Word] = []
        var (folded, start, place) = ("", 0, 0)
        for scalar in text.unicodeScalars {
            let isPart =
                scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "'"
            if isPart {
                if folded.isEmpty { start = place }
                folded += scalar.properties.lowercaseMapping
            } else if !folded.isEmpty {
                words.append(Word(folded: folded, bytes: start..<place))
                folded = ""
            }
            place += UTF8.width(scalar)
        }
        if !folded.isEmpty { words.append(Word(folded: folded, bytes: start..<place)) }
        return words
    }

    /// Whether a word is another one, or its plural.
    static func isSame(_ word: String, as other: String) -> Bool {
        word == other
            || (word.utf8.count == other.utf8.count + 1 && word.hasSuffix("s") && word.hasPrefix(other))
    }
}
