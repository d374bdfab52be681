"""The knowledge base through slmctl: files become sources, change, are found, shown, exported and removed."""
import json
import os
import pathlib
import select
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import unittest
import unittest.mock

from slmd_daemon import BINARY, DAEMON, Daemon, DaemonTestCase
from tiny_pdf import pdf

SLMCTL = BINARY / "slmctl" if BINARY.is_dir() else BINARY.parent / "slmctl"


def may_mount():
    """Whether this process may mount, in a namespace of its own."""
    command = ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return bool(shutil.which("unshare")) and subprocess.run(command, capture_output=True).returncode == 0


class Between:
    """Stands between slmctl and a daemon, and refuses to add sources as long as it has refusals."""

    def __init__(self, daemon, refusals):
        self.folder = tempfile.TemporaryDirectory()
        self.path = os.path.join(self.folder.name, "s.sock")
        self.daemon, self.refusals = daemon, refusals
        self.listener = socket.create_server(self.path, family=socket.AF_UNIX)

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()
        self.folder.cleanup()

    def accept(self):
        while True:
            try:
                client = self.listener.accept()[0]
            except OSError:
                return  # it was closed
            threading.Thread(target=self.serve, args=[client], daemon=True).start()

    def serve(self, client):
        with client, socket.socket(socket.AF_UNIX) as daemon:
            daemon.connect(self.daemon)
            threading.Thread(target=self.copy, args=[daemon, client], daemon=True).start()
            stream = client.makefile("rb")
            while header := stream.read(4):
                body = stream.read(struct.unpack(">I", header)[0])
                request = json.loads(body)
                if request["method"] == "kb.add" and self.refusals:
                    answer = {"jsonrpc": "2.0", "id": request["id"], "error": self.refusals.pop(0)}
                    body = json.dumps(answer).encode()
                    client.sendall(struct.pack(">I", len(body)) + body)
                else:
                    daemon.sendall(header + body)

    @staticmethod
    def copy(source, target):
        try:
            while piece := source.recv(1 << 16):
                target.sendall(piece)
        except OSError:
            pass  # one of them has gone


