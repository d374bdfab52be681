import Glibc
import ModelFiles
import Tensors
import Testing

@testable import Transformers

private let sound: [String: GGUFValue] = [
    "general.architecture": .string("llama"), "llama.block_count": .integer(2),
    "llama.embedding_length": .integer(128), "llama.feed_forward_length": .integer(96),
    "llama.vocab_size": .integer(3), "llama.context_length": .integer(64),
    "llama.attention.layer_norm_rms_epsilon": .number(1e-5), "llama.attention.head_count": .integer(4),
    "llama.attention.head_count_kv": .integer(2), "llama.rope.dimension_count": .integer(32),
    "tokenizer.ggml.tokens": .strings(["a", "b", "c"]),
]

struct MetadataLie: CustomTestStringConvertible {
    let key: String
    let value: GGUFValue?
    let error: TransformerError
    var testDescription: String { "\(error)" }

    init(_ key: String, _ value: GGUFValue?, _ error: TransformerError) {
        (self.key, self.value, self.error) = (key, value, error)
    }

    /// Of a setting of the architecture.
    init(_ key: String, _ value: GGUFValue?, expected: String, found: String?) {
        let full = "llama.\(key)"
        self.init(full, value, .badSetting(path: "m", key: full, expected: expected, found: found))
    }
}

private let metadataLies = [
    MetadataLie(
        "general.architecture", nil,
        .gguf(.malformed(path: "m", .missingKey("general.architecture")))),
    MetadataLie(
        "general.architecture", .string("gemma"),
        .unsupported(
            path: "m", key: "general.architecture", supported: "llama, qwen2, phi3", found: "gemma")),
    MetadataLie("block_count", nil, expected: "a whole number from 1 to 256", found: nil),
    MetadataLie("block_count", .integer(0), expected: "a whole number from 1 to 256", found: "0"),
    MetadataLie(
        "llama.block_count", .number(2),
        .gguf(
            .malformed(
                path: "m",
                .wrongKind(key: "llama.block_count", expected: "a whole number", found: "a number")))),
    MetadataLie(
        "embedding_length", .integer(80), expected: "a multiple of 32 from 32 to 65536", found: "80"),
    MetadataLie(
        "feed_forward_length", .integer(1 << 40), expected: "a multiple of 32 from 32 to 65536",
        found: "1099511627776"),
    MetadataLie(
        "tokenizer.ggml.tokens", .strings(["a"]),
        .badSetting(
            path: "m", key: "tokenizer.ggml.tokens",
            expected: "a list of 3 tokens, as llama.vocab_size says", found: "a list of 1")),
    MetadataLie("context_length", .integer(-1), expected: "a whole number from 1 to 16777216", found: "-1"),
    MetadataLie(
        "attention.layer_norm_rms_epsilon", .number(.nan), expected: "a number from 0.0 to 1.0", found: "nan"),
    MetadataLie("attention.layer_norm_rms_epsilon", nil, expected: "a number from 0.0 to 1.0", found: nil),
    MetadataLie("attention.head_count_kv", .integer(3), expected: "a divisor of 4", found: "3"),
    MetadataLie("attention.head_count", .integer(6), expected: "a divisor of 128", found: "6"),
    MetadataLie(
        "attention.head_count", .integer(8), expected: "heads a multiple of 32 wide", found: "8 of 16"),
    MetadataLie(
        "llama.attention.head_count_kv", .integers([2, 2]),
        .gguf(
            .malformed(
                path: "m",
                .wrongKind(
                    key: "llama.attention.head_count_kv", expected: "a whole number",
                    found: "a list of whole numbers")))),
    MetadataLie(
        "attention.key_length", .integer(48), expected: "a multiple of 32 from 32 to 512", found: "48"),
    MetadataLie("attention.value_length", .integer(64), expected: "32, as keys have", found: "64"),
    MetadataLie(
        "attention.sliding_window", .integer(-1), expected: "a whole number from 0 to 16777216", found: "-1"),
    MetadataLie("rope.dimension_count", .integer(15), expected: "a multiple of 2 from 2 to 32", found: "15"),
    MetadataLie("rope.dimension_count", .integer(34), expected: "a multiple of 2 from 2 to 32", found: "34"),
    MetadataLie("rope.freq_base", .number(0), expected: "a number from 1.0 to 1000000000.0", found: "0.0"),
    MetadataLie(
        "rope.scaling.attn_factor", .number(.infinity), expected: "a number from 0.1 to 10.0", found: "inf"),
    MetadataLie(
        "llama.rope.scaling.type", .string("yarn"),
        .unsupported(
            path: "m", key: "llama.rope.scaling.type", supported: "none, longrope", found: "yarn")),
]

/// A change to a stored file's bytes that keeps their number.
struct FileLie: CustomTestStringConvertible {
    let file: SmallDecoder
    let name: String
    let instead: String
    let error: @Sendable (_ path: String) -> TransformerError
    var testDescription: String { "\(error(file.rawValue))" }
}

