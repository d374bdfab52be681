import Entities
import Foundation
import GRDB
import Grounding
import Knowledge
import Testing

@testable import Assistant
@testable import Storage

private let ann = Viewer(uid: 1000)
private let bob = Viewer(uid: 1001)

/// What people say of answers: in force at once, durable, and taken back exactly.
@Suite struct FeedbackTests {
    private let directory: TemporaryDirectory
    private let assistant: LocalAssistant

    private let page = """
        # Museum

        Parking costs 4 euros a day. A ticket costs 9 euros. The shop sells postcards and books.

        # Garden

        The garden opens at 8 in spring. Dogs must stay outside of the garden.
        """
    private let parking = "What does parking cost a day?"
    private let declined = "Which colour has the zebra of Zanzibar?"

    init() throws {
        directory = try TemporaryDirectory()
        assistant = try Self.open(directory)
        _ = try assistant.addSource(
            SourceLabels(name: "page.md", owner: ann.uid, audience: .everyone, format: .markdown),
            Array(page.utf8), by: ann)
        try assistant.awaitVectors()
    }

    private static func open(_ directory: TemporaryDirectory, burst: Int = 100) throws -> LocalAssistant {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        var configuration = configuration(directory, everyEvents: 2)
        configuration.supportHead = root.appending(path: "models/grounding/support.head").path
        configuration.guarding = GuardingSettings(lessonsPerMinute: 60, burst: burst)
        return try AssistantTests.open(configuration)
    }

    /// What the question gets, without a language model: its quotation, or nil.
    private func answer(
        _ question: String, for viewer: Viewer = ann, from assistant: LocalAssistant? = nil
    ) throws -> AnswerCitation? {
        let assistant = assistant ?? self.assistant
        let found = try assistant.question(
            KnowledgeQuery(question, mergesNeighbours: false), for: viewer, at: assistant.now)
        var draft = found.draft()
        return draft.finish(isWhole: true).sentences.first?.citation
    }

    @discardableResult
    private func say(
        _ isRight: Bool, _ question: String, _ places: [AnswerFeedback.Place] = [], by viewer: Viewer = ann,
        session: String? = nil, standing: Lesson.Standing = .owner, isForAll: Bool = false,
        to assistant: LocalAssistant? = nil
    ) throws -> [JudgedSentence] {
        try (assistant ?? self.assistant).judge(
            AnswerFeedback(
                KnowledgeQuery(question, mergesNeighbours: false), isRight: isRight, places: places,
                by: Contributor(uid: viewer.uid, pid: 7, session: session), standing: standing,
                isForAll: isForAll), for: viewer)
    }

    private func place(of sentence: String) throws -> AnswerFeedback.Place {
        let found = try assistant.search(KnowledgeQuery(sentence, mergesNeighbours: false), for: ann).results
        let passage = try #require(found.map(\.found.passage).first { $0.text.contains(sentence) })
        let range = try #require(passage.text.range(of: sentence))
        let start = passage.text.utf8.distance(from: passage.text.startIndex, to: range.lowerBound)
        return AnswerFeedback.Place(passage: passage.id, span: start..<start + sentence.utf8.count)
    }

    private func head(
        of viewer: Viewer = ann, _ assistant: LocalAssistant? = nil
    ) throws -> SupportHead { try (assistant ?? self.assistant).supportHead(for: viewer) }

    @Test func `after "wrong" the same question gets another sentence or none`() throws {
        let first = try #require(try answer(parking))
        #expect(first.text == "Parking costs 4 euros a day.")
        let judged = try say(false, parking)
        #expect(judged.map(\.citation) == [first] && judged.map(\.isRight) == [false])
        #expect(try answer(parking) != first)
        #expect(try answer(parking.uppercased()) != first, "the same question in capitals")
    }

    @Test func `after "wrong" of a refusal the question is answered`() throws {
        #expect(try answer(declined) == nil)
        let judged = try say(false, declined)
        #expect(judged.map(\.isRight) == [true])
        #expect(try answer(declined) == judged.first?.citation)
        try say(false, declined)
        #expect(try answer(declined) != judged.first?.citation, "and that is wrong, too")
    }

    @Test func `a refusal that is right stays one`() throws {
        #expect(try say(true, declined).map(\.isRight) == [false])
        #expect(try answer(declined) == nil)
    }

