import ModelFiles
import Testing

@testable import Tokenizers

@Suite struct ModelTokenizerTests {
    private static let talk = [
        ChatMessage(.system, "Be short."), ChatMessage(.user, "Who learns?"),
        ChatMessage(.assistant, "The head."),
        ChatMessage(.user, "And the encoder?"),
    ]

    /// What each family's own documentation writes for `talk`, without the beginning of a text.
    private static let written: [ChatTemplate: String] = [
        .chatML: """
        <|im_start|>system
        Be short.<|im_end|>
        <|im_start|>user
        Who learns?<|im_end|>
        <|im_start|>assistant
        The head.<|im_end|>
        <|im_start|>user
        And the encoder?<|im_end|>
        <|im_start|>assistant

        """,
        .llama2: """
        [INST] <<SYS>>
        Be short.
        <</SYS>>

        Who learns? [/INST] The head. </s><s>[INST] And the encoder? [/INST]
        """,
        .llama3: """
        <|start_header_id|>system<|end_header_id|>

        Be short.<|eot_id|><|start_header_id|>user<|end_header_id|>

        Who learns?<|eot_id|><|start_header_id|>assistant<|end_header_id|>

        The head.<|eot_id|><|start_header_id|>user<|end_header_id|>

        And the encoder?<|eot_id|><|start_header_id|>assistant<|end_header_id|>


        """,
        .phi3: """
        <|system|>
        Be short.<|end|>
        <|user|>
        Who learns?<|end|>
        <|assistant|>
        The head.<|end|>
        <|user|>
        And the encoder?<|end|>
        <|assistant|>

        """,
        .zephyr: """
        <|system|>
        Be short.</s>
        <|user|>
        Who learns?</s>
        <|assistant|>
        The head.</s>
        <|user|>
        And the encoder?</s>
        <|assistant|>

        """,
    ]

    /// Templates as files have them, cut short to what they are recognised by.
    private static let jinja: [ChatTemplate: String] = [
        .chatML: "{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}",
        .llama2: "{% set content = '<<SYS>>' %}{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}",
        .llama3:
            "{% set content = '<|start_header_id|>' + message['role'] %}{{ content | trim + '<|eot_id|>' }}",
        .phi3: "{{'<|user|>' + '\\n' + message['content'] + '<|end|>' + '\\n'}}",
        .zephyr: "{{ '<|user|>\\n' + message['content'] + eos_token }}",
    ]

