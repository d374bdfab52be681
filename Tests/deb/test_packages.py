"""The packages in a booted Debian, from the first installation to the purge.

SLMD_ROOT is the Debian that Tests/deb/root has made; the packages are those of dist/.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests/systemd"))
from machine import Machine  # noqa: E402

UPGRADE = "99.0"


def newest(package):
    return max((ROOT / "dist").glob(f"{package}_*.deb"), key=os.path.getmtime)


def repack(package, version, into):
    """The same package under another version."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["dpkg-deb", "--raw-extract", package, f"{folder}/tree"], check=True)
        control = pathlib.Path(folder, "tree/DEBIAN/control")
        lines = control.read_text().splitlines()
        control.write_text("".join(f"Version: {version}\n" if line.startswith("Version:") else f"{line}\n" for line in lines))
        subprocess.run(["dpkg-deb", "--root-owner-group", "-Znone", "--build", f"{folder}/tree", into], check=True,
                       stdout=subprocess.DEVNULL)


class Asking(threading.Thread):
    """A client that connects and asks, again and again, and one that stays connected, until told to stop."""

    def __init__(self, machine):
        super().__init__()
        self.machine, self.answered, self.failure, self.is_over = machine, 0, None, False
        self.start()

    def run(self):
        try:
            steady = self.machine.client()
            while not self.is_over:
                client = self.machine.client()
                client.call("predict", text="hello")
                client.close()
                steady.call("predict", text="hello")
                self.answered += 1
            steady.close()
        except Exception as failure:  # told to the test
            self.failure = failure

    def stop(self):
        self.is_over = True
        self.join()
        return self.failure


class Packages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.mkdtemp(prefix="slmd-packages-")
        cls.addClassCleanup(shutil.rmtree, folder)
        for package in ("slmd", "slmd-models"):
            shutil.copy(newest(package), f"{folder}/{package}.deb")
        repack(f"{folder}/slmd.deb", UPGRADE, f"{folder}/slmd-upgrade.deb")
        cls.m = Machine.over_debian(os.environ["SLMD_ROOT"], folder)
        cls.addClassCleanup(cls.m.close)

    def apt(self, *words):
        return self.m.ok("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "--yes", *words)

    def slmctl(self, *words, user="alice"):
        return json.loads(self.m.ok("slmctl", *words, "--json", user=user))

    def state(self, unit):
        return self.m.property("ActiveState", unit), self.m.run("systemctl", "is-enabled", unit).stdout.strip()

    def leftovers(self):
        """Files and folders anywhere that are named after it, or that nobody owns."""
        found = self.m.ok("find", "/", "(", "-path", "/proc", "-o", "-path", "/sys", "-o", "-path", "/packages", ")", "-prune",
                          "-o", "(", "-name", "*slm*", "-o", "-nouser", "-o", "-nogroup", ")", "-print")
        return [path for path in found.splitlines() if not path.startswith(("/var/cache/apt", "/var/log"))]

    def test_the_life_of_the_packages(self):
        before = self.leftovers()
        self.check_the_program_without_models()
        self.apt("install", "/packages/slmd.deb", "/packages/slmd-models.deb")
        self.m.ok("useradd", "--create-home", "--groups", "slm", "alice")
        self.check_an_installation()
        self.check_an_upgrade()
        self.check_that_settings_are_kept()
        self.check_a_removal_and_the_return()
        self.apt("purge", "slmd", "slmd-models")
        self.assertEqual(self.leftovers(), before)
        for database, name in (("passwd", "slmd"), ("group", "slmd"), ("group", "slm"), ("group", "slm-admin")):
            self.assertNotEqual(self.m.run("getent", database, name).returncode, 0, name)
        self.assertEqual(self.m.run("systemctl", "cat", "slmd.service", "slmd.socket").stdout, "")

    def check_the_program_without_models(self):
        """The installation succeeds, and the models that come later bring the service up."""
        self.apt("install", "--no-install-recommends", "/packages/slmd.deb")
        self.assertEqual(self.state("slmd.socket"), ("active", "enabled"))
        self.m.wait(lambda: self.m.property("ActiveState") == "failed", "slmd did not fail")
        self.assertEqual(self.m.property("ExecMainStatus"), "78")
        self.apt("install", "/packages/slmd-models.deb")
        self.m.wait(lambda: self.m.property("ActiveState") == "active", "slmd did not start")
        self.apt("purge", "slmd", "slmd-models")

    def check_an_installation(self):
        self.assertEqual(self.state("slmd.socket"), ("active", "enabled"))
        self.assertEqual(self.state("slmd.service"), ("active", "enabled"))
        self.assertEqual(self.slmctl("predict", "hello there")["text"], "hello there")
        self.slmctl("teach", "greeting", "good morning to you")
        self.known = self.slmctl("status")["head"]["digest"]
        self.m.ok("dpkg", "--verify", "slmd", "slmd-models")
        for page in ("1/slmctl.1", "5/slmd.yaml.5", "5/slmd-tasks.5", "7/slmd-protocol.7", "8/slmd.8"):
            self.m.ok("test", "-s", f"/usr/share/man/man{page}.gz")

    def check_an_upgrade(self):
        """Clients that stay connected and clients that come meanwhile are all answered."""
        asking = Asking(self.m)
        self.m.wait(lambda: asking.answered > 10 or asking.failure, "no answers")
        process = self.m.property("MainPID")
        self.apt("install", "/packages/slmd-upgrade.deb")
        answered = asking.answered
        self.m.wait(lambda: asking.answered > answered + 10 or asking.failure, "no answers")
        self.assertIsNone(asking.stop())
        self.assertEqual(self.m.ok("dpkg-query", "-W", "-f=${Version}", "slmd"), UPGRADE)
        self.assertNotEqual(self.m.property("MainPID"), process)
        self.assertEqual(self.slmctl("status")["head"]["digest"], self.known)

    def check_that_settings_are_kept(self):
        settings = pathlib.Path(self.m.path("/etc/slmd/slmd.yaml"))
        settings.write_text(settings.read_text() + "\n# mine\n")
        self.apt("install", "--reinstall", "/packages/slmd-upgrade.deb")
        self.assertIn("# mine", settings.read_text())

    def check_a_removal_and_the_return(self):
        self.apt("remove", "slmd")
        self.assertEqual(self.m.property("ActiveState"), "inactive")
        self.assertNotEqual(self.m.run("test", "-e", "/run/slmd").returncode, 0)
        self.assertNotEqual(self.m.run("pgrep", "-x", "slmd").returncode, 0)
        self.m.ok("test", "-s", "/var/lib/slmd/slmd.db")
        self.m.ok("test", "-s", "/etc/slmd/slmd.yaml")
        self.apt("install", "/packages/slmd-upgrade.deb")
        self.assertEqual(self.slmctl("status")["head"]["digest"], self.known)
        self.assertEqual(self.state("slmd.service"), ("active", "enabled"))


if __name__ == "__main__":
    unittest.main()
