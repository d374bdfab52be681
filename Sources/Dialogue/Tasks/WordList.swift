/// A type of values that are known by their names, each with the words that mean it.
public struct WordList: Sendable, Hashable {
    /// The type's name: `report_type`.
    public let name: String
    /// The values and the words for them; the value's own name with blanks for its underscores is one of them.
    public let words: [String: [String]]

    /// Phrases by their first word, the longest first.
    private let phrases: [String: [Phrase]]

    private struct Phrase: Sendable, Hashable {
        let words: [String]
        let value: String

        var text: String { words.joined(separator: " ") }
    }

    /// - Parameter words: no two values have the same, as `folded` compares them.
    public init(name: String, words: [String: [String]]) {
        self.name = name
        self.words = words
        var phrases: [String: [Phrase]] = [:]
        for (value, synonyms) in words {
            for synonym in Set(Self.words(of: value, synonyms).map(Self.folded)) {
                let words = synonym.split(separator: " ").map(String.init)
                guard let first = words.first else { continue }
                phrases[first, default: []].append(Phrase(words: words, value: value))
            }
        }
        self.phrases = phrases.mapValues { alike in
            alike.sorted { ($1.words.count, $0.text) < ($0.words.count, $1.text) }
        }
    }

    /// All that mean a value: its own name is among them.
    public static func words(of value: String, _ synonyms: [String]) -> [String] {
        [value.replacing("_", with: " ")] + synonyms
    }

    /// Words as they are compared: in small letters, a blank between two. Empty for what has no letter or digit.
    public static func folded(_ phrase: String) -> String {
        Words.of(phrase).map(\.folded).joined(separator: " ")
    }

    /// The values that a text names, the longest phrase first where two begin alike. A word may be in the plural.
    ///
    /// - Complexity: O(words of the text · phrases that begin with the same word).
    public func values(in text: String) -> [SlotCandidate] {
        let words = Words.of(text)
        let bytes = Array(text.utf8)
        var found: [SlotCandidate] = []
        var place = 0
        while place < words.count {
            guard let phrase = phrase(at: words[place...]) else {
                place += 1
                continue
            }
            let end = place + phrase.words.count
            let range = words[place].bytes.lowerBound..<words[end - 1].bytes.upperBound
            found.append(
                SlotCandidate(
                    type: name, text: String(decoding: bytes[range], as: UTF8.self), values: [phrase.value],
                    bytes: range, confidence: 1))
            place = end
        }
        return found
    }

    /// The longest that stands there; of these the one that stands there word for word, else the first.
    private func phrase(at words: ArraySlice<Words.Word>) -> Phrase? {
        guard let first = words.first?.folded else { return nil }
        var alike = phrases[first] ?? []
        if first.hasSuffix("s") { alike += phrases[String(first.dropLast())] ?? [] }
        let standing = alike.filter { phrase in
            words.count >= phrase.words.count
                && zip(phrase.words, words).allSatisfy { Words.isSame($1.folded, as: $0) }
        }
        let longest = standing.filter { $0.words.count == standing.map(\.words.count).max() }
        return longest.first { zip($0.words, words).allSatisfy { $0 == $1.folded } } ?? longest.first
    }
}
