import Dialogue
import Foundation
import Testing

/// What a dialogue's state becomes, turn by turn.
@Suite struct StateTests {
    @Test func `a sentence may fill everything`() {
        var talk = Talk()
        let reply = talk.say(
            "I need my blood test results from yesterday", begins: "get_report",
            dates: ["yesterday": ["2026-01-08"]], rows: ["Hemoglobin: 13.4 g/dL"])
        #expect(talk.action == .fetchData)
        #expect(talk.values == ["report_type": "blood_test", "date": "2026-01-08"])
        #expect(reply == "Your blood test from yesterday: Hemoglobin: 13.4 g/dL")
        #expect(talk.state.currentStep(in: talk.book) == "done")
    }

    @Test func `what is missing is asked in turn`() {
        var talk = Talk()
        #expect(talk.say("I need a report", begins: "get_report") == "Which report?")
        #expect(talk.state.missingSlots(in: talk.book).map(\.name) == ["report_type", "date"])
        #expect(talk.say("the blood work", "confirmation", confidence: 0.4) == "From which day?")
        #expect(talk.state.expectation == .slots(["date"]))
        talk.say("yesterday", dates: ["yesterday": ["2026-01-08"]], rows: [])
        #expect(talk.action == .fetchData)
    }

    @Test func `slots are filled out of order`() {
        var talk = Talk()
        #expect(talk.say("I need a report", begins: "get_report") == "Which report?")
        #expect(talk.say("it was yesterday", dates: ["yesterday": ["2026-01-08"]]) == "Which report?")
        talk.say("x-ray", rows: [])
        #expect(talk.values == ["report_type": "x_ray", "date": "2026-01-08"])
    }

    @Test func `one slot is corrected and no other lost`() {
        var talk = Talk()
        talk.say(
            "I want to book for Monday at 10", "book_appointment", begins: "book_appointment",
            dates: ["Monday": ["2026-01-05", "2026-01-12"]], times: ["10": ["10:00"]])
        #expect(talk.values == ["day": "2026-01-12", "time": "10:00"])
        let reply = talk.say("no, the 14th", "correction", yes: false, dates: ["the 14th": ["2026-01-14"]])
        #expect(reply == "Book 2026-01-14 at 10:00?")
        #expect(talk.values == ["day": "2026-01-14", "time": "10:00"])
        #expect(talk.say("yes", "confirmation", yes: true) == "Booked for 2026-01-14 at 10:00.")
    }

    @Test func `what is said not to be meant is not taken`() {
        var talk = Talk()
        talk.say("book", "book_appointment", begins: "book_appointment")
        talk.say(
            "not Monday but Tuesday",
            dates: ["Monday": ["2026-01-12"], "Tuesday": ["2026-01-13"]])
        #expect(talk.values["day"] == "2026-01-13")
    }

    @Test func `a task is cancelled`() {
        var talk = Talk()
        talk.say("book", "book_appointment", begins: "book_appointment")
        #expect(talk.say("never mind", "end_conversation") == "Cancelled.")
        #expect(talk.action == .cancel)
        #expect(talk.state.goal == nil)
        #expect(talk.state.expectation == nil)
    }

    @Test func `a task that is done is not cancelled any more`() {
        var talk = Talk()
        talk.say(
            "book on Monday at 10", "book_appointment", begins: "book_appointment",
            dates: ["Monday": ["2026-01-12"]], times: ["10": ["10:00"]])
        talk.say("yes", "confirmation", yes: true)
        #expect(talk.say("cancel", "end_conversation", confidence: 0.3) == "That is done already.")
        #expect(talk.rule == .tooLate && talk.state.completed != nil)
    }

    @Test func `who stops by stops nothing`() {
        var talk = Talk()
        talk.say("book", "book_appointment", begins: "book_appointment")
        talk.say("stop by on Monday", dates: ["Monday": ["2026-01-12"]])
        #expect(talk.values == ["day": "2026-01-12"])
    }

