"""The examples of the man pages, as a reader sees them."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "man").glob("*.[1-8]"))
ESCAPES = {r"\(aq": "'", r"\(ga": "`", r"\(ha": "^", r"\(ti": "~", r"\&": "", r"\-": "-", r"\e": "\\"}


def examples(page):
    """The literal displays of a page: a list of lines for each."""
    displays, lines = [], None
    for line in page.read_text().splitlines():
        if line.startswith(".Bd -literal"):
            lines = []
        elif line == ".Ed":
            displays.append(lines)
            lines = None
        elif lines is not None:
            lines.append(unescaped(line))
        elif line.startswith(".Dl "):
            displays.append([unescaped(line[4:])])
    return displays


def unescaped(line):
    return re.sub(r"\\(\(..|.)", lambda found: ESCAPES[found.group(0)], line)


def commands(prompt):
    """Every line of every page that has the prompt, without it: `$ ` for anybody, `# ` for root on a system with systemd."""
    return [(page.name, line[len(prompt):]) for page in PAGES for display in examples(page) for line in display
            if line.startswith(prompt)]
