internal import ModelFiles

/// What each token of a byte-level vocabulary says, in one block of memory.
struct TokenBytes: Sendable {
    private var bytes: [UInt8] = []
    /// By id; one more than there are tokens.
    private var starts: [UInt32] = [0]

    var count: Int { starts.count - 1 }

    subscript(id: Int) -> ArraySlice<UInt8> { bytes[Int(starts[id])..<Int(starts[id + 1])] }

    init(_ vocabulary: GGUFVocabulary, path: String) throws(TokenizerError) {
        starts.reserveCapacity(vocabulary.tokens.count + 1)
        for (text, type) in zip(vocabulary.tokens, vocabulary.types) {
            switch type {
            case .normal:
                guard let decoded = ByteAlphabet.bytes(of: text) else {
                    throw .badVocabulary(
                        path: path, entry: text, problem: "is not written in the letters of bytes")
                }
                bytes += decoded
            case .unknown, .control, .userDefined, .unused, .byte: bytes += Array(text.utf8)
            }
            starts.append(UInt32(bytes.count))
        }
    }

    /// By what they say.
    var table: PieceTable {
        var table = PieceTable(capacity: count)
        for id in 0..<count { _ = table.insert(self[id], id: TokenID(rawValue: Int32(id))) }
        return table
    }
}

extension PieceTable {
    func find(_ text: [UInt8], _ piece: Range<Int>) -> TokenID? {
        guard piece.count <= maximumBytes else { return nil }
        let hash = piece.reduce(Self.emptyHash) { Self.hash($0, adding: text[$1]) }
        return find(hash, text, piece.lowerBound, piece.count)
    }
}
