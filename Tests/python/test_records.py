"""A user's own database that a task asks: values that look like SQL, and a file that is locked or ruined."""
import pathlib
import sqlite3
import subprocess
import tempfile
import unittest

from slmd_daemon import DAEMON, Daemon

TASKS = """\
tasks:
  find_note:
    intents: [find_note]
    examples: [show me a note, I need my note, find the note of somebody, which note do I have]
    slots:
      name: {type: text, question: "Whose note?"}
    data: {query: note_of}
    reply: "It says {rows}."
    nothing_found: "There is no note of {name.value}."
queries:
  note_of:
    database: notes.db
    sql: SELECT note FROM notes WHERE name = :name
"""


@unittest.skipUnless(DAEMON.exists(), f"{DAEMON} is not built: make build")
class TroubledDatabase(unittest.TestCase):
    """A user's own database, asked for what no good user says, locked, and ruined."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.database = self.folder / "notes.db"
        notes = sqlite3.connect(self.database)
        notes.executescript("CREATE TABLE notes (name, note); INSERT INTO notes VALUES ('ann', 'buy milk'), ('bob', 'the zebra');")
        notes.close()
        (self.folder / "tasks.yaml").write_text(TASKS)
        (self.folder / "slmd.yaml").write_text("tasks: tasks.yaml\nslm: none\nbootstrap: none\n")
        self.daemon = Daemon(self.folder, config=self.folder / "slmd.yaml")
        self.addCleanup(self.daemon.stop)

    def note_of(self, name):
        command = [DAEMON.parent / "slmctl", "--socket", self.daemon.path, "chat"]
        done = subprocess.run(command, input=f"show me a note\n{name}\n", capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("Whose note?", done.stdout)
        return done.stdout.partition("Whose note?")[2]

    def test_sql_in_a_value_is_a_value(self):
        self.assertIn("buy milk", self.note_of("ann"))
        before = self.database.read_bytes()
        for name in ("x' OR '1'='1", "x' UNION SELECT group_concat(note) FROM notes --", "bob'; DROP TABLE notes; --",
                     "x\" OR 1=1 --", ":name", "ann' --"):
            said = self.note_of(name)
            self.assertNotIn("milk", said)
            self.assertNotIn("zebra", said)
        self.assertEqual(self.database.read_bytes(), before)

    def test_a_locked_and_a_ruined_database_are_told_and_no_more(self):
        holder = sqlite3.connect(self.database, isolation_level=None)
        holder.execute("BEGIN EXCLUSIVE")
        locked = self.note_of("ann")
        holder.execute("ROLLBACK")
        holder.close()
        good = self.database.read_bytes()
        self.assertIn("buy milk", self.note_of("ann"))
        self.database.write_bytes(b"no database at all " * 300)
        ruined = self.note_of("ann")
        self.database.write_bytes(good[:100] + b"\xff" * (len(good) - 100))
        torn = self.note_of("ann")
        for said in (locked, ruined, torn):
            self.assertNotIn("milk", said)
            self.assertNotIn("notes", said)  # neither the file nor the query are told
            self.assertNotIn("no note of", said)  # it does not know that
        self.database.write_bytes(good)
        self.assertIn("buy milk", self.note_of("ann"))


if __name__ == "__main__":
    unittest.main()
