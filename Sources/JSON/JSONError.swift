/// The first place where bytes stop being the JSON we accept. Offsets count bytes from the start.
public enum JSONError: Error, Hashable, Sendable {
    case unexpectedEnd(expected: String)
    case unexpectedByte(UInt8, at: Int, expected: String)
    /// Not UTF-8 inside the string that starts at the offset.
    case invalidUTF8(at: Int)
    /// An unknown escape, or a `\u` that is half of a surrogate pair.
    case invalidEscape(at: Int)
    case controlCharacter(UInt8, at: Int)
    case duplicateKey(String, at: Int)
    case nestedTooDeeply(at: Int, limit: Int)
}

extension JSONError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unexpectedEnd(let expected): "ends where \(expected) is expected"
        case .unexpectedByte(let byte, let at, let expected):
            "byte \(at) is 0x\(String(byte, radix: 16)), expected \(expected)"
        case .invalidUTF8(let at): "the string at byte \(at) is not UTF-8"
        case .invalidEscape(let at): "byte \(at) starts no valid escape"
        case .controlCharacter(let byte, let at):
            "byte \(at) is the unescaped control character 0x\(String(byte, radix: 16))"
        case .duplicateKey(let key, let at):
            "the key \(JSONValue.string(key)) at byte \(at) stands twice in its object"
        case .nestedTooDeeply(let at, let limit): "byte \(at) nests deeper than \(limit)"
        }
    }
}