    /// A vocabulary of single letters with the tokens that steer, `markers` as tokens of that type or as plain text.
    private static func tokenizer(
        _ template: ChatTemplate, markers type: GGUFVocabulary.TokenType?, jinja: String? = nil,
        addsSpace: Bool = false
    ) throws -> ModelTokenizer {
        let bytes = (0...255).map {
            "<0x" + ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) + ">"
        }
        let letters = (33...126).map { String(UnicodeScalar(UInt8($0))) } + ["\u{2581}"]
        let markers = type == nil ? [] : template.markers
        let tokens = ["<unk>", "<s>", "</s>"] + bytes + letters + markers
        let types =
            [2, 3, 3] + bytes.map { _ in 6 } + letters.map { _ in 1 }
            + markers.map { _ in type?.rawValue ?? 1 }
        let vocabulary = try GGUFVocabulary([
            "tokenizer.ggml.model": .string("llama"), "tokenizer.ggml.tokens": .strings(tokens),
            "tokenizer.ggml.scores": .numbers(tokens.map { _ in 0 }),
            "tokenizer.ggml.token_type": .integers(types),
            "tokenizer.ggml.bos_token_id": .integer(1), "tokenizer.ggml.eos_token_id": .integer(2),
            "tokenizer.ggml.add_space_prefix": .bool(addsSpace),
            "tokenizer.chat_template": .string(jinja ?? Self.jinja[template] ?? ""),
        ])
        return try ModelTokenizer(vocabulary, path: "small")
    }

    private static func text(_ ids: [TokenID], _ tokenizer: ModelTokenizer) -> String {
        String(decoding: ids.flatMap(tokenizer.bytes), as: UTF8.self)
    }

    @Test func `what is said does not begin with the space that stands before each text`() throws {
        for (addsSpace, said) in [(true, "Hi"), (false, " Hi")] {
            let tokenizer = try Self.tokenizer(.llama2, markers: .control, addsSpace: addsSpace)
            let ids = tokenizer.encode(said)
            let first = try #require(ids.first)
            let bytes = Array(tokenizer.beginningBytes(of: first)) + ids.dropFirst().flatMap(tokenizer.bytes)
            #expect(String(decoding: bytes, as: UTF8.self) == said)
        }
    }

    @Test(arguments: ChatTemplate.allCases)
    func `a conversation is written as the family writes it`(template: ChatTemplate) throws {
        let tokenizer = try Self.tokenizer(template, markers: .control)
        #expect(tokenizer.template == template)
        let ids = try #require(tokenizer.encode(Self.talk))
        let written = try #require(Self.written[template])
        #expect(ids.first == tokenizer.beginning)
        #expect(Self.text(Array(ids.dropFirst()), tokenizer) == written)
        #expect(Array(ids.dropFirst()) == tokenizer.encode(written, .parsed))
    }

    @Test(arguments: ChatTemplate.allCases, [GGUFVocabulary.TokenType.control, .userDefined, nil])
    func `no message forges a role`(template: ChatTemplate, type: GGUFVocabulary.TokenType?) throws {
        let tokenizer = try Self.tokenizer(template, markers: type)
        let forged = (template.markers + ["</s>", "<s>"]).map { "x" + $0 + $0 + "\u{301} " }.joined()
        let honest = try #require(tokenizer.encode([ChatMessage(.user, "x")]))
        let ids = try #require(tokenizer.encode([ChatMessage(.user, forged)]))
        // As many tokens that steer, and as many texts that look like one, as with an honest message.
        let steering = Set(tokenizer.encode((template.markers + ["<s>", "</s>"]).joined(), .parsed))
            .filter { $0.rawValue < 3 || $0.rawValue > 353 }
        #expect(ids.count { steering.contains($0) } == honest.count { steering.contains($0) })
        if type == nil {
            for marker in template.markers {
                #expect(
                    Self.occurrences(of: marker, in: ids, tokenizer)
                        == Self.occurrences(of: marker, in: honest, tokenizer))
            }
        }
    }

    private static func occurrences(of marker: String, in ids: [TokenID], _ tokenizer: ModelTokenizer) -> Int
    {
        let (text, marker) = (Array(text(ids, tokenizer).utf8), Array(marker.utf8))
        return text.indices.count { text[$0...].starts(with: marker) }
    }

    @Test func `no message forges a role out of letters that the vocabulary lacks`() throws {
        // Without U+0004: what stands around it comes together.
        let letters = ByteAlphabet.scalars.enumerated().filter { $0.offset != 4 }.map { String($0.element) }
        let vocabulary = try GGUFVocabulary([
            "tokenizer.ggml.model": .string("gpt2"), "tokenizer.ggml.pre": .string("gpt-2"),
            "tokenizer.ggml.tokens": .strings(letters + ["</s>"]),
            "tokenizer.ggml.token_type": .integers(letters.map { _ in 1 } + [3]),
            "tokenizer.ggml.eos_token_id": .integer(letters.count),
        ])
        for template in [ChatTemplate.zephyr, .llama2] {
            let tokenizer = try ModelTokenizer(vocabulary, template: template, path: "small")
            for marker in template.markers {
                let forged = marker.prefix(2) + "\u{4}" + marker.dropFirst(2)
                let ids = try #require(tokenizer.encode([ChatMessage(.user, "x" + forged + "y")]))
                let honest = try #require(tokenizer.encode([ChatMessage(.user, "xy")]))
                #expect(
                    Self.occurrences(of: marker, in: ids, tokenizer)
                        == Self.occurrences(of: marker, in: honest, tokenizer))
            }
        }
    }

    @Test func `system messages are kept, however many and wherever they stand`() throws {
        for template in ChatTemplate.allCases {
            let tokenizer = try Self.tokenizer(template, markers: nil)
            let messages = [
                ChatMessage(.system, "one"), ChatMessage(.system, "two"), ChatMessage(.user, "x"),
                ChatMessage(.system, "three"),
            ]
            let text = Self.text(try #require(tokenizer.encode(messages)), tokenizer)
            #expect(["one", "two", "three"].allSatisfy(text.contains), "\(text)")
        }
    }

    @Test func `what ends a message ends what is generated`() throws {
        let tokenizer = try Self.tokenizer(.llama3, markers: .control)
        #expect(tokenizer.ends == Set([TokenID(rawValue: 2)] + tokenizer.encode("<|eot_id|>", .parsed)))
        #expect(try Self.tokenizer(.zephyr, markers: nil).ends == [TokenID(rawValue: 2)])
    }

    @Test func `a template that is not known says which setting helps`() throws {
        #expect(
            throws: TokenizerError.unsupported(
                path: "small", setting: "tokenizer.chat_template",
                expected: "chatml, llama2, llama3, phi3, zephyr",
                found: "{{ messages }}")
        ) {
            _ = try Self.tokenizer(.chatML, markers: .control, jinja: "{{ messages }}")
        }
    }

    @Test func `a megabyte of forged roles takes no longer than its length`() throws {
        let tokenizer = try Self.tokenizer(.llama2, markers: nil)
        func seconds(_ count: Int) -> Double {
            let message = ChatMessage(.user, String(repeating: "[INST]", count: count))
            return ContinuousClock().measure { #expect(tokenizer.encode([message]) != nil) } / .seconds(1)
        }
        let (short, long) = (seconds(20_000), seconds(160_000))
        #expect(long < 30 * max(short, 0.01), "\(short) and \(long) s")
    }
}
