/// What each kind of file calls the tensors of a decoder.
struct DecoderNames {
    struct Layer {
        let attentionNorm, query, key, value, fused, output, feedForwardNorm, gate, up, down: String
    }

    let words, finalNorm, output: String
    private let layerPrefix: String
    private let layerNames: (_ prefix: String) -> Layer

    func layer(_ index: Int) -> Layer { layerNames("\(layerPrefix)\(index).") }

    static var gguf: DecoderNames {
        DecoderNames(words: "token_embd", finalNorm: "output_norm", output: "output", layerPrefix: "blk.") {
            Layer(
                attentionNorm: $0 + "attn_norm", query: $0 + "attn_q", key: $0 + "attn_k",
                value: $0 + "attn_v", fused: $0 + "attn_qkv", output: $0 + "attn_output",
                feedForwardNorm: $0 + "ffn_norm", gate: $0 + "ffn_gate", up: $0 + "ffn_up",
                down: $0 + "ffn_down")
        }
    }

    static var safetensors: DecoderNames {
        DecoderNames(
            words: "model.embed_tokens", finalNorm: "model.norm", output: "lm_head",
            layerPrefix: "model.layers."
        ) {
            Layer(
                attentionNorm: $0 + "input_layernorm", query: $0 + "self_attn.q_proj",
                key: $0 + "self_attn.k_proj", value: $0 + "self_attn.v_proj",
                fused: $0 + "self_attn.qkv_proj",
                output: $0 + "self_attn.o_proj", feedForwardNorm: $0 + "post_attention_layernorm",
                gate: $0 + "mlp.gate_proj", up: $0 + "mlp.up_proj", down: $0 + "mlp.down_proj")
        }
    }
}
