import Dialogue
import Testing

/// Pleasantries begin nothing and finish nothing.
@Suite struct CourtesyTests {
    @Test(arguments: [
        ("thanks", "You are welcome."), ("Thank you so much!", "You are welcome."),
        ("that's kind of you", "You are welcome."), ("ok great", "Glad to hear it."),
        ("Oh, perfect!", "Glad to hear it."),
    ])
    func `they are answered, and the open question is asked again`(text: String, answer: String) {
        var talk = Talk()
        #expect(talk.say(text, "end_conversation") == answer)
        #expect(talk.state.goal == nil && talk.rule == .courtesy && talk.action == .answer)
        talk.say("I need my blood test", begins: "get_report")
        #expect(talk.say(text, "end_conversation") == "\(answer) From which day?")
        #expect(talk.values == ["report_type": "blood_test"] && talk.state.previous?.number == 2)
    }

    @Test func `thanks are no yes, but a yes may be polite`() {
        var talk = Talk()
        talk.say(
            "book tomorrow at ten", "book_appointment", begins: "book_appointment",
            dates: ["tomorrow": ["2026-01-10"]], times: ["ten": ["10:00"]])
        #expect(talk.action == .confirm)
        #expect(
            talk.say("thank you", "confirmation") == "You are welcome. Book 2026-01-10 at 10:00?")
        #expect(talk.state.expectation == .confirmation)
        talk.say("ok, great", "confirmation", yes: true)
        #expect(talk.action == Action(rawValue: "book_appointment"))
    }

    @Test(arguments: ["thanks, that's all", "no thanks", "great, and the one from Monday?", "good", ""])
    func `what says more is more`(text: String) {
        var talk = Talk()
        talk.say(text, "end_conversation", confidence: 0.3)
        #expect(talk.rule != .courtesy)
    }
}
