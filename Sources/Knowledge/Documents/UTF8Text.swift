/// Bytes that are known to be UTF-8, read character by character.
struct UTF8Text: Sendable {
    var bytes: [UInt8] = []

    var count: Int { bytes.count }

    /// The scalar that begins at `position`, and where the next one begins.
    func character(at position: Int) -> (scalar: Unicode.Scalar, next: Int) {
        let lead = UInt32(bytes[position])
        if lead < 0x80 { return (Unicode.Scalar(UInt8(lead)), position + 1) }
        let length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
        var value = lead & (0x7F >> UInt32(length))
        for at in (position + 1)..<(position + length) { value = value << 6 | UInt32(bytes[at] & 0x3F) }
        return (Unicode.Scalar(value) ?? "\u{FFFD}", position + length)
    }

    /// Where the character before `position` begins.
    func start(before position: Int) -> Int {
        var at = position - 1
        while bytes[at] & 0xC0 == 0x80 { at -= 1 }
        return at
    }

    /// Where the blank that begins at `position` ends; nil when something else begins there.
    func endOfBlank(at position: Int) -> Int? {
        let byte = bytes[position]
        if byte < 0x80 { return byte <= 0x20 || byte == 0x7F ? position + 1 : nil }
        // C2 85, C2 A0, E1 9A 80, E2 80 80…, E3 80 80 and EF BB BF are the only ones.
        guard byte == 0xC2 || byte == 0xE1 || byte == 0xE2 || byte == 0xE3 || byte == 0xEF else { return nil }
        let (scalar, next) = character(at: position)
        return scalar.properties.isWhitespace || scalar == "\u{200B}" || scalar == "\u{FEFF}" ? next : nil
    }

    /// The first place of `range` that is not blank, or its end.
    func skippingBlanks(_ range: Range<Int>) -> Int {
        var at = range.lowerBound
        while at < range.upperBound, let next = endOfBlank(at: at) { at = next }
        return at
    }

    /// Without the blanks at both ends; nil when nothing else is there.
    func trimmed(_ range: Range<Int>) -> Range<Int>? {
        let lower = skippingBlanks(range)
        var upper = range.upperBound
        while upper > lower {
            let last = start(before: upper)
            guard endOfBlank(at: last) != nil else { break }
            upper = last
        }
        return lower < upper ? lower..<upper : nil
    }

    func string(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}