@unittest.skipUnless(SLMCTL.exists(), f"{SLMCTL} is not built: make build")
class KnowledgeTests(DaemonTestCase):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.files = pathlib.Path(folder.name).resolve()
        self.addCleanup(self.remove_all)

    def remove_all(self):
        names = self.names()
        if names:
            self.kb("remove", *names)

    def kb(self, *arguments, status=0, environment=None, text=None):
        """The JSON objects that a command prints."""
        command = [SLMCTL, "kb", *map(str, arguments), "--json", "--socket", self.daemon.path]
        run = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment, input=text)
        self.assertEqual(run.returncode, status, run.stdout + run.stderr)
        self.errors = run.stderr
        return [json.loads(line) for line in run.stdout.splitlines()]

    def write(self, name, content):
        path = self.files / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def names(self):
        return {source["source"] for source in self.kb("list")[0]["sources"]}

    def test_a_file_is_added_found_shown_exported_and_removed(self):
        path = self.write("garden.md", "# Garden\nTomatoes want sun. 番茄.\n\n## Water\nWater them at dawn.\n")
        added, = self.kb("add", path, "--tag", "plants", "--date", "2026-01-08")
        self.assertEqual((added["source"], added["passages"], added["added"]), (str(path), 2, 2))
        source, = self.kb("list")[0]["sources"]
        self.assertEqual((source["tags"], source["date"], source["visibility"]), (["plants"], "2026-01-08", "user"))
        found = self.kb("search", "when", "to", "water", "tomatoes", "--limit", 2)[0]["results"]
        content = path.read_bytes()
        for passage in found:
            start, end = passage["span"]
            self.assertEqual(content[start:end].decode(), passage["text"])
            self.assertEqual(passage["source"], str(path))
            self.assertIsInstance(passage["score"], float)
        self.assertIn("Water them at dawn.", [passage["text"] for passage in found])
        self.assertEqual(self.kb("search", "tomatoes", "--tag", "cars")[0]["results"], [])
        self.assertEqual(self.kb("search", "tomatoes", "--from", "2026-02-01")[0]["results"], [])
        self.assertTrue(self.kb("search", "tomatoes", "--source", path, "--to", "2026-02-01")[0]["results"])
        shown = self.kb("show", path)[0]
        self.assertEqual(shown["source"]["title"], "Garden")
        self.assertEqual([passage["headings"] for passage in shown["passages"]], [["Garden"], ["Garden", "Water"]])
        passage = f"passage:{shown['passages'][1]['passage']}"
        self.assertEqual(self.kb("show", passage)[0]["passages"], shown["passages"][1:])
        # A number alone is one of kb list, and what stands for a passage is what is printed of it.
        self.assertEqual(self.kb("show", self.kb("list")[0]["sources"][0]["id"])[0], shown)
        command = [SLMCTL, "kb", "show", path, "--socket", self.daemon.path]
        printed = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
        self.assertIn(f"\n{passage} > Garden > Water (bytes ", printed)
        copy = self.files / "copy"
        self.assertEqual(self.kb("export", copy)[0]["sources"], 1)
        self.assertIn("Tomatoes", copy.read_text())
        self.assertEqual(self.kb("remove", path)[0]["removed"], 2)
        self.assertEqual(self.names(), set())
        self.kb("show", path, status=65)

    def test_a_changed_file_changes_only_its_passages(self):
        pages = [f"Page {number} tells of number {number}.\f" for number in range(20)]
        path = self.write("book.txt", "".join(pages))
        self.kb("add", path)
        again, = self.kb("add", path)
        self.assertEqual((again.get("unchanged"), again["kept"], again["added"]), (True, 20, 0))
        pages[7] = "This page is another one.\f"
        path.write_text("".join(pages))
        changed, = self.kb("add", path)
        self.assertEqual([changed[name] for name in ("passages", "added", "kept", "removed")], [20, 1, 19, 1])
        # Other labels are a change, too.
        self.kb("add", path, "--tag", "book")
        self.assertEqual(self.kb("list")[0]["sources"][0]["tags"], ["book"])

    def test_a_directory_is_added_without_loops(self):
        self.write("a.txt", "One.")
        self.write("sub/b.csv", "name,dose\naspirin,100 mg\nzinc,5 mg\n")
        self.write("sub/c.jsonl", '{"name": "haemoglobin", "value": 13.4}\n')
        self.write("sub/d.html", "<title>T</title><p>Two &amp; three.")
        self.write(".hidden.txt", "Secret.")
        self.write("sub/program.bin", b"\x7fELF")
        os.symlink(self.files, self.files / "sub/loop")
        lines = self.kb("add", self.files, self.files / "sub")
        self.assertEqual(
            {line["file"]: line["skipped"] for line in lines if "skipped" in line},
            {str(self.files / ".hidden.txt"): "hidden", str(self.files / "sub/program.bin"): "ending",
             str(self.files / "sub/loop"): "link"})
        self.assertEqual([line["passages"] for line in lines if "source" in line], [1, 2, 1, 1])
        self.assertEqual(len(self.names()), 4)
        found = self.kb("search", "aspirin dose")[0]["results"][0]
        self.assertEqual(found["text"], "name: aspirin, dose: 100 mg")

    def test_what_cannot_be_added_is_told_and_the_rest_is_added(self):
        self.write("a.txt", "Good.")
        self.write("b.txt", b"\x00\x01\x02junk")
        self.write("c.csv", "a,b\n1\n")
        lines = {pathlib.Path(line["file"]).name: line for line in self.kb("add", self.files, status=65)}
        self.assertEqual(lines["a.txt"]["passages"], 1)
        self.assertEqual(lines["b.txt"]["error"]["kind"], "not_text")
        self.assertIn("line 2", lines["c.csv"]["error"]["message"])
        huge = self.write("huge.txt", "")
        os.truncate(huge, 2 << 30)
        line, = self.kb("add", huge, status=65)
        self.assertEqual(line["error"]["kind"], "too_large")
        self.kb("add", self.files / "none.txt", status=66)
        self.assertEqual(self.names(), {str(self.files / "a.txt")})

    def test_a_long_file_is_sent_in_pieces(self):
        path = self.write("long.txt", "".join(f"Line {number} of many.\n\n" for number in range(20_000)))
        added, = self.kb("add", path)
        self.assertGreater(added["passages"], 1000)
        last = self.kb("show", path)[0]["passages"][-1]
        self.assertTrue(last["text"].endswith("Line 19999 of many."))

    def test_standard_input_has_the_name_it_is_given(self):
        self.kb("add", "-", "--name", "notes", text="Milk is in the fridge.")
        self.assertEqual(self.names(), {"notes"})
        self.assertTrue(self.kb("search", "where is the milk?")[0]["results"])
        for wrong in ([], ["--name", ""], ["--name", "x", "--date", "2026-02-30"], ["--name", "x", "--visibility", "all"]):
            self.kb("add", "-", *wrong, text="x", status=64)
        self.kb("search", "milk", "--from", "yesterday", status=64)

    def test_pdf_needs_pdftotext(self):
        path = self.write("a.pdf", "%PDF-1.4 broken")
        line, = self.kb("add", path, status=69, environment={"PATH": "/nowhere"})
        self.assertIn("poppler-utils", line["error"]["message"])
        program = self.write("bin/pdftotext", "#!/bin/sh\necho 'Syntax Error: broken' >&2; exit 1\n")
        program.chmod(0o755)
        path_of = {"PATH": f"{program.parent}:{os.environ['PATH']}"}
        line, = self.kb("add", path, status=65, environment=path_of)
        self.assertIn("Syntax Error: broken", line["error"]["message"])
        program.write_text("#!/bin/sh\nprintf 'First page.\\fSecond page.'\n")
        self.assertEqual(self.kb("add", path, environment=path_of)[0]["passages"], 2)
        self.assertEqual(self.kb("show", path)[0]["passages"][1]["headings"], ["page 2"])

    def test_a_name_that_is_not_utf8_spoils_nothing_else(self):
        self.write("a.txt", "Good.")
        self.write("sub/b.txt", "Good, too.")
        for name in (b"sub/caf\xe9.txt", b"sub/na\xefve\xc3\xa9.jpg"):
            pathlib.Path(os.fsdecode(os.fsencode(self.files) + b"/" + name)).write_bytes(b"Text.")
        os.mkdir(os.fsencode(self.files) + b"/\xff")
        lines = {line["file"]: line for line in self.kb("add", self.files, status=65)}
        for name in ("\\xFF", "sub/caf\\xE9.txt"):
            self.assertEqual(lines[f"{self.files}/{name}"]["error"]["kind"], "not_utf8")
        self.assertEqual(lines[f"{self.files}/sub/na\\xEFveé.jpg"]["skipped"], "ending")
        self.assertEqual(self.names(), {str(self.files / "a.txt"), str(self.files / "sub/b.txt")})

    @unittest.skipUnless(shutil.which("pdftotext"), "pdftotext is not installed: apt install poppler-utils")
    def test_pdf_of_every_kind_through_poppler(self):
        good = pdf(["The first page.", "Page two: haemoglobin 13.4 g/dL."])
        for name, content in {
            "good": good, "cut": good[:len(good) // 2], "junk": b"%PDF-1.4 \0\xff", "blank": pdf(["", ""]),
            "locked": pdf(["Nobody reads this."], password="secret"),
        }.items():
            self.write(f"{name}.pdf", content)
        lines = {pathlib.Path(line["file"]).stem: line for line in self.kb("add", self.files, status=65)}
        self.assertEqual(lines["good"]["passages"], 2)
        self.assertIn("Incorrect password", lines["locked"]["error"]["message"])
        self.assertIn("OCR", lines["blank"]["error"]["message"])
        self.assertEqual({lines[name]["error"]["kind"] for name in ("cut", "junk", "locked")}, {"broken_pdf"})
        second = self.kb("show", self.files / "good.pdf")[0]["passages"][1]
        self.assertEqual((second["headings"], second["text"]), (["page 2"], "Page two: haemoglobin 13.4 g/dL."))

    def test_a_directory_is_removed_with_all_of_it(self):
        for name in ("a.txt", "sub/b.txt", "subtle.txt"):
            self.write(name, f"Text of {name}.")
        self.kb("add", self.files)
        self.assertEqual(len(self.kb("remove", self.files / "sub")), 1)
        self.assertEqual(self.names(), {str(self.files / "a.txt"), str(self.files / "subtle.txt")})
        # What is not there is told, and the rest is removed.
        self.kb("remove", "nothing", self.files / "sub", self.files, status=65)
        self.assertEqual(self.errors.count('"not_found"'), 2)
        self.assertEqual(self.names(), set())

    def test_what_documents_say_is_nothing_that_a_terminal_obeys(self):
        path = self.write("a.md", "# T\x1b[2Jitle\nTomatoes \x1b]0;owned\x07 want sun.\x9b\n")
        self.kb("add", path)
        for arguments in (["list"], ["search", "tomatoes"], ["show", path]):
            command = [SLMCTL, "kb", *arguments, "--socket", self.daemon.path]
            said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
            self.assertIn("a.md", said)
            self.assertEqual({character for character in said if not character.isprintable()} - {"\n"}, set())

    def start(self, *arguments, within=(), socket=None):
        command = [*within, SLMCTL, "kb", "add", *map(str, arguments), "--json", "--socket",
                   socket or self.daemon.path]
        # Which a shell has what runs in its background ignore.
        heeded = lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0, preexec_fn=heeded)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def line(self, process):
        """The next line; of a pipe without a buffer here, so that what select says holds."""
        line = b""
        while not line.endswith(b"\n"):
            self.assertTrue(select.select([process.stdout], [], [], 30)[0], "nothing said within 30 s")
            byte = process.stdout.read(1)
            self.assertTrue(byte, "it has ended")
            line += byte
        return json.loads(line)

    def test_an_interrupted_run_is_taken_up_by_the_next(self):
        for number in range(300):
            self.write(f"{number:03}.txt", f"Text number {number}.")
        process = self.start(self.files)
        self.line(process)
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read().splitlines()
        self.assertEqual(process.wait(30), 130)
        added = 1 + len(rest)
        self.assertLess(added, 300)
        self.assertEqual(len(self.names()), added)
        lines = self.kb("add", self.files)
        self.assertEqual(sum("unchanged" in line for line in lines), added)
        self.assertEqual(len(self.names()), 300)

    def test_a_watch_keeps_sources_like_their_files(self):
        first = self.write("a.txt", "One.")
        gone = self.write("gone.txt", "Gone soon.")
        self.kb("add", gone)
        gone.unlink()
        process = self.start(self.files, "--watch")
        self.assertEqual(self.line(process)["file"], str(first))
        self.assertEqual(self.line(process), {"file": str(gone), **self.removed(gone)})
        # As editors write: to a file beside it, which takes its place.
        self.write("a.txt.tmp", "Two, now.")
        os.rename(self.files / "a.txt.tmp", first)
        changed = self.line(process)
        self.assertEqual((changed["file"], changed["added"], changed["removed"]), (str(first), 1, 1))
        self.write("new/b.md", "# B\nText.")
        self.assertEqual(self.line(process)["file"], str(self.files / "new/b.md"))
        os.rename(self.files / "new", self.files / ".new")
        self.assertEqual(self.line(process)["source"], str(self.files / "new/b.md"))
        first.unlink()
        self.assertEqual(self.line(process)["source"], str(first))
        self.assertEqual(self.names(), set())
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(30), 0)

    def test_a_watched_directory_that_is_empty_keeps_its_sources(self):
        path = self.write("mount/a.txt", "One.")
        self.kb("add", path.parent)
        path.unlink()
        process = self.start(path.parent, "--watch")
        line = self.line(process)
        self.assertEqual((line["file"], line["error"]["kind"]), (str(path.parent), "emptied"))
        self.assertEqual(self.names(), {str(path)})
        # What goes before its eyes is removed.
        path.write_text("One again.")
        self.assertEqual(self.line(process)["source"], str(path))
        path.unlink()
        self.assertEqual(self.line(process), {"file": str(path), **self.removed(path)})

    def test_a_watched_directory_that_is_made_anew_is_watched_again(self):
        path = self.write("up/notes/a.txt", "One.")
        process = self.start(path.parent, "--watch")
        self.assertEqual(self.line(process)["source"], str(path))
        for folder in (path.parent, path.parent.parent):  # itself, and what it lies in
            os.rename(folder, self.files / f"away from {folder.name}")
            line = self.line(process)
            self.assertEqual((line["file"], line["error"]["kind"]), (str(path.parent), "emptied"))
            self.assertEqual(self.names(), {str(path)})
            text = f"New in {folder.name}."
            self.write(path.relative_to(self.files), text)
            self.assertEqual(self.line(process)["file"], str(path))
            self.assertEqual(self.kb("show", path)[0]["passages"][0]["text"], text)
        self.write("up/notes/sub/b.md", "# B\nText.")
        self.assertEqual(self.line(process)["file"], str(path.parent / "sub/b.md"))

    def test_what_is_wrong_with_a_file_is_said_once(self):
        reasons = ["too much waits", "too much waits", "the disk is away", "the disk is away"]
        refusals = [{"code": -32001, "message": reason, "data": {"kind": "busy", "retryable": True}}
                    for reason in reasons]
        path = self.write("a.txt", "One.")
        with Between(self.daemon.path, refusals) as between:
            process = self.start(self.files, "--watch", socket=between.path)
            # What a run begins with is not tried again until it changes.
            self.assertEqual(self.line(process)["error"]["message"], f"{path}: {reasons[0]}")
            path.write_text("Two.")
            self.assertEqual(self.line(process)["error"]["message"], f"{path}: {reasons[2]}")
            self.assertEqual(self.line(process)["source"], str(path))
            self.assertEqual(refusals, [])

    @unittest.skipUnless(may_mount(), "only root may mount")
    def test_what_is_mounted_below_a_watched_directory_is_watched(self):
        mount, other = self.files / "a" / "mount", self.files / ".hidden"
        for folder in (mount, other):
            folder.mkdir(parents=True)
        path = self.write("a/b.txt", "Beside.")
        process = self.start(self.files, "--watch", within=["unshare", "--mount"])
        self.assertEqual(self.line(process)["skipped"], "hidden")
        self.assertEqual(self.line(process)["source"], str(path))

        def there(*command):
            subprocess.run(["nsenter", f"--target={process.pid}", "--mount", "--", *command], check=True)

        for count, text in enumerate(("One.", "Two, now.")):
            there("mount", "-t", "tmpfs", "tmpfs", str(other))
            there("sh", "-c", f"echo Text. > {other}/no.txt")
            # It comes with its files.
            there("sh", "-c", f"echo {text} > {other}/a.txt; mount --move {other} {mount}")
            expected = ["a.txt", "later.txt", "no.txt"] if count else ["a.txt", "no.txt"]
            self.assertEqual(sorted(self.line(process)["source"] for _ in expected),
                             [f"{mount}/{name}" for name in expected])
            there("sh", "-c", f"echo Later. > {mount}/later.txt")
            self.assertEqual(self.line(process)["source"], f"{mount}/later.txt")
            there("umount", str(mount))
            line = self.line(process)
            self.assertEqual((line["file"], line["error"]["kind"]), (str(mount), "emptied"))
            self.assertEqual(len(self.names()), 4)
        path.unlink()
        self.assertEqual(self.line(process)["source"], str(path))

    def test_a_watched_file_without_an_ending_is_not_forgotten(self):
        path = self.write("README", "Version one.")
        process = self.start(path, "--watch")
        self.assertEqual(self.line(process)["source"], str(path))
        os.rename(path, self.files / "README~")
        self.assertEqual(self.line(process), {"file": str(path), **self.removed(path)})
        self.write("README", "Version two.")
        self.assertEqual(self.line(process)["source"], str(path))
        self.assertEqual(self.names(), {str(path)})

    def test_a_watch_tells_of_names_that_are_not_utf8(self):
        process = self.start(self.files, "--watch")
        self.write("a.txt", "One.")
        self.assertEqual(self.line(process)["source"], str(self.files / "a.txt"))
        pathlib.Path(os.fsdecode(os.fsencode(self.files) + b"/\xe9.txt")).write_bytes(b"Text.")
        line = self.line(process)
        self.assertEqual((line["file"], line["error"]["kind"]), (f"{self.files}/\\xE9.txt", "not_utf8"))

    def removed(self, path):
        return {"id": unittest.mock.ANY, "source": str(path), "passages": 0, "removed": 1}


