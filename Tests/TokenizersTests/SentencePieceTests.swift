import Glibc
import JSON
import ModelFiles
import Testing

@testable import Tokenizers

/// The small vocabulary that `make_piece_cases.py` trains.
private struct SmallVocabulary {
    let tokens: [String]
    let scores: [Double]
    let types: [Int]

    static let shared = Result {
        let json = try JSONValue(parsing: MappedFile(path: folder + "vocabulary.json").contents())
        return SmallVocabulary(
            tokens: try #require(json["tokens"]?.elements).compactMap(\.string),
            scores: try #require(json["scores"]?.elements).compactMap(\.double),
            types: try #require(json["types"]?.elements).compactMap(\.integer))
    }

    static let folder = "\(#filePath.dropLast("SentencePieceTests.swift".count))SentencePiece/"

    /// - Parameter added: tokens behind the others, and their types.
    func encoding(
        addsSpace: Bool? = nil, without missing: String? = nil,
        adding added: [(String, GGUFVocabulary.TokenType)] = []
    ) throws -> SentencePiece {
        var metadata: [String: GGUFValue] = [
            "tokenizer.ggml.model": .string("llama"),
            "tokenizer.ggml.tokens": .strings(tokens.map { $0 == missing ? "gone" : $0 } + added.map(\.0)),
            "tokenizer.ggml.scores": .numbers(scores + added.map { _ in 0 }),
            "tokenizer.ggml.token_type": .integers(
                zip(tokens, types).map { $0 == missing ? 1 : $1 } + added.map(\.1.rawValue)),
        ]
        if let addsSpace { metadata["tokenizer.ggml.add_space_prefix"] = .bool(addsSpace) }
        return try SentencePiece(try GGUFVocabulary(metadata), path: "small")
    }
}

/// Written by make_piece_cases.py --compare.
private let comparison = getenv("SLMD_PIECE_CASES").map { String(cString: $0) }

@Suite struct SentencePieceTests {
    private let small: SmallVocabulary

    init() throws { small = try SmallVocabulary.shared.get() }

    @Test func `the ids are those of the reference library`() throws {
        #expect(try compareCases(in: SmallVocabulary.folder + "cases.jsonl") == 264)
    }

    @Test(
        .enabled(
            if: comparison != nil, "SLMD_PIECE_CASES is not set: run make_piece_cases.py --compare 20000"))
    func `strings of the comparison have the reference's ids`() throws {
        #expect(try compareCases(in: try #require(comparison)) > 264)
    }

    /// - Returns: how many cases the file has.
    private func compareCases(in path: String) throws -> Int {
        let encoding = try small.encoding()
        var count = 0
        for line in try MappedFile(path: path).contents().split(separator: UInt8(ascii: "\n")) {
            let golden = try JSONValue(parsing: Array(line))
            let text = try #require(golden["text"]?.string)
            let expected = try #require(golden["ids"]?.elements).map(\.integer)
            let ids = encoding.encode(text)
            if ids.map({ Int($0.rawValue) }) != expected {
                Issue.record(
                    "\(text.debugDescription) has the ids \(ids.map(\.rawValue)), expected \(expected)")
            }
            let said = ids.flatMap(encoding.bytes)
            #expect(text.isEmpty ? said.isEmpty : said.elementsEqual(SentencePiece.spaced(" " + text)))
            count += 1
        }
        return count
    }

    @Test func `tokens that steer a model are words in a user's text, and tokens in one of our own`() throws {
        let encoding = try small.encoding(adding: [("<|user|>", .control), ("lesson!", .userDefined)])
        let (user, lesson) = (small.tokens.count, small.tokens.count + 1)
        #expect(!encoding.encode("a<|user|>").contains { $0.rawValue == user })
        let parsed = encoding.encode("<|user|>a", .parsed)
        #expect(parsed.first?.rawValue == Int32(user))
        #expect(Array(parsed.dropFirst()) == encoding.encode("a"))
        #expect(encoding.encode("a lesson! b").contains { $0.rawValue == lesson })
    }

    @Test func `a space stands before a text unless the file says otherwise`() throws {
        let text = "the head learns"
        #expect(try small.encoding().encode(text) == small.encoding(addsSpace: false).encode(" " + text))
        #expect(try small.encoding(addsSpace: true).encode(text) == small.encoding().encode(text))
    }

    @Test func `half a character waits for the rest`() throws {
        let encoding = try small.encoding(addsSpace: false)
        var assembly = TextAssembly()
        let texts = encoding.encode("\u{1F600}!").map { id in
            var text = ""
            assembly.append(encoding.bytes(of: id), to: &text)
            return text
        }
        #expect(texts.count == 5 && texts.dropLast(2).allSatisfy(\.isEmpty) && texts.joined() == "\u{1F600}!")
    }

    @Test(arguments: ["a", " ", "\u{1F600}", "ab", "\u{2581}"])
    func `a megabyte of the same takes no longer than its length`(unit: String) throws {
        let encoding = try small.encoding()
        func seconds(_ bytes: Int) -> Double {
            let text = String(repeating: unit, count: bytes / unit.utf8.count)
            let clock = ContinuousClock()
            return clock.measure { #expect(!encoding.encode(text).isEmpty) } / .seconds(1)
        }
        // Squared, it would be sixty times as long for eight times the length.
        let (short, long) = (seconds(1 << 17), seconds(1 << 20))
        #expect(long < 30 * max(short, 0.01), "\(short) and \(long) s")
    }

    @Test func `a vocabulary without scores, or without one byte, says so`() throws {
        let vocabulary = try GGUFVocabulary([
            "tokenizer.ggml.model": .string("llama"), "tokenizer.ggml.tokens": .strings(small.tokens),
        ])
        #expect(
            throws: TokenizerError.unsupported(
                path: "small", setting: "tokenizer.ggml.scores", expected: "a score a token", found: "missing"
            )
        ) {
            _ = try SentencePiece(vocabulary, path: "small")
        }
        #expect(throws: TokenizerError.noSuchToken(path: "small", token: "<0x0A>")) {
            _ = try small.encoding(without: "<0x0A>")
        }
        #expect(
            throws: TokenizerError.badVocabulary(
                path: "small", entry: "<0xG1>", problem: "is no byte, such as <0x0A>")
        ) {
            _ = try small.encoding(adding: [("<0xG1>", .byte)])
        }
    }
}
