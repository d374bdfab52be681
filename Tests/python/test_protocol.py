"""The protocol of slmd, proved from another language against the daemon that was built: see slmd_daemon."""
import json
import math
import struct
import subprocess
import tempfile
import unittest

from slmd_client import Client, Refused
from slmd_daemon import DAEMON, Daemon, DaemonTestCase, MODELS, ROOT

LESSON = ("book_appointment", "Book appointment tomorrow")
PREDICTION = ["text", "intent", "confidence", "all_probs", "entities", "out_of_scope", "status", "truncated",
              "tokens", "tokens_total"]


class Protocol(DaemonTestCase):
    def refused(self, kind, code, method, **params):
        with self.assertRaises(Refused) as caught:
            self.client.call(method, **params)
        self.assertEqual((caught.exception.kind, caught.exception.code), (kind, code))
        return str(caught.exception)

    def answer_to(self, body):
        self.client.send(body)
        return self.client.receive()

    def test_greeting(self):
        hello = self.client.hello
        self.assertEqual((hello["server"], hello["protocol"]), ("slmd", {"major": 1, "minor": 0}))
        self.assertEqual(sorted(hello["limits"]), ["examples", "frame_bytes", "label_bytes", "text_bytes"])

    def test_a_turn_has_what_the_page_says(self):
        answer = self.client.call("say", text="Hello", at="2026-01-09T10:00:00+01:00")
        self.assertEqual(
            list(answer),
            ["session_id", "turn", "intent", "confidence", "all_probs", "out_of_scope", "entities", "state", "action",
             "decision", "reply", "learned", "truncated"])
        self.assertEqual(
            list(answer["state"]),
            ["session_id", "goal", "current_step", "filled_slots", "missing_slots", "last_intent", "created_at", "slots",
             "waiting"])
        self.assertEqual(list(answer["decision"]), ["rule", "admissible", "move", "propensity", "policy"])
        self.assertEqual((answer["turn"], answer["learned"]), (1, []))
        session = answer["session_id"]
        answer = self.client.call("say", text="and yesterday?", session=session)
        self.assertEqual((answer["turn"], answer["session_id"]), (2, session))
        self.assertEqual([entity["value"] for entity in answer["entities"]], ["2026-01-08"])
        shown = self.client.call("session.show", session=session)
        self.assertEqual(shown["state"], answer["state"])
        self.assertEqual([turn["reply"] for turn in shown["turns"]][1:], [answer["reply"]])
        self.assertEqual({turn["kind"] for turn in shown["turns"]}, {"said"})
        self.assertEqual(shown["turns"][-1]["decision"], answer["decision"])

    def test_the_policy_is_told_frozen_and_let_go(self):
        policy = self.client.call("policy.show")
        self.assertEqual(
            list(policy), ["version", "frozen", "exploration", "episodes", "warm_up", "versions", "candidate"])
        self.assertEqual((policy["version"], policy["frozen"], policy["exploration"]), (None, False, 0))
        self.assertTrue(self.client.call("policy.freeze")["frozen"])
        self.assertFalse(self.client.call("policy.unfreeze")["frozen"])
        self.refused("not_found", -32004, "policy.undo")
        evaluation = self.client.call("policy.eval")
        self.assertEqual(list(evaluation), ["episodes", "observed", "policies"])
        for entry in evaluation["policies"]:
            self.assertEqual(list(entry), ["policy", "version", "ips", "snips", "dr"])
        self.assertEqual(evaluation["policies"][0]["policy"], "usual")
        answer = self.client.call("say", text="show me my blood test")
        logged = self.client.call("policy.log", last=1)["decisions"]
        self.assertEqual([list(entry) for entry in logged],
                         [["session_id", "turn", "time", "decision", "outcome", "reward"]])
        self.assertEqual((logged[0]["session_id"], logged[0]["decision"]), (answer["session_id"], answer["decision"]))
        self.assertEqual(list(self.client.call("transitions")), ["episodes", "transitions"])

    def test_what_cannot_be_said_is_refused(self):
        self.refused("invalid_params", -32602, "say", text="Hello", at="yesterday")
        self.refused("invalid_params", -32602, "say", text="Hello", at="2026-01-09T10:00:00")
        self.refused("empty_text", -32009, "say", text=" ")
        self.refused("not_found", -32004, "session.show", session="of nobody")

    def test_predict(self):
        answer = self.client.call("predict", text="I need my blood test results from yesterday")
        self.assertEqual(list(answer), PREDICTION)
        self.assertEqual((answer["status"], answer["truncated"]), ("ok", False))
        [yesterday] = answer["entities"]
        self.assertEqual((yesterday["type"], yesterday["text"]), ("date", "yesterday"))
        self.assertIn(answer["intent"], answer["all_probs"])
        self.assertAlmostEqual(sum(answer["all_probs"].values()), 1, places=4)
        self.assertTrue(0 <= answer["confidence"] <= 1)

    def test_the_six_default_intents(self):
        names = {entry["intent"] for entry in self.client.call("intents")["intents"]}
        self.assertLessEqual({"ask_question", "request_data", "clarification", "correction", "confirmation",
                              "end_conversation"}, names)

    def test_entities(self):
        text = "Überweise: 12.5 euros and 5 kilos on Thursday at 9"
        answer = self.client.call("entities", text=text, at="2016-11-07T16:12:00+01:00")
        self.assertEqual(list(answer), ["text", "entities", "truncated"])
        found = answer["entities"]
        self.assertEqual([entity["type"] for entity in found], ["money", "quantity", "datetime"])
        self.assertEqual([entity["value"] for entity in found], ["12.50 EUR", "5 kg", "2016-11-10T09:00"])
        self.assertEqual([(entity["number"], entity.get("unit"), entity.get("currency")) for entity in found[:2]],
                         [(12.5, None, "EUR"), (5.0, "kg", None)])
        for entity in found:
            start, end = entity["characters"]
            self.assertEqual(text[start:end], entity["text"])
            self.assertEqual(text.encode()[entity["start"]:entity["end"]].decode(), entity["text"])
        self.assertIn("2016-11-03T09:00", [reading["value"] for reading in found[2]["readings"]])

    def test_entities_are_relative_to_a_moment_and_a_zone(self):
        def today(**params):
            return self.client.call("entities", text="today", **params)["entities"][0]["value"]
        self.assertEqual(today(at="2026-01-08T23:30:00-05:00"), "2026-01-08")
        self.assertEqual(today(at="2026-01-08T23:30:00Z", time_zone="Asia/Tokyo"), "2026-01-09")
        message = self.refused("invalid_params", -32602, "entities", text="today", at="yesterday")
        self.assertIn("params.at: expected a time as RFC 3339", message)
        self.refused("invalid_params", -32602, "entities", text="today", time_zone="../../etc/passwd")

    def test_entities_of_a_long_text(self):
        answer = self.client.call("entities", text="5 kg " + " " * 4096 + "6 kg")
        self.assertEqual(([entity["value"] for entity in answer["entities"]], answer["truncated"]), (["5 kg"], True))

    def test_embed(self):
        answer = self.client.call("embed", text="hello")
        self.assertEqual(list(answer), ["text", "embedding", "tokens", "tokens_total", "truncated"])
        self.assertEqual(len(answer["embedding"]), self.client.call("status")["model"]["dimension"])
        self.assertAlmostEqual(math.hypot(*answer["embedding"]), 1, places=4)

    def test_teach_is_in_force_for_the_next_request(self):
        intent, text = LESSON
        answer = self.client.call("teach", intent=intent, text=text)
        self.assertEqual(list(answer), ["event", "intent", "before", "after", "quarantined"])
        self.assertEqual(self.client.call("predict", text=text)["intent"], intent)
        self.client.call("intents.rename", **{"from": intent, "to": "reserve"})
        self.assertEqual(self.client.call("predict", text=text)["intent"], "reserve")
        self.client.call("intents.remove", intent="reserve")
        self.assertNotIn("reserve", self.client.call("predict", text=text)["all_probs"])

    def test_train_adds_and_evaluates(self):
        sample = {"text": "Play some music", "intent": "play_music"}
        self.assertEqual(self.client.call("examples.stage", examples=[sample])["staged"], 1)
        answer = self.client.call("train", examples=[{"text": "Put on a song", "intent": "play_music"}],
                                  staged=True, add=True)
        self.assertEqual(answer["count"], 2)
        report = self.client.call("eval", examples=[sample])
        self.assertEqual(list(report)[:5], ["count", "accuracy", "ece", "per_intent", "confusion"])
        self.assertEqual((report["count"], report["accuracy"]), (1, 1))
        self.client.call("intents.remove", intent="play_music")

    def test_train_learns_marked_slots_and_names_the_example_that_is_wrong(self):
        def examples(text):
            return [{"text": "Call Anna", "intent": "call"}, {"text": text, "intent": "call", "marked": True}]

        with self.assertRaises(Refused) as refused:
            self.client.call("train", examples=examples("call [Doctor Smith](person"), add=True)
        self.assertEqual((refused.exception.kind, refused.exception.data["item"]), ("invalid_params", 2))
        self.client.call("train", examples=examples("call [Doctor Smith](person) please"), add=True)
        entities = self.client.call("predict", text="Call Doctor Smith please")["entities"]
        self.assertEqual([(e["type"], e["text"]) for e in entities], [("person", "Doctor Smith")])
        self.client.call("undo")

    def test_snapshots(self):
        made = self.client.call("snapshot.create", name="of_the_test")
        listed = self.client.call("snapshot.list")["snapshots"]
        self.assertIn((made["name"], made["digest"]), [(entry["name"], entry["digest"]) for entry in listed])

    def test_what_is_taken_back_was_never_there(self):
        before = self.client.call("snapshot.verify")
        self.assertTrue(before["equal"])
        made = self.client.call("snapshot.create", name="before_the_mistake")
        for text in ("Wrong one", "Wrong two"):
            self.client.call("teach", intent="mistake", text=text, session="of the test")
        history = self.client.call("history", last=2)
        self.assertEqual([entry["text"] for entry in history["events"]], ["Wrong one", "Wrong two"])
        self.assertEqual(history["events"][0]["session"], "of the test")
        undone = self.client.call("undo", prove=True)
        self.assertEqual(undone["undone"], [history["events"][1]["event"]])
        self.assertEqual(undone["digest"], undone["replayed_digest"])
        forgotten = self.client.call("forget", session="of the test")
        self.assertEqual((forgotten["erased"]["events"], forgotten["digest"]), (1, made["digest"]))
        self.refused("not_found", -32004, "forget", session="of the test")
        self.client.call("teach", intent="mistake", text="Wrong three")
        self.assertEqual(self.client.call("snapshot.restore", name="before_the_mistake")["digest"], made["digest"])
        self.client.call("undo", count=2)
        self.assertEqual(self.client.call("status")["head"]["digest"], made["digest"])

    def test_status(self):
        status = self.client.call("status")
        self.assertLessEqual({"version", "ready", "model", "intents", "events", "memory_bytes", "latency"}, set(status))
        self.assertTrue(status["ready"])
        self.assertIsNone(status["learning_refused"])

    def test_a_text_too_long_is_cut_and_said_so_or_refused(self):
        text = "word " * 1000
        answer = self.client.call("predict", text=text)
        self.assertTrue(answer["truncated"])
        self.assertLess(answer["tokens"], answer["tokens_total"])
        self.refused("text_too_long", -32002, "predict", text=text, overflow="error")
        self.refused("text_too_long", -32002, "predict", text="x" * (1 << 20))

    def test_bad_parameters(self):
        self.refused("empty_text", -32009, "predict", text=" \t")
        self.assertIn("params.text", self.refused("invalid_params", -32602, "predict", text=5))
        self.assertIn("params.txt", self.refused("invalid_params", -32602, "predict", text="a", txt="b"))
        self.refused("unknown_method", -32601, "nothing")
        self.refused("bad_label", -32003, "teach", intent="x" * 10_000, text="a")
        self.refused("bad_label", -32003, "teach", intent="a\0b", text="a")
        self.refused("not_found", -32004, "intents.remove", intent="no such intent")

    def test_a_nul_in_a_text_is_read_over(self):
        self.assertEqual(self.client.call("predict", text="a\0b")["status"], "ok")

    def test_what_is_no_request_gets_an_error_and_the_connection_lives_on(self):
        cases = [(b"", -32700), (b"{", -32700), (b"\xff", -32700), (b"[" * 10_000 + b"]" * 10_000, -32700),
                 (b"[]", -32600), (b"5", -32600), (b"{}", -32600), (b'{"jsonrpc":"2.0","id":1}', -32600)]
        for body, code in cases:
            self.assertEqual(self.answer_to(body)["error"]["code"], code, body[:20])
        self.assertEqual(self.client.call("predict", text="hello")["status"], "ok")

    def test_a_frame_over_the_limit_closes_the_connection_with_an_error(self):
        self.client.socket.sendall(struct.pack(">I", self.client.hello["limits"]["frame_bytes"] + 1))
        self.assertEqual(self.client.receive()["error"]["code"], -32000)
        with self.assertRaises(ConnectionError):
            self.client.receive()
        self.assertEqual(self.connect().call("predict", text="hello")["status"], "ok")

    def test_an_unfinished_frame_keeps_nobody_else_waiting(self):
        self.client.socket.sendall(struct.pack(">I", 100) + b"{")
        self.assertEqual(self.connect().call("predict", text="hello")["status"], "ok")

    def test_bytes_one_by_one(self):
        body = json.dumps({"jsonrpc": "2.0", "id": "x", "method": "predict", "params": {"text": "hi"}}).encode()
        for byte in struct.pack(">I", len(body)) + body:
            self.client.socket.sendall(bytes([byte]))
        self.assertEqual(self.client.receive()["id"], "x")

    def test_requests_sent_together_are_all_answered(self):
        for number in range(200):
            request = {"jsonrpc": "2.0", "id": number, "method": "predict", "params": {"text": f"text {number}"}}
            self.client.send(json.dumps(request).encode())
        answers = [self.client.receive() for _ in range(200)]
        self.assertEqual({answer["id"]: answer["result"]["text"] for answer in answers},
                         {number: f"text {number}" for number in range(200)})

    def test_a_second_daemon_on_the_same_socket_ends(self):
        with tempfile.TemporaryDirectory() as other:
            command = [str(DAEMON), "--socket", self.daemon.path, "--state", other, "--models", MODELS]
            second = subprocess.run(command, capture_output=True, cwd=ROOT, timeout=60)
        self.assertNotEqual(second.returncode, 0)
        self.assertIn(self.daemon.path, second.stderr.decode())
        self.assertEqual(self.client.call("predict", text="hello")["status"], "ok")


@unittest.skipUnless(DAEMON.exists(), f"{DAEMON} is not built: make build")
class Restart(unittest.TestCase):
    def test_what_was_taught_is_there_after_a_restart(self):
        intent, text = LESSON
        with tempfile.TemporaryDirectory() as folder:
            first = Daemon(folder)
            client = Client(first.path)
            client.call("teach", intent=intent, text=text)
            before = client.call("predict", text="Schedule for next day")
            client.close()
            self.assertEqual(first.stop(), 0)
            second = Daemon(folder)
            self.addCleanup(second.stop)
            client = Client(second.path)
            self.assertEqual(client.call("predict", text="Schedule for next day"), before)
            client.close()


if __name__ == "__main__":
    unittest.main()
