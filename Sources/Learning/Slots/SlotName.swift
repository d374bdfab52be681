/// The name of a type of slots, checked: 1…64 bytes of letters, digits, `_`, `-` and `.`.
public struct SlotName: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The most bytes of UTF-8 a name may have.
    public static let maximumBytes = 64

    public let description: String

    /// - Throws: `SlotNameError` saying which rule `text` breaks.
    public init(_ text: String) throws(SlotNameError) {
        let bytes = text.utf8.count
        guard bytes > 0 else { throw .empty }
        guard bytes <= Self.maximumBytes else { throw .tooLong(bytes: bytes, limit: Self.maximumBytes) }
        for character in text where !Self.isAllowed(character) { throw .badCharacter(character) }
        description = text
    }

    private static func isAllowed(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_" || character == "-" || character == "."
    }

    /// Order of the UTF-8 bytes, the same on every machine.
    public static func < (left: SlotName, right: SlotName) -> Bool {
        left.description.utf8.lexicographicallyPrecedes(right.description.utf8)
    }

    /// Names are equal when their bytes are, so that order and equality agree.
    public static func == (left: SlotName, right: SlotName) -> Bool {
        left.description.utf8.elementsEqual(right.description.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        for byte in description.utf8 { hasher.combine(byte) }
        hasher.combine(UInt8(0xFF))
    }
}

/// Why a text cannot be the name of a type of slots.
public enum SlotNameError: Error, Hashable, CustomStringConvertible {
    case empty
    case tooLong(bytes: Int, limit: Int)
    case badCharacter(Character)

    public var description: String {
        switch self {
        case .empty: "the type of a slot is empty"
        case .tooLong(let bytes, let limit):
            "the type of a slot has \(bytes) bytes; at most \(limit) are allowed"
        case .badCharacter(let character):
            "the type of a slot has the character \(String(character).debugDescription); "
                + "letters, digits, '_', '-' and '.' are allowed"
        }
    }
}
