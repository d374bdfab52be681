import Dialogue
import Testing

/// What sentences that correct say beside that.
@Suite struct CorrectionWordsTests {
    @Test(arguments: [
        ("No, just asking if reports are available", "if reports are available"),
        ("nope, just curious whether I need one", "whether I need one"),
        ("no, the 9th", "the 9th"), ("Sorry, I meant Tuesday", "Tuesday"),
        ("Actually it was a question, do you keep instructions?", "do you keep instructions?"),
        ("Not the results, only whether they have arrived", "whether they have arrived"),
        ("all I wanted was to find out if there is one", "if there is one"),
        ("What I meant was book it", "book it"), ("no", ""),
    ])
    func `what corrects is left out`(text: String, remainder: String) {
        let words = CorrectionWords(text)
        #expect(words.corrects)
        #expect(words.remainder == remainder)
    }

    @Test(arguments: [
        "I also want to know how long it takes", "and I would like to know what it costs",
        "can you check if they are ready", "the one from yesterday", "not sure which one", "I don't know",
        "wait, one more thing", "", "?", "I need my MRI",
    ])
    func `what goes on or asks anew corrects nothing`(text: String) {
        #expect(!CorrectionWords(text).corrects)
    }

    @Test(arguments: [
        ("no, was it sent?", true), ("I was just checking if they are done", true),
        ("No, book an appointment", false), ("I meant the invoice", false),
    ])
    func `that something was asked is told`(text: String, asks: Bool) {
        #expect(CorrectionWords(text).asks == asks)
    }

    @Test(arguments: ["That's not what I meant", "you misunderstood me", "that is wrong"])
    func `some words cannot be an answer`(text: String) {
        #expect(CorrectionWords(text).rejects)
    }

    @Test func `an answer alone rejects nothing`() {
        #expect(!CorrectionWords("no").rejects)
    }

    @Test func `words beside values are counted`() {
        let words = CorrectionWords("no, the x-ray from Monday")
        #expect(words.remainingWords == 5)
        #expect(words.remainingWords(beside: [8..<13, 19..<25]) == 2)
    }
}
