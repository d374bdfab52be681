internal import JSON
import ModelFiles

extension DecoderConfiguration {
    /// Reads the `config.json` of a Llama whose weights are a safetensors file.
    init(_ file: SettingsFile) throws(TransformerError) {
        let named = try file.word("model_type", otherwise: nil)
        guard named == Architecture.llama.rawValue else {
            throw .unsupported(path: file.path, key: "model_type", supported: "llama", found: named)
        }
        for key in ["attention_bias", "mlp_bias"] where try file.flag(key) {
            throw .unsupported(path: file.path, key: key, supported: "false", found: "true")
        }
        let activation = try file.word("hidden_act", otherwise: "silu")
        guard activation == "silu" else {
            throw .unsupported(path: file.path, key: "hidden_act", supported: "silu", found: activation)
        }
        architecture = .llama
        layers = try file.integer("num_hidden_layers", in: Self.layerLimits)
        hidden = try file.integer("hidden_size", in: Self.widthLimits, step: Self.widthStep)
        intermediate = try file.integer("intermediate_size", in: Self.widthLimits, step: Self.widthStep)
        vocabulary = try file.integer("vocab_size", in: Self.vocabularyLimits)
        context = try file.integer("max_position_embeddings", in: Self.contextLimits)
        epsilon = try file.float("rms_norm_eps", otherwise: 1e-6)
        attention = try DecoderAttention(file, hidden: hidden)
        rotary = try RotaryEmbedding(file, headWidth: attention.headWidth, context: context)
    }
}

extension DecoderAttention {
    fileprivate init(_ file: SettingsFile, hidden: Int) throws(TransformerError) {
        heads = try file.integer("num_attention_heads", in: DecoderConfiguration.headLimits)
        keyHeads = try file.integer(
            "num_key_value_heads", in: DecoderConfiguration.headLimits, otherwise: heads)
        guard heads.isMultiple(of: keyHeads) else {
            throw file.bad("num_key_value_heads", expected: "a divisor of \(heads)")
        }
        guard file.has("head_dim") || hidden.isMultiple(of: heads) else {
            throw file.bad("num_attention_heads", expected: "a divisor of \(hidden)")
        }
        headWidth = try file.integer(
            "head_dim", in: DecoderConfiguration.headWidthLimits, otherwise: hidden / heads)
        guard headWidth.isMultiple(of: DecoderConfiguration.widthStep) else {
            throw file.bad("head_dim", expected: "a multiple of \(DecoderConfiguration.widthStep)")
        }
        window = nil
    }
}

extension RotaryEmbedding {
    /// The base lies beside the other settings, or since version 5 of `transformers` in `rope_parameters`.
    fileprivate init(_ file: SettingsFile, headWidth: Int, context: Int) throws(TransformerError) {
        let nested = file.root["rope_parameters"] ?? file.root["rope_scaling"]
        let type = nested?["rope_type"]?.string ?? nested?["type"]?.string ?? "default"
        guard type == "default" else {
            throw .unsupported(path: file.path, key: "rope_type", supported: "default", found: type)
        }
        dimensions = headWidth
        let given = nested?["rope_theta"] ?? file.root["rope_theta"]
        guard let base = given.map(\.double) ?? 10_000, (1...1e9).contains(base) else {
            throw .badSetting(
                path: file.path, key: "rope_theta", expected: "a number from 1 to 1e9",
                found: given?.description)
        }
        self.base = base
        magnitude = 1
        originalContext = context
    }
}
