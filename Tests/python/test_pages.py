"""Every example in the man pages, tried. Those for root on a system with systemd are tried in Tests/systemd."""
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import pages
from slmd_client import Client
from slmd_daemon import DAEMON, ROOT, Daemon

EXAMPLES = [{"text": text, "intent": intent} for intent, texts in {
    "request_data": ["I need report", "show me the figures of May", "send me my results"],
    "greeting": ["hello there", "good morning", "hi"],
}.items() for text in texts]
FILES = {
    "examples.jsonl": "".join(json.dumps(example) + "\n" for example in EXAMPLES),
    "test.tsv": "".join(f"{example['intent']}\t{example['text']}\n" for example in EXAMPLES),
    "example.yaml": "slm: none\n",
    "notes.md": "# House\nThe key lies under the mat.\n",
}
# These go on until they are told to end.
ENDLESS = re.compile(r"^slmctl top\b|--follow\b")


def kinds(page):
    """The examples of a page by what can be done with them."""
    for display in pages.examples(page):
        first = display[0]
        if first.startswith(("$ ", "# ")):
            yield "commands", display
        elif re.match(r"slmctl: \S+:\d+: ", first):
            yield "complaint", display
        elif page.name == "slmd-protocol.7" and first.startswith("{"):
            yield "messages", display
        elif page.name == "slmd.yaml.5":
            yield "settings", display
        elif page.name == "slmd-tasks.5":
            yield "tasks", display
        else:
            yield "unknown", display


@unittest.skipUnless(DAEMON.exists(), f"{DAEMON} is not built: make build")
class Pages(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        for name, text in FILES.items():
            (self.folder / name).write_text(text)
        self.environment = {**os.environ, "HOME": folder.name, "PATH": f"{DAEMON.parent}:{os.environ['PATH']}", "NO_COLOR": "1",
                            "SLMD_SOCKET": f"{folder.name}/s.sock"}

    def daemon(self):
        daemon = Daemon(self.folder)
        self.addCleanup(daemon.stop)
        return daemon

    def of_kind(self, kind):
        return [(page.name, display) for page in pages.PAGES for found, display in kinds(page) if found == kind]

    def test_every_example_is_of_a_kind_that_is_tried(self):
        self.assertEqual(self.of_kind("unknown"), [])
        for name, display in self.of_kind("commands"):
            self.assertEqual([line for line in display if line[:2] not in ("$ ", "# ", "  ")], [], name)

    def test_commands_succeed(self):
        self.daemon()
        tried = pages.commands("$ ")
        self.assertGreater(len(tried), 5)
        for page, command in tried:
            with self.subTest(page, command=command):
                bounded = ["timeout", "--preserve-status", "--signal=INT", "2"] if ENDLESS.search(command) else ["timeout", "60"]
                done = subprocess.run([*bounded, "bash", "-o", "pipefail", "-c", f"exec {command}" if bounded[-1] == "2" else command],
                                      cwd=self.folder, env=self.environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
                expected = (0, -2, 130) if ENDLESS.search(command) else (0,)
                self.assertIn(done.returncode, expected, done.stdout + done.stderr)

    def test_complaints_are_what_slmctl_says(self):
        for page, [line] in self.of_kind("complaint"):
            with self.subTest(page, line=line):
                file, number = re.match(r"slmctl: (\S+):(\d+): ", line).groups()
                good = json.dumps(EXAMPLES[0]) + "\n"
                (self.folder / file).write_text(good * (int(number) - 1) + '{"text": "without an intent"}\n')
                done = subprocess.run(["slmctl", "train", file], cwd=self.folder, env=self.environment, capture_output=True, text=True)
                self.assertEqual((done.stderr, done.returncode), (line + "\n", 65))

    def test_settings_are_good(self):
        shown = self.of_kind("settings")
        self.assertGreater(len(shown), 0)
        for page, display in shown:
            with self.subTest(page):
                settings = self.folder / "example.yaml"
                settings.write_text("\n".join(display) + "\n")
                done = subprocess.run([DAEMON, "--config", settings, "--check"], cwd=ROOT, env=self.environment, capture_output=True,
                                      text=True)
                self.assertEqual(done.returncode, 0, done.stderr)

    def test_tasks_are_good(self):
        shown = self.of_kind("tasks")
        self.assertGreater(len(shown), 0)
        for page, display in shown:
            with self.subTest(page):
                (self.folder / "tasks.yaml").write_text("\n".join(display) + "\n")
                settings = self.folder / "tasks-settings.yaml"
                settings.write_text("slm: none\ntasks: tasks.yaml\nbootstrap: none\n")
                done = subprocess.run([DAEMON, "--config", settings, "--check"], cwd=ROOT, env=self.environment, capture_output=True,
                                      text=True)
                self.assertEqual(done.returncode, 0, done.stderr)

    def test_messages_are_those_of_the_daemon(self):
        """A greeting is the daemon's own; of an answer as much as is shown."""
        daemon = self.daemon()
        client = Client(daemon.path)
        self.addCleanup(client.close)
        shown = self.of_kind("messages")
        self.assertGreater(len(shown), 0)
        for page, display in shown:
            with self.subTest(page, display=display):
                text = "".join(display)
                if '"hello"' in text:
                    self.assertEqual(json.loads(text)["params"], client.hello)
                    continue
                for request, answer in zip(display[::2], display[1::2], strict=True):
                    client.send(request.encode())
                    found = json.dumps(client.receive(), separators=(",", ":"))
                    self.assertEqual(found[:len(answer.split(", ...")[0])], answer.split(", ...")[0])


if __name__ == "__main__":
    unittest.main()
