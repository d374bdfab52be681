"""llama.cpp's perplexity on the sequences of decoder_reference.py, which `slmd-bench decoder-agreement` compares with ours.

    decoder_llama_cpp.py MODEL.gguf DIRECTORY

Reads reference.json in the directory and writes llama-cpp.json: the mean of -log p of each token but the first of a sequence,
in nats. Needs llama-cpp-python.
"""

import json
import pathlib
import sys

import llama_cpp
import numpy as np


def main():
    model, directory = sys.argv[1], pathlib.Path(sys.argv[2])
    sequences = json.loads((directory / "reference.json").read_text())
    llama = llama_cpp.Llama(model, n_ctx=max(len(s["ids"]) for s in sequences), logits_all=True, n_threads=2, verbose=False)
    losses = []
    for sequence in sequences:
        ids = sequence["ids"]
        llama.reset()
        llama.eval(ids)
        logits = np.array(llama.scores[:len(ids) - 1], dtype=np.float64)
        peaks = logits.max(axis=1, keepdims=True)
        sums = np.log(np.exp(logits - peaks).sum(axis=1)) + peaks[:, 0]
        losses += (sums - logits[np.arange(len(ids) - 1), ids[1:]]).tolist()
    result = {"name": f"llama.cpp ({llama_cpp.__version__})", "loss": float(np.mean(losses))}
    (directory / "llama-cpp.json").write_text(json.dumps(result))


main()
