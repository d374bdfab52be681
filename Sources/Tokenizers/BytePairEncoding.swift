public import ModelFiles

/// Byte-level BPE: a text is cut by the rules of its family, and the bytes of each piece are joined, two tokens at a time,
/// in the order in which the merges were learnt.
///
/// The same ids as the reference library `tokenizers` gives.
///
/// - Note: Sennrich, Haddow, Birch, *Neural Machine Translation of Rare Words with Subword Units*, 2016.
public struct BytePairEncoding: Sendable {
    /// One more than the largest id.
    public var vocabularySize: Int { bytes.count }

    private let rules: PreTokenizer
    private let merges: MergeTable
    /// By byte.
    private let initial: [Int32]
    /// By id: what the token says.
    private let bytes: TokenBytes
    /// Pieces that are a token as they stand, where the rules of the family say so.
    private let whole: PieceTable?
    private let added: AddedTokens
    private let control: AddedTokens

    /// - Parameter path: of the file, for messages.
    /// - Complexity: O(tokens + merges).
    public init(_ vocabulary: GGUFVocabulary, path: String) throws(TokenizerError) {
        guard let name = vocabulary.preTokenizer, let rules = PreTokenizer(rawValue: name) else {
            throw .unsupported(
                path: path, setting: "tokenizer.ggml.pre",
                expected: PreTokenizer.allCases.map(\.rawValue).joined(separator: ", "),
                found: vocabulary.preTokenizer ?? "missing")
        }
        self.rules = rules
        bytes = try TokenBytes(vocabulary, in: .bytes, path: path)
        let steering = vocabulary.steeringTokens()
        let isWord = zip(vocabulary.types, steering).map { type, steers in type == .normal && !steers }
        var merges = MergeTable(capacity: vocabulary.merges.count)
        for (rank, merge) in vocabulary.merges.enumerated() where isWord[merge.merged] {
            merges.insert(
                Int32(merge.left), Int32(merge.right), rank: UInt32(rank), merged: Int32(merge.merged))
        }
        self.merges = merges
        initial = Self.initial(bytes, isWord)
        whole = rules == .llama3 ? bytes.table(where: { isWord[$0] }) : nil
        added = AddedTokens(bytes) { vocabulary.types[$0] == .userDefined && !steering[$0] }
        control = AddedTokens(bytes) { vocabulary.types[$0] == .userDefined || steering[$0] }
    }

    /// The token of each byte; every byte of UTF-8 needs one.
    private static func initial(_ tokens: TokenBytes, _ isWord: [Bool]) -> [Int32] {
        var initial = [Int32](repeating: -1, count: 256)
        for id in 0..<tokens.count where isWord[id] && tokens[id].count == 1 {
            initial[Int(tokens[id].first ?? 0)] = Int32(id)
        }
        return initial
    }

    /// The ids of `text`. Bytes that the vocabulary has no token for are left out, as the reference does: of the default
    /// model's, some control characters.
    ///
    /// - Complexity: O(n log n) for n bytes, whatever they are.
    public func encode(_ text: String, _ treatment: ControlTokens = .asText) -> [TokenID] {
        var ids: [TokenID] = []
        let utf8 = Array(text.utf8)
        let special = treatment == .parsed ? control : added
        special.forEachPart(of: utf8) { part in
            switch part {
            case .token(let id): ids.append(TokenID(rawValue: id))
            case .text(let range):
                let part = rules.composed(range == utf8.indices ? utf8 : Array(utf8[range]))
                rules.forEachPiece(of: part) { append(part, $0, to: &ids) }
            }
        }
        return ids
    }

    /// What a token says: any bytes, so that a character may need several tokens.
    ///
    /// - Precondition: the id is of the vocabulary.
    public func bytes(of id: TokenID) -> ArraySlice<UInt8> { bytes[Int(id.rawValue)] }

    /// Bytes of a text that a token may stand for at most, where it has one. What is composed has a quarter of the bytes of its
    /// parts at the least.
    var mostBytes: Int { bytes.longest * (rules.composes ? 4 : 1) }

    /// Whether the vocabulary has a token for a byte.
    func has(_ byte: UInt8) -> Bool { initial[Int(byte)] >= 0 }

    private func append(_ text: [UInt8], _ piece: Range<Int>, to ids: inout [TokenID]) {
        if let id = whole?.find(text, piece) { return ids.append(id) }
        var symbols = text[piece].map { initial[Int($0)] }.filter { $0 >= 0 }
        merges.join(&symbols)
        for symbol in symbols { ids.append(TokenID(rawValue: symbol)) }
    }
}