    @Test func `a question in between comes back`() {
        var talk = Talk()
        talk.say("I need a report", begins: "get_report")
        let reply = talk.say("How long are they kept?", "ask_question")
        #expect(talk.action == .answer)
        #expect(reply == "I have no answer to that. Which report?")
        talk.say("blood test")
        #expect(talk.values == ["report_type": "blood_test"])
    }

    @Test func `a refusal asks what to change`() {
        var talk = Talk()
        talk.say(
            "book on Monday at 10", "book_appointment", begins: "book_appointment",
            dates: ["Monday": ["2026-01-12"]], times: ["10": ["10:00"]])
        #expect(talk.say("no", "correction", yes: false) == "What should I change?")
        #expect(talk.say("the time, 11", times: ["11": ["11:00"]]) == "Book 2026-01-12 at 11:00?")
        #expect(talk.say("yes", "confirmation", yes: true) == "Booked for 2026-01-12 at 11:00.")
    }

    @Test func `an answer that fits nothing is said so`() {
        var talk = Talk()
        talk.say("I need a report", begins: "get_report")
        #expect(
            talk.say("bananas", "confirmation", confidence: 0.3)
                == "That does not answer my question. Which report?")
        #expect(talk.action == .clarify)
        #expect(talk.state.goal?.misses == 1)
        talk.say("blood test")
        #expect(talk.state.goal?.misses == 0)
    }

    @Test func `an invalid value is refused`() {
        var talk = Talk()
        talk.say(
            "book tomorrow", "book_appointment", begins: "book_appointment",
            dates: ["tomorrow": ["2026-01-10"]])
        #expect(
            talk.say("at 3 in the night", times: ["3": ["03:00"]]) == "That cannot be taken. At what time?")
        #expect(talk.values == ["day": "2026-01-10"])
    }

    @Test func `two goals are a stack`() {
        var talk = Talk()
        talk.say("I need a report", begins: "get_report")
        #expect(
            talk.say(
                "first book me an appointment tomorrow at 9", "book_appointment", begins: "book_appointment",
                dates: ["tomorrow": ["2026-01-10"]], times: ["9": ["09:00", "21:00"]])
                == "Book 2026-01-10 at 09:00?")
        #expect(talk.state.goals.map(\.task) == ["get_report", "book_appointment"])
        #expect(
            talk.say("yes please", "confirmation", yes: true)
                == "Booked for 2026-01-10 at 09:00. Which report?")
        #expect(talk.state.goals.map(\.task) == ["get_report"])
        #expect(talk.say("blood test") == "From which day?")
    }

    @Test func `instead takes the goals place`() {
        var talk = Talk()
        talk.say("I need a report", begins: "get_report")
        talk.say("book an appointment instead", "book_appointment", begins: "book_appointment")
        #expect(talk.state.goals.map(\.task) == ["book_appointment"])
    }

    @Test func `a task that is done is taken up again`() {
        var talk = Talk()
        talk.say(
            "blood test from yesterday", begins: "get_report", dates: ["yesterday": ["2026-01-08"]], rows: [])
        let reply = talk.say("no, the 7th", "correction", dates: ["the 7th": ["2026-01-07"]], rows: [])
        #expect(reply == "There is no blood test from 2026-01-07.")
        #expect(talk.values == ["report_type": "blood_test", "date": "2026-01-07"])
    }

    @Test(arguments: [
        ("please do not book it", true), ("yes, no wait", true), ("ok, wait a second", true),
        ("yes, but make it 11", true), ("is it correct that I have to fast before?", true),
        ("sure, how much is it?", true), ("right, but can I bring my dog?", true), ("ok thanks bye", true),
        ("yes if it does not cost anything at all for me then", true),
    ])
    func `what is no plain yes confirms nothing`(text: String, answer: Bool) {
        var talk = Talk()
        talk.say(
            "book on Monday at 10", "book_appointment", begins: "book_appointment",
            dates: ["Monday": ["2026-01-12"]], times: ["10": ["10:00"]])
        talk.say(text, "confirmation", yes: answer)
        #expect(talk.state.goal?.isConfirmed == false && talk.state.completed == nil)
        #expect(talk.say("yes", "confirmation", yes: true) == "Booked for 2026-01-12 at 10:00.")
    }

    @Test func `a wish that is denied begins no task`() {
        var talk = Talk()
        talk.say("I do not want a report", begins: "get_report")
        #expect(talk.state.goal == nil)
    }

    @Test func `a greeting ends nothing`() {
        var talk = Talk()
        talk.say("I need a report", begins: "get_report")
        let reply = talk.say("hello again", "end_conversation", confidence: 0.95)
        #expect(reply == "Hello. What can I do for you? Which report?")
        #expect(talk.state.goal?.task == "get_report")
        talk.say("goodbye", "end_conversation", confidence: 0.95)
        #expect(talk.action == .end && talk.state.goal == nil)
    }

    @Test func `a dialogue begins anew after its time`() {
        var talk = Talk()
        talk.say("I need a report", begins: "get_report")
        talk.say("blood test", isFresh: true)
        #expect(talk.state.goal == nil)
    }

    @Test func `a task that went from the file is forgotten`() {
        var talk = Talk()
        talk.say("I need a report", begins: "get_report")
        var state = talk.state
        let turn = UserTurn(
            number: 2, text: "blood test", time: 2, today: Talk.today, intent: "request_data",
            confidence: 0.9,
            isOutOfScope: false, candidates: [], answer: nil, task: nil)
        let development = state.take(turn, in: TaskBook())
        #expect(state.goal == nil)
        #expect(Rules.decide(state, after: development, in: TaskBook()).move.action == .clarify)
    }

    @Test func `a correction ends what the mistake began`() {
        var talk = Talk()
        talk.say("I need report", confidence: 0.65, begins: "get_report")
        talk.say(
            "No, just asking if reports are available", "correction",
            correction: IntentCorrection(turn: 1, rejected: "request_data", meant: ["ask_question"]))
        #expect(talk.state.goal == nil)
        #expect(talk.rule == .correction)
    }

    @Test func `an unsure correction asks and takes the answer`() {
        var talk = Talk()
        talk.say("I need report", begins: "get_report")
        let question = talk.say(
            "No, not that", "correction",
            correction: IntentCorrection(
                turn: 1, rejected: "request_data", meant: ["ask_question", "end_conversation"]))
        #expect(question == "What did you mean: ask question, end conversation?")
        talk.say("the first", "confirmation")
        #expect(talk.rule == .correction)
    }
}

