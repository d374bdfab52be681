import Foundation
import Storage
import Testing

@testable import Assistant

/// Lessons of ordinary users: learnt, held, approved, rejected.
@Suite struct GuardTests {
    let directory: TemporaryDirectory
    let assistant: LocalAssistant
    private let mallory = Contributor(uid: 1001, pid: 9, session: "m")
    private let root = Contributor(uid: 0, pid: 1)

    init() throws {
        directory = try TemporaryDirectory()
        assistant = try open(configuration(directory, everyEvents: 4))
        _ = try assistant.train(Self.examples, keepingBase: false, by: root) { _ in }
    }

    private static let words = [
        "apple", "rose", "car", "sky", "leaf", "frog", "tea", "grass", "shoe", "door",
    ]
    private static let examples = ["red", "green", "blue"].flatMap { colour in
        words.map { LabelledText(text: "the \(colour) \(colour) \($0)", intent: colour) }
    }

    private func teach(
        _ text: String, _ intent: String, by contributor: Contributor? = nil,
        on assistant: LocalAssistant? = nil
    ) throws -> TeachingOutcome {
        let lesson = Lesson(
            Utterance(text), intent: intent, by: contributor ?? mallory, standing: .ordinary)
        return try (assistant ?? self.assistant).teach([lesson])[0].get()
    }

    /// Wrong labels until one is held.
    @discardableResult
    private func flood(_ assistant: LocalAssistant? = nil) throws -> [TeachingOutcome] {
        try Self.words.flatMap { word in
            try ["red", "green", "blue"].map {
                try teach("the \($0) \($0) \(word)", "purple", on: assistant)
            }
        }
    }

    private func held() throws -> [HistoryEntry] {
        try assistant.history(after: 0, last: nil, isQuarantined: true).entries
    }

    /// What a start makes of a copy of the files.
    private func reopened(in copy: TemporaryDirectory) throws -> LocalAssistant {
        try assistant.close()
        try FileManager.default.copyItem(atPath: "\(directory.path)/state", toPath: "\(copy.path)/state")
        return try open(configuration(copy, everyEvents: 4))
    }

