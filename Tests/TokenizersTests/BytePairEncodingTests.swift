import Foundation
import Glibc
import JSON
import ModelFiles
import Testing

@testable import Tokenizers

/// The small vocabulary that `make_bpe_cases.py` trains.
private struct SmallVocabulary {
    let tokens: [String]
    let merges: [String]

    static let shared = Result {
        let json = try JSONValue(
            parsing: MappedFile(path: folder + "vocabulary.json").contents())
        return SmallVocabulary(
            tokens: try #require(json["tokens"]?.elements).compactMap(\.string),
            merges: try #require(json["merges"]?.elements).compactMap(\.string))
    }

    static let folder = "\(#filePath.dropLast("BytePairEncodingTests.swift".count))BytePair/"

    /// - Parameter added: tokens behind the others, and their types.
    func encoding(
        _ rules: String, adding added: [(String, GGUFVocabulary.TokenType)] = []
    ) throws -> BytePairEncoding {
        let types = tokens.map { _ in 1 } + added.map(\.1.rawValue)
        let vocabulary = try GGUFVocabulary([
            "tokenizer.ggml.model": .string("gpt2"), "tokenizer.ggml.pre": .string(rules),
            "tokenizer.ggml.tokens": .strings(tokens + added.map(\.0)),
            "tokenizer.ggml.token_type": .integers(types), "tokenizer.ggml.merges": .strings(merges),
        ])
        return try BytePairEncoding(vocabulary, path: "small")
    }
}

/// Written by make_bpe_cases.py --compare.
private let comparison = getenv("SLMD_BPE_CASES").map { String(cString: $0) }

@Suite struct BytePairEncodingTests {
    private let small: SmallVocabulary

    init() throws { small = try SmallVocabulary.shared.get() }

    @Test(arguments: PreTokenizer.allCases)
    func `the ids are those of the reference library`(rules: PreTokenizer) throws {
        #expect(try compareCases(of: rules, in: SmallVocabulary.folder + "cases.jsonl") == 255)
    }

    @Test(
        .enabled(if: comparison != nil, "SLMD_BPE_CASES is not set: run make_bpe_cases.py --compare 20000"),
        arguments: PreTokenizer.allCases)
    func `strings of the comparison have the reference's ids`(rules: PreTokenizer) throws {
        #expect(try compareCases(of: rules, in: try #require(comparison)) > 255)
    }

    /// - Returns: how many cases of these rules the file has.
    private func compareCases(of rules: PreTokenizer, in path: String) throws -> Int {
        let encoding = try small.encoding(rules.rawValue)
        var count = 0
        for line in try MappedFile(path: path).contents().split(separator: UInt8(ascii: "\n")) {
            let golden = try JSONValue(parsing: Array(line))
            guard golden["rules"]?.string == rules.rawValue else { continue }
            let text = try #require(golden["text"]?.string)
            let expected = try #require(golden["ids"]?.elements).map(\.integer)
            let ids = encoding.encode(text)
            if ids.map({ Int($0.rawValue) }) != expected {
                Issue.record(
                    "\(text.debugDescription) has the ids \(ids.map(\.rawValue)), expected \(expected)")
            }
            let composed = rules.composed(Array(text.utf8))
            #expect(ids.flatMap(encoding.bytes).elementsEqual(composed))
            count += 1
        }
        return count
    }

