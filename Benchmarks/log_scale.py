#!/usr/bin/env python3
"""What a long log costs: teaching, undo, restoring a snapshot, explain, the start, the replay and the disk, at 100,000
events.

Usage: Benchmarks/log_scale.py [FOLDER] [--events N]    with slmd, .build/release when left out
Teaches texts of BANKING77 from the folder named by SLMD_DATA, many requests under way at once. Takes minutes.
SLMD_MODELS names the models.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Tests/python"))
from slmd_client import Client

UNDER_WAY = 256


class Daemon:
    def __init__(self, program, folder):
        self.socket = os.path.join(folder, "s")
        settings = os.path.join(folder, "slmd.yaml")
        pathlib.Path(settings).write_text("slm: none\n")
        start = time.perf_counter()
        self.process = subprocess.Popen([program, "--config", settings, "--state", os.path.join(folder, "state"),
                                         "--socket", self.socket], stderr=subprocess.PIPE, cwd=ROOT)
        for line in self.process.stderr:
            if b"listening" in line:
                break
        else:
            sys.exit("slmd ended before it listened")
        self.examples_read = threading.Event()
        # A pipe that nobody empties holds up who writes its log there.
        threading.Thread(target=self.read_log, daemon=True).start()
        self.client = Client(self.socket)
        self.client.call("predict", text="I need report")
        self.started = time.perf_counter() - start

    def read_log(self):
        for line in self.process.stderr:
            if b"nearest examples read" in line:
                self.examples_read.set()

    def stop(self):
        self.client.close()
        self.process.terminate()
        self.process.wait()


def lessons(count):
    folder = os.environ.get("SLMD_DATA") or sys.exit("SLMD_DATA is not set")
    lines = pathlib.Path(folder, "banking77/train.tsv").read_text().splitlines()
    texts = [line.split("\t")[:2] for line in lines]
    for number in range(count):
        intent, text = texts[number % len(texts)]
        yield {"intent": intent, "text": text if number < len(texts) else f"{text} {number // len(texts)}"}


def teach(client, count):
    """Lessons a second."""
    start = time.perf_counter()
    waiting = 0
    for number, lesson in enumerate(lessons(count)):
        client.send(json.dumps({"jsonrpc": "2.0", "id": number, "method": "teach", "params": lesson}).encode())
        waiting += 1
        while waiting >= UNDER_WAY or (waiting and number == count - 1):
            answer = client.receive()
            assert "error" not in answer, answer
            waiting -= 1
    return count / (time.perf_counter() - start)


def timed(work):
    start = time.perf_counter()
    answer = work()
    return time.perf_counter() - start, answer


def stated(what, figure, unit, asked=None, is_met=True):
    wanted = f" (asked: {asked})" if asked else ""
    print(f"{what}: {figure:.3g} {unit}{wanted}" + ("" if is_met else "  MISSED"), flush=True)
    return is_met


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", default=ROOT / ".build/release", type=pathlib.Path)
    parser.add_argument("--events", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        daemon = Daemon(options.folder / "slmd", folder)
        stated("lessons durable and in force", teach(daemon.client, options.events), "a second")
        log = sum(path.stat().st_size for path in pathlib.Path(folder, "state").glob("slmd.db*"))
        met = [stated("disk an event", log / options.events / 1000, "kB", "at most 2.5", log / options.events <= 2500)]
        for count in (1, 10, 500, 1000 - 511):
            seconds, _ = timed(lambda: daemon.client.call("undo", count=count))
            met.append(stated(f"undo {count}", seconds, "s", "at most 1", seconds <= 1))
        daemon.client.call("snapshot.create", name="kept")
        teach(daemon.client, 100)
        seconds, _ = timed(lambda: daemon.client.call("snapshot.restore", name="kept"))
        met.append(stated("restore a snapshot", seconds, "s", "at most 1", seconds <= 1))
        daemon.stop()
        daemon = Daemon(options.folder / "slmd", folder)
        met.append(stated("start to first answer", daemon.started, "s", "at most 0.5", daemon.started <= 0.5))
        seconds, is_read = timed(lambda: daemon.examples_read.wait(60))
        met.append(stated("nearest examples read after the start", daemon.started + seconds, "s", is_met=is_read))
        for what in ("explain, the first once they are read", "explain, later"):
            seconds, _ = timed(lambda: daemon.client.call("explain", text="I need my card"))
            met.append(stated(what, seconds * 1000, "ms", "at most 100", seconds <= 0.1))
        seconds, answer = timed(lambda: daemon.client.call("snapshot.verify"))
        rate = answer["events"] / seconds
        met.append(stated("replay from nothing", rate, "events/s", "at least 2000", rate >= 2000))
        if not answer["equal"]:
            sys.exit(f"the log replays to another head: {answer}")
        daemon.stop()
        sys.exit(0 if all(met) else 1)


main()
