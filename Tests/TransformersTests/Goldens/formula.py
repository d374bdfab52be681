"""Weights that need not be stored: RandomCheckpoint.swift makes the same."""

import numpy as np
import torch

NORMS = ("LayerNorm.weight", "layer_norm.weight", "layernorm.weight", "model.norm.weight")


def fill(model):
    """Fills the parameters, sorted by name: number i of tensor t is block[(1009 t + i) mod 65521]."""
    block = np.empty(65521, dtype=np.float32)
    state = 42
    for index in range(len(block)):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        block[index] = ((state >> 33 & 0xFFFF) / 32768 - 1) * 0.0625
    tied = getattr(model.config, "tie_word_embeddings", False)
    tensors = {name: tensor for name, tensor in model.state_dict().items() if not (tied and name == "lm_head.weight")}
    for t, (name, tensor) in enumerate(sorted(tensors.items())):
        places = (1009 * t + np.arange(tensor.numel())) % len(block)
        values = block[places].reshape(tensor.shape)
        tensor.copy_(torch.from_numpy(values + (1 if name.endswith(NORMS) else 0)))
