/// Globally unique identifiers: 32 hexadecimal digits, in five groups or in one, in a wrapper or in none.
enum GUIDFamily {
    private static let wrappers: [(open: String, close: String)] = [
        ("urn:uuid:", ""), ("{", "}"), ("%7b", "%7d"), ("x'", "'"),
    ]

    static func identifiers(in sentence: Sentence) -> [Entity] {
        var found: [Entity] = []
        var end = 0
        for index in 0..<sentence.count where sentence[index].start >= end {
            let start = sentence[index].start
            guard
                sentence.byte(start).isHex || sentence.byte(start) | 0x20 == UInt8(ascii: "x")
                    || !sentence.byte(start).isAlphanumeric
                    || sentence.byte(start) | 0x20 == UInt8(ascii: "u"),
                let (range, confidence) = identifier(at: start, in: sentence)
            else { continue }
            end = range.upperBound
            found.append(
                Entity(
                    .guid, bytes: range, of: sentence, value: sentence.address(of: range),
                    confidence: confidence))
        }
        return found
    }

    private static func identifier(at start: Int, in sentence: Sentence) -> (Range<Int>, confidence: Double)?
    {
        guard !sentence.byte(start - 1).isAlphanumeric else { return nil }
        for wrapper in wrappers where has(wrapper.open, at: start, in: sentence) {
            let inner = start + wrapper.open.utf8.count
            guard let digits = digits(at: inner, in: sentence),
                has(wrapper.close, at: digits.end, in: sentence)
            else { continue }
            let end = digits.end + wrapper.close.utf8.count
            return sentence.byte(end).isAlphanumeric ? nil : (start..<end, min(1, digits.confidence + 0.1))
        }
        guard let digits = digits(at: start, in: sentence), !sentence.byte(digits.end).isAlphanumeric,
            !sentence.hasByte("{", at: start - 1)
        else { return nil }
        return (start..<digits.end, digits.confidence)
    }

    private static func has(_ text: String, at index: Int, in sentence: Sentence) -> Bool {
        text.utf8.enumerated().allSatisfy { fold(sentence.byte(index + $0.offset)) == $0.element }
    }

    /// Without hyphens it is less sure, and less still without letters.
    private static func digits(at start: Int, in sentence: Sentence) -> (end: Int, confidence: Double)? {
        let isGrouped = sentence.hasByte("-", at: start + 8)
        var end = start
        for count in isGrouped ? [8, 4, 4, 4, 12] : [32] {
            if end > start {
                guard sentence.hasByte("-", at: end) else { return nil }
                end += 1
            }
            guard (end..<end + count).allSatisfy({ sentence.byte($0).isHex }) else { return nil }
            end += count
        }
        let isDecimal = sentence.bytes[start..<end].allSatisfy(\.isDigit)
        return (end, isGrouped ? 0.9 : isDecimal ? 0.65 : 0.8)
    }
}