def may_be_others():
    """Whether this process may start others as other users."""
    command = ["setpriv", "--reuid=2", "--regid=2", "--groups=100", "true"]
    return bool(shutil.which("setpriv")) and subprocess.run(command, capture_output=True).returncode == 0


@unittest.skipUnless(SLMCTL.exists() and DAEMON.exists(), f"{SLMCTL} is not built: make build")
@unittest.skipUnless(may_be_others(), "only root may start programs as other users")
class UsersTests(unittest.TestCase):
    """Three users of one daemon: ann and bob are in one group, eve is not."""

    USERS, SHARED = 100, 60  # the groups "users" and "games", which are everywhere
    IDS = {"ann": (1, [USERS, SHARED]), "bob": (2, [USERS, SHARED]), "eve": (65534, [USERS])}

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.files = pathlib.Path(folder.name).resolve()
        self.files.chmod(0o755)
        (self.files / "slmd.yaml").write_text("bootstrap: none\nslm: none\naccess: {users: users, admins: root}\n")
        self.daemon = Daemon(self.files, config=self.files / "slmd.yaml")
        self.addCleanup(self.daemon.stop)
        os.chmod(self.daemon.path, 0o666)
        self.slmctl = self.files / "slmctl"
        shutil.copy(SLMCTL, self.slmctl)  # where it was built others may not come

    def kb(self, user, *arguments, status=0):
        uid, groups = self.IDS[user]
        command = ["setpriv", f"--reuid={uid}", f"--regid={uid}", f"--groups={','.join(map(str, groups))}", self.slmctl,
                   "kb", *map(str, arguments), "--json", "--socket", self.daemon.path]
        run = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd="/")
        self.assertEqual(run.returncode, status, run.stdout + run.stderr)
        self.errors = run.stderr
        return [json.loads(line) for line in run.stdout.splitlines()]

    def write(self, name, text, user, mode=0o644):
        path = self.files / name
        path.write_text(text)
        os.chown(path, self.IDS[user][0], -1)
        path.chmod(mode)
        return path

    def test_nobody_sees_adds_or_removes_what_is_anothers(self):
        diary = self.write("diary.txt", "The zebra sleeps in the attic.", "ann", mode=0o600)
        plan = self.write("plan.txt", "The zebra moves to the cellar.", "ann")
        news = self.write("news.txt", "The zebra was seen in town.", "ann")
        secret, = self.kb("ann", "add", diary)
        self.kb("ann", "add", plan, "--group", self.SHARED)
        self.kb("ann", "add", news, "--visibility", "everyone")
        seen = {"ann": {diary, plan, news}, "bob": {plan, news}, "eve": {news}}
        for user, files in seen.items():
            names = {str(file) for file in files}
            listed = self.kb(user, "list")[0]
            self.assertEqual(({source["source"] for source in listed["sources"]}, listed["count"]), (names, len(names)))
            found = self.kb(user, "search", "where is the zebra?", "--limit", 10)[0]["results"]
            self.assertEqual({passage["source"] for passage in found}, names)
            copy = self.files / f"{user}-copy"
            copy.mkdir()
            os.chown(copy, self.IDS[user][0], -1)
            self.assertEqual(self.kb(user, "export", copy / "all.jsonl")[0]["sources"], len(names))
            self.assertEqual(len(self.kb(user, "list", "--mine")[0]["sources"]), 3 if user == "ann" else 0)
        hidden = self.kb("ann", "show", diary)[0]["passages"][0]["passage"]
        for user in ("bob", "eve"):
            # As if there were none: nothing tells that there is one.
            self.kb(user, "show", f"passage:{hidden}", status=65)
            refusal = self.errors.replace(f"passage {hidden}", "passage N")
            self.kb(user, "show", "passage:999999", status=65)
            self.assertEqual(self.errors.replace("passage 999999", "passage N"), refusal)
            self.kb(user, "show", diary, status=65)
            self.kb(user, "remove", diary, status=65)
            self.kb(user, "remove", secret["id"], status=65)
            self.assertEqual(self.kb(user, "search", "zebra", "--source", news, "--mine")[0]["results"], [])
            self.kb(user, "remove", news, status=77)
            self.kb(user, "reindex", status=77)
            self.kb(user, "remove", self.files, status=65)  # nothing of it is his
        self.assertEqual(self.kb("ann", "list")[0]["count"], 3)

    def test_each_adds_with_his_own_rights_and_names(self):
        diary = self.write("diary.txt", "The zebra sleeps in the attic.", "ann", mode=0o600)
        self.assertEqual(self.kb("bob", "add", diary, status=77)[0]["error"]["kind"], "no_input")
        plan = self.write("plan.txt", "The zebra moves to the cellar.", "ann")
        self.kb("ann", "add", plan, "--visibility", "everyone")
        self.kb("bob", "add", plan, "--visibility", "everyone")  # one of his own
        self.assertEqual(len(self.kb("bob", "list", "--mine")[0]["sources"]), 1)
        self.assertEqual(self.kb("eve", "list")[0]["count"], 2)
        # Whose is meant, eve has to say by the number; the two themselves mean their own.
        self.kb("eve", "search", "zebra", "--source", plan, status=65)
        refusal = self.errors
        number = self.kb("eve", "list")[0]["sources"][1]["id"]
        self.assertIn(str(number), refusal)
        self.assertEqual(len(self.kb("eve", "search", "zebra", "--source", number)[0]["results"]), 1)
        self.kb("bob", "remove", plan)
        self.assertEqual(len(self.kb("ann", "list", "--mine")[0]["sources"]), 1)
        line, = self.kb("eve", "add", plan, "--group", self.SHARED, status=77)
        self.assertIn(str(self.SHARED), line["error"]["message"])


if __name__ == "__main__":
    unittest.main()