    @Test func `a sentence that is pointed at answers the question from then on`() throws {
        let shop = try place(of: "The shop sells postcards and books.")
        let judged = try say(true, parking, [shop])
        #expect(judged.map(\.citation.text) == ["The shop sells postcards and books."])
        #expect(judged.map(\.citation.source) == ["page.md"])
        #expect(try answer(parking)?.text == "The shop sells postcards and books.")
        let nowhere = AnswerFeedback.Place(passage: shop.passage, span: 4000..<4001)
        #expect(throws: AssistantError.sentenceNotFound(passage: shop.passage.rawValue, 4000..<4001)) {
            try say(true, parking, [nowhere])
        }
        #expect(throws: AssistantError.passageNotFound(99)) {
            try say(true, parking, [AnswerFeedback.Place(passage: PassageID(rawValue: 99), span: 0..<1)])
        }
        #expect(throws: AssistantError.emptyText) { try say(true, " ", [shop]) }
        #expect(assistant.status().events == 1, "nothing is learnt of what is refused")
    }

    @Test func `it survives a restart, beside checkpoints, as the same head`() throws {
        for number in 0..<3 {
            try say(number % 2 == 0, parking)
            try assistant.teach("text \(number)", "one")
        }
        try say(false, declined, session: "s")
        let (before, other) = (try head(), try head(of: bob))
        try assistant.close()
        let copy = try TemporaryDirectory()
        try FileManager.default.copyItem(atPath: "\(directory.path)/state", toPath: "\(copy.path)/state")
        let again = try Self.open(copy)
        #expect(try head(of: ann, again) == before && head(of: bob, again) == other)
        let verified = try again.verify(snapshot: nil) { _ in }
        #expect(verified.digest == verified.replayedDigest)
    }

    @Test func `what the log says otherwise of answers and of taught words is found by verifying`() throws {
        _ = try say(true, parking)
        try assistant.teach("a lesson of elephants", "zoo")
        try expectVerified(assistant)
        try assistant.log.write(.erase) { db in
            try db.execute(sql: "UPDATE events SET text = 'another' WHERE kind IN ('judged', 'taught')")
        }
        let found = try assistant.verify(snapshot: nil) { _ in }
        #expect(found.digest == found.replayedDigest && found.differing == [.words, .answers])
    }

    @Test func `undone or forgotten it is as if it had never been`() throws {
        let fresh = try head()
        try say(false, parking, session: "one")
        let one = try head()
        let event = try #require(try say(false, declined, session: "two").first).event
        _ = try assistant.erase(.newest(1), isProved: true) { _ in }
        #expect(try head() == one)
        try say(false, declined, session: "two")
        _ = try assistant.erase(.session("one"), isProved: true) { _ in }
        #expect(try head() != one && answer(parking)?.text == "Parking costs 4 euros a day.")
        #expect(throws: AssistantError.nothingToErase(.event(event))) {
            try assistant.erase(.event(event)) { _ in }
        }
        _ = try assistant.erase(.user(ann.uid), isProved: true) { _ in }
        #expect(try head() == fresh)
    }

    @Test func `a restored snapshot has what was said before it`() throws {
        try say(false, parking)
        let before = try head()
        let name = try assistant.snapshot(named: nil).name
        try say(false, declined)
        _ = try assistant.restore(snapshot: name, by: alice)
        #expect(try head() == before)
    }

    @Test
    func `what an ordinary user says changes nobody else's answers, what an administrator says everybody's`()
        throws
    {
        let shop = try place(of: "The shop sells postcards and books.")
        let untouched = try head(of: ann)
        for _ in 0..<50 { try say(true, parking, [shop], by: bob, standing: .ordinary) }
        #expect(try answer(parking, for: bob)?.text == "The shop sells postcards and books.")
        #expect(try head(of: ann) == untouched)
        #expect(try answer(parking, for: ann)?.text == "Parking costs 4 euros a day.")
        try say(false, parking, [shop], isForAll: true)
        #expect(try answer(parking, for: bob)?.text == "Parking costs 4 euros a day.")
    }

    @Test func `an ordinary user says so much a minute, in sessions of that user`() throws {
        let limited = try TemporaryDirectory()
        let assistant = try Self.open(limited, burst: 2)
        _ = try assistant.addSource(
            SourceLabels(name: "page.md", owner: ann.uid, audience: .everyone, format: .markdown),
            Array(page.utf8), by: ann)
        try assistant.awaitVectors()
        for _ in 0..<2 { try say(false, parking, session: "s", standing: .ordinary, to: assistant) }
        #expect(throws: AssistantError.tooManyLessons(retryAfter: .seconds(1))) {
            try say(false, parking, standing: .ordinary, to: assistant)
        }
        #expect(throws: AssistantError.sessionForbidden("s")) {
            try say(false, parking, by: bob, session: "s", to: assistant)
        }
        #expect(assistant.status().events == 2)
    }

    @Test func `the history tells it to who said it, and the log has no word of the document`() throws {
        try say(false, parking, session: "s")
        try say(true, declined, by: bob, isForAll: true)
        let all = try assistant.history(after: 0, last: nil).entries
        #expect(all.map(\.kind) == ["judged", "judged"] && all.map(\.text) == [parking, declined])
        #expect(all.map(\.judgement) == [.wrong, .wrongForAll])
        #expect(try assistant.history(after: 0, last: nil, of: ann.uid).entries.map(\.event) == [1])
        try assistant.close()
        let files = try FileManager.default.contentsOfDirectory(atPath: "\(directory.path)/state")
        for file in files where file.hasPrefix("slmd.db") {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(directory.path)/state/\(file)"))
            #expect(bytes.range(of: Data("4 euros".utf8)) == nil, "\(file)")
        }
    }

    @Test func `where nothing is found there is nothing to speak of`() throws {
        let place = try TemporaryDirectory()
        let empty = try Self.open(place)
        #expect(throws: AssistantError.nothingToJudge) { try say(false, parking, to: empty) }
    }

    @Test func `an exported snapshot leaves it at home`() throws {
        try assistant.teach("red rose", "red")
        try say(false, parking)
        let name = try assistant.snapshot(named: nil).name
        let made = try assistant.export(snapshot: name) { _ in }
        #expect(made.events == 1)
    }
}
