"""The packing of the Debian packages, over a small tree in the place of what `make install` puts there."""
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def stage(folder):
    for name in ("usr/bin", "usr/share/slmd/models/small", "etc/slmd"):
        (folder / name).mkdir(parents=True)
    for name in ("slmd", "slmctl"):
        shutil.copy("/bin/true", folder / "usr/bin" / name)
    (folder / "usr/share/slmd/models/small/config.json").write_text("{}")
    (folder / "etc/slmd/slmd.yaml").write_text("slm: none\n")
    (folder / "etc/slmd/tasks.yaml").write_text("tasks: {}\n")


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@unittest.skipUnless(shutil.which("dpkg-shlibdeps"), "dpkg-dev is not installed")
class Packing(unittest.TestCase):
    def pack(self, name, umask):
        folder = self.folder / name
        usual = os.umask(umask)
        try:
            stage(folder / "stage")
            environment = {**os.environ, "SOURCE_DATE_EPOCH": "1750000000", "DEBFULLNAME": "A", "DEBEMAIL": "a@a.org"}
            subprocess.run([sys.executable, ROOT / "packaging/deb", folder / "stage", "--into", folder / "dist"], check=True,
                           env=environment, stdout=subprocess.DEVNULL)
        finally:
            os.umask(usual)
        return sorted((folder / "dist").iterdir())

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def test_the_same_tree_gives_the_same_bytes(self):
        first, second = self.pack("one", 0o022), self.pack("two", 0o077)
        self.assertEqual([path.name for path in first], [path.name for path in second])
        self.assertEqual([digest(path) for path in first], [digest(path) for path in second])

    def test_each_has_its_own_files_and_the_settings_are_conffiles(self):
        models, program = self.pack("one", 0o022)

        def said(*words):
            return subprocess.run(words, check=True, capture_output=True, text=True).stdout

        self.assertIn("./usr/share/slmd/models/small/config.json", said("dpkg-deb", "--contents", models))
        self.assertNotIn("share/slmd", said("dpkg-deb", "--contents", program))
        self.assertEqual(said("dpkg-deb", "--info", program, "conffiles"), "/etc/slmd/slmd.yaml\n/etc/slmd/tasks.yaml\n")
        self.assertIn("libc6", said("dpkg-deb", "--field", program, "Depends"))


if __name__ == "__main__":
    unittest.main()
