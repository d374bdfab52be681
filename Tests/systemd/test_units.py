"""The units, in a booted systemd. SLMD_STAGE is where `make install install-models DESTDIR=` put everything."""
import concurrent.futures
import json
import os
import pathlib
import shutil
import struct
import time
import unittest

from machine import Machine, Refused
import pages

MACHINE = None


def setUpModule():
    global MACHINE
    MACHINE = Machine.over_this_system(os.environ["SLMD_STAGE"])
    for user, groups in (("alice", "slm"), ("bob", "users"), ("carol", "slm,slm-admin"), ("dave", "slm")):
        MACHINE.ok("useradd", "--no-create-home", "--user-group", "--groups", groups, user)


def tearDownModule():
    MACHINE.close()


class Units(unittest.TestCase):
    """Each test begins with the service stopped, its state empty and its units as installed."""

    def setUp(self):
        self.m = MACHINE
        self.m.drop_in()
        self.m.run("systemctl", "stop", "slmd.service", "slmd.socket")
        self.m.run("systemctl", "reset-failed", "slmd.service", "slmd.socket")
        shutil.rmtree(self.m.path("/var/lib/slmd"), ignore_errors=True)
        self.settings("")
        self.m.ok("systemctl", "start", "slmd.socket")

    def settings(self, text):
        pathlib.Path(self.m.path("/etc/slmd/slmd.yaml")).write_text(text)

    def slmctl(self, *words, user="alice", status=0):
        result = self.m.run("slmctl", *words, user=user)
        self.assertEqual(result.returncode, status, result.stdout + result.stderr)
        return result

    def test_the_units_have_no_fault_and_little_exposure(self):
        for unit in ("slmd.service", "slmd.socket"):
            said = self.m.run("systemd-analyze", "verify", "--man=no", unit)
            self.assertEqual((said.returncode, [line for line in said.stderr.splitlines() if "slmd" in line]), (0, []))
        report = self.m.ok("systemd-analyze", "security", "--no-pager", "slmd.service")
        exposure = float(report.split("Overall exposure level for slmd.service:")[1].split()[0])
        print(f"systemd-analyze security: {exposure} (asked: at most 1.0)")
        self.assertLessEqual(exposure, 1.0, report)

    def test_the_first_client_starts_it_and_a_stop_leaves_the_socket(self):
        self.assertEqual(self.m.property("ActiveState"), "inactive")
        self.slmctl("predict", "hello")
        self.assertEqual(self.m.property("ActiveState"), "active")
        self.assertEqual(self.m.property("StatusText"), "answering")
        started = time.monotonic()
        self.m.ok("systemctl", "stop", "slmd.service")
        self.assertLess(time.monotonic() - started, 2)
        self.assertEqual(self.m.property("Result"), "success")
        self.assertEqual(self.m.property("ExecMainStatus"), "0")
        self.slmctl("predict", "hello")

    def test_it_is_ready_when_it_says_so(self):
        self.m.ok("systemctl", "start", "slmd.service")
        client = self.m.client(timeout=1)
        self.assertEqual(client.call("status")["ready"], True)
        client.close()

    def test_a_missing_model_is_78_with_a_reason_and_no_restart(self):
        self.m.drop_in("Environment=SLMD_MODELS=/nowhere")
        with self.assertRaises(Refused) as refused:
            self.m.client()
        self.assertEqual(refused.exception.kind, "unavailable")
        self.assertIn("/nowhere", str(refused.exception))
        self.m.wait(lambda: self.m.property("ActiveState") == "failed", "slmd did not fail")
        self.assertEqual(self.m.property("ExecMainStatus"), "78")
        self.assertEqual(self.m.property("NRestarts"), "0")
        self.assertEqual(self.m.property("ActiveState", "slmd.socket"), "active")
        self.m.drop_in()
        self.slmctl("predict", "hello")

    def test_what_was_taught_survives_a_kill_and_the_service_comes_back(self):
        self.slmctl("teach", "greeting", "good morning to you")
        before = json.loads(self.slmctl("status", "--json").stdout)["head"]["digest"]
        self.m.ok("systemctl", "kill", "--signal=KILL", "slmd.service")
        self.m.wait(lambda: self.m.property("NRestarts") == "1" and self.m.property("ActiveState") == "active", "no restart")
        self.assertEqual(json.loads(self.slmctl("status", "--json").stdout)["head"]["digest"], before)

    def test_the_watchdog_ends_a_daemon_that_stands_still(self):
        self.m.drop_in("WatchdogSec=1")
        self.slmctl("predict", "hello")
        pid, start = self.m.property("MainPID"), self.m.property("WatchdogTimestampMonotonic")
        # Fed for three times as long as systemd waits.
        self.m.wait(lambda: int(self.m.property("WatchdogTimestampMonotonic")) > int(start) + 3_000_000, "not fed")
        self.assertEqual((self.m.property("MainPID"), self.m.property("NRestarts")), (pid, "0"))
        self.m.ok("kill", "-STOP", pid)
        self.m.wait(lambda: self.m.property("NRestarts") == "1" and self.m.property("ActiveState") == "active", "no restart")
        self.slmctl("predict", "hello")
        self.assertIn("watchdog", " ".join(str(entry["MESSAGE"]).lower() for entry in self.m.journal("-n", "50")))

    def test_a_restart_keeps_clients_and_what_they_had_begun_to_say(self):
        self.slmctl("predict", "hello")
        idle, half = self.m.client(), self.m.client()
        request = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "predict", "params": {"text": "hello"}}).encode()
        frame = struct.pack(">I", len(request)) + request
        half.socket.sendall(frame[:20])
        self.assertEqual(idle.call("intents")["intents"][0]["intent"], "ask_question")  # the half has arrived before
        pid = self.m.property("MainPID")
        self.m.ok("systemctl", "restart", "slmd.service")
        self.assertNotEqual(self.m.property("MainPID"), pid)
        half.socket.sendall(frame[20:])
        self.assertEqual(half.receive()["result"]["text"], "hello")
        self.assertEqual(idle.call("predict", text="hi")["text"], "hi")
        idle.close()
        half.close()
        self.m.wait(lambda: self.m.property("NFileDescriptorStore") == "0", "descriptors stay in the store")

    def test_a_restart_drops_no_request_of_many_clients(self):
        self.slmctl("predict", "hello")
        answered, stop = [], []

        def ask():
            client = self.m.client()
            while not stop:
                client.call("predict", text="hello")
                answered.append(1)
            client.close()

        with concurrent.futures.ThreadPoolExecutor(40) as pool:
            clients = [pool.submit(ask) for _ in range(40)]
            for _ in range(3):
                self.m.wait(lambda: len(answered) > 200, "no answers")
                answered.clear()
                self.m.ok("systemctl", "restart", "slmd.service")
            self.m.wait(lambda: len(answered) > 200, "no answers")
            stop.append(1)
            for client in clients:
                client.result()

    def test_a_stop_ends_connections(self):
        client = self.m.client()
        client.call("status")
        self.m.ok("systemctl", "stop", "slmd.service")
        self.assertEqual(client.stream.read(), b"")
        client.close()

    def test_a_reload_drops_no_request_and_a_bad_file_changes_nothing(self):
        self.slmctl("predict", "hello")
        pid = self.m.property("MainPID")
        failures, stop, answered = [], [], []

        def ask():
            client = self.m.client()
            while not stop:
                try:
                    client.call("predict", text="hello there")
                    answered.append(1)
                except Refused as refused:
                    failures.append(refused.kind)
            client.close()

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            clients = [pool.submit(ask) for _ in range(8)]
            for _ in range(5):
                self.m.ok("systemctl", "reload", "slmd.service")
            stop.append(1)
            for client in clients:
                client.result()
        self.assertEqual((failures, len(answered) > 0), ([], True))
        self.settings("limits:\n  text_bytes: 5\n")
        self.m.ok("systemctl", "reload", "slmd.service")
        self.slmctl("predict", "hello there", status=65)
        self.settings("limits:\n  text_bytes: 500\n  frame_byte: 1\n")
        self.assertNotEqual(self.m.run("systemctl", "reload", "slmd.service").returncode, 0)
        said = " ".join(str(entry["MESSAGE"]) for entry in self.m.journal("-n", "20"))
        self.assertIn("/etc/slmd/slmd.yaml:3:3: unknown key limits.frame_byte; did you mean limits.frame_bytes?", said)
        self.slmctl("predict", "hello there", status=65)
        self.assertEqual((self.m.property("MainPID"), self.m.property("ActiveState")), (pid, "active"))

    def test_the_journal_has_fields_and_no_text_unless_asked(self):
        self.slmctl("teach", "greeting", "--session", "s-7", "top secret words")
        entry = self.m.wait(lambda: [e for e in self.m.journal() if e.get("SLMD_SESSION") == "s-7"], "no entry")[0]
        self.assertEqual((entry["SLMD_METHOD"], entry["SLMD_EVENT"], entry["PRIORITY"]), ("teach", "2", "6"))
        self.assertEqual(entry["SLMD_UID"], self.m.ok("id", "-u", "alice").strip())
        self.assertEqual(entry["SYSLOG_IDENTIFIER"], "slmd")
        self.assertNotIn("secret", json.dumps(self.m.journal()))
        self.settings("log:\n  texts: true\n")
        self.m.ok("systemctl", "reload", "slmd.service")
        self.slmctl("teach", "greeting", "words to be seen")
        self.m.wait(lambda: [e for e in self.m.journal() if e.get("SLMD_TEXT") == "words to be seen"], "no text")

    def test_users_and_administrators_may_do_what_is_theirs(self):
        self.slmctl("teach", "greeting", "good morning from alice")
        self.slmctl("teach", "greeting", "good morning from dave", user="dave")
        for command in (["train", "/dev/null"], ["intents", "rename", "greeting", "hello"], ["snapshot", "create", "mine"],
                        ["reload"]):
            if command[0] != "train":
                self.assertIn("access.admins", self.slmctl(*command, status=77).stderr)
        self.slmctl("predict", "hello", user="bob", status=77)
        os.chmod(self.m.path("/run/slmd/slmd.sock"), 0o666)
        self.assertIn("access.users", self.slmctl("predict", "hello", user="bob", status=77).stderr)
        self.slmctl("snapshot", "create", "hers", user="carol")
        self.slmctl("reload", user="carol")
        self.assertIn("alice", self.slmctl("history").stdout)
        self.assertNotIn("dave", self.slmctl("history").stdout)
        self.assertIn("dave", self.slmctl("history", user="carol").stdout)
        self.slmctl("forget", "--event", "3", status=65)  # dave's
        undone = json.loads(self.slmctl("undo", "5", "--json").stdout)["undone"]
        self.assertEqual(undone, [2])
        self.assertIn("from dave", self.slmctl("history", user="dave").stdout)
        self.slmctl("forget", "--user", self.m.ok("id", "-u", "dave").strip(), user="carol")

    def test_a_session_is_its_users_alone(self):
        self.slmctl("predict", "--session", "hers", "words of alice")
        self.slmctl("teach", "--session", "hers", "greeting", "more of alice")
        for user in ("dave", "carol"):
            self.assertIn("not one of yours", self.slmctl("predict", "--session", "hers", "x", user=user, status=77).stderr)
            self.slmctl("teach", "--session", "hers", "greeting", "x", user=user, status=77)
        refusals = [self.slmctl("log", "--session", name, user="dave", status=77).stderr.replace(name, "it")
                    for name in ("hers", "none")]
        self.assertEqual(refusals[0], refusals[1])
        self.assertEqual(self.slmctl("log", "--json", user="dave").stdout, "")
        self.assertIn("words of alice", self.slmctl("log", "--session", "hers", user="carol").stdout)
        self.m.ok("systemctl", "restart", "slmd.service")
        self.slmctl("predict", "--session", "hers", "x", user="dave", status=77)
        self.assertEqual(len(self.slmctl("log", "--json").stdout.splitlines()), 2)
        erased = json.loads(self.slmctl("forget", "--session", "hers", "--json").stdout)["erased"]
        self.assertEqual((erased["events"], erased["turns"]), (1, 2))

    def test_what_is_held_is_for_an_administrator_to_judge(self):
        canaries = pathlib.Path(self.m.path("/etc/slmd/canaries.jsonl"))
        canaries.write_text('{"text": "thanks, goodbye", "intent": "end_conversation"}\n')
        self.settings("guard:\n  canaries: canaries.jsonl\n")
        for _ in range(2):
            self.slmctl("teach", "request_data", "thanks, goodbye", status=77)
        held = [json.loads(line)["event"] for line in self.slmctl("history", "--quarantined", "--json").stdout.splitlines()]
        self.assertEqual(len(held), 2)
        self.assertEqual(self.slmctl("history", "--quarantined", "--json", user="dave").stdout, "")
        for verb in ("approve", "reject"):
            for user in ("alice", "dave"):
                self.assertIn("access.admins", self.slmctl(verb, str(held[0]), user=user, status=77).stderr)
        self.slmctl("reject", str(held[0]), user="carol")
        self.slmctl("approve", str(held[1]), user="carol")
        self.assertEqual(self.slmctl("history", "--quarantined", "--json", user="carol").stdout, "")
        taught = [json.loads(line) for line in self.slmctl("history", "--json").stdout.splitlines()]
        self.assertNotIn(held[0], [lesson["event"] for lesson in taught])
        self.assertIn(held[1], [lesson["event"] for lesson in taught if not lesson["quarantined"]])
        self.assertEqual(json.loads(self.slmctl("predict", "--json", "thanks, goodbye").stdout)["intent"], "request_data")
        # Nobody judges an administrator's lessons.
        self.slmctl("teach", "request_data", "thank you, goodbye", user="root")
        canaries.unlink()

    def doctor(self, user="alice", status=0):
        """What is not well, by check."""
        lines = self.slmctl("doctor", "--json", user=user, status=status).stdout.splitlines()
        findings = [json.loads(line) for line in lines]
        return {finding["check"]: finding for finding in findings if finding["verdict"] == "problem"}

    def remedy(self, finding):
        """Does what the doctor says, as root."""
        for command in finding["remedy"].split("; "):
            self.m.ok(*command.replace("sudo ", "").split())

    def test_the_doctor_finds_what_is_wrong_and_what_helps(self):
        self.assertEqual(self.doctor(), {})
        self.assertEqual(self.doctor("bob", 69)["socket"]["remedy"], "sudo usermod -aG slm bob, then log out and in again")
        self.m.ok("systemctl", "stop", "slmd.socket", "slmd.service")
        stopped = self.doctor(status=69)
        self.remedy(stopped["socket"])
        self.assertEqual(self.doctor(), {})
        self.m.ok("systemctl", "mask", "slmd.socket", "--now", "--runtime")
        self.m.ok("systemctl", "stop", "slmd.service")
        self.assertIn("unmask", self.doctor(status=69)["socket"]["remedy"])
        self.m.ok("systemctl", "unmask", "slmd.socket", "--runtime")

    def test_the_doctor_tells_why_the_service_failed(self):
        self.settings("limits:\n  frame_byte: 1\n")
        failed = self.doctor("root", 69)
        self.assertIn("status 78", failed["service"]["found"])
        self.assertIn("/etc/slmd/slmd.yaml:2:3: unknown key limits.frame_byte", failed["service"]["found"])
        self.assertIn("unknown key limits.frame_byte", failed["program"]["found"])
        self.settings("")
        self.remedy({"remedy": failed["service"]["remedy"].split(": ")[1].removesuffix("; the log")})
        self.assertEqual(self.doctor("root"), {})

    def test_the_examples_of_the_pages_for_root_succeed(self):
        commands = pages.commands("# ")
        self.assertGreater(len(commands), 0)
        for page, command in commands:
            with self.subTest(page, command=command):
                self.m.ok("sh", "-c", command)

    def test_it_is_shut_in(self):
        self.slmctl("predict", "hello")
        state = os.stat(self.m.path("/var/lib/slmd"))
        self.assertEqual((oct(state.st_mode & 0o777), str(state.st_uid)), ("0o700", self.m.ok("id", "-u", "slmd").strip()))
        pid = self.m.property("MainPID")
        status = self.m.ok("cat", f"/proc/{pid}/status")
        self.assertIn("CapEff:\t0000000000000000", status)
        self.assertIn("NoNewPrivs:\t1", status)
        self.assertIn("Seccomp:\t2", status)
        interfaces = self.m.ok("nsenter", "-t", pid, "-n", "ls", "/sys/class/net")
        self.assertEqual(self.m.ok("nsenter", "-t", pid, "-n", "cat", "/proc/net/dev").count(":"), 1, interfaces)
        self.assertNotEqual(self.m.run("nsenter", "-t", pid, "-m", "touch", "/etc/x").returncode, 0)


