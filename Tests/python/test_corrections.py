"""What a dialogue takes for a correction, over the socket, with the real encoder and the shipped settings and tasks: at
least 90 % of sentences that put something right, and of those that only sound so, must be taken for what they are.
"""
import os
import unittest

from slmd_daemon import DaemonTestCase

LEAST = 0.9
AT = "2026-01-09T10:00:00+01:00"

REPORT = "I need report"
BLOOD = "Show me my blood test from yesterday"
VISIT = "Can I see a doctor this week?"

# What was said, and what puts it right.
CORRECTIONS = [
    (REPORT, "No, I only wanted to know if there are any reports"),
    (REPORT, "I was just asking whether you keep reports"),
    (REPORT, "That's not what I meant, I am asking if a report exists"),
    (REPORT, "You misunderstood, it was a question about reports"),
    (REPORT, "nope, just wondering if reports can be had"),
    (REPORT, "Sorry, I meant to ask if the report is ready"),
    (REPORT, "Not the report itself, only whether it has arrived"),
    (REPORT, "No no, I was curious what a report costs"),
    (REPORT, "I didn't ask for the report, I asked if you have one"),
    (REPORT, "Wrong, I only asked how long a report takes"),
    ("Fetch my X-ray", "no, I just want to know if the X-ray is done"),
    ("Fetch my X-ray", "I don't want the X-ray, I was wondering when it will be ready"),
    ("Fetch my X-ray", "Actually it was only a question, are X-rays kept here?"),
    ("Get me the MRI", "You got me wrong, I was asking if you store MRI pictures"),
    ("Get me the MRI", "no, all I wanted was to find out if the MRI is finished"),
    ("Send me the prescription", "No, just checking whether a prescription was written"),
    ("Send me the prescription", "I did not mean send it, I meant is there one at all?"),
    ("Pull up my records", "Nah, I was only asking who can see my records"),
    ("Pull up my records", "I merely wanted to find out if you keep records"),
    ("Pull up my records", "no need to pull them up, I only wondered if they exist"),
]

# What was said, and what follows and puts nothing right.
OTHERS = [
    (BLOOD, "was just looking at it, what does hemoglobin 13 mean?"),
    (BLOOD, "Oh no! That looks bad, doesn't it?"),
    (BLOOD, "No way, that is higher than last year!"),
    (BLOOD, "Wait, is that value normal?"),
    (BLOOD, "I just got a call from my doctor about it"),
    (BLOOD, "Well, what should I do now?"),
    (BLOOD, "I was just about to ask for the X-ray too"),
    (BLOOD, "hmm, can you explain that figure?"),
    (BLOOD, "Sorry to bother you, who measured this?"),
    (BLOOD, "I don't know what that means"),
    (BLOOD, "No, that's all I wanted to know"),
    (BLOOD, "nope, that will be everything for today"),
    (BLOOD, "and the one from Monday?"),
    (BLOOD, "I only slept four hours before that test"),
    (BLOOD, "Oh, is 13 good or bad?"),
    (BLOOD, "no problem, I can wait"),
    (REPORT, "I'm not sure which one"),
    (REPORT, "the blood test, please"),
    (REPORT, "hold on, let me look that up"),
    (REPORT, "I just need it for my insurance"),
    (VISIT, "No, Thursday is better"),
    (VISIT, "just a check-up, nothing serious"),
]

PLEASANTRIES = ["thanks", "Thank you so much!", "ok great", "that's kind of you", "Oh, that's good news, thank you"]


class Corrections(DaemonTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with open(os.path.join(cls.folder.name, "state", "reports.jsonl"), "w") as file:
            file.write('{"type": "blood_test", "date": "2026-01-08", "Hemoglobin": "13.4 g/dL"}\n')

    def say(self, text, session=None):
        params = {"text": text, "at": AT} if session is None else {"text": text, "session": session}
        return self.client.call("say", **params)

    def after(self, first, second):
        """The turn, and whether it taught or asked what was meant; what it taught is taken back."""
        answer = self.say(second, self.say(first)["session_id"])
        for event in answer["learned"]:
            self.client.call("undo", event=event)
        return answer, bool(answer["learned"]) or answer["state"]["current_step"] == "choosing"

    def most(self, pairs, corrects):
        failed = []
        for first, second in pairs:
            answer, is_correction = self.after(first, second)
            if is_correction != corrects:
                failed.append(f"{second!r}: {answer['intent']} {answer['confidence']:.2f}, {answer['reply']}")
        right = len(pairs) - len(failed)
        print(f"\n{'corrections' if corrects else 'others'}: {right} of {len(pairs)}; " + "; ".join(failed))
        self.assertGreaterEqual(right, LEAST * len(pairs))

    def test_what_puts_right_is_recognised(self):
        self.most(CORRECTIONS, True)

    def test_what_puts_nothing_right_teaches_nothing(self):
        self.most(OTHERS, False)

    def test_sentences_after_a_report_teach_nothing(self):
        for _, sentence in OTHERS[:2]:
            answer, is_correction = self.after(BLOOD, sentence)
            self.assertFalse(is_correction, answer)

    def test_pleasantries_begin_and_finish_nothing(self):
        for sentence in PLEASANTRIES:
            with self.subTest(sentence):
                before = self.say("I need my blood test results")
                answer = self.say(sentence, before["session_id"])
                self.assertEqual((answer["action"], answer["learned"]), ("answer", []))
                self.assertEqual(answer["state"]["goal"], "get_report")
                self.assertEqual(answer["state"]["filled_slots"], before["state"]["filled_slots"])
                self.assertTrue(answer["reply"].endswith(before["reply"]), answer["reply"])
                self.assertNotEqual(answer["reply"], before["reply"])
                # A task that is done is not taken up again, and a yes that is asked for was not given.
                done = self.say(BLOOD)
                answer = self.say(sentence, done["session_id"])
                self.assertIn(answer["reply"], ["You are welcome.", "Glad to hear it."])
                self.assertEqual(answer["state"]["current_step"], "done")

    def test_thanks_are_no_yes(self):
        asked = self.say("Book an appointment with the dentist tomorrow at 10")
        self.assertEqual(asked["action"], "confirm")
        answer = self.say("thank you so much", asked["session_id"])
        self.assertEqual((answer["action"], answer["state"]["current_step"]), ("answer", "confirming"))
        self.assertEqual(self.say("yes", asked["session_id"])["action"], "book_appointment")

    def test_a_lesson_that_was_a_mistake_is_taken_back(self):
        digest = self.client.call("snapshot.verify")["digest"]
        first = self.say(REPORT, "taken back")
        answer = self.say("No, just asking if reports are available", "taken back")
        self.assertEqual((len(answer["learned"]), answer["state"]["goal"]), (1, None))
        undone = self.client.call("undo", event=answer["learned"][0], prove=True)
        self.assertEqual((undone["digest"], undone["replayed_digest"]), (digest, digest))
        shown = self.client.call("session.show", session="taken back")
        self.assertEqual([turn["text"] for turn in shown["turns"]],
                         [REPORT, "No, just asking if reports are available"])
        self.assertEqual(shown["state"], first["state"])


if __name__ == "__main__":
    unittest.main()
