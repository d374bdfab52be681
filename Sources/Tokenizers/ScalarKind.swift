/// What the rules that cut a text before byte-level BPE ask of a scalar.
enum ScalarKind {
    /// General category L.
    case letter
    /// General category N.
    case number
    case space
    case other

    init(_ scalar: Unicode.Scalar) {
        self = scalar.isASCII ? Self.ascii[Int(scalar.value)] : Self.looked(up: scalar)
    }

    private static let ascii: [ScalarKind] = (0..<128).map { looked(up: Unicode.Scalar(UInt8($0))) }

    /// The reference knows the scalars of Unicode 16; later ones are `other` to it, whatever they are by now.
    private static func looked(up scalar: Unicode.Scalar) -> ScalarKind {
        guard let age = scalar.properties.age, age.major <= 16 else { return .other }
        return switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: .letter
        case .decimalNumber, .letterNumber, .otherNumber: .number
        default: scalar.properties.isWhitespace ? .space : .other
        }
    }
}
