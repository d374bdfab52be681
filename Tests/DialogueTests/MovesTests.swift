import Dialogue
import Testing

/// Moves that are admissible besides the usual one.
@Suite struct MovesTests {
    private static let both = Move(.askMissingInfo, slots: ["report_type", "date"])

    @Test func `one question asks for two slots and one answer fills them`() {
        var talk = Talk()
        let question = talk.say("I need a report", begins: "get_report", choosing: Self.both)
        #expect(question == "Which report? From which day?")
        #expect(talk.state.expectation == .slots(["report_type", "date"]))
        #expect(talk.state.currentStep(in: talk.book) == "collecting")
        talk.say("blood test, yesterday", dates: ["yesterday": ["2026-01-08"]], rows: [])
        #expect(talk.action == .fetchData)
        #expect(talk.values == ["report_type": "blood_test", "date": "2026-01-08"])
    }

    @Test func `what a part of an answer leaves out is asked alone`() {
        var talk = Talk()
        talk.say("I need a report", begins: "get_report", choosing: Self.both)
        #expect(talk.say("yesterday", dates: ["yesterday": ["2026-01-08"]]) == "Which report?")
        #expect(talk.state.expectation == .slots(["report_type"]))
    }

    @Test func `values of one type are taken in the order of the question`() {
        let city = SlotType.named("city")
        let trip = DialogueTask(
            name: "trip", intents: ["trip"], examples: [],
            slots: ["origin", "destination"].map { name in
                Slot(
                    name: name, type: city, isRequired: true, question: Template(literal: "?"),
                    needsConfirmation: false)
            },
            action: Action(rawValue: "trip"), confirmation: nil, reply: Template(literal: "Done."),
            nothingFound: nil, data: nil)
        let cities = WordList(name: "city", words: ["boston": [], "seattle": []])
        var talk = Talk(TaskBook(tasks: [trip], lists: [cities]))
        talk.say(
            "a trip", "trip", begins: "trip",
            choosing: Move(.askMissingInfo, slots: ["origin", "destination"]))
        talk.say("Seattle and Boston")
        #expect(talk.values == ["origin": "seattle", "destination": "boston"])
    }

    @Test func `a slot that takes any text is asked alone`() {
        let slots = [SlotType.text, .entity(.date), .entity(.boolean), .entity(.time)].enumerated().map {
            Slot(
                name: "\($0)", type: $1, isRequired: true, question: Template(literal: "?"),
                needsConfirmation: false)
        }
        let task = DialogueTask(
            name: "t", intents: [], examples: [], slots: slots, action: Action(rawValue: "t"),
            confirmation: nil, reply: Template(literal: "Done."), nothingFound: nil, data: nil)
        var talk = Talk(TaskBook(tasks: [task]))
        talk.say("start", begins: "t")
        #expect(talk.admissible.filter { $0.slots.count > 1 }.map(\.slots) == [["1", "3"]])
    }

    @Test func `after an answer that fits nothing the choices may be named`() {
        var talk = Talk()
        talk.say("I need a report", begins: "get_report")
        let again = Move(.askMissingInfo, slots: ["report_type"], namesChoices: true)
        #expect(talk.say("bananas", choosing: again) == "Which report? You can say: blood test, x ray.")
        talk.say("x ray")
        #expect(talk.values == ["report_type": "x_ray"])
    }

    @Test func `after an answer that fits nothing another slot may be asked for`() {
        var talk = Talk()
        talk.say("I need a report", begins: "get_report")
        let other = Move(.askMissingInfo, slots: ["date"])
        #expect(talk.say("bananas", choosing: other) == "From which day?")
    }

    @Test func `giving up is admissible only after three misses`() {
        var talk = Talk()
        talk.say("I need a report", begins: "get_report")
        for misses in 1...3 {
            talk.say("bananas")
            #expect(talk.admissible.contains(Move(.cancel)) == (misses == 3))
        }
        #expect(talk.say("bananas", choosing: Move(.cancel)) == "Cancelled.")
        #expect(talk.state.goal == nil)
        #expect(talk.state.expectation == nil)
    }

    @Test func `giving up a goal goes back to the one before`() {
        var talk = Talk()
        talk.say("I need a report", begins: "get_report")
        talk.say(
            "book tomorrow at 9", "book_appointment", begins: "book_appointment",
            dates: ["tomorrow": ["2026-01-10"]], times: ["9": ["09:00"]])
        for _ in 1...3 { talk.say("hm", "confirmation", confidence: 0.3) }
        talk.say("no", yes: false, choosing: Move(.cancel))
        #expect(talk.state.goals.map(\.task) == ["get_report"])
        // What the user cancels himself is not given up twice.
        talk.say("book tomorrow", "book_appointment", begins: "book_appointment")
        talk.say("never mind")
        #expect(talk.state.goals.map(\.task) == ["get_report"])
    }

    @Test func `who refuses is asked what to change, and nothing is given up for that`() {
        var talk = Talk()
        talk.say(
            "book tomorrow at 9", "book_appointment", begins: "book_appointment",
            dates: ["tomorrow": ["2026-01-10"]], times: ["9": ["09:00"]])
        talk.say("no", yes: false)
        #expect(talk.admissible == [Move(.clarify)])
    }

    @Test func `what needs no confirmation may be confirmed once`() {
        var talk = Talk()
        let question = talk.say(
            "blood test from yesterday", begins: "get_report", dates: ["yesterday": ["2026-01-08"]],
            choosing: Move(.confirm))
        #expect(question == "report type: blood test, date: 2026-01-08?")
        talk.say("yes", "confirmation", yes: true, rows: [])
        #expect(talk.action == .fetchData)
        #expect(talk.admissible == [Move(.fetchData)])
    }
}
