/// How byte-level BPE writes a byte as a letter: printable ones as themselves, the others from U+0100 on.
///
/// - Note: Radford et al., *Language Models are Unsupervised Multitask Learners*, 2019; `bytes_to_unicode` of its code.
enum ByteAlphabet {
    /// By byte.
    static let scalars: [Unicode.Scalar] = {
        var next: UInt32 = 0x100
        return (UInt8.min...UInt8.max).map { byte in
            switch byte {
            case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return Unicode.Scalar(byte)
            default:
                defer { next += 1 }
                return Unicode.Scalar(next) ?? " "
            }
        }
    }()

    private static let bytes: [UInt16] = {
        var bytes = [UInt16](repeating: .max, count: 0x144)
        for (byte, scalar) in scalars.enumerated() { bytes[Int(scalar.value)] = UInt16(byte) }
        return bytes
    }()

    /// The bytes that `text` writes; nil when a letter of it is none of the alphabet.
    static func bytes(of text: String) -> [UInt8]? {
        var decoded: [UInt8] = []
        for scalar in text.unicodeScalars {
            guard scalar.value < bytes.count, let byte = UInt8(exactly: bytes[Int(scalar.value)]) else {
                return nil
            }
            decoded.append(byte)
        }
        return decoded
    }
}
