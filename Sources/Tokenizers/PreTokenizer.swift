/// The rules that cut a text into pieces, which byte-level BPE then cuts further; no token reaches over a cut.
///
/// Each follows the regular expression of its family, one alternative after the other.
public enum PreTokenizer: String, Sendable, CaseIterable {
    case gpt2 = "gpt-2"
    /// Each number alone, the rest as GPT-2 does.
    case smollm
    case llama3 = "llama-bpe"
    case qwen2

    /// Whether letters and their marks are put together (NFC).
    var composes: Bool { self == .qwen2 }

    /// What a text is before it is cut.
    func composed(_ text: [UInt8]) -> [UInt8] {
        guard composes, text.contains(where: { $0 >= Composition.firstByte }) else { return text }
        return Composition.composed(text)
    }

    /// Calls `body` with each piece of `text` in turn; together they are the text.
    ///
    /// - Complexity: O(bytes).
    func forEachPiece(of text: [UInt8], _ body: (Range<Int>) -> Void) {
        var scanner = PieceScanner(text)
        var start = 0
        while start < text.count {
            let end = scanner.end(of: self, from: start)
            body(start..<end)
            start = end
        }
    }
}

/// Finds where pieces end.
private struct PieceScanner {
    private let text: [UInt8]
    /// Where what the rules see ends: the text, or before a number that is a piece of its own.
    private var limit = 0

    init(_ text: [UInt8]) { self.text = text }

    mutating func end(of rules: PreTokenizer, from start: Int) -> Int {
        switch rules {
        case .gpt2:
            limit = text.count
            return plainEnd(start)
        case .smollm:
            if kind(at: start) == .number { return next(start) }
            if limit <= start { limit = firstNumber(from: start) }
            return plainEnd(start)
        case .llama3, .qwen2:
            limit = text.count
            return caselessEnd(start, digits: rules == .llama3 ? 3 : 1)
        }
    }

    /// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
    private func plainEnd(_ start: Int) -> Int {
        if let end = contraction(start, anyCase: false) { return end }
        let first = text[start] == Self.blank && start + 1 < limit ? start + 1 : start
        let kind = kind(at: first)
        return kind == .space ? spacesEnd(start) : run(of: kind, from: first)
    }

    /// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
    private func caselessEnd(_ start: Int, digits: Int) -> Int {
        if let end = contraction(start, anyCase: true) { return end }
        let kind = kind(at: start)
        if kind == .letter { return run(of: .letter, from: start) }
        if kind == .number { return numbersEnd(start, most: digits) }
        let second = next(start)
        if !isLineBreak(start), second < limit, self.kind(at: second) == .letter {
            return run(of: .letter, from: second)
        }
        let first = text[start] == Self.blank && second < limit ? second : start
        if self.kind(at: first) == .other { return lineBreaksEnd(run(of: .other, from: first)) }
        return lastLineBreakEnd(start) ?? spacesEnd(start)
    }

    private static let blank = UInt8(ascii: " ")

    private func kind(at place: Int) -> ScalarKind { ScalarKind(scalar(at: place)) }

    private func scalar(at place: Int) -> Unicode.Scalar {
        let first = UInt32(text[place])
        if first < 0x80 { return Unicode.Scalar(UInt8(first)) }
        let count = next(place) - place
        var value = first & (0x7F >> UInt32(count))
        for offset in 1..<count { value = value << 6 | UInt32(text[place + offset] & 0x3F) }
        return Unicode.Scalar(value) ?? "\u{FFFD}"
    }

    /// Where the scalar after that at `place` begins; the text is UTF-8.
    private func next(_ place: Int) -> Int {
        switch text[place] {
        case ..<0xC0: place + 1
        case ..<0xE0: place + 2
        case ..<0xF0: place + 3
        default: place + 4
        }
    }

    private func run(of kind: ScalarKind, from start: Int) -> Int {
        var end = next(start)
        while end < limit, self.kind(at: end) == kind { end = next(end) }
        return end
    }

    private func numbersEnd(_ start: Int, most: Int) -> Int {
        var (end, count) = (next(start), 1)
        while count < most, end < limit, kind(at: end) == .number { (end, count) = (next(end), count + 1) }
        return end
    }

    private func firstNumber(from start: Int) -> Int {
        var end = start
        while end < text.count, kind(at: end) != .number { end = next(end) }
        return end
    }

    /// All of them at the end of the text; else all but the last, which goes with what follows; else that alone.
    private func spacesEnd(_ start: Int) -> Int {
        var (last, end) = (start, next(start))
        while end < limit, kind(at: end) == .space { (last, end) = (end, next(end)) }
        return end == limit || last == start ? end : last
    }

    private func isLineBreak(_ place: Int) -> Bool { text[place] == 0x0A || text[place] == 0x0D }

    private func lineBreaksEnd(_ start: Int) -> Int {
        var end = start
        while end < limit, isLineBreak(end) { end += 1 }
        return end
    }

    /// Behind the last line break of the spaces from `start` on.
    private func lastLineBreakEnd(_ start: Int) -> Int? {
        var (place, end) = (start, Int?.none)
        while place < limit, kind(at: place) == .space {
            if isLineBreak(place) { end = place + 1 }
            place = next(place)
        }
        return end
    }

    /// An apostrophe and one of s, t, m, d, re, ve, ll.
    private func contraction(_ start: Int, anyCase: Bool) -> Int? {
        guard text[start] == UInt8(ascii: "'"), start + 1 < limit else { return nil }
        let fold: UInt8 = anyCase ? 0x20 : 0
        let first = text[start + 1] | fold
        if "stmd".utf8.contains(first) { return start + 2 }
        guard start + 2 < limit else { return nil }
        let second = text[start + 2] | fold
        let pairs: [(UInt8, UInt8)] = [
            (UInt8(ascii: "r"), UInt8(ascii: "e")), (UInt8(ascii: "v"), UInt8(ascii: "e")),
            (UInt8(ascii: "l"), UInt8(ascii: "l")),
        ]
        if pairs.contains(where: { $0 == (first, second) }) { return start + 3 }
        // the long s folds to s
        return anyCase && text[start + 1] == 0xC5 && text[start + 2] == 0xBF ? start + 3 : nil
    }
}
