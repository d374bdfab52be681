import Glibc
import ModelFiles
import Tensors
import Tokenizers
import Transformers

/// The decoders that Goldens/make_decoders.py made.
enum SmallDecoder: String, CaseIterable {
    case llama, llama3, qwen2, phi3
    case llamaSafetensors = "llama-safetensors"

    static let vocabulary = 96

    func decoder(
        _ precision: DecoderPrecision = .fp32, threads: Int = 2, kernels: DecoderKernels = .best
    ) throws -> Decoder {
        try decoder(precision, on: ComputePool(threads: threads), kernels: kernels)
    }

    func decoder(
        _ precision: DecoderPrecision = .fp32, on pool: ComputePool, kernels: DecoderKernels = .best
    ) throws -> Decoder {
        guard self == .llamaSafetensors else {
            return try Decoder(
                gguf: Goldens.path("\(rawValue).gguf"), precision: precision, pool: pool, kernels: kernels)
        }
        let model = try SmallLlama()
        return try Decoder(
            directory: model.directory, precision: precision, pool: pool, kernels: kernels)
    }

    func sequences() throws -> [[TokenID]] { try Goldens.tokens(rawValue) }

    /// The reference's logits of each sequence, a row a token.
    func logits() throws -> [[[Float]]] {
        var rows = try Goldens.rows(rawValue, dimension: Self.vocabulary)[...]
        return try sequences().map { sequence in
            defer { rows = rows.dropFirst(sequence.count) }
            return Array(rows.prefix(sequence.count))
        }
    }
}

extension Decoder {
    /// A cache that is stretched for sequences the reference stretched, beyond 16 positions, and for no others.
    func cache(for sequence: [TokenID]) -> KVCache {
        KVCache(for: self, capacity: sequence.count <= 16 ? 16 : 64)
    }

    /// The logits of all tokens, `step` of them in a pass.
    func logits(of tokens: [TokenID], in cache: KVCache, step: Int = 64) -> [[Float]] {
        var logits: [[Float]] = []
        for start in stride(from: 0, to: tokens.count, by: step) {
            var pass = DecoderPass()
            pass.append(tokens[start..<min(start + step, tokens.count)], to: cache, logits: .all)
            logits += run(pass) { $0.copied() }
        }
        return logits
    }
}

extension Logits {
    func copied() -> [[Float]] {
        (0..<count).map { row in withRow(row) { row in row.indices.map { row[$0] } } }
    }
}

/// The Llama of `make_decoders.py` that is not stored.
final class SmallLlama {
    let directory: String

    static let configuration = """
        {"model_type": "llama", "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 1,
         "hidden_size": 64, "intermediate_size": 64, "vocab_size": 96, "max_position_embeddings": 64,
         "rms_norm_eps": 1e-5, "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0},
         "head_dim": null, "tie_word_embeddings": true, "hidden_act": "silu"}
        """

    static let shapes: [(name: String, shape: [Int])] =
        [("model.embed_tokens.weight", [96, 64]), ("model.norm.weight", [64])]
        + (0..<2).flatMap { layer in
            [
                ("input_layernorm", [64]), ("self_attn.q_proj", [64, 64]), ("self_attn.k_proj", [32, 64]),
                ("self_attn.v_proj", [32, 64]), ("self_attn.o_proj", [64, 64]),
                ("post_attention_layernorm", [64]), ("mlp.gate_proj", [64, 64]), ("mlp.up_proj", [64, 64]),
                ("mlp.down_proj", [64, 64]),
            ].map { ("model.layers.\(layer).\($0.0).weight", $0.1) }
        }

    init(
        configuration: String = SmallLlama.configuration,
        shapes: [(name: String, shape: [Int])] = SmallLlama.shapes
    ) throws {
        var template = Array("/tmp/slmd-decoder-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw FileError.notAFile(path: "/tmp") }
        directory = String(cString: made)
        try writeFile("\(directory)/config.json", Array(configuration.utf8))
        try writeFile("\(directory)/model.safetensors", RandomCheckpoint.safetensors(shapes))
    }

    deinit {
        for file in ["model.safetensors", "config.json"] { unlink("\(directory)/\(file)") }
        rmdir(directory)
    }
}

func writeFile(_ path: String, _ bytes: [UInt8]) throws {
    guard let file = fopen(path, "w") else { throw FileError.notAFile(path: path) }
    defer { fclose(file) }
    guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw FileError.notAFile(path: path) }
}
