/// The tokens of a GGUF file's tokenizer and what joins them, each list proven to agree with the others.
public struct GGUFVocabulary: Sendable, Equatable {
    /// What a token is, by the format's own numbers.
    public enum TokenType: Int, Sendable {
        case normal = 1
        case unknown = 2
        case control = 3
        case userDefined = 4
        case unused = 5
        case byte = 6
    }

    /// Tokens that mean something, by the ends of the keys that name them.
    public enum Special: String, Sendable, CaseIterable {
        case beginning = "bos"
        case end = "eos"
        case endOfTurn = "eot"
        case unknown
        case padding
        case separator = "seperator"  // as the format spells it
        case mask
    }

    /// Two tokens that become one.
    public struct Merge: Sendable, Hashable {
        public let left: Int
        public let right: Int
        public let merged: Int
    }

    /// Which algorithm cuts: "gpt2" for byte-level BPE, "llama" for SentencePiece.
    public let model: String
    /// Which rules cut the text first; nil where the file names none.
    public let preTokenizer: String?
    /// By id.
    public let tokens: [String]
    /// By id; all `normal` where the file says nothing.
    public let types: [TokenType]
    /// By id; nil where there are none.
    public let scores: [Float]?
    /// In the order in which they are tried; empty where there are none.
    public let merges: [Merge]
    public let special: [Special: Int]
    /// Whether a text begins with the token of beginning; nil where the file says nothing.
    public let addsBeginning: Bool?
    /// Whether a space stands before each text; nil where the file says nothing.
    public let addsSpacePrefix: Bool?
    public let chatTemplate: String?

    /// Bytes of a token: what is looked for at each place of a text.
    public static let longestToken = 1024

    private static let prefix = "tokenizer.ggml."

    /// - Complexity: O(tokens + merges).
    public init(_ metadata: [String: GGUFValue]) throws(GGUFFlaw) {
        model = try metadata.string(Self.prefix + "model")
        preTokenizer = try metadata.optionalString(Self.prefix + "pre")
        tokens = try metadata.strings(Self.prefix + "tokens")
        if let token = tokens.firstIndex(where: { $0.utf8.count > Self.longestToken }) {
            throw .longToken(token, bytes: tokens[token].utf8.count, limit: Self.longestToken)
        }
        let ids = try Self.ids(tokens)
        types = try Self.types(metadata, count: tokens.count)
        scores = try Self.scores(metadata, count: tokens.count)
        merges = try Self.merges(metadata, ids)
        special = try Self.special(metadata, count: tokens.count)
        addsBeginning = try metadata.optionalBool(Self.prefix + "add_bos_token")
        addsSpacePrefix = try metadata.optionalBool(Self.prefix + "add_space_prefix")
        chatTemplate = try metadata.optionalString("tokenizer.chat_template")
    }

    private static func ids(_ tokens: [String]) throws(GGUFFlaw) -> [TokenText: Int] {
        var ids: [TokenText: Int] = [:]
        ids.reserveCapacity(tokens.count)
        for (id, token) in tokens.enumerated() {
            if let first = ids.updateValue(id, forKey: TokenText(token[...])) {
                throw .duplicateToken(token, first: first, second: id)
            }
        }
        return ids
    }

    private static func types(_ metadata: [String: GGUFValue], count: Int) throws(GGUFFlaw) -> [TokenType] {
        let key = prefix + "token_type"
        guard let numbers = try metadata.optionalIntegers(key) else {
            return [TokenType](repeating: .normal, count: count)
        }
        guard numbers.count == count else {
            throw .countMismatch(key: key, expected: count, found: numbers.count)
        }
        var types: [TokenType] = []
        types.reserveCapacity(count)
        for (token, number) in numbers.enumerated() {
            guard let type = TokenType(rawValue: number) else {
                throw .badTokenType(token: token, found: number)
            }
            types.append(type)
        }
        return types
    }

    private static func scores(_ metadata: [String: GGUFValue], count: Int) throws(GGUFFlaw) -> [Float]? {
        let key = prefix + "scores"
        guard let scores = try metadata.optionalNumbers(key) else { return nil }
        guard scores.count == count else {
            throw .countMismatch(key: key, expected: count, found: scores.count)
        }
        if let token = scores.firstIndex(where: { !$0.isFinite }) { throw .badScore(token: token) }
        return scores.map(Float.init)
    }

    private static func merges(_ metadata: [String: GGUFValue], _ ids: [TokenText: Int]) throws(GGUFFlaw)
        -> [Merge]
    {
        let texts = try metadata.optionalStrings(prefix + "merges") ?? []
        var merges: [Merge] = []
        merges.reserveCapacity(texts.count)
        var places: [Merge: Int] = [:]
        places.reserveCapacity(texts.count)
        for (place, text) in texts.enumerated() {
            guard let merge = Merge(text, ids) else { throw .badMerge(place: place, found: text) }
            if let first = places.updateValue(place, forKey: merge) {
                throw .duplicateMerge(text, first: first, second: place)
            }
            merges.append(merge)
        }
        return merges
    }

    private static func special(_ metadata: [String: GGUFValue], count: Int) throws(GGUFFlaw) -> [Special:
        Int]
    {
        var special: [Special: Int] = [:]
        for role in Special.allCases {
            let key = prefix + role.rawValue + "_token_id"
            guard let id = try metadata.optionalInteger(key) else { continue }
            guard (0..<count).contains(id) else { throw .tokenOutOfRange(key: key, found: id, count: count) }
            special[role] = id
        }
        return special
    }
}

extension GGUFVocabulary.Merge {
    /// - Parameter text: two tokens, neither empty and a space between; nil unless both and what they make are in `ids`.
    fileprivate init?(_ text: String, _ ids: [TokenText: Int]) {
        guard let space = text.utf8.dropFirst().firstIndex(of: UInt8(ascii: " ")) else { return nil }
        let (first, second) = (text[..<space], text[text.utf8.index(after: space)...])
        guard let left = ids[TokenText(first)], let right = ids[TokenText(second)],
            let merged = ids[TokenText(first + second)]
        else { return nil }
        self.init(left: left, right: right, merged: merged)
    }
}

/// A token by its bytes: two spellings of one letter are equal strings, and two tokens.
private struct TokenText: Hashable {
    private let text: Substring

    init(_ text: Substring) { self.text = text }

    static func == (left: TokenText, right: TokenText) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
