"""Makes the small decoders of TransformersTests and their golden logits with PyTorch, transformers and gguf.

    make_decoders.py

Writes beside itself, for each family: NAME.gguf with random weights, quantised; NAME.json, two sequences of token ids; NAME.f32,
little-endian float32 logits of all their positions, by the reference implementation on the dequantised weights. The weights
of llama-safetensors are not stored: both sides make them from one formula (see formula.py).
"""

import json
import math
import pathlib

import gguf
import numpy as np
import torch
from transformers import LlamaConfig, LlamaForCausalLM, Phi3Config, Phi3ForCausalLM, Qwen2Config, Qwen2ForCausalLM

import formula

HERE = pathlib.Path(__file__).parent
VOCABULARY, HIDDEN, INNER = 96, 64, 64
ORIGINAL_CONTEXT, CONTEXT = 16, 64
LENGTHS = (10, 24)

SHAPE = dict(
    vocab_size=VOCABULARY, hidden_size=HIDDEN, intermediate_size=INNER, max_position_embeddings=CONTEXT,
    attn_implementation="eager", pad_token_id=None, bos_token_id=None, eos_token_id=None)


def llama():
    config = LlamaConfig(
        num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=1, rms_norm_eps=1e-5,
        rope_parameters={"rope_type": "default", "rope_theta": 100000.0}, **SHAPE)
    write("llama", LlamaForCausalLM(config), "llama", gguf.GGMLQuantizationType.Q4_1)


def llama3():
    """More columns in heads than hidden ones, tied words, and the stretched frequencies of Llama 3."""
    scaling = {"rope_type": "llama3", "rope_theta": 500000.0, "factor": 8.0, "low_freq_factor": 1.0,
               "high_freq_factor": 4.0, "original_max_position_embeddings": 32}
    config = LlamaConfig(
        num_hidden_layers=1, num_attention_heads=4, num_key_value_heads=2, head_dim=32, tie_word_embeddings=True,
        rope_parameters=scaling, **SHAPE)
    model = LlamaForCausalLM(config)
    plain = 500000.0 ** -(torch.arange(0, 32, 2).double() / 32)
    factors = (plain / model.model.rotary_emb.inv_freq.double()).float().numpy()
    write("llama3", model, "llama", gguf.GGMLQuantizationType.Q5_0, {"rope_freqs.weight": factors})


def qwen2():
    config = Qwen2Config(
        num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=1, rms_norm_eps=1e-6,
        rope_parameters={"rope_type": "default", "rope_theta": 1000000.0}, **SHAPE)
    write("qwen2", Qwen2ForCausalLM(config), "qwen2", gguf.GGMLQuantizationType.Q8_0)


def phi3():
    """Half of each head turns, by short factors within 16 positions and long ones beyond; a token sees eight."""
    factors = {"short_factor": [1 + 0.05 * i for i in range(8)], "long_factor": [1 + 0.7 * i for i in range(8)]}
    config = Phi3Config(
        num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=2, sliding_window=8, rms_norm_eps=1e-5,
        original_max_position_embeddings=ORIGINAL_CONTEXT,
        rope_parameters={
            "rope_type": "longrope", "rope_theta": 10000.0, "partial_rotary_factor": 0.5,
            "original_max_position_embeddings": ORIGINAL_CONTEXT, **factors}, **SHAPE)
    write("phi3", Phi3ForCausalLM(config), "phi3", gguf.GGMLQuantizationType.Q5_1, {
        "rope_factors_short.weight": np.array(factors["short_factor"], np.float32),
        "rope_factors_long.weight": np.array(factors["long_factor"], np.float32)})


