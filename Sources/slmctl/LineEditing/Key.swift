/// What was pressed at a terminal.
enum Key: Hashable {
    case character(Unicode.Scalar)
    case enter
    case tab
    case left
    case right
    case wordLeft
    case wordRight
    case home
    case end
    case up
    case down
    case eraseBefore
    case eraseAfter
    case eraseWord
    case eraseToStart
    case eraseToEnd
    case clearScreen
    case interrupt
    case endOfInput
    case suspend
    case pasteBegin
    case pasteEnd
}

extension Key {
    /// The key that a control byte stands for, as readline has them.
    init?(control byte: UInt8) {
        switch byte {
        case 0x01: self = .home
        case 0x02: self = .left
        case 0x03: self = .interrupt
        case 0x04: self = .endOfInput
        case 0x05: self = .end
        case 0x06: self = .right
        case 0x08, 0x7F: self = .eraseBefore
        case 0x09: self = .tab
        case 0x0A, 0x0D: self = .enter
        case 0x0B: self = .eraseToEnd
        case 0x0C: self = .clearScreen
        case 0x0E: self = .down
        case 0x10: self = .up
        case 0x15: self = .eraseToStart
        case 0x17: self = .eraseWord
        case 0x1A: self = .suspend
        default: return nil
        }
    }

    /// The key that ESC and one letter stand for.
    init?(meta byte: UInt8) {
        switch byte {
        case UInt8(ascii: "b"): self = .wordLeft
        case UInt8(ascii: "f"): self = .wordRight
        case 0x7F: self = .eraseWord
        default: return nil
        }
    }

    /// The key that `ESC [ parameters final`, or the same with `O`, stands for.
    init?(parameters: String, final: UInt8) {
        let isWithControl = parameters.hasSuffix(";5") || parameters.hasSuffix(";3")
        switch (final, parameters) {
        case (UInt8(ascii: "A"), _): self = .up
        case (UInt8(ascii: "B"), _): self = .down
        case (UInt8(ascii: "C"), _): self = isWithControl ? .wordRight : .right
        case (UInt8(ascii: "D"), _): self = isWithControl ? .wordLeft : .left
        case (UInt8(ascii: "H"), _), (UInt8(ascii: "~"), "1"), (UInt8(ascii: "~"), "7"): self = .home
        case (UInt8(ascii: "F"), _), (UInt8(ascii: "~"), "4"), (UInt8(ascii: "~"), "8"): self = .end
        case (UInt8(ascii: "~"), "3"): self = .eraseAfter
        case (UInt8(ascii: "~"), "200"): self = .pasteBegin
        case (UInt8(ascii: "~"), "201"): self = .pasteEnd
        default: return nil
        }
    }
}
