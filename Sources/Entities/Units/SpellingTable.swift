/// Something and how it is written.
struct Spelled<Meaning: Sendable>: Sendable {
    let meaning: Meaning
    /// Parted by semicolons, in lower case; case does not matter in them.
    let spellings: String
    /// Parted by semicolons; case matters: `MB` is no `mb`.
    let symbols: String
}

/// Spellings to meanings. Of several meanings the one whose symbol the text has to the letter is meant.
struct SpellingTable<Meaning: Sendable>: Sendable {
    private struct Sense: Sendable {
        let meaning: Meaning
        /// nil where case does not matter.
        let symbol: String?
    }

    private let phrases: PhraseTable<[Sense]>

    init(_ entries: [Spelled<Meaning>], _ lexicon: inout Lexicon) {
        var senses: [String: [Sense]] = [:]
        for entry in entries {
            for spelling in entry.spellings.split(separator: ";") {
                senses[String(spelling), default: []].append(Sense(meaning: entry.meaning, symbol: nil))
            }
            for symbol in entry.symbols.split(separator: ";") {
                senses[symbol.lowercased(), default: []].append(
                    Sense(meaning: entry.meaning, symbol: String(symbol)))
            }
        }
        phrases = PhraseTable(senses.map { ($0.key, $0.value) }, &lexicon)
    }

    /// What the longest spelling that begins at `first` means, and the token after it.
    func match(at first: Int, in sentence: Sentence) -> (meaning: Meaning, end: Int)? {
        guard let found = phrases.match(at: first, in: sentence) else { return nil }
        let bytes = sentence.bytes[sentence.byteRange(of: first..<found.end)]
        let exact = found.value.first { $0.symbol?.utf8.elementsEqual(bytes) == true }
        guard let sense = exact ?? found.value.first(where: { $0.symbol == nil }) else { return nil }
        return (sense.meaning, found.end)
    }
}
