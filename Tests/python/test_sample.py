"""The sample: tasks that ask a database, through `slmctl chat`, on the day after the one report in it."""
import sqlite3
import subprocess
import tempfile
import unittest

from slmd_daemon import DAEMON, ROOT, Daemon

SAMPLE = ROOT / "etc" / "slmd" / "sample"


class Sample(unittest.TestCase):
    def test_its_database_is_made_from_its_statements(self):
        made = sqlite3.connect(":memory:")
        made.executescript((SAMPLE / "reports.sql").read_text())
        shipped = sqlite3.connect(f"file:{SAMPLE / 'reports.db'}?mode=ro", uri=True)
        self.assertEqual(list(shipped.iterdump()), list(made.iterdump()))
        made.close()
        shipped.close()


@unittest.skipUnless(DAEMON.exists(), f"{DAEMON} is not built: make build")
class SampleScene(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.daemon = Daemon(cls.folder.name, config=SAMPLE / "slmd.yaml")
        cls.addClassCleanup(cls.daemon.stop)

    def slmctl(self, *arguments, lines=""):
        command = [DAEMON.parent / "slmctl", "--socket", self.daemon.path, *arguments]
        return subprocess.run(command, input=lines, capture_output=True, text=True, timeout=60)

    def chat(self, *lines):
        """What is replied to each line, by a chat on 2026-01-09."""
        done = self.slmctl("chat", "--at", "2026-01-09T10:00:00+01:00", lines="".join(line + "\n" for line in lines))
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_every_figure_of_the_reply_is_of_the_record(self):
        said = self.chat("I need my blood test results from yesterday")
        self.assertIn("Your blood test from yesterday shows Report Date: 2026-01-08, Hemoglobin: 13.4 g/dL.", said)

    def test_without_the_date_it_asks(self):
        said = self.chat("I need my blood test results", "yesterday")
        self.assertIn("From which day?", said)
        self.assertIn("Hemoglobin: 13.4 g/dL", said)

    def test_where_there_is_no_record_it_says_so(self):
        said = self.chat("I need my blood test results from January 5")
        self.assertIn("I have no blood test from 2026-01-05.", said)
        self.assertNotIn("13.4", said)

    def test_doctor_says_whether_the_daemon_can_read_it(self):
        self.assertIn("report_of_day can be read", self.slmctl("doctor").stdout)


if __name__ == "__main__":
    unittest.main()
