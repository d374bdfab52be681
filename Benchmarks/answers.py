#!/usr/bin/env python3
"""Answers from the knowledge base, end to end: how many are right, declined or made up, and how soon the first words come.

Usage: Benchmarks/answers.py [FOLDER] [--questions N] [--passages N] [--all-articles]    with slmd, .build/release when left out

Reads squad2 and scifact from the folder named by SLMD_DATA; SLMD_MODELS names the models. Of the articles of SQuAD 2.0,
sorted by title, the last quarter is asked about: nothing that is shipped was trained or chosen on them (--all-articles asks
about all). Half of them are in the knowledge base; questions about the others are off topic. Then N passages of one sentence
or two of scientific abstracts are added, and what is asked is asked again, by one and by eight at once.
"""
import argparse
import json
import os
import pathlib
import random
import re
import statistics
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Tests/python"))
from slmd_client import Client
from slmd_daemon import Daemon

CLIENTS = 8


def lines(folder, name):
    return [json.loads(line) for line in pathlib.Path(folder, name).read_text().splitlines()]


def words(text):
    return " ".join(re.sub(r"[^\w]+", " ", text.lower()).split())


def contains(reply, question):
    return any(f" {words(answer['text'])} " in f" {words(reply)} " for answer in question["answers"])


ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
NUMBERS = "zero one two three four five six seven eight nine ten eleven twelve".split()


def numbers(text):
    """Of digits, and the small ones of letters."""
    found = {number.rstrip(".,").replace(",", "") for number in re.findall(r"\d[\d.,]*", text)}
    return found | {str(NUMBERS.index(word)) for word in words(text).split() if word in NUMBERS and word != "one"}


def ordinals(text):
    """The fourth session is session 4."""
    return {str(number) for number, word in enumerate(ORDINALS, 1) if word in words(text).split()}


def names(text):
    """Words in capitals that begin no sentence."""
    return set(re.findall(r"(?<=[a-z,;] )([A-Z][\w-]+)", text))


def settle(client):
    """Waits until every passage has its vector."""
    while client.call("kb.list", limit=0)["pending"]:
        time.sleep(0.05)


def share(part, whole):
    return f"{100 * part / max(1, whole):5.1f} % ({part} of {whole})"


def first(client, text):
    """Milliseconds until the first sentence of an answer, or until it is declined; and the answer."""
    start = time.perf_counter()
    number = client.request("ask", text=text)
    while True:
        message = client.receive()
        if "error" in message:
            raise RuntimeError(message["error"])
        came = time.perf_counter() - start
        answer = message.get("result")
        if answer is None:
            # What is left is not waited for here.
            while client.receive().get("id") != number:
                pass
        return 1000 * came, answer


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def quality(client, questions, paragraphs, absent):
    """The table: what becomes of each kind of question."""
    counts = {}
    invented = []
    for kind, chosen in questions.items():
        count = counts[kind] = {"asked": 0, "found": 0, "right": 0, "declined": 0, "extractive": 0, "generated": 0}
        for question in chosen:
            answer = client.call("ask", text=question["question"], stream=False)
            given = [passage["text"] for passage in answer["passages"]]
            count["asked"] += 1
            own = {passage["source"] for passage in answer["passages"]}
            isFound = question["paragraph"] in own
            count["found"] += isFound
            count["right"] += isFound and contains(answer["reply"], question)
            count["declined"] += answer["grounded"] == "declined"
            count["extractive"] += answer["grounded"] == "extractive"
            count["generated"] += answer["grounded"] is True
            if answer["grounded"] != "declined":
                context = " ".join(given + [question["question"]])
                made = numbers(answer["reply"]) - numbers(context) - ordinals(context)
                made |= {name for name in names(answer["reply"]) if name.lower() not in context.lower()}
                if made:
                    invented.append((question["question"], answer["reply"], sorted(made)))
    for kind, count in counts.items():
        print(f"  {kind:14} asked {count['asked']:4}, declined {share(count['declined'], count['asked'])}, worded by the model "
              f"{count['generated']}, quoted {count['extractive']}")
    answerable = counts["answerable"]
    print(f"  answerable with the right paragraph found: the reply has a reference answer "
          f"{share(answerable['right'], answerable['found'])}")
    print(f"  replies with a number or a name that is in no passage: {len(invented)}")
    for question, reply, made in invented[:10]:
        print(f"    {question} -> {reply} {made}")


