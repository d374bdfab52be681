public import ModelFiles

/// SentencePiece's BPE with byte fallback, as Llama 2 and Phi-3 have it: characters are joined, the pair that makes the
/// piece with the highest score first, and a character that is in no piece becomes the tokens of its bytes.
///
/// The same ids as the reference library `sentencepiece` gives; only pieces marked unused, which no known model has, are
/// never made here.
///
/// - Note: Kudo, Richardson, *SentencePiece: A simple and language independent subword tokenizer*, 2018.
public struct SentencePiece: Sendable {
    /// One more than the largest id.
    public var vocabularySize: Int { bytes.count }

    /// By id: what the token says.
    private let bytes: TokenBytes
    private let pieces: PieceJoins
    /// By byte.
    private let fallback: [TokenID]
    /// Whether a space stands before each text.
    let addsSpace: Bool
    private let added: AddedTokens
    private let control: AddedTokens

    /// - Parameter path: of the file, for messages.
    /// - Complexity: O(characters of all pieces).
    public init(_ vocabulary: GGUFVocabulary, path: String) throws(TokenizerError) {
        guard let scores = vocabulary.scores else {
            throw .unsupported(
                path: path, setting: "tokenizer.ggml.scores", expected: "a score a token", found: "missing")
        }
        bytes = try TokenBytes(vocabulary, in: .spaces, path: path)
        fallback = try Self.fallback(vocabulary, bytes, path: path)
        addsSpace = vocabulary.addsSpacePrefix ?? true
        let steering = vocabulary.steeringTokens()
        let joined = vocabulary.types.indices.filter { vocabulary.types[$0] == .normal && !steering[$0] }
        pieces = PieceJoins(of: joined, bytes, scores: scores)
        added = AddedTokens(bytes) { vocabulary.types[$0] == .userDefined && !steering[$0] }
        control = AddedTokens(bytes) { steering[$0] }
    }

    /// The token of each byte.
    private static func fallback(
        _ vocabulary: GGUFVocabulary, _ bytes: TokenBytes, path: String
    ) throws(TokenizerError) -> [TokenID] {
        var found: [UInt8: TokenID] = [:]
        for id in vocabulary.types.indices where vocabulary.types[id] == .byte {
            for byte in bytes[id] { found[byte] = TokenID(rawValue: Int32(id)) }
        }
        var fallback: [TokenID] = []
        for byte in UInt8.min...UInt8.max {
            guard let id = found[byte] else {
                let hexadecimal = String(byte, radix: 16, uppercase: true)
                throw .noSuchToken(path: path, token: "<0x\(byte < 16 ? "0" : "")\(hexadecimal)>")
            }
            fallback.append(id)
        }
        return fallback
    }

    /// What a piece says, and how a text is cut: a space for each U+2581, which the reference takes for one.
    static func spaced(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            bytes.append(byte)
            if byte == 0x81, bytes.suffix(3).elementsEqual([0xE2, 0x96, 0x81]) {
                bytes.removeLast(3)
                bytes.append(UInt8(ascii: " "))
            }
        }
        return bytes
    }

    /// The ids of `text`.
    ///
    /// - Complexity: O(n log n) for n characters, whatever they are.
    public func encode(_ text: String, _ treatment: ControlTokens = .asText) -> [TokenID] {
        var ids: [TokenID] = []
        guard treatment == .parsed else {
            append(text, to: &ids)
            return ids
        }
        let utf8 = Array(text.utf8)
        control.forEachPart(of: utf8) { part in
            switch part {
            case .token(let id): ids.append(TokenID(rawValue: id))
            case .text(let range): append(String(decoding: utf8[range], as: UTF8.self), to: &ids)
            }
        }
        return ids
    }

    /// What a token says: any bytes, so that a character may need several tokens. Where a space stands before each text, the
    /// first token of one says it too.
    ///
    /// - Precondition: the id is of the vocabulary.
    public func bytes(of id: TokenID) -> ArraySlice<UInt8> { bytes[Int(id.rawValue)] }

    /// Bytes of a text that a token may stand for at most: U+2581 has three, and a piece one for it.
    var mostBytes: Int { 3 * bytes.longest }

    private func append(_ text: String, to ids: inout [TokenID]) {
        if text.isEmpty { return }
        let spaced = Self.spaced(addsSpace ? " " + text : text)
        added.forEachPart(of: spaced) { part in
            switch part {
            case .token(let id): ids.append(TokenID(rawValue: id))
            case .text(let range): append(spaced[range], to: &ids)
            }
        }
    }

    private func append(_ text: ArraySlice<UInt8>, to ids: inout [TokenID]) {
        var place = text.startIndex
        pieces.forEachPiece(of: String(decoding: text, as: UTF8.self)) { piece in
            let end: Int
            if let piece {
                ids.append(piece)
                end = place + bytes(of: piece).count
            } else {
                end = place + Self.width(text[place])
                for byte in text[place..<end] { ids.append(fallback[Int(byte)]) }
            }
            place = end
        }
    }

    /// Bytes of the character that begins with `byte`.
    private static func width(_ byte: UInt8) -> Int { max(1, (~byte).leadingZeroBitCount) }
}
