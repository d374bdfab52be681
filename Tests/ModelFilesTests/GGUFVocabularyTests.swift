import Testing

@testable import ModelFiles

private let prefix = "tokenizer.ggml."
private let sound: [String: GGUFValue] = [
    prefix + "model": .string("gpt2"), prefix + "tokens": .strings(["<s>", "a", "b", "ab", " ", " a"]),
    prefix + "token_type": .integers([3, 1, 1, 1, 1, 1]), prefix + "merges": .strings(["a b", "  a"]),
    prefix + "bos_token_id": .integer(0), prefix + "add_bos_token": .bool(false),
]

struct VocabularyLie: CustomTestStringConvertible {
    let key: String
    let value: GGUFValue?
    let flaw: GGUFFlaw
    var testDescription: String { "\(flaw)" }

    init(_ key: String, _ value: GGUFValue?, _ flaw: GGUFFlaw) {
        (self.key, self.value, self.flaw) = (prefix + key, value, flaw)
    }
}

private let lies = [
    VocabularyLie("model", nil, .missingKey(prefix + "model")),
    VocabularyLie("tokens", nil, .missingKey(prefix + "tokens")),
    VocabularyLie(
        "tokens", .integers([1]),
        .wrongKind(key: prefix + "tokens", expected: "a list of strings", found: "a list of whole numbers")),
    VocabularyLie(
        "tokens", .strings(["<s>", "a", "b", "ab", " ", "a"]),
        .duplicateToken("a", first: 1, second: 5)),
    VocabularyLie(
        "tokens", .strings(["<s>", "a", "b", "ab", " ", String(repeating: "a", count: 1025)]),
        .longToken(5, bytes: 1025, limit: 1024)),
    VocabularyLie(
        "token_type", .integers([1]), .countMismatch(key: prefix + "token_type", expected: 6, found: 1)),
    VocabularyLie("token_type", .integers([3, 1, 1, 7, 1, 1]), .badTokenType(token: 3, found: 7)),
    VocabularyLie("scores", .numbers([0]), .countMismatch(key: prefix + "scores", expected: 6, found: 1)),
    VocabularyLie("scores", .numbers([0, 0, .nan, 0, 0, 0]), .badScore(token: 2)),
    VocabularyLie("merges", .strings(["a b", "ab"]), .badMerge(place: 1, found: "ab")),
    VocabularyLie("merges", .strings(["a c"]), .badMerge(place: 0, found: "a c")),
    VocabularyLie("merges", .strings(["b a"]), .badMerge(place: 0, found: "b a")),
    VocabularyLie("merges", .strings(["a "]), .badMerge(place: 0, found: "a ")),
    VocabularyLie("merges", .strings(["a b", "  a", "a b"]), .duplicateMerge("a b", first: 0, second: 2)),
    VocabularyLie(
        "eos_token_id", .integer(6), .tokenOutOfRange(key: prefix + "eos_token_id", found: 6, count: 6)),
    VocabularyLie(
        "bos_token_id", .integer(-1), .tokenOutOfRange(key: prefix + "bos_token_id", found: -1, count: 6)),
    VocabularyLie(
        "add_bos_token", .integer(1),
        .wrongKind(key: prefix + "add_bos_token", expected: "a truth value", found: "a whole number")),
]

struct GGUFVocabularyTests {
    @Test(arguments: lies) func `each lie has its error`(lie: VocabularyLie) {
        var metadata = sound
        metadata[lie.key] = lie.value
        #expect(throws: lie.flaw) { try GGUFVocabulary(metadata) }
        #expect(!"\(lie.flaw)".contains("malformed"))
    }

    @Test func `a sound one is read whole`() throws {
        let vocabulary = try GGUFVocabulary(sound)
        #expect(vocabulary.model == "gpt2" && vocabulary.preTokenizer == nil)
        #expect(vocabulary.types == [.control, .normal, .normal, .normal, .normal, .normal])
        #expect(
            vocabulary.merges == [
                GGUFVocabulary.Merge(left: 1, right: 2, merged: 3),
                GGUFVocabulary.Merge(left: 4, right: 1, merged: 5),
            ])
        #expect(vocabulary.special == [.beginning: 0])
        #expect(vocabulary.addsBeginning == false && vocabulary.scores == nil)
    }

    @Test func `two spellings of one letter are two tokens`() throws {
        var metadata = sound
        metadata[prefix + "tokens"] = .strings(["<s>", "e", "\u{301}", "e\u{301}", "\u{e9}", "x"])
        metadata[prefix + "merges"] = .strings(["e \u{301}"])
        let vocabulary = try GGUFVocabulary(metadata)
        #expect(vocabulary.merges == [GGUFVocabulary.Merge(left: 1, right: 2, merged: 3)])
    }
}
