import Testing

@testable import Dialogue

/// What is said not to be meant fills nothing, and takes out what it filled.
@Suite struct NegationTests {
    /// - Returns: whether the first `value` in a text is denied.
    private func denies(_ text: String, _ value: String) throws -> Bool {
        let place = try #require(text.ranges(of: value).first)
        let start = text.utf8.distance(from: text.startIndex, to: place.lowerBound)
        return Cues(text).negation.denies(start..<start + value.utf8.count)
    }

    @Test(arguments: [
        ("I didn't want the dentist", "dentist"), ("not Monday but Tuesday", "Monday"),
        ("without the nurse please", "nurse"), ("I can't come on Monday", "Monday"),
        ("anything but Monday", "Monday"), ("I do not want to see the doctor", "doctor"),
        ("Monday doesn't work for me", "Monday"), ("Monday is not possible", "Monday"),
        ("don't book it for Monday", "Monday"), ("the nurse instead of the doctor", "doctor"),
        ("I don't think it was Monday", "Monday"), ("no time on Monday", "Monday"),
    ])
    func `a negation reaches the value`(text: String, value: String) throws {
        #expect(try denies(text, value))
    }

    @Test(arguments: [
        ("not Monday but Tuesday", "Tuesday"), ("no, Monday", "Monday"), ("certainly not, Monday", "Monday"),
        ("why not Monday?", "Monday"), ("Can't we take Monday?", "Monday"), ("Monday, not Tuesday", "Monday"),
        ("I can't see my x-ray", "x-ray"), ("I don't know, Monday?", "Monday"),
        ("I do not mind Monday", "Monday"),
        ("my x-ray from Monday doesn't open", "Monday"), ("don't forget the nurse", "nurse"),
        ("no Monday", "Monday"),
        ("I have not received my x-ray", "x-ray"),
    ])
    func `and no other`(text: String, value: String) throws {
        #expect(try !denies(text, value))
    }

    private func booked() -> Talk {
        var talk = Talk(.visits)
        talk.say(
            "with the dentist on Monday, remind me at ten", "book_visit", begins: "book_visit",
            dates: ["Monday": ["2026-01-12"]], times: ["ten": ["10:00"]])
        return talk
    }

    @Test(arguments: [
        "I didn't want the dentist", "no dentist please", "without the dentist", "drop the dentist",
        "no, no dentist", "I don't need the dentist any more", "take the specialist out",
    ])
    func `a value that was given is taken out again`(text: String) {
        var talk = booked()
        #expect(
            talk.say(text, "correction", yes: text.hasPrefix("no") ? false : nil)
                == "Book 2026-01-12, reminder at 10:00?")
        #expect(talk.state.goal?.slots["specialist"] == nil)
    }

    @Test(arguments: [
        "no reminder please", "without a reminder", "cancel the reminder", "please leave the reminder out",
        "I don't want a reminder", "forget about the reminder",
    ])
    func `and one that is only named`(text: String) {
        var talk = booked()
        #expect(talk.say(text, "end_conversation", confidence: 0.4) == "Book 2026-01-12 with the dentist?")
    }

    @Test(arguments: [
        "change the day", "can you change the date?", "that is the wrong day", "the day is wrong",
    ])
    func `what is to be another is asked for again`(text: String) {
        var talk = booked()
        #expect(talk.say(text, "correction") == "Which day?")
        talk.say("Tuesday", dates: ["Tuesday": ["2026-01-13"]])
        #expect(talk.values == ["date": "2026-01-13", "specialist": "dentist", "reminder_time": "10:00"])
    }

    @Test func `who names the other at once is asked nothing`() {
        var talk = booked()
        talk.say("change the day to Tuesday", "correction", dates: ["Tuesday": ["2026-01-13"]])
        #expect(talk.values["date"] == "2026-01-13")
    }

    @Test func `a day that has to be known and does not suit is asked for again`() {
        var talk = booked()
        #expect(
            talk.say("I can't on Monday", "correction", dates: ["Monday": ["2026-01-12"]]) == "Which day?")
        #expect(talk.action == .askMissingInfo)
    }

    @Test func `another value takes the place of the denied one`() {
        var talk = booked()
        talk.say("not the dentist, the nurse", "correction")
        #expect(talk.values["specialist"] == "nurse")
    }
}

/// Words that give up what is going on, or end the talk.
@Suite struct GivingUpTests {
    @Test(arguments: [
        "I don't need it any more", "I'd rather not", "yes, cancel it", "I would rather not do that",
        "no, I don't want this anymore", "actually I no longer need the appointment",
        "forget the whole thing, cancel",
        "I don't want the visit after all", "no, call it off please", "let's not", "oh well, I give up",
    ])
    func `they cancel, whether asked for a value or for a yes`(text: String) {
        for isWhole in [false, true] {
            var talk = Talk()
            talk.say(
                "book", "book_appointment", begins: "book_appointment",
                dates: isWhole ? ["b": ["2026-01-12"]] : [:], times: isWhole ? ["k": ["10:00"]] : [:])
            #expect(talk.action == (isWhole ? .confirm : .askMissingInfo))
            #expect(talk.say(text, "correction", yes: text.hasPrefix("yes") ? true : nil) == "Cancelled.")
            #expect(talk.state.goal == nil)
        }
    }

