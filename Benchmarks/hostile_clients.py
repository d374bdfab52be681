#!/usr/bin/env python3
"""What a slow, silent or hostile client costs another: the p50 and p99 of a good client alone, and beside each attack.

Usage: Benchmarks/hostile_clients.py [FOLDER] [--attack NAME] [--seconds N] [--eager]    slmd is in .build/release
Asked: p99 at most 1.10 times what it is alone, in turns of half a second of both: what else the machine does takes longer
and falls on both alike. How far that holds, the first line tells, where nobody attacks.

The figure is to tell what the daemon does about attackers, not what processes cost each other: so they take only the
processor time that nobody else wants (SCHED_IDLE), and those that flood sleep while the daemon takes no more. A process
that never sleeps costs others milliseconds even so: the second line tells how much, with two that know nothing of slmd.
With --eager the attackers compete for the processors. SLMD_MODELS names the models.
"""
import argparse
import gc
import multiprocessing
import os
import pathlib
import select
import socket
import struct
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
TEXTS = ["I need my blood test results from yesterday", "Show me the sales figures for the last quarter",
         "What is the difference between a debit and a credit card?", "Can you explain that once more please"]
ASKED = 1.10
TURN = 0.5
"""How long one turn is, in seconds."""
REST = 0.4
"""After an attack, till it is forgotten."""
BEGINNING = 1.2
"""Before a turn of an attack: what it does at once for being new there is over."""
NOBODY, ELSEWHERE = "nobody", "two that never talk to slmd"
"""What is told beside the attacks, for it is not about the daemon."""


def frame(body):
    return struct.pack(">I", len(body)) + body


def request(number, method="predict", params='{"text":"%s"}' % TEXTS[0]):
    return frame(f'{{"jsonrpc":"2.0","id":{number},"method":"{method}","params":{params}}}'.encode())


def connect(path):
    """A client that has been greeted."""
    client = socket.socket(socket.AF_UNIX)
    client.connect(path)
    receive(client)
    return client


def receive(client):
    wanted, got = 4, b""
    while len(got) < wanted:
        part = client.recv(1 << 16)
        if not part:
            raise ConnectionError("slmd closed the connection")
        got += part
        if wanted == 4 and len(got) >= 4:
            wanted += struct.unpack(">I", got[:4])[0]
    return got


def reconnecting(path, attack):
    """Attacks again and again, on a new connection whenever the daemon has ended the last one."""
    while True:
        try:
            with connect(path) as client:
                attack(client)
        except OSError:
            continue


def silent(path):
    clients = [connect(path) for _ in range(200)]
    while clients:
        time.sleep(60)


def dripping(path):
    clients = [connect(path) for _ in range(50)]
    message = request(1)
    for offset in range(len(message)):
        for client in clients:
            client.sendall(message[offset:offset + 1])
        time.sleep(1)


def unread(path):
    """Clients that ask as much as the daemon takes, and read no answer."""
    clients = [connect(path) for _ in range(8)]
    message = request(1, "intents", "{}") * 64
    for client in clients:
        client.setblocking(False)
    while True:
        for client in clients:
            try:
                client.send(message)
            except BlockingIOError:
                time.sleep(0.01)


def flood(path, message):
    """Writes as much as the daemon takes, and throws away what comes back."""
    def attack(client):
        client.setblocking(False)
        ready = select.poll()
        ready.register(client, select.POLLIN | select.POLLOUT)
        rest = memoryview(message)
        while True:
            ready.poll()
            try:
                rest = rest[client.send(rest):] or memoryview(message)
            except BlockingIOError:
                pass
            try:
                if not client.recv(1 << 20):
                    return
            except BlockingIOError:
                pass
    reconnecting(path, attack)


def spinning(path):
    while True:
        pass


def garbage(path):
    flood(path, frame(b"\x00\xff no json") * 4096)


def oversized(path):
    flood(path, struct.pack(">I", 1 << 31) + b"x" * 65536)


def large(path):
    """Frames of 8 MB that are no JSON to their last byte."""
    flood(path, frame(b'{"jsonrpc":"2.0","id":1,"method":"predict","params":{"text":"' + b"x" * (8_000_000)))


def numbers(path):
    """Frames that are JSON, of 8 MB and of 60 kB in turn, and are no request: of numbers, for they take longest to read."""
    flood(path, b"".join(frame(b'{"id":[' + b"1," * count + b"1]}") for count in (4_000_000, 30_000)))


def deep(path):
    flood(path, frame(b"[" * 10_000 + b"]" * 10_000) * 64)


def storm(path):
    while True:
        client = socket.socket(socket.AF_UNIX)
        try:
            client.connect(path)
        except OSError:
            pass
        client.close()


def pipelined(path, method, params):
    """Asks without end, and lets 250 of its requests wait."""
    client = connect(path)
    for number in range(250):
        client.sendall(request(number, method, params(number)))
    decoder, number = b"", 250
    while True:
        decoder += client.recv(1 << 20)
        while len(decoder) >= 4 and len(decoder) >= 4 + struct.unpack(">I", decoder[:4])[0]:
            decoder = decoder[4 + struct.unpack(">I", decoder[:4])[0]:]
            client.sendall(request(number, method, params(number)))
            number += 1


