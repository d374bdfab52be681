#!/usr/bin/env python3
"""Makes SentencePiece/: a small model trained on this project's README as Llama 2's was, and what the reference library makes of
strings of our own. With --compare: tests as many more strings.

Needs the reference (pip install sentencepiece). Usage: Tests/TokenizersTests/make_piece_cases.py [--compare COUNT]
`vocabulary.json` has the pieces, their scores and types, `cases.jsonl` a line a case: text, ids.
"""
import argparse
import io
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

import sentencepiece

from make_bpe_cases import HERE, text

FOLDER = HERE / "SentencePiece"
CASES = 250
SPECIAL = ["", " ", "  ", "a" * 300, " " * 300, "ab" * 150, "\u2581", "a\u2581b", "\u0000", "<0x41>", "</s>", "<unk>", "\n", "\t a"]


def trained():
    """The bytes of a model."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        input=str(HERE.parents[1] / "README.md"), model_writer=model, vocab_size=900, model_type="bpe", byte_fallback=True,
        normalization_rule_name="identity", remove_extra_whitespaces=False, add_dummy_prefix=True, split_digits=True,
        allow_whitespace_only_pieces=True, character_coverage=0.9995, minloglevel=2)
    return model.getvalue()


def types(processor):
    for piece in range(processor.vocab_size()):
        kinds = [processor.is_unknown, processor.is_control, None, processor.is_unused, processor.is_byte]
        found = [number for number, kind in enumerate(kinds, 2) if kind and kind(piece)]
        yield found[0] if found else 1


def write(cases, processor, texts):
    for case in texts:
        cases.write(json.dumps({"text": case, "ids": processor.encode(case)}) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--compare", type=int, metavar="COUNT", help="test so many more strings")
    options = parser.parse_args()
    if options.compare:
        processor = sentencepiece.SentencePieceProcessor(model_file=str(FOLDER / "small.model"))
        chance = random.Random(8)
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as cases:
            write(cases, processor, [text(chance) for _ in range(options.compare)])
            cases.flush()
            print(f"{options.compare} strings", flush=True)
            test = ["swift", "test", "--package-path", str(HERE.parents[1]), "--filter", "SentencePieceTests"]
            sys.exit(subprocess.run(test, env=os.environ | {"SLMD_PIECE_CASES": cases.name}).returncode)
    FOLDER.mkdir(exist_ok=True)
    model = trained()
    (FOLDER / "small.model").write_bytes(model)
    processor = sentencepiece.SentencePieceProcessor(model_proto=model)
    vocabulary = [(processor.id_to_piece(piece), processor.get_score(piece), kind)
                  for piece, kind in enumerate(types(processor))]
    pieces, scores, kinds = zip(*vocabulary)
    (FOLDER / "vocabulary.json").write_text(json.dumps({"tokens": pieces, "scores": scores, "types": kinds}) + "\n")
    chance = random.Random(7)
    with open(FOLDER / "cases.jsonl", "w") as cases:
        write(cases, processor, [text(chance) for _ in range(CASES)] + SPECIAL)


if __name__ == "__main__":
    main()
