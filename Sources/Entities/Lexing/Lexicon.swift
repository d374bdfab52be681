/// The words of all grammars, each with an id. Words are told apart without regard to case.
struct Lexicon: Sendable {
    private var ids: [UInt64: WordID] = [:]
    private var words: [[UInt8]] = []

    var count: Int { words.count }

    /// The id of `word`, which is added if it is new.
    mutating func add(_ word: String) -> WordID {
        let bytes = word.utf8.map(fold)
        let hash = FNV1a.hash(bytes[...])
        if let id = ids[hash] {
            precondition(
                words[Int(id.rawValue)] == bytes, "lexicon: \(word) has the hash of another word")
            return id
        }
        let id = WordID(rawValue: Int32(words.count))
        ids[hash] = id
        words.append(bytes)
        return id
    }

    /// The id of bytes whose folded hash is `hash`; `unknown` if they are no word of the lexicon.
    func id(of bytes: ArraySlice<UInt8>, hash: UInt64) -> WordID {
        guard let id = ids[hash], words[Int(id.rawValue)].elementsEqual(bytes, by: { $0 == fold($1) }) else {
            return .unknown
        }
        return id
    }
}

/// The lower case of an ASCII letter; every other byte as it is.
func fold(_ byte: UInt8) -> UInt8 {
    byte &- 0x41 < 26 ? byte | 0x20 : byte
}

/// Fowler, Noll and Vo's hash, 64 bits, of folded bytes.
enum FNV1a {
    static let empty: UInt64 = 0xcbf2_9ce4_8422_2325

    static func hash(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(empty) { ($0 ^ UInt64(fold($1))) &* 0x100_0000_01b3 }
    }
}

/// What words mean to one grammar.
struct WordTable<Value: Sendable>: Sendable {
    private var values: [Value?] = []

    init(_ meanings: some Sequence<(String, Value)>, _ lexicon: inout Lexicon) {
        for (word, value) in meanings {
            let index = Int(lexicon.add(word).rawValue)
            while values.count <= index { values.append(nil) }
            values[index] = value
        }
    }

    subscript(word: WordID) -> Value? {
        let index = Int(word.rawValue)
        return index >= 0 && index < values.count ? values[index] : nil
    }

    subscript(token: Token) -> Value? { self[token.word] }
}

/// A set of words one grammar asks for.
struct WordSet: Sendable {
    private let table: WordTable<Void>

    /// - Parameter words: parted by spaces.
    init(_ words: String, _ lexicon: inout Lexicon) {
        table = WordTable(words.split(separator: " ").map { (String($0), ()) }, &lexicon)
    }

    func contains(_ token: Token) -> Bool { table[token.word] != nil }
}