def write(name, model, architecture, quantised, extra={}):
    randomise(model, sum(map(ord, name)))
    writer = gguf.GGUFWriter(HERE / f"{name}.gguf", architecture)
    settings(writer, model, architecture)
    if name == "llama":
        speech(writer)
    for key, tensor in model.state_dict().items():
        if key == "lm_head.weight" and model.config.tie_word_embeddings:
            continue
        values = tensor.numpy()
        if ".q_proj." in key or ".k_proj." in key:
            if architecture == "llama":
                values = neighbours(values, heads(model.config, key))
        if values.ndim == 1:
            writer.add_tensor(gguf_name(key), values.astype(np.float32))
            continue
        kind = gguf.GGMLQuantizationType.Q8_0 if "embed" in key else quantised
        blocks = gguf.quantize(values, kind)
        writer.add_tensor(gguf_name(key), blocks, raw_dtype=kind)
        exact = gguf.dequantize(blocks, kind).reshape(values.shape)
        if architecture == "llama" and (".q_proj." in key or ".k_proj." in key):
            exact = halves(exact, heads(model.config, key))
        tensor.copy_(torch.from_numpy(exact))
    for key, values in extra.items():
        writer.add_tensor(key, values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    logits(name, model)


def randomise(model, seed):
    draw = torch.Generator().manual_seed(seed)
    for key, tensor in model.state_dict().items():
        noise = torch.randn(tensor.shape, generator=draw)
        if "norm" in key:
            tensor.copy_(1 + 0.1 * noise)
        elif key.endswith(".bias") or "embed" in key:
            tensor.copy_(0.5 * noise)
        else:
            tensor.copy_(1.5 * noise / math.sqrt(tensor.shape[1]))


def settings(writer, model, architecture):
    config = model.config
    rope = config.rope_parameters
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(HIDDEN)
    writer.add_feed_forward_length(INNER)
    writer.add_vocab_size(VOCABULARY)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(rope["rope_theta"])
    width = getattr(config, "head_dim", None) or HIDDEN // config.num_attention_heads
    writer.add_rope_dimension_count(int(width * rope.get("partial_rotary_factor", 1)))
    if width != HIDDEN // config.num_attention_heads:
        writer.add_key_length(width)
        writer.add_value_length(width)
    if architecture == "phi3":
        writer.add_sliding_window(config.sliding_window)
        writer.add_rope_scaling_orig_ctx_len(ORIGINAL_CONTEXT)
        writer.add_rope_scaling_attn_factors(model.model.rotary_emb.attention_scaling)


def speech(writer):
    """Words for what else is to read: printable letters but the last, a space, and what begins and ends a message."""
    letters = [chr(code) for code in range(33, 126)]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(letters + ["\u0120", "<|im_start|>", "<|im_end|>"])
    writer.add_token_types([1] * (VOCABULARY - 2) + [3] * 2)
    writer.add_token_merges([])
    writer.add_eos_token_id(VOCABULARY - 1)
    writer.add_chat_template("<|im_start|>role text<|im_end|>")


def heads(config, key):
    return config.num_attention_heads if ".q_proj." in key else config.num_key_value_heads


def neighbours(rows, heads):
    """The order of GGUF files of Llamas: the two rows that turn together side by side."""
    return rows.reshape(heads, 2, -1, *rows.shape[1:]).swapaxes(1, 2).reshape(rows.shape)


def halves(rows, heads):
    return rows.reshape(heads, -1, 2, *rows.shape[1:]).swapaxes(1, 2).reshape(rows.shape)


def gguf_name(key):
    for ours, theirs in (
            ("model.embed_tokens", "token_embd"), ("model.norm", "output_norm"), ("lm_head", "output"),
            ("model.layers.", "blk."), ("input_layernorm", "attn_norm"), ("self_attn.q_proj", "attn_q"),
            ("self_attn.k_proj", "attn_k"), ("self_attn.v_proj", "attn_v"), ("self_attn.qkv_proj", "attn_qkv"),
            ("self_attn.o_proj", "attn_output"), ("post_attention_layernorm", "ffn_norm"),
            ("mlp.gate_proj", "ffn_gate"), ("mlp.gate_up_proj", "ffn_up"), ("mlp.up_proj", "ffn_up"),
            ("mlp.down_proj", "ffn_down")):
        key = key.replace(ours, theirs)
    return key


def logits(name, model):
    draw = np.random.default_rng(7)
    ids = [draw.integers(0, VOCABULARY, length).tolist() for length in LENGTHS]
    rows = [model(torch.tensor([row]), use_cache=False).logits[0].numpy() for row in ids]
    (HERE / f"{name}.json").write_text(json.dumps(ids).replace(" ", ""))
    np.concatenate(rows).astype("<f4").tofile(HERE / f"{name}.f32")


def from_safetensors():
    config = LlamaConfig(
        num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=1, rms_norm_eps=1e-5, tie_word_embeddings=True,
        rope_parameters={"rope_type": "default", "rope_theta": 10000.0}, **SHAPE)
    model = LlamaForCausalLM(config)
    formula.fill(model)
    logits("llama-safetensors", model)


torch.set_grad_enabled(False)
llama()
llama3()
qwen2()
phi3()
from_safetensors()
