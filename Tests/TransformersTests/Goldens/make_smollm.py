"""Makes smollm.json: what the reference implementation says after some prompts, greedily, on the dequantised weights.

    make_smollm.py SmolLM2-135M-Instruct.Q4_1.gguf     # as models/fetch places it

Each entry has the ids of a prompt, those that follow, and the least distance of a chosen token's logit to the next one's: where
it is small, other roundings may choose otherwise. Needs torch, transformers, accelerate and gguf.
"""

import json
import pathlib
import sys

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

PROMPTS = [
    "<|im_start|>user\nWhat is the capital of France?<|im_end|>\n<|im_start|>assistant\n",
    "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\nName three colours of the rainbow."
    "<|im_end|>\n<|im_start|>assistant\n",
    "The 1973 oil crisis began in October",
]
LENGTH = 12

torch.set_grad_enabled(False)
path = pathlib.Path(sys.argv[1])
tokenizer = AutoTokenizer.from_pretrained(path.parent, gguf_file=path.name)
model = AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name, dtype=torch.float32).eval()
cases = []
for prompt in PROMPTS:
    ids = tokenizer(prompt, add_special_tokens=False).input_ids
    said, margins = [], []
    while len(said) < LENGTH:
        best = model(torch.tensor([ids + said])).logits[0, -1].topk(2)
        margins.append((best.values[0] - best.values[1]).item())
        said.append(best.indices[0].item())
    cases.append({"prompt": ids, "said": said, "margin": round(min(margins), 4)})
    print(repr(tokenizer.decode(said)), min(margins))
(pathlib.Path(__file__).parent / "smollm.json").write_text(json.dumps(cases).replace(" ", ""))
