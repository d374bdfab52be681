#!/usr/bin/env python3
"""Makes BytePair/: a small byte-level BPE trained on this project's README, and what the reference library makes of strings of
our own, cut by the rules of each family. With --compare: tests as many strings as it says under each of the rules.

Needs the reference (pip install tokenizers). Usage: Tests/TokenizersTests/make_bpe_cases.py [--compare COUNT]
`vocabulary.json` has the tokens and merges, `cases.jsonl` a line a case: rules, text, ids.
"""
import argparse
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import unicodedata

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

HERE = pathlib.Path(__file__).resolve().parent
CONTRACTIONS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"
REST = r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
POOLS = [
    [chr(code) for code in range(0x20, 0x7F)], [" ", "  ", "   ", "\t", "\n", "\r\n", "\n\n ", "\u00a0", "\u3000", "\x0b", "\x85"],
    ["'s", "'T", "'RE", "'ve", "'M", "'ll", "'Ll", "'d", "'", "''", "'\u017f", "\u2019s", "'x"], ["the", " lesson", "slmd", " a", "ing"],
    [chr(code) for code in range(0xA0, 0x250)], [chr(code) for code in range(0x370, 0x600)],
    [chr(code) for code in range(0x900, 0xE80)], [chr(code) for code in (*range(0x3040, 0x3100), *range(0xAC00, 0xAC80))],
    [chr(code) for code in (*range(0x20, 0xD800), *range(0xE000, 0x20000))],
    [str(number) for number in range(0, 100000, 37)] + ["\u0663", "\u2160", "\u00bd", "\u2460"], ["\U0001f600", "\u200d", "\u20e3", "\ufe0f"],
]
CASES = 250


def byte_level(uses_regex):
    return pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=uses_regex)


def split(pattern):
    return pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(pattern), "isolated"), byte_level(False)])


RULES = {
    "gpt-2": byte_level(True),
    "smollm": pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), byte_level(True)]),
    "llama-bpe": split(CONTRACTIONS + r"\p{N}{1,3}" + REST),
    "qwen2": split(CONTRACTIONS + r"\p{N}" + REST),
}


def trained():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = byte_level(True)
    trainer = trainers.BpeTrainer(vocab_size=900, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tokenizer.train([str(HERE.parents[1] / "README.md")], trainer)
    model = json.loads(tokenizer.to_str())["model"]
    return model["vocab"], [tuple(merge) for merge in model["merges"]]


def text(chance):
    return "".join(chance.choice(chance.choice(POOLS)) for _ in range(chance.randint(1, 24)))


def write(cases, vocabulary, merges, count, chance):
    """`count` cases of each of the rules."""
    for rules, pre_tokenizer in RULES.items():
        tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges, ignore_merges=rules == "llama-bpe"))
        tokenizer.pre_tokenizer = pre_tokenizer
        texts = [text(chance) for _ in range(count)] + ["", " ", "a" * 300, " " * 300, "ab" * 150]
        if rules == "qwen2":
            tokenizer.normalizer = normalizers.NFC()
            # The library's tables are older than Python's: marks that came since stay out of order in it.
            texts = [case for case in texts if tokenizer.normalizer.normalize_str(case) == unicodedata.normalize("NFC", case)]
        for case, encoding in zip(texts, tokenizer.encode_batch(texts)):
            cases.write(json.dumps({"rules": rules, "text": case, "ids": encoding.ids}) + "\n")


def compare(count):
    vocabulary = json.loads((HERE / "BytePair/vocabulary.json").read_text())
    ids = {token: number for number, token in enumerate(vocabulary["tokens"])}
    merges = [tuple(merge.split(" ")) for merge in vocabulary["merges"]]
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as cases:
        write(cases, ids, merges, count, random.Random(6))
        cases.flush()
        print(f"{count} strings under each of {len(RULES)} rules", flush=True)
        test = ["swift", "test", "--package-path", str(HERE.parents[1]), "--filter", "BytePairEncodingTests"]
        return subprocess.run(test, env=os.environ | {"SLMD_BPE_CASES": cases.name}).returncode


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--compare", type=int, metavar="COUNT")
    options = parser.parse_args()
    if options.compare:
        sys.exit(compare(options.compare))
    vocabulary, merges = trained()
    folder = HERE / "BytePair"
    folder.mkdir(exist_ok=True)
    tokens = sorted(vocabulary, key=vocabulary.get)
    (folder / "vocabulary.json").write_text(json.dumps({"tokens": tokens, "merges": [" ".join(merge) for merge in merges]}) + "\n")
    with (folder / "cases.jsonl").open("w") as cases:
        write(cases, vocabulary, merges, CASES, random.Random(5))


if __name__ == "__main__":
    main()
