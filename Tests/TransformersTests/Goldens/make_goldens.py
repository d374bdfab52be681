"""Makes the golden vectors of TransformersTests with PyTorch and transformers.

    make_goldens.py MODEL_DIRECTORY     # all-MiniLM-L6-v2, as models/fetch places it

Needs torch, transformers, tokenizers and numpy. Writes beside itself: *.json (token ids) and *.f32 (little-endian
float32 rows). The random checkpoints are not stored: both sides make them from one formula (see formula.py).
"""

import json
import pathlib
import random
import sys

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import AutoModel, BertConfig, BertModel, DistilBertConfig, DistilBertModel

import formula

HERE = pathlib.Path(__file__).parent
TEMPLATES = [
    "I need my {a} from {b}", "Can you {a} the {b}?", "What is the difference between {a} and {b}?",
    "No, I meant {a}, not {b}.", "{a}", "{a} {b}", "Yes that's right", "The {a} costs $12.50 — or 11€ for {b}!",
    "Überprüfen Sie bitte {a} für {b}", "日本語の{a}と{b}", "http://example.org/{a}?q={b}", "{a}\t{b}\n{a}",
    "Dr. {a}'s e-mail is {b}@example.com", "🙂 {a} 🚀 {b}", "aaaaaaaaaa{a}bbbbbbbbbb{b}", "{a}, {b}; {a}: {b} (#42)",
]
WORDS = (
    "blood test results yesterday report appointment tomorrow schedule meeting doctor invoice card payment weather "
    "music restaurant flight refund password account transfer balance reminder alarm quantum archipelago "
    "antidisestablishmentarianism entropy naïve café"
).split()


def varied_ids(tokenizer, vocabulary):
    """200 token sequences: short messages, long texts, and random pieces up to 256 positions."""
    draw = random.Random(5)
    rows = []
    while len(rows) < 120:
        text = draw.choice(TEMPLATES).format(a=draw.choice(WORDS), b=" ".join(draw.choices(WORDS, k=2)))
        rows.append(tokenizer.encode(text).ids)
    while len(rows) < 150:
        text = " ".join(draw.choices(WORDS, k=draw.randint(20, 90)))
        rows.append(tokenizer.encode(text).ids)
    while len(rows) < 200:
        rows.append([101] + draw.choices(range(vocabulary), k=draw.randint(0, 110)) + [102])
    rows[-1] = [101] + draw.choices(range(vocabulary), k=254) + [102]
    rows[-2] = [101, 102]
    return rows


def write(name, rows):
    np.asarray(rows, dtype="<f4").tofile(HERE / f"{name}.f32")


def unit(x):
    return x / x.norm()


def minilm(directory):
    model = AutoModel.from_pretrained(directory).eval()
    tokenizer = Tokenizer.from_file(f"{directory}/tokenizer.json")
    tokenizer.no_padding()
    tokenizer.enable_truncation(256)
    ids = varied_ids(tokenizer, model.config.vocab_size)
    sentences, pools = [], []
    for row in ids:
        states = model(torch.tensor([row]), output_hidden_states=True).hidden_states
        sentences.append(unit(states[-1][0].mean(0)).numpy())
        opening = states[4][0][1:max(2, min(4, len(row) - 1))]
        pools.append(torch.cat([
            states[0][0].mean(0), states[4][0].mean(0), states[-1][0].amax(0), opening.mean(0)]).numpy())
    (HERE / "minilm.json").write_text(json.dumps(ids).replace(" ", ""))
    write("minilm", sentences)
    write("minilm-pools", pools[:20])


def random_model(name, model):
    formula.fill(model)
    draw = random.Random(6)
    ids = [draw.choices(range(model.config.vocab_size), k=count) for count in (1, 2, 7, 16, 17, 33, 64)]
    states = [model(torch.tensor([row])).last_hidden_state[0] for row in ids]
    (HERE / f"{name}.json").write_text(json.dumps(ids).replace(" ", ""))
    write(f"{name}-mean", [unit(s.mean(0)).numpy() for s in states])
    write(f"{name}-class", [s[0].numpy() for s in states])


torch.set_grad_enabled(False)
minilm(sys.argv[1])
random_model("tinybert", BertModel(BertConfig(
    vocab_size=200, hidden_size=312, num_hidden_layers=4, num_attention_heads=12, intermediate_size=1200,
    max_position_embeddings=64), add_pooling_layer=False).eval())
random_model("distilbert", DistilBertModel(DistilBertConfig(
    vocab_size=200, dim=768, n_layers=2, n_heads=12, hidden_dim=3072, max_position_embeddings=64)).eval())
