internal import JSON
public import ModelFiles

/// The tokenizer of a language model's file, of whichever kind, and how the model wants a conversation written.
public struct ModelTokenizer: Sendable {
    /// What both kinds can do.
    private enum Encoding: Sendable {
        case bytePair(BytePairEncoding)
        case sentencePiece(SentencePiece)
    }

    /// nil where the file has no template; a conversation cannot be written then.
    public let template: ChatTemplate?
    /// The tokens that end what a model generates.
    public let ends: Set<TokenID>
    /// Stands before each text; nil where the model wants none.
    public let beginning: TokenID?

    private let encoding: Encoding
    private let end: TokenID?
    /// By what they say: tokens that steer the model.
    private let control: [[UInt8]: TokenID]
    /// What means a role or an end and is no token, in UTF-8.
    private let plainMarkers: [[UInt8]]

    /// - Parameters:
    ///   - template: how conversations are written, where the file's own is not one that is known.
    ///   - path: of the file, for messages.
    /// - Throws: `unsupported` for a template that is none of `ChatTemplate`'s.
    /// - Complexity: O(tokens + merges).
    public init(
        _ vocabulary: GGUFVocabulary, template: ChatTemplate? = nil, path: String
    ) throws(TokenizerError) {
        encoding = try Self.encoding(vocabulary, path: path)
        let template = if let template { template } else { try Self.template(vocabulary, path: path) }
        self.template = template
        let steering = vocabulary.steeringTokens()
        let control = Dictionary(
            vocabulary.tokens.enumerated().filter { steering[$0.offset] }
                .map { (Array($0.element.utf8), TokenID(rawValue: Int32($0.offset))) },
            uniquingKeysWith: { first, _ in first })
        self.control = control
        func special(_ role: GGUFVocabulary.Special) -> TokenID? {
            vocabulary.special[role].map { TokenID(rawValue: Int32($0)) }
        }
        let isWanted = vocabulary.addsBeginning ?? (vocabulary.model == "llama" || template == .llama3)
        beginning = isWanted ? special(.beginning) : nil
        end = special(.end)
        if template?.needsEnd == true && special(.end) == nil {
            throw .unsupported(
                path: path, setting: "tokenizer.ggml.eos_token_id",
                expected: "the token that ends a message", found: "missing")
        }
        let endOfTurn = template?.endOfTurn.flatMap { control[Array($0.utf8)] }
        let others = Self.otherEnds.map { control[Array($0.utf8)] }
        ends = Set((others + [special(.end), special(.endOfTurn), endOfTurn]).compactMap(\.self))
        plainMarkers = (template?.markers ?? []).map { Array($0.utf8) }.filter { control[$0] == nil }
    }

    /// What models end a text or a message with though their files name another token for it.
    private static let otherEnds = [
        "<|endoftext|>", "<|end_of_text|>", "<|eot_id|>", "<|eom_id|>", "<|im_end|>",
    ]

    private static func encoding(
        _ vocabulary: GGUFVocabulary, path: String
    ) throws(TokenizerError) -> Encoding {
        switch vocabulary.model {
        case "gpt2": return .bytePair(try BytePairEncoding(vocabulary, path: path))
        case "llama": return .sentencePiece(try SentencePiece(vocabulary, path: path))
        default:
            throw .unsupported(
                path: path, setting: "tokenizer.ggml.model", expected: "gpt2 or llama",
                found: vocabulary.model)
        }
    }

    /// How many tokens a text takes at the least, whatever it says.
    ///
    /// - Complexity: O(1) for a text of few bytes, else O(bytes).
    public func leastTokens(of text: String) -> Int {
        let mostBytes =
            switch encoding {
            case .bytePair(let encoding): encoding.mostBytes
            case .sentencePiece(let encoding): encoding.mostBytes
            }
        if text.utf8.count <= mostBytes { return 0 }
        return text.utf8.count(where: keeps) / mostBytes
    }

    private static func template(
        _ vocabulary: GGUFVocabulary, path: String
    ) throws(TokenizerError) -> ChatTemplate? {
        guard let own = vocabulary.chatTemplate else { return nil }
        guard let template = ChatTemplate(recognising: own) else {
            let known = ChatTemplate.allCases.map(\.rawValue).joined(separator: ", ")
            throw .unsupported(
                path: path, setting: "tokenizer.chat_template",
                expected: "\(known)",
                found: own.cut(to: 40))
        }
        return template
    }

    /// One more than the largest id.
    public var vocabularySize: Int {
        switch encoding {
        case .bytePair(let encoding): encoding.vocabularySize
        case .sentencePiece(let encoding): encoding.vocabularySize
        }
    }

    /// The ids of a text by itself, without a beginning.
    public func encode(_ text: String, _ treatment: ControlTokens = .asText) -> [TokenID] {
        switch encoding {
        case .bytePair(let encoding): encoding.encode(text, treatment)
        case .sentencePiece(let encoding): encoding.encode(text, treatment)
        }
    }

    /// What a token says: any bytes, so that a character may need several tokens.
    ///
    /// - Precondition: the id is of the vocabulary.
    public func bytes(of id: TokenID) -> ArraySlice<UInt8> {
        switch encoding {
        case .bytePair(let encoding): encoding.bytes(of: id)
        case .sentencePiece(let encoding): encoding.bytes(of: id)
        }
    }

    /// What the first token of a text says: without the space that stands before each text where the model wants one.
    public func beginningBytes(of id: TokenID) -> ArraySlice<UInt8> {
        let said = bytes(of: id)
        guard case .sentencePiece(let encoding) = encoding, encoding.addsSpace else { return said }
        return said.first == UInt8(ascii: " ") ? said.dropFirst() : said
    }

    /// A conversation, up to where the model's next message begins; nil without a template.
    ///
    /// What a message says is text whatever it is: it can end no message and begin none. Where a family writes its roles in
    /// plain text, such text in a message gets a space after its first letter.
    ///
    /// - Complexity: O(n log n) for n bytes.
    public func encode(_ messages: [ChatMessage]) -> [TokenID]? {
        guard let template else { return nil }
        let safe = messages.map { ChatMessage($0.role, parted($0.text)) }
        var ids = beginning.map { [$0] } ?? []
        var text = ""
        func add(_ id: TokenID?) {
            ids += encode(text)
            text = ""
            if let id { ids.append(id) }
        }
        for part in template.parts(of: safe) {
            switch part {
            case .text(let more): text += more
            case .beginning: add(beginning)
            case .end: add(end)
            case .control(let name):
                if let id = control[Array(name.utf8)] { add(id) } else { text += name }
            }
        }
        add(nil)
        return ids
    }

    /// `text` with a space after the first letter of what would be read as a marker, also once bytes without a token are left
    /// out.
    private func parted(_ text: String) -> String {
        if plainMarkers.isEmpty { return text }
        let utf8 = Array(text.utf8)
        let kept = utf8.indices.filter { keeps(utf8[$0]) }
        let said = kept.map { utf8[$0] }
        let places = Set(
            kept.indices.filter { place in plainMarkers.contains { said[place...].starts(with: $0) } }
                .map { kept[$0] })
        if places.isEmpty { return text }
        var parted: [UInt8] = []
        for place in utf8.indices {
            parted.append(utf8[place])
            // Markers begin with an ASCII letter: it is a character.
            if places.contains(place) { parted.append(UInt8(ascii: " ")) }
        }
        return String(decoding: parted, as: UTF8.self)
    }

    private func keeps(_ byte: UInt8) -> Bool {
        if case .bytePair(let encoding) = encoding { encoding.has(byte) } else { true }
    }
}
