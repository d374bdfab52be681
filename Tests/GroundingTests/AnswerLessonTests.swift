import Entities
import Tensors
import Testing

@testable import Grounding

/// What people say of answers, on the towns of `GroundingCheckTests`.
@Suite struct AnswerLessonTests {
    private let corby = "When was the bridge of Corby built?"

    private func check(_ question: String, _ head: SupportHead, towns: [Int] = [0, 2, 5]) throws
        -> GroundingCheck
    {
        let reference = try #require(ReferenceTime(rfc3339: "2026-01-09T10:00:00Z"))
        return GroundingCheck(
            question: question, vector: vector(question),
            passages: towns.map { passage(Int64($0), Towns.text($0)) }, at: reference,
            recognizer: EntityRecognizer(), head: head)
    }

    private func lesson(
        _ question: String, _ sentence: Int, of town: Int, isRight: Bool, _ head: SupportHead = Towns.head
    ) throws -> AnswerLesson {
        let asked = AskedText(question, vector: vector(question), weights: head.terms)
        let passage = passage(Int64(town), Towns.text(town))
        let span = passage.sentences[sentence].span
        return AnswerLesson(
            try #require(head.answer(at: span, of: passage, for: asked)), of: question, isRight: isRight)
    }

    private func taught(_ lessons: AnswerLesson...) -> SupportHead {
        lessons.reduce(into: Towns.head) { $0.learn($1) }
    }

    @Test
    func `a sentence that is wrong is never again the answer to that question, nor what a reply rests on`()
        throws
    {
        #expect(try check(corby, Towns.head).answer?.text == "The bridge of Corby was built in 1803.")
        let head = taught(try lesson(corby, 1, of: 2, isRight: false))
        for question in [corby, "when was THE bridge of corby built"] {
            var check = try check(question, head)
            #expect(check.answer?.text != "The bridge of Corby was built in 1803.")
            let reply = "The bridge was built in 1803."
            if case .released(let citation) = check.check(reply, vector: vector(check.statement(of: reply))) {
                #expect(citation.text != "The bridge of Corby was built in 1803.")
            }
        }
        let other = "When was the bridge of Farley built?"
        #expect(
            try check(other, head).answer == check(other, Towns.head).answer, "another question is as before")
    }

    @Test(arguments: [
        [String](repeating: "tell me more", count: 50).joined(separator: " ") + ": when was it built?",
        "When\0 was the bri\0dge built?",
    ])
    func `a question is the same as it is asked, as it is sent and as it is kept`(question: String) throws {
        let asked = AskedText(
            GroundingCheck.asked(of: question), vector: vector(corby), weights: Towns.head.terms)
        #expect(asked.key == QuestionKey(question))
        #expect(asked.key == QuestionKey(question.filter { $0 != "\0" }))
        #expect(asked.key != QuestionKey(corby))
    }

    @Test func `where all that is there is wrong, the question is declined`() throws {
        let head = taught(
            try lesson(corby, 0, of: 2, isRight: false), try lesson(corby, 1, of: 2, isRight: false),
            try lesson(corby, 2, of: 2, isRight: false))
        #expect(try !check(corby, head, towns: [2]).isAnswerable)
    }

    @Test
    func `a sentence that is right answers a question that was declined, and lets no invented fact pass`()
        throws
    {
        let question = "Who painted the ceiling of Zanzibar's cathedral?"
        #expect(try !check(question, Towns.head).isAnswerable)
        var check = try check(question, taught(try lesson(question, 0, of: 5, isRight: true)))
        let answer = try #require(check.answer)
        #expect(answer.passage == 5 && answer.text == "Farley is a town.")
        #expect(check.answerability == 1)
        let reply = "It was painted by Giotto in 1305."
        #expect(check.check(reply, vector: vector(check.statement(of: reply))) == .replaced(by: answer))
    }

    @Test func `the last word about a sentence counts`() throws {
        let head = taught(
            try lesson(corby, 1, of: 2, isRight: false), try lesson(corby, 1, of: 2, isRight: true))
        #expect(try check(corby, head).answer?.text == "The bridge of Corby was built in 1803.")
    }

    @Test func `the same lessons in the same order give the same head`() throws {
        let lessons = try (0..<10).map { try lesson(corby, $0 % 3, of: $0, isRight: $0 % 2 == 0) }
        var (head, twin) = (Towns.head, Towns.head)
        for lesson in lessons { head.learn(lesson) }
        for lesson in lessons { twin.learn(lesson) }
        #expect(head == twin && head != Towns.head)
        #expect(head.bytes == Towns.head.bytes, "the file is what was fitted")
    }

    /// The bound is what keeps one teacher from having the head say what it likes of other questions.
    @Test func `however much is said, the weights stay near, and what supports a reply is untouched`() throws
    {
        let asked = AskedText(corby, vector: vector(corby), weights: Towns.terms)
        let features = SupportFeatures.of(asked, in: passage(2, Towns.text(2)))
        var head = Towns.head
        let lessons = try (0..<10).map { try lesson(corby, $0 % 3, of: $0, isRight: true) }
        for step in 0..<20_000 { head.learn(lessons[step % 10]) }
        let length = head.learnt.reduce(0) { $0 + $1 * $1 }.squareRoot()
        #expect(length > 0 && length <= 0.0501)
        for features in features {
            #expect(head.probability(.support, features) == Towns.head.probability(.support, features))
            #expect(head.probability(.subject, features) == Towns.head.probability(.subject, features))
            #expect((0...1).contains(head.probability(.answer, features)))
        }
    }

    @Test func `a lesson reads back as it was written`() throws {
        let lesson = try lesson(corby, 1, of: 2, isRight: true)
        #expect(lesson.bytes.count == 8 + 4 * SupportFeatures.count)
        #expect(AnswerLesson(bytes: lesson.bytes, of: corby, isRight: true) == lesson)
    }

    @Test func `one of other features counts for its question alone`() throws {
        let lesson = try lesson(corby, 1, of: 2, isRight: false)
        let older = try #require(
            AnswerLesson(bytes: Array(lesson.bytes.prefix(8 + 4 * 30)), of: corby, isRight: false))
        let head = taught(older)
        #expect(head.learnt == Towns.head.learnt)
        #expect(try check(corby, head).answer?.text != "The bridge of Corby was built in 1803.")
    }

    @Test(arguments: [
        [], [1, 2, 3, 4, 5, 6, 7], [UInt8](repeating: 0, count: 9),
        [UInt8](repeating: 0, count: 8 + 4 * 1025),
        // Not a number, and infinity.
        [UInt8](repeating: 0, count: 8) + [0, 0, 0xC0, 0x7F],
        [UInt8](repeating: 0, count: 8) + [0, 0, 0x80, 0x7F],
    ])
    func `bytes that no lesson has are none`(bytes: [UInt8]) {
        #expect(AnswerLesson(bytes: bytes, of: "?", isRight: true) == nil)
    }
}
