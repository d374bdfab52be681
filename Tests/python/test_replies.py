"""Replies of the language model, over the protocol, from the daemon that was built. Skipped where it has no such model."""
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import threading
import unittest
import unittest.mock

from slmd_client import Client, Refused
from slmd_daemon import DAEMON, Daemon, DaemonTestCase

QUESTION = [{"role": "system", "text": "You are a helpful assistant."}, {"role": "user", "text": "What is the capital of France?"}]
SLMCTL = DAEMON.parent / "slmctl"
STORY = "Once upon a time there was a fox who"
USAGE = ["prompt_tokens", "cached_tokens", "generated_tokens", "prompt_seconds", "generate_seconds"]


class Replies(DaemonTestCase):
    def setUp(self):
        super().setUp()
        if self.client.call("status")["slm"] is None:
            self.skipTest("there is no language model: models/fetch")

    def generate(self, **params):
        return self.client.call("generate", **params)

    def refused(self, kind, **params):
        with self.assertRaises(Refused) as caught:
            self.generate(**params)
        self.assertEqual(caught.exception.kind, kind)
        return str(caught.exception)

    def test_the_pieces_are_the_text(self):
        answer = self.generate(messages=QUESTION, max_tokens=48)
        self.assertEqual(list(answer), ["text", "stop_reason", "usage"])
        self.assertEqual(list(answer["usage"]), USAGE)
        self.assertIn("Paris", answer["text"])
        pieces = [step["delta"] for step in self.client.progress]
        self.assertGreater(len(pieces), 1)
        self.assertEqual("".join(pieces), answer["text"])
        self.assertEqual({step["id"] for step in self.client.progress}, {self.client.last_id})
        whole = self.generate(messages=QUESTION, max_tokens=48, stream=False)
        self.assertEqual((whole["text"], whole["stop_reason"]), (answer["text"], answer["stop_reason"]))
        self.assertEqual(len(self.client.progress), len(pieces))

    def test_the_same_seed_gives_the_same_text_whatever_else_is_running(self):
        def draw(client, seed):
            return client.call("generate", prompt=STORY, max_tokens=32, temperature=1, seed=seed)["text"]

        alone = draw(self.client, 7)
        others = [threading.Thread(target=draw, args=(self.connect(), seed)) for seed in range(3)]
        for thread in others:
            thread.start()
        beside = draw(self.client, 7)
        for thread in others:
            thread.join()
        self.assertEqual(beside, alone)
        self.assertNotEqual(draw(self.client, 8), alone)

    def test_a_reply_ends_where_it_must(self):
        long = self.generate(prompt=STORY, max_tokens=32)
        self.assertEqual((long["stop_reason"], long["usage"]["generated_tokens"]), ("length", 32))
        stop = long["text"].split()[5]
        short = self.generate(prompt=STORY, max_tokens=32, stop=["no such text", stop])
        self.assertEqual((short["stop_reason"], short["text"]), ("stop", long["text"].split(stop)[0]))
        self.assertEqual(self.generate(prompt=STORY, max_tokens=4000, timeout_ms=50)["stop_reason"], "deadline")

    def test_a_reply_is_one_of_the_choices(self):
        choices = ["Berlin", "Paris", "Rome"]
        self.assertEqual(self.generate(messages=QUESTION, choices=choices)["text"], "Paris")
        for seed in range(4):
            self.assertIn(self.generate(messages=QUESTION, choices=choices, temperature=5, seed=seed)["text"], choices)

    def test_a_second_turn_reads_only_what_is_new(self):
        first = self.generate(messages=QUESTION, max_tokens=24)
        turns = QUESTION + [{"role": "assistant", "text": first["text"]}, {"role": "user", "text": "And of Italy?"}]
        second = self.generate(messages=turns, max_tokens=24)
        self.assertGreaterEqual(second["usage"]["cached_tokens"], first["usage"]["prompt_tokens"] - 1)
        self.assertLess(second["usage"]["cached_tokens"], second["usage"]["prompt_tokens"])

    def test_what_the_context_has_no_room_for_is_refused_or_left_out_and_counted(self):
        room = self.client.call("status")["slm"]["context"]
        old = [{"role": "user", "text": "word " * room}, {"role": "assistant", "text": "word " * room}]
        self.assertIn("tokens", self.refused("text_too_long", messages=QUESTION[:1] + old + QUESTION[1:], max_tokens=8))
        self.assertIn("tokens", self.refused("text_too_long", prompt="word " * room, max_tokens=8))
        self.assertIn("at least", self.refused("text_too_long", prompt="word " * 1000000, max_tokens=8))
        answer = self.generate(messages=QUESTION[:1] + old + QUESTION[1:], max_tokens=24, overflow="drop_oldest")
        self.assertEqual(answer["dropped_messages"], 2)
        kept = self.generate(messages=QUESTION, max_tokens=24, overflow="drop_oldest")
        self.assertEqual((kept["text"], kept["dropped_messages"]), (answer["text"], 0))

    def test_what_is_asked_for_is_checked(self):
        self.assertIn("prompt and messages", self.refused("invalid_params"))
        self.assertIn("params.temperature", self.refused("invalid_params", prompt="a", temperature=-1))
        self.assertIn("params.messages[0].role", self.refused("invalid_params", messages=[{"role": "tool", "text": "a"}]))
        self.assertIn("params.stop[0]", self.refused("invalid_params", prompt="a", stop=["x" * 257]))

    def test_a_reply_is_given_up_within_a_piece_and_the_connection_lives_on(self):
        request = {"jsonrpc": "2.0", "id": "long", "method": "generate", "params": {"prompt": STORY, "max_tokens": 4000}}
        self.client.send(json.dumps(request).encode())
        self.assertEqual(self.client.receive()["method"], "delta")
        self.client.send(b'{"jsonrpc":"2.0","method":"cancel","params":{"id":"long"}}')
        after = []
        while "error" not in (message := self.client.receive()):
            after.append(message)
        self.assertEqual((message["id"], message["error"]["data"]["kind"]), ("long", "cancelled"))
        self.assertLess(len(after), 40)
        self.assertEqual(self.generate(prompt=STORY, max_tokens=1)["stop_reason"], "length")

    def test_the_status_counts_what_was_done(self):
        before = self.client.call("status")["slm"]
        self.generate(prompt=STORY, max_tokens=8)
        after = self.client.call("status")["slm"]
        self.assertEqual(after["generations"], before["generations"] + 1)
        self.assertEqual(after["generated_tokens"], before["generated_tokens"] + 8)
        self.assertGreater(after["tokens_per_second"], 0)
        self.assertLessEqual(after["cache"]["bytes"], after["cache"]["limit_bytes"])
        self.assertLessEqual(after["cache"]["tokens"], after["cache"]["limit_tokens"])

    def slmctl(self, *words, **options):
        return subprocess.Popen([SLMCTL, *words, "--socket", self.daemon.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, **options)

    def test_slmctl_writes_the_reply(self):
        prompt = "Name three colours.\nOne a line."
        text = self.generate(messages=[{"role": "user", "text": prompt}], max_tokens=24)["text"]
        for words, given in ([prompt], None), ([], prompt + "\n"):
            with self.slmctl("generate", "--max-tokens", "24", *words) as program:
                self.assertEqual(program.communicate(given), (text + "\n" * (not text.endswith("\n")), ""))
                self.assertEqual(program.returncode, 0)
        with self.slmctl("generate", "--max-tokens", "24", "--json", prompt) as program:
            answer = json.loads(program.communicate()[0])
        self.assertEqual((answer["text"], list(answer["usage"])), (text, USAGE))

    def test_slmctl_gives_a_reply_up_at_ctrl_c(self):
        # Whoever runs the tests may ignore the signal, and what they start would too.
        heeded = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)}
        with self.slmctl("generate", "--raw", "--max-tokens", "4000", STORY, bufsize=1, **heeded) as program:
            begun = program.stdout.read(1)
            program.send_signal(signal.SIGINT)
            rest, complaint = program.communicate(timeout=30)
        self.assertEqual((program.returncode, complaint), (130, ""))
        self.assertTrue((begun + rest).endswith("\n"))
        while self.client.call("status")["slm"]["running"]:
            pass

    def test_slmctl_in_the_background_is_not_stopped_by_ctrl_c(self):
        ignored = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)}
        with self.slmctl("generate", "--raw", "--max-tokens", "48", STORY, bufsize=1, **ignored) as program:
            begun = program.stdout.read(1)
            program.send_signal(signal.SIGINT)
            # communicate() would lose what was read ahead.
            rest = program.stdout.read()
        self.assertEqual(program.returncode, 0)
        self.assertEqual((begun + rest).rstrip("\n"), self.generate(prompt=STORY, max_tokens=48)["text"].rstrip("\n"))

    def test_a_chat_has_replies_until_they_are_turned_off(self):
        with self.slmctl("chat") as program:
            output, _ = program.communicate("What is the capital of France?\n/reply off\nAnd of Italy?\n")
        self.assertEqual(program.returncode, 0)
        intents_and_reply, after = output.split("  replies are off\n")
        self.assertIn("Paris", intents_and_reply)
        self.assertEqual(after.count("\n"), 2, "the intent, and that no task has an answer")


@unittest.skipUnless(DAEMON.exists(), f"{DAEMON} is not built: make build")
class Off(unittest.TestCase):
    def test_without_a_language_model_replies_are_off_and_all_else_works(self):
        with tempfile.TemporaryDirectory() as folder:
            settings = pathlib.Path(folder) / "none.yaml"
            settings.write_text("slm: none\n")
            with unittest.mock.patch.dict(os.environ, SLMD_CONFIG=str(settings)):
                daemon = Daemon(folder)
            self.addCleanup(daemon.stop)
            client = Client(daemon.path)
            self.addCleanup(client.close)
            self.assertIsNone(client.call("status")["slm"])
            with self.assertRaises(Refused) as caught:
                client.call("generate", prompt=STORY)
            self.assertEqual((caught.exception.kind, caught.exception.code), ("replies_off", -32014))
            self.assertIn("models/fetch", str(caught.exception))
            self.assertEqual(client.call("predict", text="hello")["status"], "ok")


if __name__ == "__main__":
    unittest.main()
