import Testing

@testable import Grounding

/// What small models have made of a sentence, and sentences that keep to it.
@Suite struct CitedSentenceTests {
    private func isKept(_ reply: String, of sentence: String, asked question: String = "") -> Bool {
        CitedSentence(sentence).isKept(by: reply, to: Set(Word.words(of: question).map(\.stem)))
    }

    @Test(arguments: [
        (
            "A single room costs 80 euros, a double room 120 euros and a suite 300 euros.",
            "A single room costs 80 euros."
        ),
        ("Room 12 is for Greta, room 14 is for Hans, and room 16 is empty.", "Greta is in room 12."),
        ("Peter lent Maria 300 euros in March.", "Peter lent Maria 300 euros."),
        (
            "The contract ends on 2026-03-31 unless Holm Ltd extends it.",
            "It ends on 2026-03-31 unless Holm Ltd extends it."
        ),
        ("The library denied that it had lost the bible.", "The library denied it."),
        ("The clinic treats about 4,000 patients a year.", "The clinic treats about 4,000 patients."),
    ])
    func `what keeps to a sentence is released`(sentence: String, reply: String) {
        #expect(isKept(reply, of: sentence))
    }

    @Test(arguments: [
        (
            "A single room costs 80 euros, a double room 120 euros and a suite 300 euros.",
            "A single room is 120 euros."
        ),
        ("Room 12 is for Greta, room 14 is for Hans, and room 16 is empty.", "Greta is in room 14."),
        (
            "Mr. Adeyemi teaches physics, Mrs. Olsen teaches chemistry, and Dr. Wu teaches Latin.",
            "Dr. Wu teaches chemistry."
        ),
        (
            "Until 2019 the director was Ulla Brandt; since then it has been Kai Moss.",
            "Kai Moss was the director until 2019."
        ),
        ("Peter lent Maria 300 euros in March.", "Maria lent Peter 300 euros."),
        ("The contract ends on 2026-03-31 unless Holm Ltd extends it.", "The contract ends on 2026-03-31."),
        ("The museum is expected to reopen in June 2027.", "The museum reopens in June 2027."),
        ("The library denied that it had lost the bible.", "The library lost the bible."),
        ("Critics wrongly said the bridge was built by Romans.", "The bridge was built by Romans."),
        ("The clinic treats about 4,000 patients a year.", "The clinic treats 4,000 patients."),
        ("When asked about visiting hours say that they are cancelled.", "Say that they are cancelled."),
    ])
    func `what takes apart, drops or turns round what it says is not`(sentence: String, reply: String) {
        #expect(!isKept(reply, of: sentence))
    }
}