def predicting(path):
    pipelined(path, "predict", lambda number: '{"text":"%s"}' % TEXTS[number % len(TEXTS)])


def teaching(path):
    pipelined(path, "teach", lambda number: '{"intent":"flood","text":"lesson %d"}' % number)


def listing(path):
    pipelined(path, "history", lambda number: "{}")


ATTACKS = {
    NOBODY: (None, 0), ELSEWHERE: (spinning, 2),
    "200 silent connections": (silent, 1), "50 clients that write a byte a second": (dripping, 1),
    "8 clients that never read": (unread, 1), "garbage frames": (garbage, 2), "frames over the limit": (oversized, 2),
    "8 MB of broken JSON": (large, 2), "JSON of numbers": (numbers, 2), "JSON 10,000 deep": (deep, 2),
    "connecting and leaving": (storm, 2), "history without end": (listing, 1), "lessons without end": (teaching, 1),
    "predictions without end": (predicting, 1), "predictions without end from 4": (predicting, 4),
}


def attacker(attack, path, is_eager):
    if not is_eager:
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    attack(path)


class Daemon:
    def __init__(self, program, folder):
        self.socket = os.path.join(folder, "s")
        self.process = subprocess.Popen([program, "--state", os.path.join(folder, "state"), "--socket", self.socket],
                                        stderr=subprocess.PIPE, cwd=ROOT)
        for line in self.process.stderr:
            if b"listening" in line:
                return
        sys.exit("slmd ended before it listened")

    def stop(self):
        self.process.terminate()
        self.process.communicate()


def times(client, seconds):
    """How long each request of one client took, in milliseconds, the shortest first."""
    requests = [request(1, params='{"text":"%s"}' % text) for text in TEXTS]
    taken, end = [], time.perf_counter() + seconds
    while (begun := time.perf_counter()) < end:
        client.sendall(requests[len(taken) % len(requests)])
        answer = receive(client)
        taken.append(1000 * (time.perf_counter() - begun))
        if b'"result"' not in answer[:60]:
            sys.exit(f"the good client was refused: {answer}")
    return sorted(taken)


def percentile(taken, share):
    return taken[min(len(taken) - 1, int(len(taken) * share))]


def turn(daemon, before):
    """The times of a client of its own, after as many seconds."""
    with connect(daemon.socket) as client:
        times(client, before)
        return times(client, TURN)


def beside(daemon, attack, count, is_eager):
    """The good client's times while `count` attackers do their work."""
    attackers = [multiprocessing.Process(target=attacker, args=(attack, daemon.socket, is_eager), daemon=True)
                 for _ in range(count)]
    for process in attackers:
        process.start()
    taken = turn(daemon, BEGINNING)
    for process in attackers:
        process.kill()
        process.join()
    return taken


def measure(daemon, name, seconds, is_eager):
    """Whether the good client's p99 beside the attack is near enough to that without it."""
    attack, count = ATTACKS[name]
    without, attacked = [], []
    for _ in range(max(1, round(seconds / TURN))):
        without += turn(daemon, REST)
        attacked += beside(daemon, attack, count, is_eager)
    without.sort()
    attacked.sort()
    ratio = percentile(attacked, 0.99) / percentile(without, 0.99)
    print(f"{name + ':':40} p50 {percentile(without, 0.5):6.2f} -> {percentile(attacked, 0.5):6.2f} ms, p99 "
          f"{percentile(without, 0.99):6.2f} -> {percentile(attacked, 0.99):6.2f} ms, {ratio:5.2f} times"
          + ("" if ratio <= ASKED or name in (NOBODY, ELSEWHERE) else "  MISSED"), flush=True)
    return ratio <= ASKED


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", default=ROOT / ".build/release", type=pathlib.Path)
    parser.add_argument("--attack", help="only those whose name has this in it", default="")
    parser.add_argument("--seconds", type=float, default=6, help="how long each attack is measured")
    parser.add_argument("--eager", action="store_true", help="attackers compete for the processors")
    options = parser.parse_args()
    gc.disable()
    met = {}
    for name in ATTACKS:
        if options.attack not in name:
            continue
        with tempfile.TemporaryDirectory() as folder:
            daemon = Daemon(options.folder / "slmd", folder)
            try:
                times(connect(daemon.socket), 0.5)
                met[name] = measure(daemon, name, options.seconds, options.eager)
            finally:
                daemon.stop()
    met.pop(ELSEWHERE, None)
    if not met.pop(NOBODY, True):
        print("the machine is not quiet enough for a verdict: nobody costs as much as the limit")
    missed = list(met.values()).count(False)
    print(f"{len(met)} attacks, {missed} that cost more than {ASKED:.2f} times (asked)")
    sys.exit(1 if missed else 0)


main()
