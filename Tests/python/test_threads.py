"""How the daemon's threads stand to others of the machine, while and after one client sends much ahead of its answers."""
import os
import pathlib
import tempfile
import unittest

from slmd_client import Client
from slmd_daemon import DAEMON, Daemon

ROOT = pathlib.Path(__file__).resolve().parents[2]


@unittest.skipUnless(DAEMON.exists(), f"{DAEMON} is not built: make build")
class StandingBack(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        settings = pathlib.Path(folder.name, "slmd.yaml")
        settings.write_text("slm: none\nbootstrap: none\ncheckpoints:\n  every_events: 1\n")
        self.daemon = Daemon(folder.name, settings)
        self.addCleanup(self.daemon.stop)

    def connect(self):
        client = Client(self.daemon.path)
        self.addCleanup(client.close)
        return client

    #: Of the second threads of lanes that no first one waits for, of what encodes for them, and of the knowledge base.
    STANDING_BACK = {"predict-2", "question-2", "compute", "embed passages"}

    def test_only_the_threads_that_do_what_is_sent_ahead_stand_back(self):
        """A queue's thread that one of them began would stand back, too, and with it all that queues do: a checkpoint, a turn
        of a conversation would wait for a machine at rest."""
        talker, teacher, prompt = self.connect(), self.connect(), self.connect()
        for intent in ("open", "shut"):
            teacher.call("teach", intent=intent, text=f"{intent} the door")
        lessons = [teacher.request("teach", intent="open", text=f"open gate {number}") for number in range(40)]
        turns = [talker.request("predict", text=f"open window {number}", session="s") for number in range(40)]
        others = set()
        for lesson, turn in zip(lessons, turns):
            prompt.call("teach", intent="shut", text="shut it")
            prompt.call("predict", text="shut it")
            teacher.answer(lesson)
            talker.answer(turn)
            others |= self.idle() - self.STANDING_BACK
        self.assertIn("predict-2", self.idle())
        self.assertEqual(others, set())

    def idle(self):
        """The names of the threads that follow SCHED_IDLE."""
        names = set()
        for task in pathlib.Path(f"/proc/{self.daemon.process.pid}/task").iterdir():
            try:
                if os.sched_getscheduler(int(task.name)) == os.SCHED_IDLE:
                    names.add((task / "comm").read_text().strip())
            except (ProcessLookupError, FileNotFoundError):
                pass  # it has ended
        return names
