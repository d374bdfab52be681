/// Puts mistyped words right, and writes texting shorthand out.
///
/// A word of three letters or more that is neither in the vocabulary nor taught becomes the likeliest known word
/// within one edit, or two from five letters on. Taught words are the likeliest, the more the oftener they were taught,
/// then the vocabulary's common ones.
public struct SpellingCorrector: Sendable {
    /// Of a word that was taught once; the vocabulary's begin at 3.5 and grow with the logarithm of the place.
    private static let taughtRarity: Float = 3
    /// Less by this for each e-fold of the times a word was taught.
    private static let familiarity: Float = 0.5

    /// Each known word's place in the index.
    private var known: [String: WordIndex.Place] = [:]
    /// How often the word at each place was taught: sums of ones are exact as far as they matter.
    private var taught: [Float] = []
    private var index = WordIndex()

    /// - Parameters:
    ///   - words: whole words of the encoder's vocabulary, the commonest first.
    ///   - taught: the words of what was taught.
    public init(words: [String], taught: TaughtWords = TaughtWords()) {
        known.reserveCapacity(words.count)
        for (place, word) in words.enumerated() where known[word] == nil {
            append(word, rarity: Exponential.log(Float(place + 32)))
        }
        for (word, count) in taught.counts { meet(word, times: count) }
    }

    /// The words of a taught text become known, and the likelier corrections.
    public mutating func learn(_ text: String) {
        for word in Self.words(of: text) { meet(word, times: 1) }
    }

    private mutating func meet(_ word: String, times: Int) {
        let isNew = known[word] == nil
        // A word no vocabulary knows may itself be mistyped: it is proposed once it was taught again.
        let place = known[word] ?? append(word, rarity: WordIndex.never)
        taught[place.rawValue] += Float(times)
        if isNew, times == 1 { return }
        let rarity = Self.taughtRarity - Self.familiarity * Exponential.log(taught[place.rawValue])
        index.set(max(0, rarity), at: place)
    }

    @discardableResult
    private mutating func append(_ word: String, rarity: Float) -> WordIndex.Place {
        let place = index.append(Array(word.utf8), rarity: rarity)
        known[word] = place
        taught.append(0)
        return place
    }

    /// The words of a taught text that count, in lower case.
    static func words(of text: String) -> [String] {
        pieces(text).filter(\.isWord).map { $0.text.lowercased() }.filter { Shorthand.words[$0] == nil }
    }

    /// `text` with its mistyped words put right; every other character stays.
    ///
    /// - Complexity: some 50 µs for each unknown word, under 1 µs for a known one.
    public func corrected(_ text: String) -> String { correction(of: text).text }

    /// The same, and where it differs.
    public func correction(of text: String) -> CorrectedText {
        let pieces = Self.pieces(text)
        let words = pieces.filter(\.isWord).map { $0.text.lowercased() }
        let expansions = Shorthand.expansions(of: words)
        var result = CorrectedText()
        var place = 0
        for piece in pieces {
            guard piece.isWord else {
                result.append(piece.text)
                continue
            }
            if let written = expansions[place] ?? replacement(for: words[place]) {
                result.append(written, inPlaceOf: piece.text)
            } else {
                result.append(piece.text)
            }
            place += 1
        }
        return result
    }

    /// nil: the word stays.
    private func replacement(for word: String) -> String? {
        let letters = Array(word.utf8)
        guard letters.count >= 3, letters.count <= WordIndex.longest, known[word] == nil,
            WordIndex.isPlain(letters)
        else { return nil }
        let nearest = index.nearest(to: letters, edits: letters.count >= 5 ? 2 : 1)
        return nearest.map { String(decoding: $0, as: UTF8.self) }
    }

    private struct Piece {
        let text: Substring
        let isWord: Bool
    }

    /// Runs of letters and digits, and what lies between them.
    private static func pieces(_ text: String) -> [Piece] {
        var pieces: [Piece] = []
        var start = text.startIndex
        while start < text.endIndex {
            let isWord = isWordPart(text[start])
            let end = text[start...].firstIndex { isWordPart($0) != isWord } ?? text.endIndex
            pieces.append(Piece(text: text[start..<end], isWord: isWord))
            start = end
        }
        return pieces
    }

    private static func isWordPart(_ character: Character) -> Bool {
        character.isLetter || character.isNumber
    }
}
