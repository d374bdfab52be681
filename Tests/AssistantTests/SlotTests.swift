import Foundation
import Learning
import Testing

@testable import Assistant

/// Slots are learnt by the same log as intents: what is said of a head holds of them.
@Suite struct SlotTests {
    private let directory: TemporaryDirectory
    private let bob = Contributor(uid: 1001, pid: 3, session: "b")

    init() throws { directory = try TemporaryDirectory() }

    static let lessons = [
        ("show my [blood test](report) from [monday](date)", "find"),
        ("send the [x ray](report) of [today](date)", "send"),
        ("i need [blood test](report)", "find"), ("book [monday](date) for me", "book"),
    ]

    private func marked(_ text: String, _ intent: String, by contributor: Contributor = alice) throws
        -> Lesson
    {
        try Lesson(marked: Utterance(text), intent: intent, by: contributor)
    }

    @discardableResult
    private func teach(
        _ assistant: LocalAssistant, _ lessons: [(String, String)] = lessons
    ) throws -> [TeachingOutcome] {
        try lessons.map { try assistant.teach([try marked($0.0, $0.1)])[0].get() }
    }

    private func slots(_ text: String, _ assistant: LocalAssistant) throws -> [String] {
        try assistant.predict([Utterance(text)])[0].get().slots.map { slot in
            #expect(Array(Array(text.utf8)[slot.bytes]) == Array(slot.text.utf8))
            return "\(slot.type): \(slot.text)"
        }
    }

