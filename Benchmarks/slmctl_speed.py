#!/usr/bin/env python3
"""How fast slmctl starts, how large it is, and how many lines a second it carries.

Usage: Benchmarks/slmctl_speed.py [FOLDER]     with slmd and slmctl, .build/release when left out
Starts a daemon of its own on a fresh state. SLMD_MODELS names the models.
Wall time and processor time of whole processes, 200 of each; the least is what the program needs, the median
what this machine gave it.
"""
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
FOLDER = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / ".build/release")
RUNS, LINES = 200, 2000


def run(program, *arguments):
    """Wall and processor time of one run, in ms."""
    start = time.perf_counter()
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    process = os.posix_spawn(program, [program, *arguments], os.environ, file_actions=quiet)
    _, status, usage = os.wait4(process, 0)
    if status != 0:
        sys.exit(f"{program} {' '.join(arguments)} ended with status {os.waitstatus_to_exitcode(status)}")
    return (time.perf_counter() - start) * 1e3, (usage.ru_utime + usage.ru_stime) * 1e3


def stated(what, figure, unit, asked, is_met):
    print(f"{what}: {figure:.1f} {unit} (asked: {asked})" + ("" if is_met else "  MISSED"))
    return is_met


def measure(stripped):
    """Prints each figure; whether all are as asked."""
    megabytes = os.path.getsize(stripped) / 1e6
    met = [stated("slmctl, stripped", megabytes, "MB", "at most 20", megabytes <= 20)]
    for arguments in (["--version"], ["predict", "I need report"]):
        wall, cpu = zip(*(run(stripped, *arguments) for _ in range(RUNS)))
        median = statistics.median(wall)
        met.append(stated(f"slmctl {' '.join(arguments)}, median", median, "ms", "start-up at most 5",
                          median <= 5 or arguments[0] != "--version"))
        print(f"    least {min(wall):.2f} ms, of the processor {min(cpu):.2f} ms")
    lines = "".join(f"I need report number {number}\n" for number in range(LINES))
    start = time.perf_counter()
    answers = subprocess.run([stripped, "predict", "--json"], input=lines.encode(), capture_output=True, check=True)
    rate = LINES / (time.perf_counter() - start)
    assert answers.stdout.count(b"\n") == LINES
    met.append(stated("lines through a pipe", rate, "a second", "at least 1000", rate >= 1000))
    return all(met)


with tempfile.TemporaryDirectory() as folder:
    os.environ["SLMD_SOCKET"] = os.path.join(folder, "s")
    stripped = os.path.join(folder, "slmctl")
    subprocess.run(["strip", "-o", stripped, FOLDER / "slmctl"], check=True)
    daemon = subprocess.Popen([FOLDER / "slmd", "--state", os.path.join(folder, "state")], stderr=subprocess.PIPE)
    for line in daemon.stderr:
        if b"listening" in line:
            break
    else:
        sys.exit("slmd ended before it listened")
    try:
        is_met = measure(stripped)
    finally:
        daemon.terminate()
        daemon.communicate()
sys.exit(0 if is_met else 1)
