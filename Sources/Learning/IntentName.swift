/// The name of an intent, checked: 1…200 bytes of UTF-8 after trimming, without control characters.
public struct IntentName: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The most bytes of UTF-8 a name may have.
    public static let maximumBytes = 200

    public let description: String

    /// - Throws: `IntentNameError` saying which rule `text` breaks. Spaces around it are trimmed, not refused.
    public init(_ text: String) throws(IntentNameError) {
        let trimmed = text.trimmingUnicodeWhitespace()
        let bytes = trimmed.utf8.count
        guard bytes > 0 else { throw .empty }
        guard bytes <= Self.maximumBytes else { throw .tooLong(bytes: bytes, limit: Self.maximumBytes) }
        for scalar in trimmed.unicodeScalars where scalar.properties.generalCategory == .control {
            throw .controlCharacter(scalar.value)
        }
        description = String(trimmed)
    }

    /// The name as words, to be embedded as one more example: `book_appointment` and `BookAppointment` both
    /// give `book appointment`.
    public var phrase: String {
        var words = ""
        var previousIsLower = false
        for character in description {
            if character == "_" || character == "-" || character == "." {
                words.append(" ")
            } else {
                if character.isUppercase && previousIsLower { words.append(" ") }
                words.append(contentsOf: character.lowercased())
            }
            previousIsLower = character.isLowercase
        }
        return String(words.trimmingUnicodeWhitespace())
    }

    /// Order of the UTF-8 bytes, the same on every machine.
    public static func < (left: IntentName, right: IntentName) -> Bool {
        left.description.utf8.lexicographicallyPrecedes(right.description.utf8)
    }

    /// Names are equal when their bytes are: no normalisation, so that order and equality agree.
    public static func == (left: IntentName, right: IntentName) -> Bool {
        left.description.utf8.elementsEqual(right.description.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        for byte in description.utf8 { hasher.combine(byte) }
        hasher.combine(UInt8(0xFF))
    }
}

/// Why a text cannot be the name of an intent.
public enum IntentNameError: Error, Hashable, CustomStringConvertible {
    case empty
    case tooLong(bytes: Int, limit: Int)
    case controlCharacter(UInt32)

    public var description: String {
        switch self {
        case .empty: "the name of an intent is empty"
        case .tooLong(let bytes, let limit):
            "the name of an intent has \(bytes) bytes; at most \(limit) are allowed"
        case .controlCharacter(let scalar):
            "the name of an intent contains the control character U+\(String(scalar, radix: 16, uppercase: true))"
        }
    }
}

extension String {
    func trimmingUnicodeWhitespace() -> Substring {
        let scalars = unicodeScalars
        var start = scalars.startIndex
        var end = scalars.endIndex
        while start < end, scalars[start].properties.isWhitespace { start = scalars.index(after: start) }
        while start < end {
            let before = scalars.index(before: end)
            guard scalars[before].properties.isWhitespace else { break }
            end = before
        }
        return self[start..<end]
    }
}
