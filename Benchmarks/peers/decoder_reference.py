"""The reference implementation's logits on real text, which `slmd-bench decoder-agreement` compares with ours.

    decoder_reference.py MODEL.gguf PARAGRAPHS.jsonl DIRECTORY [--positions 4096]

Tokenizes paragraphs with transformers, runs them in sequences of 1,024 tokens through the weights that it dequantises itself,
and writes into the directory: reference.json, the texts and their token ids, and reference.f32, little-endian float32 logits of
each position in turn (800 MB for 4,096). Needs torch, transformers, accelerate and gguf.
"""

import argparse
import json
import pathlib

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

LENGTH = 1024


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("paragraphs", type=pathlib.Path)
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--positions", type=int, default=4096)
    return parser.parse_args()


def sequences(tokenizer, paragraphs, count):
    """Texts of whole paragraphs, each cut to LENGTH tokens; the cut text is what its ids say."""
    texts, lines = [], []
    with open(paragraphs, encoding="utf-8") as stream:
        for line in stream:
            lines.append(json.loads(line)["text"])
            ids = tokenizer("\n\n".join(lines), add_special_tokens=False).input_ids
            if len(ids) > LENGTH:
                texts.append((tokenizer.decode(ids[:LENGTH], clean_up_tokenization_spaces=False), ids[:LENGTH]))
                lines = []
            if len(texts) == count:
                return texts
    raise SystemExit(f"{paragraphs} has too little text")


@torch.no_grad()
def main():
    options = arguments()
    folder, name = str(options.model.parent), options.model.name
    tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=name)
    model = AutoModelForCausalLM.from_pretrained(folder, gguf_file=name, dtype=torch.float32).eval()
    texts = sequences(tokenizer, options.paragraphs, -(-options.positions // LENGTH))
    options.directory.mkdir(parents=True, exist_ok=True)
    with open(options.directory / "reference.f32", "wb") as out:
        for _, ids in texts:
            model(torch.tensor([ids])).logits[0].float().numpy().astype("<f4").tofile(out)
    rows = [{"text": text, "ids": ids} for text, ids in texts]
    (options.directory / "reference.json").write_text(json.dumps(rows))


main()
