/// What passages are measured in: runs without a blank, each 16 bytes of a longer one, and ideographs, which stand
/// without blanks between them.
struct WordCount {
    static let bytesOfWord = 16
    /// A passage ends at more blanks than this, in bytes.
    static let widestGap = 1024

    let text: UTF8Text

    /// How many words begin in `range`.
    func words(in range: Range<Int>) -> Int {
        var at = range.lowerBound
        var words = 0
        while let word = word(from: &at, to: range.upperBound) { words += weight(word) }
        return words
    }

    private func weight(_ word: Range<Int>) -> Int { (word.count + Self.bytesOfWord - 1) / Self.bytesOfWord }

    /// Cuts `range` where words begin, and a word of more than `limit` between characters.
    ///
    /// - Returns: pieces of at most `limit` words each, with how many they have.
    func cut(_ range: Range<Int>, at limit: Int) -> [(range: Range<Int>, words: Int)] {
        var pieces: [(range: Range<Int>, words: Int)] = []
        var piece: (range: Range<Int>, words: Int)?
        var at = range.lowerBound
        while let word = word(from: &at, to: range.upperBound) {
            for part in parts(of: word, at: limit) {
                let words = weight(part)
                if let open = piece, open.words + words <= limit,
                    part.lowerBound - open.range.upperBound <= Self.widestGap
                {
                    piece = (open.range.lowerBound..<part.upperBound, open.words + words)
                } else {
                    if let piece { pieces.append(piece) }
                    piece = (part, words)
                }
            }
        }
        if let piece { pieces.append(piece) }
        return pieces
    }

    private func parts(of word: Range<Int>, at limit: Int) -> [Range<Int>] {
        let longest = limit * Self.bytesOfWord
        var parts: [Range<Int>] = []
        var start = word.lowerBound
        while word.upperBound - start > longest {
            var end = start + longest
            while text.bytes[end] & 0xC0 == 0x80 { end -= 1 }
            parts.append(start..<end)
            start = end
        }
        return parts + [start..<word.upperBound]
    }

    /// The next word; moves `at` behind it.
    private func word(from at: inout Int, to end: Int) -> Range<Int>? {
        let start = text.skippingBlanks(at..<end)
        guard start < end else { return nil }
        let (first, next) = text.character(at: start)
        let startsIdeographic = isIdeographic(first)
        at = next
        while at < end, text.endOfBlank(at: at) == nil {
            let (scalar, next) = text.character(at: at)
            if isIdeographic(scalar) || startsIdeographic && isLetterOrDigit(scalar) { break }
            at = next
        }
        return start..<at
    }

    private func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && (Character(scalar).isLetter || Character(scalar).isNumber)
    }

    /// Han and kana.
    private func isIdeographic(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x3041...0x3096, 0x30A1...0x30FA, 0x3400...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3FFFF: true
        default: false
        }
    }
}
