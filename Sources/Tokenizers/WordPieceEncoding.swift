/// One text on its way through a `WordPiece`: the word being gathered, and the ids so far.
struct WordPieceEncoding {
    private let tokenizer: WordPiece
    private let table = ScalarTable.uncased
    private let limit: Int
    private var ids: [TokenID]
    private var fullCount = 1
    private let notesWords: Bool
    private var words: [TokenizedWord] = []

    /// The bytes of the text from the first of the word to the last.
    private var wordBytes = 0..<0
    /// The bytes of the scalar that is being taken.
    private var taken = 0..<0
    /// The word's normalised UTF-8, and how many scalars it has; beyond the longest word only those are counted.
    private var word: [UInt8] = []
    private var wordLength = 0
    /// Marks at the end of the word, which may still change places: canonical order is by class.
    private var marks: [(combiningClass: UInt8, scalar: UInt32)] = []
    /// Of the first 1, 2, 3… bytes of the rest of the word.
    private var hashes: [UInt64] = []

    init(of tokenizer: WordPiece, limit: Int, notingWords: Bool) {
        self.tokenizer = tokenizer
        self.limit = limit
        notesWords = notingWords
        ids = [tokenizer.start]
        ids.reserveCapacity(min(limit, 64))
        word.reserveCapacity(64)
        hashes.reserveCapacity(tokenizer.initial.maximumBytes)
    }

    mutating func encode(_ text: Span<UInt8>) -> TokenizedText {
        var position = 0
        while position < text.count {
            let byte = text[position]
            if tokenizer.startsAddedToken[Int(byte)], let token = addedToken(at: position, in: text) {
                endWord()
                append(token.id)
                position += token.utf8.count
            } else if byte < 0x80 {
                taken = position..<position + 1
                take(ascii: byte)
                position += 1
            } else {
                let start = position
                let scalar = scalar(at: &position, in: text)
                taken = start..<position
                take(scalar)
            }
        }
        endWord()
        ids.append(tokenizer.end)
        return TokenizedText(ids: ids, fullCount: fullCount + 1, words: words)
    }

    // MARK: Text to words

    private func addedToken(at position: Int, in text: Span<UInt8>) -> (utf8: [UInt8], id: TokenID)? {
        tokenizer.addedTokens.first { token in
            token.utf8.count <= text.count - position
                && token.utf8.indices.allSatisfy { token.utf8[$0] == text[position + $0] }
        }
    }

    /// Decodes a scalar of two bytes or more; `String` has seen to it that it is whole.
    private func scalar(at position: inout Int, in text: Span<UInt8>) -> UInt32 {
        let lead = UInt32(text[position])
        let length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
        var scalar = lead & (0x7F >> UInt32(length))
        for offset in 1..<length { scalar = scalar << 6 | UInt32(text[position + offset] & 0x3F) }
        position += length
        return scalar
    }