    @Test func `a flood of wrong labels is held, and the head is that of those that were learnt`() throws {
        let outcomes = try flood()
        let learnt = outcomes.filter { $0.suspicion == nil }
        #expect(learnt.count < 15 && outcomes.suffix(10).allSatisfy { $0.suspicion == .contradiction })
        #expect(outcomes.allSatisfy { $0.suspicion == nil || $0.before == $0.after })
        let place = try TemporaryDirectory()
        let other = try open(configuration(place))
        _ = try other.train(Self.examples, keepingBase: false, by: root) { _ in }
        for (index, outcome) in outcomes.enumerated() where outcome.suspicion == nil {
            let colour = ["red", "green", "blue"][index % 3]
            try other.teach("the \(colour) \(colour) \(Self.words[index / 3])", "purple")
        }
        #expect(assistant.status().head.digest == other.status().head.digest)
        #expect(try held().count == outcomes.count - learnt.count)
        #expect(
            try held().allSatisfy { $0.isQuarantined && $0.kind == "held" && $0.suspicion == .contradiction })
        let verified = try assistant.verify(snapshot: nil) { _ in }
        #expect(verified.digest == verified.replayedDigest)
    }

    @Test func `owners and honest people are not held up`() throws {
        for number in 0..<100 {
            let colour = ["red", "green", "blue"][number % 3]
            #expect(try teach("a \(colour) \(colour) thing \(number)", colour).suspicion == nil)
        }
        #expect(try teach("the red red apple", "apple").suspicion == nil)
        for word in Self.words {
            let lesson = Lesson(Utterance("the red red \(word)"), intent: "purple", by: root)
            #expect(try assistant.teach([lesson])[0].get().suspicion == nil)
        }
        #expect(try held().isEmpty)
    }

    @Test func `a restart keeps what is held and does not trust anew`() throws {
        try flood()
        let (digest, waiting) = (assistant.status().head.digest, try held())
        let copy = try TemporaryDirectory()
        let again = try reopened(in: copy)
        #expect(again.status().head.digest == digest)
        #expect(try again.history(after: 0, last: nil, isQuarantined: true).entries == waiting)
        #expect(try teach("the red red rose", "yellow", on: again).suspicion == .contradiction)
    }

    @Test func `an approval is learnt where it stands, and undone it waits again`() throws {
        try flood()
        let before = assistant.status().head.digest
        let event = try #require(try held().first?.event)
        let outcome = try #require(try assistant.approve([event, event], by: root).first)
        #expect(outcome.intent == "purple" && outcome.suspicion == nil && outcome.after != outcome.before)
        #expect(assistant.status().head.digest != before)
        #expect(try !held().contains { $0.event == event })
        let entry = try #require(try assistant.history(after: outcome.event - 1, last: nil).entries.first)
        #expect(entry.kind == "approved" && entry.position == event && entry.contributor.uid == 0)
        #expect(entry.text != nil && entry.after == outcome.after && !entry.isQuarantined)
        #expect(throws: AssistantError.notQuarantined(event: event)) {
            try assistant.approve([event], by: root)
        }
        let undone = try assistant.erase(.newest(1), isProved: true) { _ in }
        #expect(
            undone.events == [outcome.event] && undone.digest == before && undone.replayedDigest == before)
        #expect(try held().contains { $0.event == event })
    }

    @Test func `an approval of a lesson from before a checkpoint is replayed`() throws {
        try flood()
        let events = try held().prefix(3).map(\.event)
        _ = try assistant.approve(events, by: root)
        let digest = assistant.status().head.digest
        let copy = try TemporaryDirectory()
        let again = try reopened(in: copy)
        #expect(again.status().head.digest == digest)
        let verified = try again.verify(snapshot: nil) { _ in }
        #expect(verified.replayedDigest == digest)
    }

    @Test func `a held lesson is forgotten by its owner, with its approval`() throws {
        try flood()
        let event = try #require(try held().first?.event)
        let before = assistant.status().head.digest
        let approved = try assistant.approve([event], by: root)[0].event
        let forgotten = try assistant.erase(.event(event), of: mallory.uid, isProved: true) { _ in }
        #expect(forgotten.events == [event, approved])
        #expect(forgotten.digest == before && forgotten.replayedDigest == before)
        #expect(throws: AssistantError.nothingToErase(.event(event))) {
            try assistant.erase(.event(event), of: mallory.uid) { _ in }
        }
    }

    @Test func `rejecting erases the lesson, and leaves the head and the account`() throws {
        try flood()
        let before = assistant.status()
        let events = try held().map(\.event)
        #expect(try assistant.reject(events) == Rejection(events: events))
        #expect(try held().isEmpty)
        #expect(assistant.status().head.digest == before.head.digest)
        #expect(assistant.status().events == before.events - events.count)
        #expect(throws: AssistantError.notQuarantined(event: events[0])) { try assistant.reject([events[0]]) }
        #expect(throws: AssistantError.notQuarantined(event: 1)) { try assistant.reject([1]) }
        #expect(try teach("the red red rose", "yellow").suspicion == .contradiction)
        let verified = try assistant.verify(snapshot: nil) { _ in }
        #expect(verified.digest == verified.replayedDigest)
    }

    @Test func `too many lessons are refused, and nothing is kept of them`() throws {
        let place = try TemporaryDirectory()
        var limited = configuration(place)
        limited.guarding = GuardingSettings(lessonsPerMinute: 60, burst: 2)
        let assistant = try open(limited)
        let lessons = (0..<4).map {
            Lesson(Utterance("text \($0)"), intent: "a", by: mallory, standing: .ordinary)
        }
        let outcomes = assistant.teach(lessons)
        #expect(outcomes.prefix(2).allSatisfy { (try? $0.get()) != nil })
        #expect(
            outcomes.suffix(2).allSatisfy { $0 == .failure(.tooManyLessons(retryAfter: .seconds(1))) })
        #expect(assistant.status().events == 2)
        #expect(try teach("another's", "a", by: alice, on: assistant).suspicion == nil)
    }

    @Test func `a lesson that breaks a canary is held, and one that does not is learnt`() throws {
        let text = "a red green pebble"
        let intent = try #require(try assistant.best(text))
        let path = "\(directory.path)/canaries.tsv"
        try "\(intent)\t\(text)\n{\"text\": \"nonsense\", \"intent\": \"elsewhere\"}\n"
            .write(toFile: path, atomically: true, encoding: .utf8)
        var watched = configuration(directory, everyEvents: 4)
        watched.guarding.canaries = path
        try assistant.reload(watched)
        #expect(try teach("a blue blue thing", "blue").suspicion == nil)
        let other = intent == "red" ? "green" : "red"
        var outcomes: [TeachingOutcome] = []
        for _ in 0..<5 { outcomes.append(try teach(text, other)) }
        #expect(outcomes.contains { $0.suspicion == .canary })
        #expect(try assistant.best(text) == intent)
        let verified = try assistant.verify(snapshot: nil) { _ in }
        #expect(verified.digest == verified.replayedDigest)
        // An owner is believed all the same.
        #expect(try assistant.teach(text, other).suspicion == nil)
    }

    @Test(arguments: [
        ("red\tx\nno tab", 2), (#"{"text": "a"}"#, 1), ("", nil),
        (String(repeating: "red\tx\n", count: 501), nil),
    ])
    func `a file of canaries with a fault is an error, at a start and at a reload`(
        content: String, line: Int?
    ) throws {
        let path = "\(directory.path)/canaries"
        try content.write(toFile: path, atomically: true, encoding: .utf8)
        var faulty = configuration(directory)
        faulty.guarding.canaries = path
        let error = try #require(throws: AssistantError.self) { try assistant.reload(faulty) }
        guard case .canaries(path, line, _) = error else {
            Issue.record("unexpected: \(error)")
            return
        }
        faulty.stateDirectory = "\(directory.path)/other"
        #expect(throws: error) { try open(faulty) }
    }

    @Test func `an explanation names the nearest examples, the voices and the events`() throws {
        try assistant.teach("a scarlet shoe", "red")
        let explanation = try assistant.explain(Utterance("a scarlet shoe"))
        #expect(explanation.prediction.intent == "red" && explanation.corrected == nil)
        let nearest = try #require(explanation.nearest.first)
        #expect(nearest.event == 2 && nearest.intent == "red" && nearest.text == "a scarlet shoe")
        #expect(nearest.similarity > 0.999 && nearest.contributor.uid == alice.uid)
        #expect(explanation.nearest.contains { $0.event == 1 && $0.text != nil })
        #expect(explanation.voices.count > 1 && explanation.voices.allSatisfy { !$0.ranked.isEmpty })
        // Texts of others are not shown.
        let own = try assistant.explain(Utterance("a scarlet shoe"), for: alice.uid).nearest
        #expect(own.map(\.event) == explanation.nearest.map(\.event))
        #expect(own.allSatisfy { ($0.text != nil) == ($0.contributor.uid == alice.uid) })
    }

    @Test func `an explanation follows what is undone, renamed and restored`() throws {
        try assistant.teach("a scarlet shoe", "red")
        _ = try assistant.explain(Utterance("a scarlet shoe"))
        _ = try assistant.renameIntent("red", to: "rot", by: root)
        #expect(try assistant.explain(Utterance("a scarlet shoe")).nearest.first?.intent == "rot")
        _ = try assistant.erase(.event(2)) { _ in }
        #expect(try assistant.explain(Utterance("a scarlet shoe")).nearest.allSatisfy { $0.event == 1 })
        try assistant.teach("a scarlet shoe", "green")
        #expect(try assistant.explain(Utterance("a scarlet shoe")).nearest.first?.event == 4)
        #expect(throws: AssistantError.emptyText) { try assistant.explain(Utterance(" ")) }
    }

    @Test func `before anything was taught an explanation is empty`() throws {
        let place = try TemporaryDirectory()
        let explanation = try open(configuration(place)).explain(Utterance("hello"))
        #expect(explanation.prediction.intent == nil)
        #expect(explanation.nearest.isEmpty && explanation.voices.isEmpty)
    }

    @Test func `a lesson whose approval a restoration undoes waits again, and counts when that is undone`()
        throws
    {
        let lesson = try #require(try flood().last { $0.suspicion != nil }).event
        _ = try assistant.snapshot(named: "before")
        let waiting = try held().map(\.event)
        _ = try assistant.approve([lesson], by: root)
        _ = try assistant.snapshot(named: "after")
        let approved = assistant.status().head.digest
        #expect(try held().map(\.event) == waiting.filter { $0 != lesson })
        _ = try assistant.restore(snapshot: "before", by: root)
        #expect(try held().map(\.event) == waiting)
        _ = try assistant.erase(.newest(1)) { _ in }
        #expect(try held().map(\.event) == waiting.filter { $0 != lesson })
        #expect(assistant.status().head.digest == approved)
        _ = try assistant.restore(snapshot: "before", by: root)
        _ = try assistant.approve([lesson], by: root)
        #expect(assistant.status().head.digest == approved)
        #expect(try held().map(\.event) == waiting.filter { $0 != lesson })
        #expect(try assistant.verify(snapshot: nil) { _ in }.replayedDigest == approved)
    }

    @Test func `a lesson rejected after its approval was undone leaves the snapshots that learnt it`() throws
    {
        let lesson = try #require(try flood().last { $0.suspicion != nil }).event
        _ = try assistant.snapshot(named: "before")
        let digest = assistant.status().head.digest
        _ = try assistant.approve([lesson], by: root)
        _ = try assistant.snapshot(named: "after")
        _ = try assistant.restore(snapshot: "before", by: root)
        _ = try assistant.reject([lesson])
        let after = try assistant.verify(snapshot: "after") { _ in }
        #expect(after.digest == digest && after.replayedDigest == digest)
        let copy = try TemporaryDirectory()
        let again = try reopened(in: copy)
        #expect(again.status().head.digest == digest)
        #expect(try again.verify(snapshot: nil) { _ in }.replayedDigest == digest)
    }

    @Test func `a lesson approved again after a restoration counts once when that is taken back`() throws {
        let lesson = try #require(try flood().last { $0.suspicion != nil }).event
        _ = try assistant.snapshot(named: "before")
        let first = try assistant.approve([lesson], by: root)[0].event
        let approved = assistant.status().head.digest
        let restoration = try assistant.restore(snapshot: "before", by: root).event
        let second = try assistant.approve([lesson], by: root)[0].event
        let outcome = try assistant.erase(.event(restoration), isProved: true) { _ in }
        #expect(outcome.events == [restoration, second])
        #expect(outcome.digest == approved && outcome.replayedDigest == approved)
        #expect(try held().allSatisfy { $0.event != lesson })
        _ = try assistant.erase(.newest(1)) { _ in }
        #expect(try held().contains { $0.event == lesson })
        #expect(try assistant.history(after: first - 1, last: nil).entries.isEmpty)
    }

    @Test func `a rejection finishes an erasure that could not be finished`() throws {
        let lesson = try #require(try flood().last { $0.suspicion != nil }).event
        _ = try assistant.approve([lesson], by: root)
        _ = try assistant.snapshot(named: "with")
        let obstacle = "\(directory.path)/state/heads/.with.snapshot.tmp"
        try FileManager.default.createDirectory(atPath: obstacle, withIntermediateDirectories: false)
        let kept = try assistant.checkpoints.load(named: "with").digest
        #expect(throws: AssistantError.self) { try assistant.erase(.newest(1)) { _ in } }
        #expect(try assistant.log.unsettled() == 1)
        try FileManager.default.removeItem(atPath: obstacle)
        _ = try assistant.reject([lesson])
        #expect(try assistant.log.unsettled() == 0)
        let now = try assistant.checkpoints.load(named: "with")
        #expect(now.digest != kept && now.digest == assistant.status().head.digest)
    }
}
