"""llama.cpp's perplexity on the sequences of decoder_reference.py, which `slmd-bench decoder-agreement` compares with ours.

    decoder_llama_cpp.py MODEL.gguf DIRECTORY

Reads reference.json in the directory and writes llama-cpp.json: the mean of -log p of each token but the first of a sequence,
in nats. Needs llama-cpp-py-sync, whose wheels carry llama.cpp built (here: 0.11739), and numpy.
"""

import json
import pathlib
import sys

import llama_cpp_py_sync
import numpy as np


def logits(llama, ids):
    """(ids, vocabulary): of all positions, which the package's own calls do not give."""
    library, vocabulary = llama._lib, llama.n_vocab
    llama._clear_context_state()
    batch = library.llama_batch_init(len(ids), 0, 1)
    batch.n_tokens = len(ids)
    for place, token in enumerate(ids):
        batch.token[place], batch.pos[place] = token, place
        batch.n_seq_id[place], batch.seq_id[place][0], batch.logits[place] = 1, 0, 1
    if library.llama_decode(llama._ctx, batch) != 0:
        raise SystemExit("llama_decode failed")
    rows = [np.frombuffer(llama._ffi.buffer(library.llama_get_logits_ith(llama._ctx, place), 4 * vocabulary), np.float32)
            for place in range(len(ids))]
    found = np.array(rows, np.float64)
    library.llama_batch_free(batch)
    return found


def main():
    model, directory = sys.argv[1], pathlib.Path(sys.argv[2])
    sequences = json.loads((directory / "reference.json").read_text())
    longest = max(len(sequence["ids"]) for sequence in sequences)
    llama = llama_cpp_py_sync.Llama(model, n_ctx=longest, n_batch=longest, n_threads=2)
    losses = []
    for sequence in sequences:
        ids = sequence["ids"]
        rows = logits(llama, ids)[:-1]
        peaks = rows.max(axis=1, keepdims=True)
        sums = np.log(np.exp(rows - peaks).sum(axis=1)) + peaks[:, 0]
        losses += (sums - rows[np.arange(len(ids) - 1), ids[1:]]).tolist()
    result = {"name": f"llama.cpp {llama_cpp_py_sync.__llama_cpp_tag__}", "loss": float(np.mean(losses))}
    (directory / "llama-cpp.json").write_text(json.dumps(result))


main()