    @Test(arguments: PreTokenizer.allCases)
    func `pieces are the text, whatever it is`(rules: PreTokenizer) {
        for text in [
            "", "a", " '", "\u{10FFFF} \r\n\u{85}'ſ", "12 345\n\n\n", "  x  ", "'", "' s", "é\u{301}٣½",
        ] {
            let bytes = Array(text.utf8)
            var end = 0
            rules.forEachPiece(of: bytes) { piece in
                #expect(piece.lowerBound == end && !piece.isEmpty)
                end = piece.upperBound
            }
            #expect(end == bytes.count)
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: ["a", " ", "ab", "the lesson "])
    func `a long piece takes time in proportion to its length, not to its square`(word: String) throws {
        let encoding = try small.encoding("smollm")
        let text = String(repeating: word, count: (1 << 16) / word.utf8.count)
        #expect(encoding.encode(text).flatMap(encoding.bytes).count == text.utf8.count)
    }

    @Test func `what steers a model is text in a user's text, and found in ours`() throws {
        let encoding = try small.encoding("smollm", adding: [("<|end|>", .control), ("<|end|>>", .control)])
        let (first, second) = (Int32(small.tokens.count), Int32(small.tokens.count + 1))
        let text = "a<|end|>b<|end|>>"
        let parsed = encoding.encode(text, .parsed).map(\.rawValue)
        #expect(parsed.contains(first) && parsed.last == second)
        let plain = encoding.encode(text).map(\.rawValue)
        #expect(plain.allSatisfy { $0 < first })
        #expect(encoding.encode(text).flatMap(encoding.bytes).elementsEqual(text.utf8))
    }

    @Test(arguments: ["e\u{301}", "a\u{301}\u{316}", "\u{316}\u{301}", "\u{1100}\u{1161}", "\u{AC00}"])
    func `a megabyte of marks takes no longer than its length`(unit: String) throws {
        let encoding = try small.encoding("qwen2")
        func seconds(_ bytes: Int) -> Double {
            let text = String(repeating: unit, count: bytes / unit.utf8.count)
            return ContinuousClock().measure { #expect(!encoding.encode(text).isEmpty) } / .seconds(1)
        }
        // Squared, it would be sixty times as long for eight times the length.
        let (short, long) = (seconds(1 << 17), seconds(1 << 20))
        #expect(long < 30 * max(short, 0.01), "\(short) and \(long) s")
    }

    @Test(arguments: [1, 29, 31, 63, 65, 200])
    func `a text put together in parts is the whole put together`(count: Int) {
        var chance: UInt32 = 7
        let scalars = Array(
            "aé\u{301}\u{316}\u{327}\u{344}\u{1100}\u{1161}\u{11A8}漢\u{212B}\u{9C7}\u{9BE} ".unicodeScalars)
        for _ in 0..<50 {
            var text = String.UnicodeScalarView()
            for _ in 0..<count {
                chance = chance &* 1_664_525 &+ 1_013_904_223
                text.append(scalars[Int(chance >> 16) % scalars.count])
            }
            let whole = String(text).precomposedStringWithCanonicalMapping
            #expect(
                Composition.composed(Array(String(text).utf8)).elementsEqual(whole.utf8), "\(Array(text))")
        }
    }

    @Test func `a token that the user defined is found in any text`() throws {
        let encoding = try small.encoding("gpt-2", adding: [("tool!", .userDefined)])
        #expect(encoding.encode("xtool!y").map(\.rawValue).contains(Int32(small.tokens.count)))
    }

    @Test func `rules that are not followed are named`() {
        let expected = TokenizerError.unsupported(
            path: "small", setting: "tokenizer.ggml.pre", expected: "gpt-2, smollm, llama-bpe, qwen2",
            found: "deepseek")
        #expect(throws: expected) { try small.encoding("deepseek") }
    }

    @Test func `a token that is not written in the letters of bytes is named`() {
        let expected = TokenizerError.badVocabulary(
            path: "small", entry: "漢", problem: "is not written in the letters of bytes")
        #expect(throws: expected) { try small.encoding("gpt-2", adding: [("漢", .normal)]) }
    }
}

@Suite struct TextAssemblyTests {
    @Test(arguments: ["", "plain", "é€😀", "a\u{301}\u{FFFD}", "한국어 👨‍👩‍👧"])
    func `bytes one by one give the text, never half a character`(text: String) {
        var assembly = TextAssembly()
        var whole = ""
        for byte in text.utf8 {
            assembly.append([byte], to: &whole)
            #expect(text.unicodeScalars.contains("\u{FFFD}") || !whole.unicodeScalars.contains("\u{FFFD}"))
        }
        assembly.finish(to: &whole)
        #expect(whole == text)
    }

    @Test(arguments: [
        [0xFF], [0xC3], [0xE2, 0x82], [0x80, 0x41], [0xE0, 0x80, 0x80], [0xF4, 0x90], [0xC3, 0x28],
        [0xED, 0xA0, 0x80],
    ])
    func `what is no UTF-8 is replaced as Swift does, in whatever parts it comes`(bytes: [UInt8]) {
        let bytes = [0x78] + bytes + [0x79] + bytes
        for cut in 0...bytes.count {
            var assembly = TextAssembly()
            var text = ""
            assembly.append(bytes[..<cut], to: &text)
            assembly.append(bytes[cut...], to: &text)
            assembly.finish(to: &text)
            #expect(text == String(decoding: bytes, as: UTF8.self))
        }
    }
}
