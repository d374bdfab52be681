#!/usr/bin/env python3
"""Makes Blocks/<type>.txt: random blocks of every quantised type, and the floats that the `gguf` package makes of them.

Usage: Tests/ModelFilesTests/make_blocks.py    with gguf 0.17 or newer and numpy
A line is a block in hexadecimal, then the bit patterns of its floats. Scales are random finite halves of usual size; every other
byte is random, so that all bits of a block count.
"""
import pathlib

import gguf
import numpy

HALVES = {"Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q8_0": [0], "Q4_K": [0, 2], "Q5_K": [0, 2],
          "Q6_K": [208]}
BLOCKS = 3


def main():
    random = numpy.random.default_rng(4)
    folder = pathlib.Path(__file__).parent / "Blocks"
    folder.mkdir(exist_ok=True)
    for name, halves in HALVES.items():
        kind = gguf.GGMLQuantizationType[name]
        _, size = gguf.GGML_QUANT_SIZES[kind]
        lines = []
        for _ in range(BLOCKS):
            block = random.integers(0, 256, size, dtype=numpy.uint8)
            for offset in halves:
                block[offset:offset + 2] = numpy.array([random.normal() / 16], numpy.float16).view(numpy.uint8)
            floats = gguf.dequantize(block.reshape(1, -1), kind).reshape(-1)
            lines.append(block.tobytes().hex() + " " + floats.astype("<f4").tobytes().hex())
        (folder / f"{name}.txt").write_text("\n".join(lines) + "\n")


main()
