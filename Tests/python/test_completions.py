"""The completions that slmctl makes for shells: each is read by its shell, and offers the commands."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from slmd_daemon import DAEMON, Daemon

SLMCTL = DAEMON.parent / "slmctl"
READING = {"bash": ["bash", "-n"], "zsh": ["zsh", "-n"], "fish": ["fish", "--no-execute"]}


def output(*words, **options):
    return subprocess.run(words, check=True, capture_output=True, text=True, **options).stdout


@unittest.skipUnless(SLMCTL.exists(), f"{SLMCTL} is not built: make build")
class Completions(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        help = output(SLMCTL, "--help")
        self.commands = re.findall(r"^  (\w+)  +", help.split("SUBCOMMANDS:")[1], re.M)
        self.assertIn("predict", self.commands)
        self.environment = {**os.environ, "PATH": f"{SLMCTL.parent}:{os.environ['PATH']}", "HOME": folder.name,
                            "SLMD_SOCKET": f"{folder.name}/s.sock"}

    def script(self, shell):
        if not shutil.which(shell):
            self.skipTest(f"{shell} is not installed")
        path = self.folder / f"slmctl.{shell}"
        path.write_text(output(SLMCTL, "--generate-completion-script", shell))
        return path

    def test_each_shell_reads_its_own(self):
        for shell, command in READING.items():
            with self.subTest(shell):
                path = self.script(shell)
                output(*command, path)
                for name in self.commands:
                    self.assertTrue(name in path.read_text(), name)

    def bash(self, *words):
        program = f"""source {self.script("bash")}
            COMP_WORDS=({" ".join(words)} ''); COMP_CWORD={len(words)}; COMP_LINE='{" ".join(words)} '; COMP_POINT=${{#COMP_LINE}}
            COMP_TYPE=9
            $(complete -p slmctl | sed 's/.*-F \\([^ ]*\\).*/\\1/') slmctl '' {words[-1]}; printf '%s\\n' "${{COMPREPLY[@]}}" """
        return output("bash", "-c", program, env=self.environment).splitlines()

    def fish(self, line):
        program = f"source {self.script('fish')}; complete --do-complete '{line}'"
        return [offer.split("\t")[0] for offer in output("fish", "-c", program, env=self.environment).splitlines()]

    def test_bash_offers_the_commands(self):
        self.assertLessEqual(set(self.commands), set(self.bash("slmctl")))

    def test_fish_offers_the_commands(self):
        self.assertLessEqual(set(self.commands), set(self.fish("slmctl ")))

    def test_an_intent_is_completed_by_what_the_daemon_knows(self):
        self.assertNotIn("request_data", self.bash("slmctl", "teach"))
        daemon = Daemon(self.folder)
        self.addCleanup(daemon.stop)
        self.assertIn("request_data", self.bash("slmctl", "teach"))


if __name__ == "__main__":
    unittest.main()