    @inline(__always)
    private mutating func take(ascii byte: UInt8) {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            append(ascii: byte)
        case UInt8(ascii: "A")...UInt8(ascii: "Z"):
            append(ascii: byte | 0x20)
        case 0x20, 0x09, 0x0A, 0x0D:
            endWord()
        case 0x00..<0x20, 0x7F:
            break
        default:
            endWord()
            append(ascii: byte)
            endWord()
        }
    }

    private mutating func take(_ scalar: UInt32) {
        switch table[scalar] {
        case .letter: append(scalar)
        case .dropped: if wordLength > 0 { wordBytes = wordBytes.lowerBound..<taken.upperBound }
        case .barrier: settleMarks()
        case .space: endWord()
        case .single:
            endWord()
            append(scalar)
            endWord()
        case .mark(let combiningClass): append(mark: scalar, combiningClass)
        case .hangulSyllable: appendJamo(of: scalar)
        case .mapped(let index):
            let count = Int(table.targets[index])
            for target in table.targets[(index + 1)...(index + count)] { takeMapped(target) }
        }
    }

    /// The table's script has checked that a target is mapped no further.
    private mutating func takeMapped(_ target: UInt32) {
        if target < 0x80 { take(ascii: UInt8(target)) } else { take(target) }
    }

    /// The Unicode Standard, section 3.12: a syllable is a leading consonant, a vowel and perhaps a trailing one.
    private mutating func appendJamo(of syllable: UInt32) {
        let index = syllable - 0xAC00
        append(0x1100 + index / 588)
        append(0x1161 + index % 588 / 28)
        if index % 28 > 0 { append(0x11A7 + index % 28) }
    }

    // MARK: The word

    @inline(__always)
    private mutating func append(ascii byte: UInt8) {
        guard countScalar() else { return }
        word.append(byte)
    }

    private mutating func append(_ scalar: UInt32) {
        guard countScalar() else { return }
        appendUTF8(scalar)
    }

    /// Whether the word may still be one of the vocabulary's.
    @inline(__always)
    private mutating func countScalar() -> Bool {
        if !marks.isEmpty { settleMarks() }
        lengthenWord()
        return wordLength <= tokenizer.maximumWordLength
    }

    @inline(__always)
    private mutating func lengthenWord() {
        wordBytes = (wordLength == 0 ? taken.lowerBound : wordBytes.lowerBound)..<taken.upperBound
        wordLength += 1
    }

    /// Behind the marks of its own class and of lower ones.
    private mutating func append(mark: UInt32, _ combiningClass: UInt8) {
        lengthenWord()
        guard wordLength <= tokenizer.maximumWordLength else { return }
        let index = (marks.lastIndex { $0.combiningClass <= combiningClass } ?? -1) + 1
        marks.insert((combiningClass, mark), at: index)
    }

    private mutating func settleMarks() {
        for mark in marks { appendUTF8(mark.scalar) }
        marks.removeAll(keepingCapacity: true)
    }

    private mutating func appendUTF8(_ scalar: UInt32) {
        if scalar < 0x80 {
            word.append(UInt8(scalar))
            return
        }
        let length = scalar < 0x800 ? 2 : scalar < 0x10000 ? 3 : 4
        let leads: [UInt8] = [0, 0, 0xC0, 0xE0, 0xF0]
        word.append(leads[length] | UInt8(scalar >> (6 * UInt32(length - 1))))
        for rest in (0..<(length - 1)).reversed() {
            word.append(0x80 | UInt8(scalar >> (6 * UInt32(rest)) & 0x3F))
        }
    }

    // MARK: Words to pieces

    @inline(__always)
    private mutating func endWord() {
        if wordLength > 0 { cutWord() }
    }

    /// The longest piece from the left, again and again; one gap makes the whole word unknown.
    private mutating func cutWord() {
        settleMarks()
        let (idsBefore, countBefore) = (ids.count, fullCount)
        if wordLength > tokenizer.maximumWordLength || !appendPieces() {
            ids.removeSubrange(idsBefore...)
            fullCount = countBefore
            append(tokenizer.unknown)
        }
        if notesWords, ids.count > idsBefore {
            words.append(TokenizedWord(bytes: wordBytes, ids: idsBefore..<ids.count))
        }
        word.removeAll(keepingCapacity: true)
        wordLength = 0
    }

    private mutating func appendPieces() -> Bool {
        guard var (id, position) = longestPiece(from: 0, in: tokenizer.initial) else { return false }
        append(id)
        while position < word.count {
            guard let next = longestPiece(from: position, in: tokenizer.continuing) else { return false }
            (id, position) = next
            append(id)
        }
        return true
    }

    private mutating func longestPiece(from start: Int, in table: PieceTable) -> (id: TokenID, end: Int)? {
        hashes.removeAll(keepingCapacity: true)
        var hash = PieceTable.emptyHash
        for index in start..<min(word.count, start + table.maximumBytes) {
            hash = PieceTable.hash(hash, adding: word[index])
            hashes.append(hash)
        }
        for count in stride(from: hashes.count, to: 0, by: -1) {
            if let id = table.find(hashes[count - 1], word, start, count) { return (id, start + count) }
        }
        return nil
    }

    /// Room for the end token is always kept.
    private mutating func append(_ id: TokenID) {
        fullCount += 1
        if ids.count < limit - 1 { ids.append(id) }
    }
}
