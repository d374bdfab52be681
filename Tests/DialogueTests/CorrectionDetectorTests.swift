import Dialogue
import Testing

/// Whether a sentence corrects, by its words and the head together.
@Suite struct CorrectionDetectorTests {
    private func detector(_ text: String, _ shares: [String: Double] = [:]) -> CorrectionDetector {
        CorrectionDetector(text) { shares[$0] ?? 0 }
    }

    @Test(arguments: [
        "No, the 9th", "Sorry, make that four people", "Could you change it to Friday instead?",
        "On second thoughts, the evening is better", "That's not right, I need two rooms",
    ])
    func `words correct a value before anything was taught`(text: String) {
        #expect(detector(text).corrects)
    }

    @Test(arguments: ["play it in the bedroom", "only one ticket for me"])
    func `what the head takes for a correction is one, whatever its words`(text: String) {
        #expect(!detector(text).corrects)
        let found = detector(text, [KnownIntent.correction: 0.8])
        #expect(found.corrects && found.isNamed && !found.correctsMeaning)
    }

    @Test(arguments: [KnownIntent.farewell, KnownIntent.confirmation, KnownIntent.clarification])
    func `a no that the head takes for something else about the talk corrects nothing`(intent: String) {
        #expect(detector("no, we can leave it there", [KnownIntent.question: 0.9]).corrects)
        #expect(!detector("no, we can leave it there", [intent: 0.6]).corrects)
        #expect(detector("no, I was just asking if it is there", [intent: 0.6]).corrects)
    }

    @Test(arguments: [
        "No, that's all. Thanks!", "nope, thank you", "That's all I wanted to know", "no, that will be all",
        "Nah, I'm good", "No, not right now",
    ])
    func `who wants nothing more corrects nothing`(text: String) {
        #expect(!detector(text).corrects)
    }

    @Test(arguments: ["Can you make it Friday instead?", "change it to two"])
    func `words for a value do not say that something else was meant`(text: String) {
        #expect(detector(text).corrects && !detector(text).correctsMeaning)
        #expect(detector(text, [KnownIntent.correction: 0.8]).correctsMeaning)
    }

    @Test(arguments: [
        "ok great", "Thank you so much!", "that's kind of you", "Oh, that's good news, thanks a lot",
    ])
    func `a pleasantry corrects nothing, whatever the head says`(text: String) {
        #expect(!detector(text, [KnownIntent.correction: 0.9]).corrects)
    }

    @Test(arguments: ["Oh no! That looks bad, doesn't it?", "was just looking at it, what does 13 mean?"])
    func `an exclamation does not say that something else was meant`(text: String) {
        #expect(!detector(text, [KnownIntent.correction: 0.9]).correctsMeaning)
    }
}
