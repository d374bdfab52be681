/// Finds where sentences end, by their punctuation and by what stands before and behind it.
struct Sentences {
    private let text: UTF8Text
    private let end: Int
    private var start: Int
    private var position: Int

    init(_ text: UTF8Text, in range: Range<Int>) {
        self.text = text
        start = range.lowerBound
        position = start
        end = range.upperBound
    }

    /// The next sentence without the blanks around it; nil at the end.
    mutating func next() -> Range<Int>? {
        while position < end {
            guard let terminator = Terminator(text, at: position) else {
                position = text.character(at: position).next
                continue
            }
            guard endsSentence(terminator), let sentence = text.trimmed(start..<position) else { continue }
            start = position
            return sentence
        }
        defer { start = end }
        return text.trimmed(start..<end)
    }

    /// Moves behind the punctuation that begins here.
    private mutating func endsSentence(_ first: Terminator) -> Bool {
        let mark = position
        var last = first
        position = first.next
        var count = 1
        while position < end, let terminator = Terminator(text, at: position) {
            last = terminator
            count += 1
            position = terminator.next
        }
        skip(closers)
        if last.isWide { return true }
        guard position < end else { return true }
        guard text.endOfBlank(at: position) != nil else { return false }
        let opening = text.skippingBlanks(position..<end)
        var behind = opening
        while behind < end, let next = opener(at: behind) { behind = next }
        guard behind < end else { return true }
        // Behind a quotation mark, a bracket or markup a sentence may begin with a small letter.
        if behind == opening, text.character(at: behind).scalar.properties.isLowercase { return false }
        return count > 1 || !first.isFullStop || !isAbbreviation(at: mark, before: behind)
    }

    private mutating func skip(_ set: (Unicode.Scalar) -> Bool) {
        while position < end {
            let (scalar, next) = text.character(at: position)
            guard set(scalar) else { return }
            position = next
        }
    }

    private func closers(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\"", "'", ")", "]", "}", "*", "_", "`", "”", "’", "»", "›", "」", "』", "）", "】", "》": true
        default: false
        }
    }

    private func opener(at position: Int) -> Int? {
        let (scalar, next) = text.character(at: position)
        switch scalar {
        case "\"", "'", "(", "[", "{", "*", "_", "`", "“", "‘", "«", "‹", "¿", "¡": return next
        default: return nil
        }
    }

    // MARK: Full stops that end no sentence

    private func isAbbreviation(at mark: Int, before behind: Int) -> Bool {
        let word = word(before: mark)
        guard let first = word.scalars.first else { return false }
        // "1. Wash", "a. Wash": the number of an item.
        if word.start == text.skippingBlanks(start..<end) {
            if word.scalars.allSatisfy({ "0"..."9" ~= $0 }) { return true }
            if word.scalars.count == 1, first.properties.isLowercase { return true }
        }
        let startsAnew = Abbreviations.starters.contains(wordBehind(behind))
        if word.scalars.count == 1, first.properties.isUppercase { return !startsAnew }
        let lowercase = String(String.UnicodeScalarView(word.scalars)).lowercased()
        if Abbreviations.beforeNames.contains(lowercase) { return true }
        if Abbreviations.beforeNumbers.contains(lowercase) {
            return "0"..."9" ~= text.character(at: behind).scalar
        }
        let isDotted = word.scalars.contains(".") && word.scalars.contains { $0.properties.isAlphabetic }
        return (isDotted || Abbreviations.anywhere.contains(lowercase)) && !startsAnew
    }

    /// The run of letters, digits and dots that ends at `mark`; empty when it is longer than any abbreviation.
    private func word(before mark: Int) -> (scalars: [Unicode.Scalar], start: Int) {
        var at = mark
        while at > start {
            let previous = text.start(before: at)
            let scalar = text.character(at: previous).scalar
            guard scalar == "." || scalar.properties.isAlphabetic || "0"..."9" ~= scalar else { break }
            at = previous
            guard mark - at <= Abbreviations.longest else { return ([], mark) }
        }
        return (Array(text.string(at..<mark).unicodeScalars), at)
    }

    private func wordBehind(_ position: Int) -> String {
        var at = position
        while at < end, at - position < Abbreviations.longest, text.bytes[at].isLetter { at += 1 }
        return text.string(position..<at)
    }
}

/// A mark that can end a sentence.
private struct Terminator {
    let scalar: Unicode.Scalar
    let next: Int

    init?(_ text: UTF8Text, at position: Int) {
        let byte = text.bytes[position]
        switch byte {
        case UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?"), 0x80...0xFF: break
        default: return nil
        }
        (scalar, next) = text.character(at: position)
        switch scalar {
        case ".", "!", "?", "…", "‼", "⁇", "⁈", "⁉", "؟", "۔", "।", "॥", "。", "．", "！", "？", "｡": break
        default: return nil
        }
    }

    var isFullStop: Bool { scalar == "." }

    /// No blank stands behind it.
    var isWide: Bool {
        switch scalar {
        case "。", "．", "！", "？", "｡": true
        default: false
        }
    }
}

extension UInt8 {
    var isLetter: Bool {
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= self | 0x20
    }

    var isDigit: Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= self }
}