private let fileLies = [
    FileLie(file: .llama, name: "blk.1.ffn_up.weight", instead: "blk.1.ffn_op.weight") {
        .gguf(.noSuchTensor(path: $0, tensor: "blk.1.ffn_up.weight"))
    },
    FileLie(file: .qwen2, name: "blk.0.attn_k.bias", instead: "blk.9.attn_k.bias") {
        .gguf(.noSuchTensor(path: $0, tensor: "blk.0.attn_k.bias"))
    },
    FileLie(file: .phi3, name: "blk.1.attn_qkv.weight", instead: "blk.1.attn_qkv.weighs") {
        .gguf(.noSuchTensor(path: $0, tensor: "blk.1.attn_qkv.weight"))
    },
    FileLie(file: .phi3, name: "rope_factors_long.weight", instead: "rope_factors_late.weight") {
        .gguf(.noSuchTensor(path: $0, tensor: "rope_factors_long.weight"))
    },
    FileLie(file: .llama3, name: "rope_freqs.weight", instead: "rope_angle.weight") {
        .unknownTensor(path: $0, tensor: "rope_angle.weight", architecture: "llama")
    },
    // Without its key the heads are as wide as the hidden columns allow.
    FileLie(
        file: .llama3, name: "llama.attention.key_length", instead: "llama.attention.kex_length"
    ) {
        .badSetting(
            path: $0, key: "llama.attention.head_count", expected: "heads a multiple of 32 wide",
            found: "4 of 16")
    },
    FileLie(
        file: .llama3, name: "llama.vocab_size\u{4}\0\0\0\u{60}", instead: "llama.vocab_size\u{4}\0\0\0\u{61}"
    ) {
        .gguf(
            .shapeMismatch(path: $0, tensor: "token_embd.weight", expected: [97, 64], found: [96, 64]))
    },
]

@Suite struct `A decoder that cannot be run` {
    @Test(arguments: metadataLies)
    func `says which setting is wrong, and how`(lie: MetadataLie) throws {
        #expect(try DecoderConfiguration(sound, path: "m").layers == 2)
        var metadata = sound
        metadata[lie.key] = lie.value
        #expect(throws: lie.error) { try DecoderConfiguration(metadata, path: "m") }
    }

    @Test(arguments: fileLies)
    func `says which tensor is wrong, and how`(lie: FileLie) throws {
        var bytes = try MappedFile(path: Goldens.path("\(lie.file.rawValue).gguf")).contents()
        let (name, instead) = (Array(lie.name.utf8), Array(lie.instead.utf8))
        try #require(name.count == instead.count)
        let start = try #require(bytes.firstRange(of: name)?.lowerBound)
        bytes.replaceSubrange(start..<(start + name.count), with: instead)
        let path = "/tmp/slmd-decoder-\(getpid())-\(lie.name.prefix(20)).gguf"
        try writeFile(path, bytes)
        defer { unlink(path) }
        #expect(throws: lie.error(path)) {
            try Decoder(gguf: path, precision: .int8, pool: ComputePool(threads: 1))
        }
    }

    @Test(arguments: [
        ("\"llama\"", "\"mistral\"", "\"model_type\" is mistral; supported: llama"),
        ("\"silu\"", "\"gelu\"", "\"hidden_act\" is gelu; supported: silu"),
        ("\"tie_word", "\"mlp_bias\": true, \"tie_word", "\"mlp_bias\" is true; supported: false"),
        ("\"default\"", "\"llama3\"", "\"rope_type\" is llama3; supported: default"),
        ("10000.0", "0", "\"rope_theta\" is 0, expected a number from 1 to 1e9"),
        ("_value_heads\": 1", "_value_heads\": 3", "\"num_key_value_heads\" is 3, expected a divisor of 2"),
        ("\"head_dim\": null", "\"head_dim\": 48", "\"head_dim\" is 48, expected a multiple of 32"),
    ])
    func `says which setting of a Llama is wrong, and how`(name: String, instead: String, problem: String)
        throws
    {
        let configuration = SmallLlama.configuration.replacing(name, with: instead, maxReplacements: 1)
        #expect(configuration != SmallLlama.configuration)
        let model = try SmallLlama(configuration: configuration)
        let error = #expect(throws: TransformerError.self) {
            try Decoder(directory: model.directory, precision: .int8, pool: ComputePool(threads: 1))
        }
        #expect(error?.description == "\(model.directory)/config.json: \(problem)")
    }

    @Test func `refuses a tensor that its architecture has not`() throws {
        let bias = "model.layers.0.self_attn.q_proj.bias"
        let model = try SmallLlama(shapes: SmallLlama.shapes + [(bias, [64])])
        let path = "\(model.directory)/model.safetensors"
        #expect(throws: TransformerError.unknownTensor(path: path, tensor: bias, architecture: "llama")) {
            try Decoder(directory: model.directory, precision: .int8, pool: ComputePool(threads: 1))
        }
    }
}
