#!/usr/bin/env python3
"""How fast slmctl starts, how large it is, and how many lines a second it carries.

Usage: Benchmarks/slmctl_speed.py [SLMCTL]     with a daemon running (SLMD_SOCKET as for slmctl)
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
PROGRAM = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / ".build/release/slmctl")
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


with tempfile.TemporaryDirectory() as folder:
    stripped = os.path.join(folder, "slmctl")
    subprocess.run(["strip", "-o", stripped, PROGRAM], check=True)
    print(f"stripped size: {os.path.getsize(stripped) / 1e6:.1f} MB (asked: at most 20)")
    for arguments in (["--version"], ["predict", "I need report"]):
        wall, cpu = zip(*(run(stripped, *arguments) for _ in range(RUNS)))
        print(f"slmctl {' '.join(arguments)}: wall least {min(wall):.2f}, median {statistics.median(wall):.2f} ms; "
              f"processor least {min(cpu):.2f} ms")
    lines = "".join(f"I need report number {number}\n" for number in range(LINES))
    start = time.perf_counter()
    answers = subprocess.run([stripped, "predict", "--json"], input=lines.encode(), capture_output=True, check=True)
    seconds = time.perf_counter() - start
    assert answers.stdout.count(b"\n") == LINES
    print(f"lines through a pipe: {LINES / seconds:.0f} a second (asked: at least 1000)")
