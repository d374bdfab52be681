"""Times llama.cpp for `slmd-bench decoder-speed`: a JSON object a line each way.

    decoder_speed_llama_cpp.py MODEL.gguf

{"threads": 2, "tokens": 64, "generated": 0} asks for the seconds that a prompt of 64 tokens takes; {"threads": 2, "tokens":
512, "generated": 32} for those of one greedily generated token of 32 behind a prompt of 512. The answer is {"seconds": [s]}.
Needs xllamacpp, whose wheels carry llama.cpp built (here: 2026.10.11549), with kernels for AVX2 at most.
"""

import json
import random
import sys

import xllamacpp


def server(model, threads):
    params = xllamacpp.CommonParams()
    params.model.path = model
    params.n_ctx, params.n_parallel, params.cache_ram_mib, params.verbosity = 1024, 1, 0, 0
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    return xllamacpp.Server(params)


def main():
    model, servers = sys.argv[1], {}
    features = xllamacpp.get_system_info().strip(" |").replace(" = 1", "").replace(" | ", " ")
    print(json.dumps({"ready": f"llama.cpp of xllamacpp {xllamacpp.__version__}, {features}"}), flush=True)
    draw = random.Random(1)
    for line in sys.stdin:
        request = json.loads(line)
        threads, generated = request["threads"], request["generated"]
        if threads not in servers:
            servers[threads] = server(model, threads)
        asked = {
            "prompt": [draw.randrange(1000, 30000) for _ in range(request["tokens"])], "n_predict": max(generated, 1),
            "cache_prompt": False, "samplers": ["top_k"], "top_k": 1, "ignore_eos": True}
        timings = servers[threads].handle_completions(asked)["timings"]
        milliseconds = timings["predicted_per_token_ms"] if generated else timings["prompt_ms"]
        print(json.dumps({"seconds": [milliseconds / 1000]}), flush=True)


main()
