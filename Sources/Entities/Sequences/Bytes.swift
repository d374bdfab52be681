/// Classes of ASCII.
extension UInt8 {
    var isLetter: Bool { (self | 0x20) &- 0x61 < 26 }
    var isDigit: Bool { self &- 0x30 < 10 }
    var isAlphanumeric: Bool { isLetter || isDigit }
    var isHex: Bool { isDigit || (self | 0x20) &- 0x61 < 6 }
    /// Letters, digits and `_`.
    var isNameByte: Bool { isAlphanumeric || self == UInt8(ascii: "_") }
    /// A part of a scalar outside ASCII.
    var isWide: Bool { self >= 0x80 }
}

extension Sentence {
    /// The byte at `index`; 0 outside the text.
    func byte(_ index: Int) -> UInt8 {
        index >= 0 && index < bytes.count ? bytes[index] : 0
    }

    func hasByte(_ mark: Unicode.Scalar, at index: Int) -> Bool { byte(index) == UInt8(ascii: mark) }

    func address(of bytes: Range<Int>) -> EntityValue {
        .address(String(decoding: self.bytes[bytes], as: UTF8.self))
    }
}
