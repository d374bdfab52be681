"""ONNX Runtime as the encoder's peer: BERT fused by its own optimizer, int8 weights per channel.

    encoder_onnx.py MODEL_DIRECTORY CACHE_DIRECTORY

Exports the model into the cache once, then answers requests from standard input, one JSON object a line:
{"precision": "int8", "threads": 1, "batch": 1, "tokens": 16, "runs": 5} -> {"seconds": [...]}.
Needs torch, transformers, onnx, onnxscript or torch's older exporter, and onnxruntime.
"""

import json
import pathlib
import sys
import time

import numpy as np
import onnx
import onnxruntime


def export(model_directory, path):
    import torch
    from transformers import AutoModel

    class LastHiddenState(torch.nn.Module):
        def __init__(self, model):
            super().__init__()
            self.model = model

        def forward(self, input_ids, attention_mask, token_type_ids):
            return self.model(input_ids, attention_mask, token_type_ids).last_hidden_state

    model = AutoModel.from_pretrained(model_directory, attn_implementation="eager").eval()
    ones = torch.ones(2, 16, dtype=torch.int64)
    names = ["input_ids", "attention_mask", "token_type_ids"]
    torch.onnx.export(
        LastHiddenState(model), (ones, ones, ones * 0), str(path), input_names=names, output_names=["rows"],
        dynamic_axes={name: {0: "batch", 1: "tokens"} for name in names + ["rows"]}, opset_version=17, dynamo=False)


def prepare(model_directory, cache):
    """The paths of the fused models, by precision."""
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.transformers import optimizer

    cache.mkdir(parents=True, exist_ok=True)
    plain, fused, int8 = (cache / f"minilm-{name}.onnx" for name in ("plain", "fp32", "int8"))
    if not int8.exists():
        export(model_directory, plain)
        model = optimizer.optimize_model(str(plain), model_type="bert", num_heads=12, hidden_size=384, opt_level=0)
        print("fused:", model.get_fused_operator_statistics(), file=sys.stderr)
        model.save_model_to_file(str(fused))
        quantize_dynamic(
            str(fused), str(int8), per_channel=True, weight_type=QuantType.QInt8,
            extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT})
    return {"fp32": fused, "int8": int8}


def session(path, threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def main():
    paths = prepare(sys.argv[1], pathlib.Path(sys.argv[2]))
    sessions = {}
    print(json.dumps({"ready": f"ONNX Runtime {onnxruntime.__version__}"}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        key = request["precision"], request["threads"]
        if key not in sessions:
            sessions[key] = session(paths[key[0]], key[1])
        shape = request["batch"], request["tokens"]
        ids = np.random.default_rng(1).integers(1000, 30000, shape)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        seconds = []
        for _ in range(request["runs"]):
            begun = time.perf_counter()
            sessions[key].run(None, feed)
            seconds.append(time.perf_counter() - begun)
        print(json.dumps({"seconds": seconds}), flush=True)


main()
