"""Dialogues over the socket, with the real encoder and the shipped tasks: two hundred at once, and one that moves."""
import collections
import tempfile
import threading
import unittest

from slmd_client import Client
from slmd_daemon import Daemon, DaemonTestCase

SESSIONS = 200
# Requests of one connection without an answer.
UNDER_WAY = 64
AT = "2026-01-30T10:00:00+01:00"
# What is asked for, and what the shipped tasks call it.
KINDS = [("blood test results", "blood_test"), ("x-ray results", "x_ray")]


class Talk:
    """A session: what is said in it, and what is known after each turn. No two neighbours have a value in common."""

    def __init__(self, number):
        words, kind = KINDS[number % 2]
        first, second = number % 28 + 1, (number + 11) % 28 + 1
        self.session = f"talk {number}"
        self.texts = [f"I need my {words}", f"{first} January 2026", f"no, {second} January 2026"]
        self.known = [{"report_type": kind}] + [
            {"report_type": kind, "date": f"2026-01-{day:02}"} for day in (first, second)]
        self.answers = []

    def params(self, turn):
        return {"text": self.texts[turn], "session": self.session, **({"at": AT} if turn == 0 else {})}


class Dialogues(DaemonTestCase):
    def check(self, talks):
        for talk in talks:
            with self.subTest(talk.session):
                self.assertEqual([answer["session_id"] for answer in talk.answers], [talk.session] * 3)
                self.assertEqual([answer["turn"] for answer in talk.answers], [1, 2, 3])
                self.assertEqual([answer["state"]["filled_slots"] for answer in talk.answers], talk.known)
                shown = self.client.call("session.show", session=talk.session)
                self.assertEqual([turn["text"] for turn in shown["turns"]], talk.texts)
                self.assertEqual([turn["reply"] for turn in shown["turns"]],
                                 [answer["reply"] for answer in talk.answers])
                self.assertEqual(shown["state"], talk.answers[-1]["state"])

    def test_each_on_a_connection_of_its_own_sends_all_its_turns_at_once(self):
        talks = [Talk(number) for number in range(SESSIONS)]
        ready = threading.Barrier(SESSIONS + 1)
        order, lock = [], threading.Lock()

        def hold(talk):
            client = Client(self.daemon.path)
            try:
                ready.wait(60)
                ids = [client.request("say", **talk.params(turn)) for turn in range(3)]
                for id in ids:
                    talk.answers.append(client.answer(id))
                    with lock:
                        order.append(talk.session)
            finally:
                client.close()

        threads = [threading.Thread(target=hold, args=(talk,)) for talk in talks]
        for thread in threads:
            thread.start()
        ready.wait(60)
        for thread in threads:
            thread.join()
        self.check(talks)
        # Under way at once: those that had their first answer and not yet their last.
        open_now, most = {}, 0
        for session in order:
            open_now[session] = open_now.get(session, 0) + 1
            if open_now[session] == 3:
                del open_now[session]
            most = max(most, len(open_now))
        print(f"\n{SESSIONS} sessions: {most} under way at once")
        self.assertGreater(most, SESSIONS // 4)

    def test_all_on_one_connection_one_turn_of_each_in_turn(self):
        talks = [Talk(number) for number in range(1000, 1000 + SESSIONS)]
        waiting = collections.deque()

        def take():
            id, talk = waiting.popleft()
            talk.answers.append(self.client.answer(id))

        for turn in range(3):
            for talk in talks:
                # Who reads no answers is not read either, once there are too many.
                if len(waiting) == UNDER_WAY:
                    take()
                waiting.append((self.client.request("say", **talk.params(turn)), talk))
        while waiting:
            take()
        self.check(talks)

    def test_a_sentence_begins_two_tasks_however_politely(self):
        """The task at hand and those that wait, or what the first one, which needed nothing more, replied; and questions that
        begin none."""
        for number, (text, tasks, said) in enumerate([
                ("Could you book the dentist for Monday, and also find my last report?", ["book_appointment", "get_report"], ""),
                ("Would it be possible to book the nurse for Monday and get my x-ray from Tuesday?",
                 ["book_appointment", "get_report"], ""),
                ("Can I have my blood test and an appointment for Monday?", ["get_report", "book_appointment"], ""),
                ("Will you send me my biopsy from yesterday and put me down for the dermatologist on Monday?",
                 ["book_appointment"], "I have no biopsy from 2026-01-29."),
                ("Can I have my blood test from the 2nd and an appointment for Monday?",
                 ["book_appointment"], "I have no blood test from 2026-01-02."),
                ("Can you tell me when the dentist is in and how long my blood test takes?", [None], ""),
                ("Do you have my report and can I book online?", [None], "")]):
            with self.subTest(text):
                answer = self.client.call("say", text=text, session=f"polite {number}", at=AT)
                state = answer["state"]
                self.assertEqual([state["goal"], *state.get("waiting", [])], tasks)
                self.assertIn(said, answer["reply"])

    def test_what_a_sentence_was_taught_to_be_holds_in_the_next_dialogue(self):
        with tempfile.TemporaryDirectory() as folder:
            daemon = Daemon(folder)
            self.addCleanup(daemon.stop)
            client = Client(daemon.path)
            self.addCleanup(client.close)
            goal = lambda text, session: client.call("say", text=text, session=session)["state"]["goal"]
            self.assertEqual(goal("I need report", "before"), "get_report")
            client.call("teach", intent="ask_question", text="I need report")
            self.assertIsNone(goal("I need report", "after"))
            # Nearer than that lies what the task has for an example.
            self.assertEqual(goal("Show me my test results", "other"), "get_report")
            client.call("undo")
            self.assertEqual(goal("I need report", "undone"), "get_report")

    def test_a_session_is_carried_to_another_daemon(self):
        talk = Talk(5)
        for turn in range(3):
            self.client.call("say", **{**talk.params(turn), "session": "carried"})
        turns = self.client.call("log", session="carried", records=True)["turns"]
        here = self.client.call("session.show", session="carried")
        with tempfile.TemporaryDirectory() as folder:
            other = Daemon(folder)
            self.addCleanup(other.stop)
            client = Client(other.path)
            self.addCleanup(client.close)
            answer = client.call("session.import", session="carried", turns=turns)
            self.assertEqual((answer["state"], answer["turns"]), (here["state"], 3))
            there = client.call("session.show", session="carried")
            apart = ("turn", "event")
            self.assertEqual([{key: value for key, value in turn.items() if key not in apart} for turn in there["turns"]],
                             [{key: value for key, value in turn.items() if key not in apart} for turn in here["turns"]])
            self.assertEqual(client.call("log", session="carried", records=True)["turns"][0]["record"], turns[0]["record"])
            told = [session["goal"] for session in client.call("sessions")["sessions"]]
            self.assertEqual(told, [here["state"]["goal"]])
            answer = client.call("say", session="carried", text="no, 3 January 2026")
            self.assertEqual((answer["turn"], answer["state"]["filled_slots"]["date"]), (4, "2026-01-03"))

    def test_of_a_session_on_two_connections_no_turn_is_lost_or_counted_twice(self):
        clients = [self.connect() for _ in range(4)]
        ids = [(client, client.request("say", text="hello there", session="shared"))
               for _ in range(25) for client in clients]
        turns = [client.answer(id)["turn"] for client, id in ids]
        self.assertEqual(sorted(turns), list(range(1, 101)))
        for client in clients:
            own = [turn for (other, _), turn in zip(ids, turns) if other is client]
            self.assertEqual(own, sorted(own))


if __name__ == "__main__":
    unittest.main()
