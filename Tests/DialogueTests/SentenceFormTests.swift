import Testing

@testable import Dialogue

/// What asks for something to be done is no question, whatever its form.
@Suite struct SentenceFormTests {
    @Test(arguments: [
        "Could you book the dentist for Friday?", "can you show me my report?",
        "Hi, would you please send it to me?",
        "Please could you also find my X-ray?", "Would you mind booking a check-up?",
        "Could I have my blood test?",
        "may I get an appointment?", "Would it be possible to see my results?", "Find my last report?",
        "and then book the nurse?", "Won't you put me down for Monday?", "Can I book an appointment?",
        "Is it possible to see my results?", "May I schedule a visit?",
    ])
    func `a polite request asks nothing`(text: String) {
        #expect(!SentenceForm(text).asks)
        #expect(!SentenceForm(text, isPart: true).asks)
    }

    @Test(arguments: [
        "Could you tell me how long it takes?", "Can you say when they are open?",
        "Would you know whether it is there?",
        "Do you have my report?", "Can I book online?", "Can I pay the bill by card?",
        "Is it possible to park there?",
        "When can I come?", "Is it ready?",
        "could you be there at ten?",
        "Can you see my report?", "Are reports available", "What did my scan show",
    ])
    func `a question asks`(text: String) {
        #expect(SentenceForm(text).asks)
        #expect(SentenceForm(text, isPart: true).asks)
    }

    @Test func `the end of a sentence says nothing of the form of a part`() {
        #expect(SentenceForm("an appointment for Friday?").asks)
        #expect(!SentenceForm("an appointment for Friday?", isPart: true).asks)
        #expect(SentenceForm("and how long does it take", isPart: true).asks)
    }
}