/// The state is a function of the turns and the decisions.
@Suite struct ReplayTests {
    @Test func `replaying makes the same state`() {
        var talk = Talk()
        talk.say("I need a report", begins: "get_report")
        talk.say("How long are they kept?", "ask_question")
        talk.say(
            "book me an appointment tomorrow at 9", "book_appointment", begins: "book_appointment",
            dates: ["tomorrow": ["2026-01-10"]], times: ["9": ["09:00"]])
        talk.say("no", yes: false)
        talk.say("never mind")
        let replayed = DialogueCourse(
            session: "s", createdAt: 0, replaying: talk.record, in: talk.book
        ).state
        #expect(replayed == talk.state)
    }

    @Test func `a turn that was kept without its time of day is read`() throws {
        let kept = """
            {"number": 1, "isFresh": false, "text": "tomorrow", "time": 1, "today": "2026-01-09", "confidence": 0.5,
            "isOutOfScope": false, "candidates": [{"type": "date", "text": "tomorrow", "values": ["2026-01-10"],
            "bytes": [0, 8], "confidence": 1}]}
            """
        let turn = try JSONDecoder().decode(UserTurn.self, from: Data(kept.utf8))
        #expect(turn.now == nil && turn.candidates.map(\.latent) == [nil])
        #expect(turn.candidates.map(\.values) == [["2026-01-10"]])
    }
}
