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
    private let control: [String: TokenID]
    /// What means a role or an end and would be found in a text, in UTF-8.
    private let forgeable: [[UInt8]]

    /// - Parameters:
    ///   - template: how conversations are written, where the file's own is not one that is known.
    ///   - path: of the file, for messages.
    /// - Throws: `unsupported` for a template that is none of `ChatTemplate`'s, naming the setting that tells which it is.
    /// - Complexity: O(tokens + merges).
    public init(
        _ vocabulary: GGUFVocabulary, template: ChatTemplate? = nil, path: String
    ) throws(TokenizerError) {
        encoding = try Self.encoding(vocabulary, path: path)
        let template = if let template { template } else { try Self.template(vocabulary, path: path) }
        self.template = template
        let steering = zip(vocabulary.tokens, vocabulary.types).enumerated()
            .filter { [.control, .userDefined].contains($0.element.1) }
        let control = Dictionary(
            steering.map { ($0.element.0, TokenID(rawValue: Int32($0.offset))) },
            uniquingKeysWith: { first, _ in first })
        self.control = control
        func special(_ role: GGUFVocabulary.Special) -> TokenID? {
            vocabulary.special[role].map { TokenID(rawValue: Int32($0)) }
        }
        let isWanted = vocabulary.addsBeginning ?? (vocabulary.model == "llama" || template == .llama3)
        beginning = isWanted ? special(.beginning) : nil
        end = special(.end)
        let endOfTurn = template?.endOfTurn.flatMap { control[$0] }
        ends = Set([special(.end), special(.endOfTurn), endOfTurn].compactMap(\.self))
        let named = [special(.beginning), special(.end)].compactMap(\.self)
            .map { vocabulary.tokens[Int($0.rawValue)] }
        let hidden = Set(steering.filter { $0.element.1 == .control }.map(\.element.0))
        forgeable = ((template?.markers ?? []) + named).filter { !hidden.contains($0) }.map { Array($0.utf8) }
    }

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

    private static func template(
        _ vocabulary: GGUFVocabulary, path: String
    ) throws(TokenizerError) -> ChatTemplate? {
        guard let own = vocabulary.chatTemplate else { return nil }
        guard let template = ChatTemplate(recognising: own) else {
            let known = ChatTemplate.allCases.map(\.rawValue).joined(separator: ", ")
            throw .unsupported(
                path: path, setting: "tokenizer.chat_template",
                expected: "\(known) (slm: {template: …} says which)",
                found: own.count <= 40 ? own : "\(own.prefix(40))…")
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
                if let id = control[name] { add(id) } else { text += name }
            }
        }
        add(nil)
        return ids
    }

    /// `text` with a space after the first letter of what would be read as more than text.
    private func parted(_ text: String) -> String {
        if forgeable.isEmpty { return text }
        let utf8 = Array(text.utf8)
        var parted: [UInt8] = []
        for place in utf8.indices {
            parted.append(utf8[place])
            if forgeable.contains(where: { utf8[place...].starts(with: $0) }) {
                parted.append(UInt8(ascii: " "))
            }
        }
        return String(decoding: parted, as: UTF8.self)
    }
}
