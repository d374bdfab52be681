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

/// Words that only sound like a correction, and those that refer back.
@Suite struct ToldElsewhereTests {
    @Test(arguments: [
        "I just asked my wife, it was on the 3rd", "I was asking my doctor about it yesterday",
        "just checking it was mine", "I was only checking my calendar, Tuesday is fine",
        "I just checked with the nurse",
        "I was just asking around",
    ])
    func `what was asked or checked elsewhere corrects nothing`(text: String) {
        #expect(!CorrectionWords(text).corrects)
    }

    @Test(arguments: [
        "I was just asking if it is mine", "just checking whether it was mine",
        "I was only asking about the price",
        "No, just checking it is there", "I was asking if my doctor has it",
    ])
    func `what is asked here does`(text: String) {
        #expect(CorrectionWords(text).corrects)
    }

    @Test(arguments: ["No, I was only asking whether they've arrived", "I only wanted to know if it's done"])
    func `a shortened verb hides no reference`(text: String) {
        #expect(CorrectionWords(text).refersBack)
    }

    @Test func `words before a value that takes another's place are no matter`() {
        #expect(CorrectionWords("Wrong date, I meant the 7th").remainder == "the 7th")
    }
}
