/// Reads keys from the bytes of a terminal, however they arrive. Unknown sequences, and bytes that are not
/// UTF-8, are passed over.
///
/// What is pasted is text and line ends, whatever its bytes would stand for as keys.
struct KeyDecoder {
    /// No key sends more bytes; a longer sequence is none.
    private static let longestSequence = 32

    private var bytes: ArraySlice<UInt8> = []
    private var isPasting = false

    mutating func append(_ bytes: [UInt8]) {
        self.bytes += bytes
    }

    /// The next key, or `nil` when more bytes are needed.
    mutating func next() -> Key? {
        while let read = read() {
            bytes = bytes.dropFirst(read.count)
            switch read.key {
            case .pasteBegin: isPasting = true
            case .pasteEnd: isPasting = false
            case .some(let key) where !isPasting: return key
            case .some(let key): if let pasted = Self.pasted(key) { return pasted }
            case nil: break
            }
        }
        return nil
    }

    private static func pasted(_ key: Key) -> Key? {
        switch key {
        case .character, .enter: key
        case .tab: .character(" ")
        default: nil
        }
    }

    /// The first bytes and their key, if they are one; `nil` while they are not all there.
    private func read() -> (count: Int, key: Key?)? {
        guard let first = bytes.first else { return nil }
        switch first {
        case 0x1B: return escape()
        case ..<0x20, 0x7F: return (1, Key(control: first))
        case ..<0x80: return (1, .character(Unicode.Scalar(first)))
        default: return scalar(first)
        }
    }

    private func escape() -> (count: Int, key: Key?)? {
        guard let second = bytes.dropFirst().first else { return nil }
        switch second {
        case 0x1B: return (1, nil)
        case UInt8(ascii: "["), UInt8(ascii: "O"):
            let rest = bytes.dropFirst(2)
            let parameters = rest.prefix { (0x20...0x3F).contains($0) }
            guard parameters.count < Self.longestSequence else { return (2, nil) }
            guard let final = rest.dropFirst(parameters.count).first else { return nil }
            let key = Key(parameters: String(decoding: parameters, as: UTF8.self), final: final)
            return (3 + parameters.count, key)
        default: return (2, Key(meta: second))
        }
    }

    private func scalar(_ first: UInt8) -> (count: Int, key: Key?)? {
        let count = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
        let encoded = bytes.prefix(count)
        let isWhole = encoded.count == count
        guard encoded.dropFirst().allSatisfy({ (0x80...0xBF).contains($0) }), first >= 0xC2 else {
            return (1, nil)
        }
        guard isWhole else { return nil }
        guard let scalar = String(validating: encoded, as: UTF8.self)?.unicodeScalars.first else {
            return (1, nil)
        }
        return (count, scalar.properties.generalCategory == .control ? nil : .character(scalar))
    }
}
