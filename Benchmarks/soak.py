#!/usr/bin/env python3
"""Minutes of a usual mix of clients at a steady rate: memory, descriptors and the p99 must stay what they are.

Usage: Benchmarks/soak.py [FOLDER] [--minutes N] [--rate N]    with slmd, .build/release when left out
Of 100 requests 85 predict, 8 teach, 3 list history, 2 ask for the status, and 2 come over a new connection. The lessons are
of 20 intents whose kept examples are full after the first minute, and the database's readers are open: what is more after
that leaks. SLMD_MODELS names the models.
"""
import argparse
import concurrent.futures
import gc
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Tests/python"))
from slmd_client import Client

WORDS = """I need my blood test results from yesterday show me the sales figures for last quarter what is difference
between a debit and credit card can you explain that once more please no meant other account thank very much goodbye""".split()
CLIENTS = 16
INTENTS = 20


class Daemon:
    def __init__(self, program, folder):
        self.socket = os.path.join(folder, "s")
        self.process = subprocess.Popen([program, "--state", os.path.join(folder, "state"), "--socket", self.socket],
                                        stderr=subprocess.PIPE, cwd=ROOT)
        for line in self.process.stderr:
            if b"listening" in line:
                break
        else:
            sys.exit("slmd ended before it listened")
        # A pipe that nobody reads is full after some hundred lessons, and slmd waits then.
        threading.Thread(target=self.process.stderr.read, daemon=True).start()
        self.folder = f"/proc/{self.process.pid}"

    @property
    def megabytes(self):
        pages = pathlib.Path(self.folder, "statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGESIZE") / 1e6

    @property
    def descriptors(self):
        return len(os.listdir(f"{self.folder}/fd"))

    def stop(self):
        self.process.terminate()
        return self.process.wait()


def text(chance):
    return " ".join(chance.choices(WORDS, k=chance.randint(3, 12)))


def ask(client, daemon, chance):
    """One request of the mix; how long a prediction took, in milliseconds, and None for the others."""
    kind = chance.random() * 100
    if kind < 85:
        begun = time.perf_counter()
        client.call("predict", text=text(chance))
        return 1000 * (time.perf_counter() - begun)
    if kind < 93:
        client.call("teach", intent=f"intent_{chance.randrange(INTENTS)}", text=text(chance))
    elif kind < 96:
        client.call("history", last=20)
    elif kind < 98:
        client.call("status")
    else:
        guest = Client(daemon.socket, timeout=None)
        guest.call("predict", text=text(chance))
        guest.close()
    return None


def ask_steadily(client, daemon, chance, begin, end, pause):
    """What `ask` returned from one moment to another, one request each `pause` seconds or when the last was answered."""
    answers, due = [], begin
    while max(due, time.perf_counter()) < end:
        time.sleep(max(0, due - time.perf_counter()))
        answers.append(ask(client, daemon, chance))
        due += pause
    return answers


def minute(clients, daemon, chances, rate):
    """The predictions' times of one minute, the shortest first, and the requests a second."""
    start, pause = time.perf_counter(), CLIENTS / rate
    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        asked = [pool.submit(ask_steadily, client, daemon, chance, start + number / rate, start + 60, pause)
                 for number, (client, chance) in enumerate(zip(clients, chances))]
    answers = [answer for client in asked for answer in client.result()]
    seconds = time.perf_counter() - start
    return sorted(taken for taken in answers if taken is not None), len(answers) / seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", default=ROOT / ".build/release", type=pathlib.Path)
    parser.add_argument("--minutes", type=int, default=10)
    parser.add_argument("--rate", type=float, default=500, help="requests a second")
    options = parser.parse_args()
    gc.disable()
    chances = [random.Random(number) for number in range(CLIENTS)]
    with tempfile.TemporaryDirectory() as folder:
        daemon = Daemon(options.folder / "slmd", folder)
        # None gives up: how long an answer took is for the p99 to tell.
        clients = [Client(daemon.socket, timeout=None) for _ in range(CLIENTS)]
        memory, descriptors, tails, rates = [], [], [], []
        for number in range(options.minutes):
            taken, rate = minute(clients, daemon, chances, options.rate)
            memory.append(daemon.megabytes)
            descriptors.append(daemon.descriptors)
            tails.append(taken[len(taken) * 99 // 100])
            rates.append(rate)
            print(f"minute {number + 1}: {rate:.0f} requests/s, p50 {taken[len(taken) // 2]:.2f} ms, p99 {tails[-1]:.2f} ms, "
                  f"{memory[-1]:.1f} MB, {descriptors[-1]} descriptors", flush=True)
        events = clients[0].call("status")["events"]
        for client in clients:
            client.close()
        status = daemon.stop()
    middle = sorted(tails)[len(tails) // 2]
    met = {f"{min(rates):.0f} requests/s in the slowest minute (asked: {options.rate:.0f})": min(rates) >= 0.98 * options.rate,
           f"memory grew by {memory[-1] - memory[0]:.1f} MB after the first minute (asked: at most 5)":
           memory[-1] - memory[0] <= 5,
           f"descriptors: {descriptors[0]} after the first minute, {descriptors[-1]} after the last (asked: as many)":
           descriptors[-1] <= descriptors[0],
           f"p99: {middle:.2f} ms in the middle minute, {tails[-1]:.2f} ms in the last (asked: at most 1.5 times)":
           tails[-1] <= 1.5 * middle,
           f"slmd ended with {status} after {events} lessons": status == 0}
    for line, is_met in met.items():
        print(line + ("" if is_met else "  MISSED"))
    sys.exit(0 if all(met.values()) else 1)


main()
