"""A systemd booted in a container, over this machine's /usr or over a Debian of its own."""
import glob
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "python"))
from slmd_client import Client, Refused  # noqa: E402,F401

SOCKET = "/run/slmd/slmd.sock"


class Machine:
    """One container. What it writes is thrown away with it."""

    @classmethod
    def over_this_system(cls, stage):
        """Its root is in memory, its /usr is the host's with the staging directory laid over it."""
        return cls("--directory=/", "--volatile=yes", f"--bind={stage}/etc/slmd:/etc/slmd", "--bind-ro=/etc/alternatives",
                   f"--overlay-ro=/usr:{stage}/usr:/usr")

    @classmethod
    def over_debian(cls, root, packages):
        """Its root is a Debian as debootstrap makes it, with a folder of packages at /packages."""
        return cls(f"--directory={root}", "--volatile=overlay", f"--bind-ro={packages}:/packages")

    def __init__(self, *arguments):
        self.name = f"slmd-test-{os.getpid()}"
        self.folder = tempfile.mkdtemp(prefix="slmd-systemd-")
        self.groups = [f"{top}/{self.name}" for top in glob.glob("/sys/fs/cgroup/systemd") + glob.glob("/sys/fs/cgroup/unified")]
        for group in self.groups:
            os.makedirs(group, exist_ok=True)
        self.log = open(f"{self.folder}/console", "wb")
        self.process = subprocess.Popen(
            ["systemd-nspawn", "--quiet", f"--machine={self.name}", "--private-network", "--register=no", "--keep-unit",
             "--boot", "--console=pipe", "--link-journal=no", *arguments,
             "systemd.firstboot=off", "systemd.unit=basic.target", "systemd.mask=systemd-networkd.service"],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, preexec_fn=self.enter)
        try:
            self.wait(self.is_up, "systemd did not come up")
        except BaseException:
            sys.stderr.write(pathlib.Path(self.log.name).read_text(errors="replace"))
            self.close()
            raise

    def enter(self):
        for group in self.groups:
            pathlib.Path(group, "cgroup.procs").write_text(str(os.getpid()))

    def is_up(self):
        # The first child of systemd-nspawn only prepares the one that becomes systemd.
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        self.leader = children[-1] if children else None
        return self.leader and self.run("systemctl", "is-system-running").stdout.strip() in ("running", "degraded")

    def wait(self, condition, reason, seconds=30):
        """Polls: what is waited for is another system, which tells nobody."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if value := condition():
                return value
            assert self.process.poll() is None, f"{reason}: the container has ended"
            time.sleep(0.02)
        raise AssertionError(f"{reason} within {seconds} s")

    def command(self, *words, user=None):
        enter = ["nsenter", "-t", str(self.leader), "-m", "-p", "-u", "-i", "-n", "-C", "--"]
        drop = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--"] if user else []
        return enter + drop + list(words)

    def run(self, *words, user=None, check=False, input=None):
        return subprocess.run(self.command(*words, user=user), capture_output=True, text=True, check=check, input=input,
                              env={"PATH": "/usr/sbin:/usr/bin", "LC_ALL": "C.UTF-8"})

    def ok(self, *words, **options):
        result = self.run(*words, **options)
        assert result.returncode == 0, f"{' '.join(words)}: {result.returncode}\n{result.stdout}{result.stderr}"
        return result.stdout

    def property(self, name, unit="slmd.service"):
        return self.ok("systemctl", "show", "--value", "-p", name, unit).strip()

    def path(self, path):
        return f"/proc/{self.leader}/root{path}"

    def client(self, **options):
        """Connects as root, from outside: a path through /proc is too long for nobody."""
        return Client(self.path(SOCKET), **options)

    def drop_in(self, *lines):
        """Overrides settings of the service; without lines, as installed."""
        folder = pathlib.Path(self.path("/run/systemd/system/slmd.service.d"))
        shutil.rmtree(folder, ignore_errors=True)
        if lines:
            folder.mkdir(parents=True)
            (folder / "test.conf").write_text("[Service]\n" + "\n".join(lines) + "\n")
        self.ok("systemctl", "daemon-reload")

    def journal(self, *arguments):
        text = self.ok("journalctl", "--no-pager", "-o", "json", "-u", "slmd.service", *arguments)
        return [json.loads(line) for line in text.splitlines()]

    def close(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()
        for group in self.groups:
            for folder, _, _ in os.walk(group, topdown=False):
                os.rmdir(folder)
        shutil.rmtree(self.folder)