class UserUnits(unittest.TestCase):
    """The units of a user's own daemon, in a user manager booted for erin."""

    @classmethod
    def setUpClass(cls):
        cls.m = MACHINE
        cls.m.ok("useradd", "--create-home", "--user-group", "erin")
        cls.uid = cls.m.ok("id", "-u", "erin").strip()
        # As pam_systemd would have it: the container has neither PAM's files nor a logind.
        cls.manager("PAMName=", "Environment=XDG_RUNTIME_DIR=/run/user/%i")

    @classmethod
    def manager(cls, *lines):
        """Has the user manager start afresh with these settings."""
        folder = pathlib.Path(cls.m.path("/run/systemd/system/user@.service.d"))
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "test.conf").write_text("[Service]\n" + "\n".join(lines) + "\n")
        cls.m.ok("systemctl", "daemon-reload")
        cls.m.ok("systemctl", "restart", f"user@{cls.uid}.service")

    @classmethod
    def tearDownClass(cls):
        cls.m.ok("systemctl", "stop", f"user@{cls.uid}.service")

    def erin(self, *words, status=0):
        result = self.m.run("env", f"XDG_RUNTIME_DIR=/run/user/{self.uid}", "HOME=/home/erin", *words, user="erin")
        self.assertEqual(result.returncode, status, f"{words}: {result.stdout}{result.stderr}")
        return result.stdout

    def property(self, name):
        return self.erin("systemctl", "--user", "show", "--value", "-p", name, "slmd.service").strip()

    def niceness(self):
        """The soft and the hard RLIMIT_NICE of the daemon."""
        limits = self.m.ok("cat", f"/proc/{self.property('MainPID')}/limits")
        return [line.split()[-2:] for line in limits.splitlines() if line.startswith("Max nice priority")][0]

    def test_a_user_has_a_daemon_of_their_own(self):
        self.erin("systemctl", "--user", "enable", "--now", "slmd.socket")
        self.assertEqual(self.property("ActiveState"), "inactive")
        self.erin("slmctl", "teach", "greeting", "good morning to you")
        self.assertEqual((self.property("ActiveState"), self.property("StatusText")), ("active", "answering"))
        status = json.loads(self.erin("slmctl", "status", "--json"))
        self.assertEqual(status["socket"], f"/run/user/{self.uid}/slmd/slmd.sock")
        self.assertEqual(status["state"], "/home/erin/.local/state/slmd")
        mode = os.stat(self.m.path("/home/erin/.local/state/slmd")).st_mode
        self.assertEqual(oct(mode & 0o777), "0o700")
        # A user manager has no such limit to give as it comes, and the daemon serves without.
        self.assertEqual(self.niceness(), ["0", "0"])

        pid, settings = self.property("MainPID"), pathlib.Path(self.m.path("/home/erin/.config/slmd"))
        settings.mkdir(parents=True)
        (settings / "slmd.yaml").write_text("limits:\n  text_bytes: 5\n")
        shutil.chown(settings, int(self.uid), int(self.uid))
        self.erin("systemctl", "--user", "reload", "slmd.service")
        self.erin("slmctl", "predict", "hello there", status=65)
        (settings / "slmd.yaml").unlink()
        self.erin("systemctl", "--user", "reload", "slmd.service")
        self.erin("slmctl", "predict", "hello there")
        self.assertEqual(self.property("MainPID"), pid)

        self.erin("systemctl", "--user", "restart", "slmd.service")
        self.erin("systemctl", "--user", "stop", "slmd.service")
        self.assertEqual((self.property("ActiveState"), self.property("Result")), ("inactive", "success"))
        self.assertEqual(self.property("ExecMainStatus"), "0")
        self.erin("slmctl", "predict", "the socket outlives a stop")
        self.assertIn("good morning to you", self.erin("slmctl", "history"))

        self.manager("PAMName=", "Environment=XDG_RUNTIME_DIR=/run/user/%i", "LimitNICE=20")
        self.erin("slmctl", "predict", "an enabled socket is there with the manager")
        # Only who has CAP_SYS_RESOURCE of the machine gives more than the limit there is.
        may_raise = self.m.run("bash", "-c", "ulimit -e 20").returncode == 0
        self.assertEqual(self.niceness(), ["20", "20"] if may_raise else ["0", "0"])
        started = time.monotonic()
        self.erin("systemctl", "--user", "stop", "slmd.service")
        # Else threads that stand back may end late where others want the processors.
        if may_raise:
            self.assertLess(time.monotonic() - started, 2)


if __name__ == "__main__":
    unittest.main()
