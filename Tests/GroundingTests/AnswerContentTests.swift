import Testing

@testable import Grounding

/// Questions, what a small model says to them, and whether that answers them in the words of a passage.
@Suite struct AnswerContentTests {
    private static let passage = """
        The practice opens at half past eight and closes at 17:15. Doctor Lindqvist treats diabetes with eleven nurses. \
        Visitors park behind the house.
        """

    private func answers(_ sentence: String, to question: String, _ kind: AskedText.Kind = .other) -> Bool {
        let passage = Set(Word.words(of: Self.passage).map(\.stem))
        let asked = Set(Word.words(of: question).map(\.stem))
        return AnswerContent(sentence, beyond: asked).answers(kind, in: passage)
    }

    @Test(arguments: [
        ("Who treats diabetes?", "Doctor Lindqvist treats diabetes."),
        ("Who treats diabetes?", "The answer is Lindqvist."),
        ("Where do visitors park?", "Visitors park behind the house."),
        ("When does the practice close?", "The practice closes at 17:15."),
    ])
    func `what says something new in the passage's words answers`(question: String, sentence: String) {
        #expect(answers(sentence, to: question))
    }

    @Test(arguments: [
        ("Who treats diabetes?", "Diabetes is treated."),
        ("Who treats diabetes?", "The answer is:"),
        ("Where do visitors park?", "Visitors park where they park."),
        ("Where do visitors park?", "Visitors park in the garage."),
        ("When does the practice close?", "The practice closes at 17:15 PM."),
        ("Who treats diabetes?", "The question is who treats diabetes."),
    ])
    func `the question again, or words that the passage does not have, do not`(
        question: String, sentence: String
    ) {
        #expect(!answers(sentence, to: question))
    }

    @Test func `who asks for a number is answered with one`() {
        let question = "How many nurses are there?"
        #expect(answers("There are eleven nurses.", to: question, .number))
        #expect(answers("There are 11 nurses.", to: question, .number))
        #expect(!answers("There are 2 nurses.", to: question, .number))
        #expect(!answers("The nurses are behind the house.", to: question, .number))
    }
}