    @Test func `marked slots are in force at once, and the text is taught without its marks`() throws {
        let assistant = try open(configuration(directory))
        #expect(try slots("show my blood test", assistant) == [])
        try teach(assistant)
        #expect(
            try slots("Show  my BLOOD test, from monday", assistant)
                == ["report: BLOOD test", "date: monday"])
        #expect(try assistant.best("i need blood test") == "find")
        let texts = try assistant.history(after: 0, last: nil).entries.map(\.text)
        #expect(texts[0] == "show my blood test from monday")
        try expectVerified(assistant)
    }

    @Test func `more types of slots than can be learnt in time are refused, and nothing of them is kept`()
        throws
    {
        let assistant = try open(configuration(directory))
        try teach(assistant)
        let known = 2
        let most = SlotTagger.mostTypes - known
        let many = (1...most + 1).map {
            LabelledText(text: "show [it](t\($0))", intent: "find", isMarked: true)
        }
        let refusal = AssistantError.badExample(
            number: most + 1,
            .badSlots("type 't\(most + 1)': expected at most 64 types of slots in all, found one more"))
        #expect(throws: refusal) { try assistant.train(many, keepingBase: true, by: alice) { _ in } }
        #expect(try assistant.history(after: 0, last: nil).entries.count == Self.lessons.count)
        let learnt = try assistant.train(Array(many.dropLast()), keepingBase: true, by: alice) { _ in }
        #expect(learnt.intents == 3)
        #expect(
            throws: AssistantError.badSlots(
                "type 'one': expected at most 64 types of slots in all, found one more")
        ) {
            try assistant.teach([try marked("show [it](one)", "find")])[0].get()
        }
        #expect(try assistant.teach([try marked("show [it](t1)", "find")])[0].get().event == 6)
    }

    @Test func `a start brings the same slots back, from a checkpoint and from nothing`() throws {
        for everyEvents in [1, 1000] {
            let place = try TemporaryDirectory()
            let digest = try {
                let first = try open(configuration(place, everyEvents: everyEvents))
                try teach(first)
                try first.close()
                return first.status().head.digest
            }()
            let second = try open(configuration(place))
            #expect(second.status().head.digest == digest)
            #expect(try slots("send my x ray of today", second) == ["report: x ray", "date: today"])
            try expectVerified(second)
        }
    }

    @Test func `undoing a lesson undoes its slots, as if it had never been`() throws {
        let assistant = try open(configuration(directory))
        try teach(assistant, Array(Self.lessons[..<3]))
        let before = assistant.status().head.digest
        try teach(assistant, [("call [doctor smith](person) now", "call")])
        #expect(try slots("call doctor smith now", assistant) == ["person: doctor smith"])
        let outcome = try assistant.erase(.newest(1), isProved: true) { _ in }
        #expect(outcome.digest == before && outcome.replayedDigest == before)
        #expect(try slots("call doctor smith now", assistant).allSatisfy { !$0.hasPrefix("person") })
    }

    @Test func `what a user taught of slots is forgotten with them`() throws {
        let assistant = try open(configuration(directory))
        try teach(assistant)
        let before = assistant.status().head.digest
        _ = try assistant.teach([try marked("call [very secret](person) now", "call", by: bob)])[0].get()
        let outcome = try assistant.erase(.user(bob.uid), isProved: true) { _ in }
        #expect(outcome.digest == before && outcome.replayedDigest == before)
        let state = "\(directory.path)/state"
        let files = try #require(FileManager.default.enumerator(atPath: state))
        for case let file as String in files {
            let bytes = FileManager.default.contents(atPath: "\(state)/\(file)")
            #expect(bytes?.range(of: Data("very secret".utf8)) == nil, "\(file)")
        }
    }

    @Test func `a snapshot keeps the slots, goes to another state with them, and comes back`() throws {
        let assistant = try open(configuration(directory))
        try teach(assistant)
        let kept = try assistant.snapshot(named: "kept").digest
        try teach(assistant, [("call [doctor smith](person) now", "call")])
        let bytes = try assistant.export(snapshot: "kept") { _ in }.file.read(at: 0, limit: .max)
        #expect(try assistant.restore(snapshot: "kept", by: alice).digest == kept)
        try expectVerified(assistant, "kept")
        let place = try TemporaryDirectory()
        let other = try open(configuration(place))
        let upload = try other.upload(size: bytes.count)
        _ = try upload.append(bytes)
        _ = try other.importSnapshot(upload, named: "theirs", by: alice) { _ in }
        #expect(try other.restore(snapshot: "theirs", by: alice).digest == kept)
        #expect(try slots("send my x ray of today", other) == ["report: x ray", "date: today"])
        try expectVerified(other)
    }

    @Test func `another encoder reads the slots again`() throws {
        do {
            let first = try open(configuration(directory))
            try teach(first)
            try first.close()
        }
        let second = try open(configuration(directory), .words(salt: 2, width: 64))
        #expect(try slots("send my x ray of today", second) == ["report: x ray", "date: today"])
        try expectVerified(second)
    }

    @Test func `intents are renamed and removed beside slots`() throws {
        let assistant = try open(configuration(directory))
        try teach(assistant)
        _ = try assistant.renameIntent("find", to: "search", by: alice)
        _ = try assistant.removeIntent("book", by: alice)
        #expect(try slots("book monday for me", assistant) == ["date: monday"])
        try expectVerified(assistant)
    }

    @Test func `a held lesson teaches its slots when it is approved`() throws {
        let assistant = try open(configuration(directory))
        try teach(assistant)
        let ordinary = try Lesson(
            marked: Utterance("call [doctor smith](person) now"), intent: "call", by: bob,
            standing: .ordinary)
        let outcome = try assistant.teach([ordinary])[0].get()
        if outcome.suspicion != nil { _ = try assistant.approve([outcome.event], by: alice) }
        #expect(try slots("call doctor smith now", assistant) == ["person: doctor smith"])
        try expectVerified(assistant)
    }

    @Test func `a mistyped word is found as it was written`() throws {
        let assistant = try open(configuration(directory))
        for _ in 0..<3 { try teach(assistant) }
        #expect(
            try slots("show my blod test from monday", assistant) == ["report: blod test", "date: monday"])
    }

    @Test(arguments: [
        ("show [my", "slot at byte 5"), ("show [my](a b)", "type at byte 10"),
        ("show my [report](x)s", "expected whole words"),
        ("show [,](x)", "expected a letter or a digit in it"),
    ])
    func `marks that cannot be learnt are refused, and say why`(text: String, reason: String) throws {
        let assistant = try open(configuration(directory))
        let error = #expect(throws: AssistantError.self) {
            try assistant.teach([try marked(text, "find")])[0].get()
        }
        guard case .badSlots(let found) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(found.contains(reason))
        #expect(assistant.status().events == 0)
    }

    private func train(_ assistant: LocalAssistant, _ lessons: [(String, String)], isAdded: Bool = false)
        throws
    {
        let examples = lessons.map { text, intent in
            LabelledText(text: text, intent: intent, isMarked: text.contains("["))
        }
        _ = try assistant.train(examples, keepingBase: isAdded, by: alice) { _ in }
    }

    @Test func `a training learns marked slots, durably, and undoing it undoes them`() throws {
        let before = try {
            let first = try open(configuration(directory))
            try teach(first, [("call [doctor smith](person) now", "call")])
            let before = first.status().head.digest
            try train(first, Self.lessons + [("go \\[away] now", "leave")], isAdded: true)
            #expect(
                try slots("Show  my BLOOD test, from monday", first)
                    == ["report: BLOOD test", "date: monday"])
            #expect(try slots("call doctor smith now", first) == ["person: doctor smith"])
            try first.close()
            return before
        }()
        let second = try open(configuration(directory))
        #expect(try slots("send my x ray of today", second) == ["report: x ray", "date: today"])
        try expectVerified(second)
        let explained = try second.explain(Utterance("go [away] now"), for: nil)
        #expect(explained.nearest.first?.text == "go [away] now")
        let outcome = try second.erase(.newest(1), isProved: true) { _ in }
        #expect(outcome.digest == before && outcome.replayedDigest == before)
    }

    @Test func `a training's bad marks are told with their example, and nothing is learnt`() throws {
        let assistant = try open(configuration(directory))
        for text in ["show [my", "show my [report](x)s"] {
            let error = #expect(throws: AssistantError.self) {
                try train(assistant, Self.lessons + [(text, "find")] + Self.lessons)
            }
            guard case .badExample(number: 5, .badSlots) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
        #expect(assistant.status().events == 0)
    }

    @Test func `an evaluation reads texts without their marks`() throws {
        let assistant = try open(configuration(directory))
        try train(assistant, Self.lessons)
        let examples = Self.lessons.map { LabelledText(text: $0.0, intent: $0.1, isMarked: true) }
        let plain = [
            LabelledText(text: "show my blood test from monday", intent: "find"),
            LabelledText(text: "send the x ray of today", intent: "send"),
            LabelledText(text: "i need blood test", intent: "find"),
            LabelledText(text: "book monday for me", intent: "book"),
        ]
        let marked = try assistant.evaluate(examples) { _ in }
        let unmarked = try assistant.evaluate(plain) { _ in }
        #expect(marked.accuracy == 1 && marked.confusion == unmarked.confusion)
        #expect(marked.expectedCalibrationError == unmarked.expectedCalibrationError)
    }

    @Test(arguments: [
        ("find\tshow my [blood test](report)\nbook\tbook [monday](date) now\n", ["report: blood test"]),
        ("find\tshow my [blood test] please\nbook\tbook now\n", []),
    ])
    func `a bootstrap file has slots where it marks some`(file: String, found: [String]) throws {
        let path = "\(directory.path)/b.tsv"
        try file.write(toFile: path, atomically: true, encoding: .utf8)
        var settings = configuration(directory)
        settings.bootstrap = .file(path: path)
        #expect(try slots("show my blood test", try open(settings)) == found)
    }

    @Test func `a lesson with slots takes what its words take`() throws {
        let features = WordFeatures(
            tokens: (0..<10 * 3 * 384).map { Float($0 % 17) - 8 }, width: 384,
            words: (0..<10).map { $0..<$0 + 1 })
        let example = try SlotExample(
            [SlotSpan(type: SlotName("date"), bytes: 0..<1)], words: (0..<10).map { 2 * $0..<2 * $0 + 1 },
            features: features)
        let lesson = SlotLesson(spans: [], example: example)
        #expect(lesson.encoded().count < 10 * 1152 + 64)
    }
}
