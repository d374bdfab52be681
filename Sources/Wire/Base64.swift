/// Bytes as JSON can carry them: RFC 4648, section 4, with padding.
public enum Base64 {
    private static let digits = [UInt8](
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let padding = UInt8(ascii: "=")
    /// The value of each byte that is a digit, 255 elsewhere.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, digit) in digits.enumerated() { values[Int(digit)] = UInt8(value) }
        return values
    }()

    public static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let count = min(3, bytes.count - start)
            var group: UInt32 = 0
            for index in 0..<3 { group = group << 8 | (index < count ? UInt32(bytes[start + index]) : 0) }
            for index in 0..<4 {
                text.append(index > count ? padding : digits[Int(group >> (18 - 6 * index) & 63)])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// - Returns: nil for what `encode` writes for no bytes at all.
    public static func decode(_ text: String) -> [UInt8]? {
        let text = [UInt8](text.utf8)
        guard text.count % 4 == 0 else { return nil }
        let padded = text.suffix(2).count { $0 == padding }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3)
        for start in stride(from: 0, to: text.count, by: 4) {
            let digits = start + 4 == text.count ? 4 - padded : 4
            var group: UInt32 = 0
            for index in 0..<4 {
                let value = index < digits ? values[Int(text[start + index])] : 0
                guard value != 255 else { return nil }
                group = group << 6 | UInt32(value)
            }
            for index in 0..<digits - 1 { bytes.append(UInt8(truncatingIfNeeded: group >> (16 - 8 * index))) }
            // Bits that no byte has are zero, so that a text has one meaning and a meaning one text.
            guard group & (1 << UInt32(8 * (4 - digits)) - 1) == 0 else { return nil }
        }
        return text.last == padding && padded == 0 ? nil : bytes
    }
}
