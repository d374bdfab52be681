internal import JSON
import ModelFiles

/// What a model's files say of its WordPiece tokenizer, before it is made fast.
struct WordPieceDefinition {
    var pieces: [(text: String, id: TokenID)]
    /// Found in a text as they stand, before anything else is done to it.
    var addedTokens: [(text: String, id: TokenID)]
    var unknown: TokenID
    /// What a text starts and ends with.
    var start: TokenID
    var end: TokenID
    /// In scalars; longer words become the unknown token.
    var maximumWordLength: Int
}

extension WordPieceDefinition {
    /// Reads `tokenizer.json`, or where a model has none, `vocab.txt` with the conventions of the original BERT.
    init(directory: String) throws(TokenizerError) {
        let path = "\(directory)/tokenizer.json"
        if let file = try TokenizerFile(ifPresent: path) {
            try self.init(tokenizer: file)
        } else {
            try self.init(
                vocabulary: "\(directory)/vocab.txt",
                settings: try TokenizerFile(ifPresent: "\(directory)/tokenizer_config.json"))
        }
    }

    private init(tokenizer file: TokenizerFile) throws(TokenizerError) {
        try file.expect("normalizer.type", .string("BertNormalizer"))
        try file.expect("normalizer.clean_text", .bool(true))
        try file.expect("normalizer.handle_chinese_chars", .bool(true))
        try file.expect("normalizer.lowercase", .bool(true))
        try file.expect("normalizer.strip_accents", .null, .bool(true))
        try file.expect("pre_tokenizer.type", .string("BertPreTokenizer"))
        try file.expect("model.type", .string("WordPiece"), nil)
        try file.expect("model.continuing_subword_prefix", .string("##"))
        pieces = try file.vocabulary("model.vocab")
        addedTokens = try file.addedTokens("added_tokens")
        (start, end) = try file.frame("post_processor")
        maximumWordLength = try file.count("model.max_input_chars_per_word")
        let name = try file.text("model.unk_token")
        guard let id = pieces.first(where: { $0.text == name })?.id else {
            throw .noSuchToken(path: file.path, token: name)
        }
        unknown = id
    }

    /// One piece a line, numbered from 0.
    private init(vocabulary path: String, settings: TokenizerFile?) throws(TokenizerError) {
        try settings?.expect("do_lower_case", .bool(true), nil)
        try settings?.expect("strip_accents", .null, .bool(true), nil)
        try settings?.expect("tokenize_chinese_chars", .bool(true), nil)
        let pieces = try Self.lines(of: path)
        func id(_ token: String) throws(TokenizerError) -> TokenID {
            guard let id = pieces.first(where: { $0.text == token })?.id else {
                throw .noSuchToken(path: path, token: token)
            }
            return id
        }
        self.init(
            pieces: pieces,
            addedTokens: pieces.filter { ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"].contains($0.text) },
            unknown: try id("[UNK]"), start: try id("[CLS]"), end: try id("[SEP]"),
            maximumWordLength: 100)
    }

    private static func lines(of path: String) throws(TokenizerError) -> [(text: String, id: TokenID)] {
        let bytes = try TokenizerFile.contents(of: path)
        var pieces: [(text: String, id: TokenID)] = []
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            guard let text = String(validating: line, as: UTF8.self) else {
                throw .badVocabulary(path: path, entry: "line \(pieces.count + 1)", problem: "is not UTF-8")
            }
            pieces.append((text, TokenID(rawValue: Int32(pieces.count))))
        }
        if pieces.last?.text == "" { pieces.removeLast() }
        return pieces
    }
}
