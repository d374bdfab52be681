/// The bytes of tokens as they come, put together to text: no character is ever given out in halves.
public struct TextAssembly: Sendable {
    /// The beginning of a character.
    private var pending: [UInt8] = []

    public init() { pending.reserveCapacity(64) }

    /// Adds what is whole with these bytes. What can be no UTF-8 becomes U+FFFD, as everywhere in Swift.
    ///
    /// Allocates nothing where `text` has the capacity.
    public mutating func append(_ bytes: some Sequence<UInt8>, to text: inout String) {
        pending += bytes
        let whole = pending.count - unfinished
        text.append(decoding: pending[..<whole])
        pending.removeFirst(whole)
    }

    /// Adds what is left when nothing more comes: U+FFFD for the beginning of a character, else nothing.
    public mutating func finish(to text: inout String) {
        text.append(decoding: pending[...])
        pending.removeAll(keepingCapacity: true)
    }

    /// How many bytes at the end begin a character that more bytes may end.
    private var unfinished: Int {
        for count in 1...3 where count <= pending.count {
            let byte = pending[pending.count - count]
            let length =
                switch byte {
                case 0xC2...0xDF: 2
                case 0xE0...0xEF: 3
                case 0xF0...0xF4: 4
                case 0x80...0xBF: 0  // goes on with an earlier byte
                default: 1
                }
            if length > 0 { return length > count && mayGoOn(count) ? count : 0 }
        }
        return 0
    }

    /// Whether the second of `count` bytes at the end is one that the first allows.
    private func mayGoOn(_ count: Int) -> Bool {
        guard count > 1 else { return true }
        let (first, second) = (pending[pending.count - count], pending[pending.count - count + 1])
        return switch first {
        case 0xE0: second >= 0xA0
        case 0xED: second <= 0x9F
        case 0xF0: second >= 0x90
        case 0xF4: second <= 0x8F
        default: true
        }
    }
}

extension String {
    /// The same text as `String(decoding:as:)` makes, without one in between.
    mutating func append(decoding bytes: ArraySlice<UInt8>) {
        var (parser, bytes) = (UTF8.ForwardParser(), bytes.makeIterator())
        while true {
            switch parser.parseScalar(from: &bytes) {
            case .valid(let scalar): unicodeScalars.append(UTF8.decode(scalar))
            case .error: unicodeScalars.append("\u{FFFD}")
            case .emptyInput: return
            }
        }
    }
}
