"""A daemon with a fresh state, at a socket of its own, for a suite of tests.

It is $SLMD_BIN, a program or the folder it lies in, or .build/release/slmd. Suites are skipped when neither is there.
"""
import os
import pathlib
import select
import signal
import subprocess
import tempfile
import threading
import unittest

from slmd_client import Client

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("SLMD_BIN", ROOT / ".build/release"))
DAEMON = BINARY / "slmd" if BINARY.is_dir() else BINARY
MODELS = os.environ.get("SLMD_MODELS", str(ROOT / "models"))


class Daemon:
    """A daemon with a state of its own, ready for connections."""

    def __init__(self, folder, config=None, preload=None):
        """`preload` is a library whose functions stand before those of others."""
        self.path = os.path.join(folder, "s.sock")
        command = [str(DAEMON), "--socket", self.path, "--state", os.path.join(folder, "state"), "--models", MODELS]
        if config:
            command += ["--config", str(config)]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, cwd=ROOT,
                                        env=os.environ | ({"LD_PRELOAD": preload} if preload else {}))
        self.log = ""
        while "listening" not in self.log:
            if not select.select([self.process.stderr], [], [], 60)[0]:
                raise TimeoutError(f"slmd did not listen within 60 s; its log: {self.log}")
            line = self.process.stderr.readline().decode()
            if not line:
                raise RuntimeError(f"slmd ended; its log: {self.log}")
            self.log += line
        # Nobody reads the rest of the log; a full pipe must not stop the daemon.
        self.reader = threading.Thread(target=self.process.stderr.read)
        self.reader.start()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(30)
        self.reader.join()
        self.process.stderr.close()
        return status


@unittest.skipUnless(DAEMON.exists(), f"{DAEMON} is not built: make build")
class DaemonTestCase(unittest.TestCase):
    """All tests of a suite talk to one daemon, each over a connection of its own."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.daemon = Daemon(cls.folder.name)
        cls.addClassCleanup(cls.daemon.stop)

    def setUp(self):
        self.client = self.connect()

    def connect(self):
        client = Client(self.daemon.path)
        self.addCleanup(client.close)
        return client
