/// BERT's uncased WordPiece: lower case, no accents, words split at spaces and punctuation, each word cut into the
/// longest pieces of the vocabulary from its left.
///
/// The same ids as the reference library `tokenizers` gives, for every string. The special tokens are found in
/// user text too, as there: "[SEP]" becomes one id.
public struct WordPiece: Sendable {
    /// One more than the largest id: the rows an embedding table must have.
    public let vocabularySize: Int
    /// The words that are one piece, at least two letters and nothing else; in the order of the ids,
    /// which for the original vocabularies is that of their frequency.
    public let words: [String]

    let start: TokenID
    let end: TokenID
    let unknown: TokenID
    let maximumWordLength: Int
    /// Pieces that start a word, and those that go on, without their "##".
    let initial: PieceTable
    let continuing: PieceTable
    let addedTokens: [(utf8: [UInt8], id: TokenID)]
    let startsAddedToken: [Bool]

    /// Reads the tokenizer of the model in `directory`: `tokenizer.json`, or else `vocab.txt`.
    ///
    /// - Complexity: O(vocabulary); some milliseconds and 2 MB for 30,522 pieces.
    public init(directory: String) throws(TokenizerError) {
        try self.init(WordPieceDefinition(directory: directory), path: directory)
    }

    init(_ definition: WordPieceDefinition, path: String) throws(TokenizerError) {
        let prefix = Array("##".utf8)
        var initial = PieceTable(capacity: definition.pieces.count)
        var continuing = PieceTable(capacity: definition.pieces.count)
        for (text, id) in definition.pieces {
            let isNew =
                if text.utf8.starts(with: prefix) {
                    continuing.insert(text.utf8.dropFirst(prefix.count), id: id)
                } else {
                    initial.insert(text.utf8, id: id)
                }
            guard isNew else { throw .badVocabulary(path: path, entry: text, problem: "is there twice") }
        }
        self.initial = initial
        self.continuing = continuing
        (start, end, unknown) = (definition.start, definition.end, definition.unknown)
        maximumWordLength = definition.maximumWordLength
        // the longest of several that start alike is the one that is found
        addedTokens = definition.addedTokens.map { (Array($0.text.utf8), $0.id) }
            .sorted { $0.utf8.count > $1.utf8.count }
        var starts = [Bool](repeating: false, count: 256)
        for token in addedTokens { starts[Int(token.utf8[0])] = true }
        startsAddedToken = starts
        let ids =
            (definition.pieces + definition.addedTokens).map(\.id.rawValue) + [start.rawValue, end.rawValue]
        vocabularySize = Int(ids.max() ?? 0) + 1
        words = definition.pieces.sorted { $0.id.rawValue < $1.id.rawValue }.map(\.text).filter(isWord)
    }

    /// The ids of `text`, with the model's start and end.
    ///
    /// - Parameters:
    ///   - limit: the most ids wanted, start and end included; at least 2.
    ///   - overflow: what to do with a longer text.
    ///   - notingWords: whether the result says which ids each word became; a special token is no word.
    /// - Throws: `TokenizerError.tooLong` when the text is longer and `overflow` says `fail`.
    /// - Complexity: O(bytes of text), whatever they are; memory for `limit` ids.
    public func encode(
        _ text: String, limit: Int, overflow: Overflow, notingWords: Bool = false
    ) throws(TokenizerError) -> TokenizedText {
        precondition(limit >= 2, "encode: no room for start and end in \(limit) tokens")
        var encoding = WordPieceEncoding(of: self, limit: limit, notingWords: notingWords)
        let encoded = encoding.encode(text.utf8.span)
        guard overflow == .truncate || !encoded.truncated else {
            throw .tooLong(tokens: encoded.fullCount, limit: limit)
        }
        return encoded
    }
}

private func isWord(_ piece: String) -> Bool {
    piece.unicodeScalars.count > 1 && piece.unicodeScalars.allSatisfy(isLetter)
}

/// Asking for the properties of 200,000 scalars takes longer than the rest of the opening.
private func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII ? "a"..."z" ~= scalar : scalar.properties.isAlphabetic
}
