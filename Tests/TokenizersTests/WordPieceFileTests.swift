import Glibc
import Testing

@testable import Tokenizers

private let settings = """
    {"normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
       "strip_accents": null, "lowercase": true},
     "pre_tokenizer": {"type": "BertPreTokenizer"},
     "added_tokens": [{"id": 0, "content": "[UNK]", "single_word": false, "lstrip": false, "rstrip": false,
       "normalized": false, "special": true}],
     "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 2], "cls": ["[CLS]", 1]},
     "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
       "max_input_chars_per_word": 100, "vocab": {"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "ab": 7}}}
    """

/// Opens a tokenizer whose directory holds one file.
private func open(_ name: String, _ text: String) throws -> WordPiece {
    var template = Array("/tmp/slmd-test-XXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil)
    let directory = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    let path = "\(directory)/\(name)"
    defer {
        unlink(path)
        rmdir(directory)
    }
    let descriptor = Glibc.open(path, O_WRONLY | O_CREAT, 0o600)
    let bytes = Array(text.utf8)
    try #require(write(descriptor, bytes, bytes.count) == bytes.count)
    close(descriptor)
    return try WordPiece(directory: directory)
}

@Suite struct WordPieceFileTests {
    @Test(arguments: [
        settings,
        settings.replacing(
            #"{"type": "BertProcessing", "sep": ["[SEP]", 2], "cls": ["[CLS]", 1]}"#,
            with: """
                {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}},
                  {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
                  "special_tokens": {"[CLS]": {"ids": [1]}, "[SEP]": {"ids": [2]}}}
                """),
    ])
    func `both forms of start and end are read`(json: String) throws {
        let wordPiece = try open("tokenizer.json", json)
        #expect(
            try wordPiece.encode("AB [UNK]", limit: 9, overflow: .fail).ids.map(\.rawValue) == [1, 7, 0, 2])
        #expect(wordPiece.vocabularySize == 8)
    }

    @Test(arguments: [
        (#""lowercase": true"#, #""lowercase": false"#, "normalizer.lowercase is false, expected true"),
        (#""clean_text": true, "#, "", "normalizer.clean_text is absent, expected true"),
        (
            "BertPreTokenizer", "Whitespace",
            "pre_tokenizer.type is \"Whitespace\", expected \"BertPreTokenizer\""
        ),
        (#""WordPiece""#, #""BPE""#, "model.type is \"BPE\", expected \"WordPiece\""),
        ("\"lstrip\": false", "\"lstrip\": true", "lstrip of [UNK] is true, expected false"),
        ("\"ab\": 7", "\"ab\": -7", "the entry \"ab\" has the id -7, expected one from 0"),
        ("\"ab\": 7", "\"ab\": 2147483648", "the entry \"ab\" has the id 2147483648, expected one from 0"),
        ("\"unk_token\": \"[UNK]\"", "\"unk_token\": \"?\"", "the vocabulary has no ?"),
        ("100", "0", "model.max_input_chars_per_word is 0, expected a count"),
        ("\"ab\": 7}}}", "\"ab\": 7}}", "ends where ',' or '}' is expected"),
        (
            "BertProcessing", "Other",
            "post_processor.type is \"Other\", expected TemplateProcessing or BertProcessing"
        ),
    ])
    func `a setting it does not follow is refused by name`(old: String, new: String, message: String) throws {
        do {
            _ = try open("tokenizer.json", settings.replacing(old, with: new))
            Issue.record("accepted: \(new)")
        } catch let error as TokenizerError {
            #expect(error.description.hasSuffix(": " + message))
        }
    }

    @Test func `a model without tokenizer.json is read from its vocabulary`() throws {
        let wordPiece = try open("vocab.txt", "[UNK]\n[CLS]\r\n[SEP]\nab\n##c\n")
        #expect(
            try wordPiece.encode("ABC[SEP]", limit: 9, overflow: .fail).ids.map(\.rawValue) == [
                1, 3, 4, 2, 2,
            ])
        #expect(wordPiece.vocabularySize == 5)
        #expect(throws: TokenizerError.self) { try open("vocab.txt", "[UNK]\n[CLS]\nab\n") }
        #expect(throws: TokenizerError.self) { try open("other.txt", "") }
    }
}
