internal import ModelFiles

/// What each token of a vocabulary says, in one block of memory.
struct TokenBytes: Sendable {
    private var bytes: [UInt8] = []
    /// By id; one more than there are tokens.
    private var starts: [UInt32] = [0]

    var count: Int { starts.count - 1 }
    /// Bytes of the longest; 1 at least.
    private(set) var longest = 1

    subscript(id: Int) -> ArraySlice<UInt8> { bytes[Int(starts[id])..<Int(starts[id + 1])] }

    /// How a vocabulary writes its words.
    enum Alphabet {
        /// A letter a byte.
        case bytes
        /// As they are, a space as U+2581; single bytes as `<0x0A>`.
        case spaces
    }

    init(_ vocabulary: GGUFVocabulary, in alphabet: Alphabet, path: String) throws(TokenizerError) {
        starts.reserveCapacity(vocabulary.tokens.count + 1)
        for (text, type) in zip(vocabulary.tokens, vocabulary.types) {
            guard let said = alphabet.bytes(of: text, type) else {
                throw .badVocabulary(path: path, entry: text, problem: alphabet.problem(type))
            }
            bytes += said
            longest = max(longest, said.count)
            starts.append(UInt32(bytes.count))
        }
    }

    /// Those that are words, by what they say.
    func table(where isWord: (Int) -> Bool) -> PieceTable {
        var table = PieceTable(capacity: count)
        for id in 0..<count where isWord(id) { _ = table.insert(self[id], id: TokenID(rawValue: Int32(id))) }
        return table
    }
}

extension TokenBytes.Alphabet {
    /// nil when the token is not written in it.
    fileprivate func bytes(of text: String, _ type: GGUFVocabulary.TokenType) -> [UInt8]? {
        switch (self, type) {
        case (.bytes, .normal): ByteAlphabet.bytes(of: text)
        case (.spaces, .normal), (.spaces, .userDefined), (.spaces, .unused): SentencePiece.spaced(text)
        case (.spaces, .byte): Self.byte(text).map { [$0] }
        default: Array(text.utf8)
        }
    }

    fileprivate func problem(_ type: GGUFVocabulary.TokenType) -> String {
        type == .byte ? "is no byte, such as <0x0A>" : "is not written in the letters of bytes"
    }

    private static func byte(_ text: String) -> UInt8? {
        guard text.hasPrefix("<0x"), text.hasSuffix(">"), text.utf8.count == 6 else { return nil }
        return UInt8(text.dropFirst(3).dropLast(), radix: 16)
    }
}

extension PieceTable {
    func find(_ text: [UInt8], _ piece: Range<Int>) -> TokenID? {
        guard piece.count <= maximumBytes else { return nil }
        let hash = piece.reduce(Self.emptyHash) { Self.hash($0, adding: text[$1]) }
        return find(hash, text, piece.lowerBound, piece.count)
    }
}
