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
    }

    public init(name: String, words: [String: [String]]) {
        self.name = name
        self.words = words
        var phrases: [String: [Phrase]] = [:]
        for (value, synonyms) in words {
            for synonym in Set(synonyms + [value.replacing("_", with: " ")]) {
                let words = Words.of(synonym).map(\.folded)
                guard let first = words.first else { continue }
                phrases[first, default: []].append(Phrase(words: words, value: value))
            }
        }
        self.phrases = phrases.mapValues { alike in
            alike.sorted { ($1.words.count, $0.value) < ($0.words.count, $1.value) }
        }
    }

    /// The values that a text names, the longest phrase first where two begin alike.
    ///
    /// - Complexity: O(words of the text · phrases that begin with the same word).
    public func values(in text: String) -> [SlotCandidate] {
        let words = Words.of(text)
        var found: [SlotCandidate] = []
        var place = 0
        while place < words.count {
            let phrase = phrases[words[place].folded]?.first { phrase in
                words.count - place >= phrase.words.count
                    && zip(phrase.words, words[place...]).allSatisfy { Words.isSame($1.folded, as: $0) }
            }
            guard let phrase else {
                place += 1
                continue
            }
            let bytes = words[place].bytes.lowerBound..<words[place + phrase.words.count - 1].bytes.upperBound
            found.append(
                SlotCandidate(
                    type: name, text: String(decoding: Array(text.utf8)[bytes], as: UTF8.self),
                    values: [phrase.value], bytes: bytes, confidence: 1))
            place += phrase.words.count
        }
        return found
    }
}