    @Test(arguments: [
        "I'd rather not have it in the morning", "I don't need a lift to it", "scratch that, make it Tuesday",
        "I don't want to wait so long",
    ])
    func `and others do not`(text: String) {
        var talk = Talk()
        talk.say("book", "book_appointment", begins: "book_appointment")
        talk.say(text, "correction", dates: ["Tuesday": ["2026-01-13"]])
        #expect(talk.state.goal != nil)
    }

    @Test(arguments: [
        "no, that's all for today", "that is all for now, thanks", "nothing else today", "I'm done, bye",
    ])
    func `who wants nothing more names no day`(text: String) {
        var talk = Talk()
        talk.say("I need my blood test", begins: "get_report")
        #expect(talk.say(text, "correction", dates: ["today": ["2026-01-09"]]) == "Goodbye.")
        #expect(talk.state.goal == nil && talk.action == .end)
    }

    @Test func `but "that's all" after a yes is one`() {
        var talk = Talk()
        talk.say(
            "book on Monday at 10", "book_appointment", begins: "book_appointment",
            dates: ["Monday": ["2026-01-12"]], times: ["10": ["10:00"]])
        #expect(talk.say("yes, that's all", "confirmation", yes: true) == "Booked for 2026-01-12 at 10:00.")
    }
}

/// One sentence may begin two tasks: the second waits.
@Suite struct FurtherTaskTests {
    @Test func `what is said of each is kept, and the second follows the first`() {
        var talk = Talk()
        let reply = talk.say(
            "I need my blood test and book me in for Monday", begins: "get_report",
            dates: ["Monday": ["2026-01-12"]], then: ("book_appointment", "book me"))
        #expect(reply == "I come to the rest afterwards. From which day?")
        #expect(talk.state.goals.map(\.task) == ["book_appointment", "get_report"])
        #expect(talk.values == ["report_type": "blood_test"])
        #expect(
            talk.say("yesterday", dates: ["yesterday": ["2026-01-08"]], rows: [])
                == "There is no blood test from 2026-01-08. At what time?")
        #expect(talk.values == ["day": "2026-01-12"])
        #expect(talk.say("at ten", times: ["ten": ["10:00"]]) == "Book 2026-01-12 at 10:00?")
    }

    @Test func `one that needs nothing more is asked back before it is done`() {
        var talk = Talk()
        talk.say(
            "Book me for Monday at ten and show my x-ray from yesterday", "book_appointment",
            begins: "book_appointment", dates: ["Monday": ["2026-01-12"], "yesterday": ["2026-01-08"]],
            times: ["ten": ["10:00"]], then: ("get_report", "show"))
        #expect(talk.values == ["day": "2026-01-12", "time": "10:00"])
        let reply = talk.say("yes", "confirmation", yes: true)
        #expect(reply == "Booked for 2026-01-12 at 10:00. report type: x ray, date: 2026-01-08?")
        talk.say("yes", "confirmation", yes: true, rows: [])
        #expect(talk.action == .fetchData)
    }

    @Test(arguments: [
        ("I need my blood test from Monday and book me an appointment", ["book me an appointment"]),
        ("Show me the x-ray. Then make an appointment", ["make an appointment"]),
        ("I want an appointment on Monday and a visit on Tuesday", []),
        ("my blood test and the results from Monday", []), ("book it", []),
        ("I need my x-ray and I don't want an appointment", []),
        ("Could you book the dentist for Friday, and also find my report?", ["find my report?"]),
        ("book the dentist on Friday as well as find my urine test", ["find my urine test"]),
    ])
    func `a second wish begins where a word of wishing follows`(text: String, parts: [String]) {
        let bytes = Array(text.utf8)
        let found = SentenceParts.splits(text, naming: ["book_appointment"])
            .map { String(decoding: bytes[$0...], as: UTF8.self) }
        #expect(found == parts)
    }
}

/// What a part of a sentence says by itself.
@Suite struct SentencePartTests {
    @Test(arguments: [
        ("Could you book the dentist for Friday, and also ", "Could you book the dentist for Friday"),
        ("find my report?", "find my report"), ("I need the nurse as well as ", "I need the nurse"),
        ("how long does it take?", "how long does it take?"), ("is it ready? And ", "is it ready"),
        ("and", "and"), ("", ""),
    ])
    func `it has neither a conjunction nor the mark of the whole at its end`(part: String, said: String) {
        #expect(SentenceParts.part(4..<4 + part.utf8.count, of: "äü\(part)!") == said)
    }
}

/// A part of a day is said for its day too.
@Suite struct PartOfDayTests {
    private func candidate(_ values: [String]) -> SlotCandidate {
        SlotCandidate(
            type: "datetimerange", text: "tomorrow evening", values: values, bytes: 0..<16, confidence: 1)
    }

    @Test func `it fills a slot for a day, and the time is asked for`() throws {
        let task = try #require(TaskBook.clinic.task(named: "book_appointment"))
        let slots = task.requiredSlots(
            filledBy: [candidate(["2026-01-10T16:00/2026-01-10T20:00"])], today: Talk.today)
        #expect(slots == ["day"])
    }

    @Test func `a range over days does not`() throws {
        let task = try #require(TaskBook.clinic.task(named: "book_appointment"))
        let range = candidate(["2026-01-10T16:00/2026-01-12T20:00"])
        #expect(task.requiredSlots(filledBy: [range], today: Talk.today).isEmpty)
    }
}
