"""Searches by vectors as the peers of slmd's: faiss, numpy and Chroma, two threads, the ten nearest.

    vector_search.py

Answers requests from standard input, one JSON object a line:
{"kind": "faiss-flat", "vectors": 100000, "width": 384, "runs": 50} -> {"seconds": [...]}; none for a kind whose package is
missing. Kinds: faiss-flat, faiss-int8, numpy, chroma. Vectors are random and of length 1.
"""

import importlib.util
import json
import os
import sys
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"):
    os.environ[name] = "2"

import numpy as np


def drawn(count, width, seed):
    vectors = np.random.default_rng(seed).standard_normal((count, width), dtype=np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def faiss_search(vectors, is_int8):
    import faiss

    faiss.omp_set_num_threads(2)
    width = vectors.shape[1]
    if is_int8:
        index = faiss.IndexScalarQuantizer(width, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT)
        index.train(vectors[:20000])
    else:
        index = faiss.IndexFlatIP(width)
    index.add(vectors)
    return lambda query: index.search(query[None], 10)


def numpy_search(vectors):
    def search(query):
        scores = vectors @ query
        best = np.argpartition(-scores, 10)[:10]
        return best[np.argsort(-scores[best])]
    return search


def chroma_search(vectors):
    import chromadb

    collection = chromadb.EphemeralClient().create_collection(
        f"passages{len(vectors)}", metadata={"hnsw:space": "cosine", "hnsw:num_threads": 2})
    for start in range(0, len(vectors), 5000):
        part = vectors[start:start + 5000]
        collection.add(ids=[str(start + i) for i in range(len(part))], embeddings=part)
    return lambda query: collection.query(query_embeddings=[query], n_results=10)


MAKERS = {
    "faiss-flat": ("faiss", lambda vectors: faiss_search(vectors, False)),
    "faiss-int8": ("faiss", lambda vectors: faiss_search(vectors, True)),
    "numpy": ("numpy", numpy_search),
    "chroma": ("chromadb", chroma_search),
}


def main():
    made = {}
    print(json.dumps({"ready": "vector search of faiss, numpy and Chroma"}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        package, make = MAKERS[request["kind"]]
        if importlib.util.find_spec(package) is None:
            print(json.dumps({"seconds": []}), flush=True)
            continue
        key = request["kind"], request["vectors"]
        if key not in made:
            made[key] = make(drawn(request["vectors"], request["width"], 1))
        seconds = []
        for query in drawn(request["runs"] + 2, request["width"], 2):
            begun = time.perf_counter()
            made[key](query)
            seconds.append(time.perf_counter() - begun)
        print(json.dumps({"seconds": seconds[2:]}), flush=True)


main()
