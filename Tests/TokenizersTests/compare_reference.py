#!/usr/bin/env python3
"""Compares WordPiece with the reference library on strings of our own making: every scalar there is, and 40,000 mixtures.

Needs the reference (pip install tokenizers) and the fetched model; not a step of CI.

Usage: Tests/TokenizersTests/compare_reference.py [OPTIONS FOR swift test]
"""
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

import tokenizers

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODEL = pathlib.Path(os.environ.get("SLMD_MODELS", ROOT / "models")) / "all-MiniLM-L6-v2"
SCALARS = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
SPECIAL = ["[SEP]", "[CLS]", "[MASK]", "[PAD]", "[UNK]", "[sep]", "[SEP", "SEP]", "[[SEP]]", "##ing", "##"]
RANGES = [(0x20, 0x7F), (0x00, 0x24F), (0x300, 0x36F), (0x370, 0x52F), (0x590, 0x6FF), (0x900, 0xDFF), (0xE00, 0x1100),
          (0x1100, 0x11FF), (0x1E00, 0x2BFF), (0x3000, 0x30FF), (0x3400, 0x9FFF), (0xAC00, 0xD7A3), (0xF900, 0xFFFF),
          (0x10000, 0x1FFFF), (0x2F800, 0x2FA1F), (0xE0000, 0xE01EF)]
# marks that the normaliser keeps, so their canonical order shows, beside ones it drops and ones that part them
MARKS = "\u08d4\u1b44\u1dfb\u302e\u302f\ua953\U0001d165\U0001d16d\U0001d16e\U0001e000\U0001e94a\U0001e944" \
        "\u0301\u0323\u034f\u0900\u093c\u0345\u200d\U00011446\U000116b6"


def every_scalar():
    for start in range(0, len(SCALARS), 40):
        yield "".join(f"x{c}y {c} " for c in SCALARS[start:start + 40])


def mixtures(random, vocabulary, count):
    for _ in range(count):
        yield random.choice([words, letters, marked, long_words, pieces])(random, vocabulary)


def words(random, vocabulary):
    chosen = [random.choice(vocabulary).removeprefix("##") for _ in range(random.randint(1, 12))]
    styled = [random.choice([str.upper, str.title, str.lower, str.swapcase])(word) for word in chosen]
    return "".join(word + random.choice([" ", "  ", "-", "'", ", ", "\t", "\n", "\u00a0", "\u200b", ""]) for word in styled)


def letters(random, _):
    def letter():
        low, high = random.choice(RANGES)
        code = random.randint(low, high)
        return " " if 0xD800 <= code < 0xE000 else chr(code)
    return "".join(letter() for _ in range(random.randint(1, 40)))


def marked(random, _):
    return "".join(random.choice("aeo 가가ǅİ") + "".join(random.choices(MARKS, k=random.randint(0, 6))) for _ in range(8))


def long_words(random, _):
    length = random.choice([98, 99, 100, 101, 102, 300])
    return random.choice(["a", "ab", "é", "\U0001e944", "x\u0301"]) * length + random.choice(["", " end", ".", "[SEP]"])


def pieces(random, vocabulary):
    return "".join(random.choice([random.choice(SPECIAL), random.choice(vocabulary), random.choice(" .aé")])
                   for _ in range(random.randint(1, 15)))


def main():
    reference = tokenizers.Tokenizer.from_file(str(MODEL / "tokenizer.json"))
    reference.no_truncation()
    reference.no_padding()
    vocabulary = sorted(reference.get_vocab())
    texts = list(every_scalar()) + list(mixtures(random.Random(1), vocabulary, 40_000))
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as cases:
        for text, encoded in zip(texts, reference.encode_batch(texts)):
            cases.write(json.dumps({"text": text, "ids": encoded.ids}) + "\n")
        cases.flush()
        print(f"{len(texts)} strings by tokenizers {tokenizers.__version__}", flush=True)
        test = ["swift", "test", "--package-path", str(ROOT), "--filter", "WordPieceGoldenTests", *sys.argv[1:]]
        environment = os.environ | {"SLMD_TOKENIZER_CASES": cases.name, "SLMD_MODELS": str(MODEL.parent)}
        return subprocess.run(test, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