def sentences(corpus):
    for abstract in corpus:
        for sentence in re.split(r"(?<=[.])\s+|(?<=[.])(?=[A-Z])", abstract["text"]):
            if len(sentence) > 30:
                yield sentence


def grow(client, corpus, count, process):
    """Adds passages of a sentence or two; passages a second, and the memory that they take."""
    pool = list(sentences(corpus))
    before = client.call("status")["memory_bytes"]
    start = time.perf_counter()
    made = 0
    while made < count:
        part = min(20_000, count - made)
        records = (
            json.dumps({"note": pool[(made + i) % len(pool)] + (f" Note {(made + i) // len(pool)}."
                                                               if made + i >= len(pool) else "")})
            for i in range(part))
        client.call("kb.add", name=f"notes-{made}", format="jsonl", content="\n".join(records))
        made += part
    added = time.perf_counter() - start
    settle(client)
    took = time.perf_counter() - start
    after = client.call("status")["memory_bytes"]
    print(f"  {count} passages added in {added:.1f} s, with their vectors in {took:.1f} s: {count / took:.0f} a second; "
          f"{(after - before) / 1e6:.0f} MB more memory")


def speed(daemon, client, questions):
    # What the page cache and the caches of the daemon have to learn, they learn here.
    for text in questions[:20]:
        first(client, text)
    times = []
    for text in questions:
        start = time.perf_counter()
        client.call("kb.search", query=text)
        times.append(1000 * (time.perf_counter() - start))
    print(f"  kb.search: p50 {percentile(times, 0.5):.1f} ms, p99 {percentile(times, 0.99):.1f} ms")
    times = [first(client, text)[0] for text in questions]
    print(f"  first words of an answer: p50 {percentile(times, 0.5):.0f} ms, p95 {percentile(times, 0.95):.0f} ms")

    everyone, faults = [], []

    def chat(offset):
        own = Client(daemon.path, timeout=120)
        mine = []
        try:
            for text in questions[offset::CLIENTS]:
                mine.append(first(own, text)[0])
        except Exception as error:
            faults.append(error)
        finally:
            own.close()
        everyone.append(mine)

    threads = [threading.Thread(target=chat, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times = [one for mine in everyone for one in mine]
    medians = [statistics.median(mine) for mine in everyone if mine]
    print(f"  {CLIENTS} at once: p50 {percentile(times, 0.5):.0f} ms, p95 {percentile(times, 0.95):.0f} ms to the first words; "
          f"medians of each {min(medians):.0f} to {max(medians):.0f} ms; {len(faults)} errors")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?")
    parser.add_argument("--questions", type=int, default=200, help="of each kind")
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--all-articles", action="store_true")
    options = parser.parse_args()
    data = os.environ.get("SLMD_DATA") or sys.exit("SLMD_DATA is not set")
    paragraphs = {paragraph["id"]: paragraph for paragraph in lines(data, "squad2/paragraphs.jsonl")}
    titles = sorted({paragraph["title"] for paragraph in paragraphs.values()})
    asked = titles if options.all_articles else titles[len(titles) * 3 // 4:]
    present, absent = asked[::2], asked[1::2]
    chosen = random.Random(1)
    questions = {"answerable": [], "adversarial": [], "off topic": []}
    for question in lines(data, "squad2/questions.jsonl"):
        title = paragraphs[question["paragraph"]]["title"]
        if title in present:
            questions["answerable" if question["answerable"] else "adversarial"].append(question)
        elif title in absent and question["answerable"]:
            questions["off topic"].append(question)
    for kind in questions:
        chosen.shuffle(questions[kind])
        questions[kind] = questions[kind][:options.questions]

    with tempfile.TemporaryDirectory() as folder:
        daemon = Daemon(folder)
        client = Client(daemon.path, timeout=600)
        try:
            print(f"SQuAD 2.0, {len(present)} articles known, {len(absent)} absent:")
            for paragraph in paragraphs.values():
                if paragraph["title"] in present:
                    client.call("kb.add", name=paragraph["id"], content=paragraph["text"], format="text",
                                title=paragraph["title"].replace("_", " "))
            settle(client)
            quality(client, questions, paragraphs, absent)
            if options.passages:
                print(f"With {options.passages} passages more:")
                grow(client, lines(data, "scifact/corpus.jsonl"), options.passages, daemon.process)
                speed(daemon, client, [question["question"] for question in questions["answerable"]])
        finally:
            client.close()
            daemon.stop()


if __name__ == "__main__":
    main()
