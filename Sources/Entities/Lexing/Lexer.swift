/// Cuts UTF-8 into tokens in one pass.
struct Lexer {
    private let bytes: [UInt8]
    private let lexicon: Lexicon
    private var position = 0
    /// In Unicode scalars.
    private var character = 0

    init(bytes: [UInt8], lexicon: Lexicon) {
        self.bytes = bytes
        self.lexicon = lexicon
    }

    mutating func tokens() -> [Token] {
        var tokens: [Token] = []
        tokens.reserveCapacity(bytes.count / 4 + 4)
        var hasSpaceBefore = true
        while position < bytes.count {
            let scalar = scalar(at: position)
            if scalar.isSpace {
                hasSpaceBefore = true
                step(scalar)
            } else {
                tokens.append(token(scalar, hasSpaceBefore: hasSpaceBefore))
                hasSpaceBefore = false
            }
        }
        return tokens
    }

    private mutating func token(_ first: LexedScalar, hasSpaceBefore: Bool) -> Token {
        let start = position
        let startCharacter = character
        step(first)
        var kind = first.kind
        if kind == .word || kind == .digits {
            while position < bytes.count {
                let next = scalar(at: position)
                guard next.kind == kind || (kind == .word && next.isMark), !next.isSpace else { break }
                step(next)
            }
        } else if first.width > 1 {
            kind = .symbol
        }
        let text = bytes[start..<position]
        return Token(
            kind: kind, hasSpaceBefore: hasSpaceBefore, word: lexicon.id(of: text, hash: FNV1a.hash(text)),
            start: start, end: position, character: startCharacter,
            value: kind == .digits ? Self.value(of: text) : -1)
    }

    private mutating func step(_ scalar: LexedScalar) {
        position += scalar.width
        character += 1
    }

    private static func value(of digits: ArraySlice<UInt8>) -> Int {
        guard digits.count <= 18 else { return -1 }
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    private func scalar(at index: Int) -> LexedScalar {
        let byte = bytes[index]
        guard byte >= 0x80 else { return LexedScalar(ascii: byte) }
        // The bytes came from a String, so they are well-formed.
        let width = byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
        var value = UInt32(byte) & (0x7F >> UInt32(width))
        for offset in 1..<width { value = value << 6 | UInt32(bytes[index + offset] & 0x3F) }
        return LexedScalar(value, width: width)
    }
}

/// What a scalar is to the lexer.
private struct LexedScalar {
    let kind: Token.Kind
    let isSpace: Bool
    /// Combines with the letter before it.
    let isMark: Bool
    /// In bytes of UTF-8.
    let width: Int

    init(ascii byte: UInt8) {
        width = 1
        isMark = false
        isSpace = byte == 0x20 || byte &- 9 < 5
        kind = byte &- 0x30 < 10 ? .digits : (byte | 0x20) &- 0x61 < 26 ? .word : .punctuation
    }

    init(_ value: UInt32, width: Int) {
        self.width = width
        let properties = (Unicode.Scalar(value) ?? "\u{FFFD}").properties
        isSpace = properties.isWhitespace
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
            kind = .word
            isMark = false
        case .nonspacingMark, .spacingMark:
            kind = .symbol
            isMark = true
        default:
            kind = .symbol
            isMark = false
        }
    }
}
