import Synchronization
import Testing

@testable import Assistant

@Suite struct LearningTests {
    let directory: TemporaryDirectory
    let assistant: LocalAssistant

    init() throws {
        directory = try TemporaryDirectory()
        assistant = try open(configuration(directory, limits: TextLimits(labelBytes: 20, examples: 10)))
    }

    @Test func `what is taught is in force for the next prediction`() throws {
        let first = try assistant.teach("book a table", "booking")
        #expect(first.event == 1)
        #expect(first.before == Guess(intent: nil, confidence: 0))
        #expect(first.after.intent == "booking")
        try assistant.teach("good bye", "leaving")
        #expect(try assistant.best("book a table") == "booking")
        #expect(try assistant.best("good bye") == "leaving")
        let corrected = try assistant.teach("book a table", "reading")
        #expect(corrected.before.intent == "booking")
        #expect(assistant.intents().map(\.intent) == ["booking", "leaving", "reading"])
    }

    @Test func `a batch of lessons leaves what the same lessons leave one by one`() throws {
        let lessons = [
            lesson("red apple", "red"), lesson(" ", "red"), lesson("green leaf", "green"),
            lesson("red rose", "red"),
            lesson("x", "a\nb"), lesson("green rose", "green"),
        ]
        let batch = assistant.teach(lessons)
        let other = try open(configuration(try TemporaryDirectory(), limits: TextLimits(labelBytes: 20)))
        let single = lessons.map { other.teach([$0])[0] }
        #expect(batch == single)
        #expect(assistant.status().head == other.status().head)
        #expect(batch.compactMap { try? $0.get().event } == [1, 2, 3, 4])
        #expect(throws: AssistantError.emptyText) { try batch[1].get() }
    }

    @Test(arguments: ["", "  ", "a\u{0}b", "a\tb", String(repeating: "x", count: 21)])
    func `a label that cannot name an intent is refused`(label: String) throws {
        let error = try #require(throws: AssistantError.self) { try assistant.teach("text", label) }
        guard case .badLabel(label, _) = error else {
            Issue.record("unexpected: \(error)")
            return
        }
        #expect(!error.description.unicodeScalars.contains { $0.value < 0x20 })
        #expect(assistant.status().events == 0)
    }

    /// Two intents of one name would be one key of an evaluation.
    @Test func `a name is one intent, however its accents are written`() throws {
        let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
        try assistant.teach("one coffee", decomposed)
        try assistant.teach("two coffees", composed)
        try assistant.teach("good bye", "leaving")
        let intents = assistant.intents()
        #expect(intents.map { Array($0.intent.utf8) } == [Array(composed.utf8), Array("leaving".utf8)])
        #expect(intents.map(\.examples) == [2, 1])
        let evaluation = try assistant.evaluate(
            [.init(text: "one coffee", intent: composed), .init(text: "two coffees", intent: decomposed)]) {
                _ in
            }
        #expect(evaluation.accuracy == 1)
        #expect(evaluation.perIntent[composed]?.support == 2)
    }

    @Test func `training takes the place of what was known, or stands beside it`() throws {
        try assistant.teach("book a table", "booking")
        let summary = try assistant.trainColours(keepingBase: true)
        #expect((summary.event, summary.count, summary.intents) == (2, 8, 3))
        #expect(assistant.intents().map(\.intent) == ["booking", "green", "red"])
        try assistant.trainColours()
        #expect(
            assistant.intents() == [
                IntentSummary(intent: "green", examples: 4), .init(intent: "red", examples: 4),
            ])
    }

    @Test func `a broken example is named by its number, and nothing is learnt`() throws {
        var examples = colours
        examples[5] = LabelledText(text: " ", intent: "red")
        #expect(throws: AssistantError.badExample(number: 6, .emptyText)) {
            try assistant.train(examples, keepingBase: false, by: alice) { _ in }
        }
        #expect(throws: AssistantError.noExamples) {
            try assistant.train([], keepingBase: false, by: alice) { _ in }
        }
        #expect(throws: AssistantError.tooManyExamples(limit: 10, found: 16)) {
            try assistant.train(colours + colours, keepingBase: false, by: alice) { _ in }
        }
        #expect(assistant.status().events == 0)
    }

    @Test func `a cancelled training leaves nothing behind`() throws {
        #expect(throws: AssistantError.cancelled) {
            try assistant.train(colours, keepingBase: false, by: alice) {
                progress throws(CancellationError) in
                #expect(progress == Progress(phase: .embedding, done: 8, total: 8))
                throw CancellationError()
            }
        }
        #expect(assistant.status().events == 0)
        #expect(assistant.intents().isEmpty)
    }

    /// Given up at the first step of the learning, among those of the slots, and at the last one.
    @Test(arguments: [0.0, 0.9, 1])
    func `a training given up while it learns is neither in force nor durable`(share: Double) throws {
        let place = try TemporaryDirectory()
        let training =
            SlotTests.lessons.map { LabelledText(text: $0.0, intent: $0.1, isMarked: true) } + colours
        let before = try {
            let assistant = try open(configuration(place))
            try assistant.teach("book a table", "booking")
            let before = assistant.status().head.digest
            #expect(throws: AssistantError.cancelled) {
                try assistant.train(training, keepingBase: false, by: alice) {
                    progress throws(CancellationError) in
                    let isThere = Double(progress.done) >= share * Double(progress.total)
                    if progress.phase == .learning, isThere { throw CancellationError() }
                }
            }
            #expect(assistant.status().head.digest == before)
            #expect(assistant.status().events == 1)
            #expect(try assistant.history(after: 0, last: nil).entries.map(\.event) == [1])
            try assistant.close()
            return before
        }()
        let again = try open(configuration(place))
        #expect(again.status().head.digest == before)
        _ = try again.train(training, keepingBase: false, by: alice) { _ in }
        #expect(try again.best("red rose") == "red")
        try expectVerified(again)
    }

    @Test func `an undo given up while it learns a training again takes nothing back`() throws {
        try assistant.teach("book a table", "booking")
        try assistant.trainColours(keepingBase: true)
        let before = assistant.status().head.digest
        var steps = 0
        #expect(throws: AssistantError.cancelled) {
            try assistant.erase(.event(1)) { _ throws(CancellationError) in
                steps += 1
                if steps == 10 { throw CancellationError() }
            }
        }
        #expect(steps == 10)
        #expect(assistant.status().head.digest == before)
        #expect(assistant.status().events == 2)
    }

    @Test func `an evaluation counts what is right and what is taken for what`() throws {
        try assistant.trainColours()
        let evaluation = try assistant.evaluate(
            [.init(text: "red apple", intent: "red"), .init(text: "green leaf", intent: "red")]) { _ in }
        #expect(evaluation.count == 2)
        #expect(evaluation.accuracy == 0.5)
        #expect(evaluation.confusion == ["red": ["red": 1, "green": 1]])
        #expect(evaluation.perIntent["red"]?.recall == 0.5)
        #expect(evaluation.perIntent["red"]?.precision == 1)
        #expect(evaluation.perIntent["green"]?.support == 0)
    }

    @Test func `intents are renamed, merged and removed, and what does not fit is refused`() throws {
        try assistant.trainColours()
        try assistant.teach("book a table", "booking")
        #expect(try assistant.renameIntent("red", to: "rot", by: alice) == IntentChange(event: 3, intents: 3))
        #expect(try assistant.best("red rose") == "rot")
        #expect(
            try assistant.mergeIntent("green", into: "rot", by: alice) == IntentChange(event: 4, intents: 2))
        #expect(assistant.intents().first { $0.intent == "rot" }?.examples == 8)
        #expect(try assistant.removeIntent("booking", by: alice) == IntentChange(event: 5, intents: 1))
        #expect(throws: AssistantError.intentNotFound("red")) {
            try assistant.renameIntent("red", to: "x", by: alice)
        }
        #expect(throws: AssistantError.intentExists("rot")) {
            try assistant.renameIntent("rot", to: "rot", by: alice)
        }
        #expect(throws: AssistantError.intentNotFound("x")) {
            try assistant.mergeIntent("rot", into: "x", by: alice)
        }
        #expect(throws: AssistantError.intentNotFound("x")) { try assistant.removeIntent("x", by: alice) }
        #expect(throws: AssistantError.self) { try assistant.mergeIntent("rot", into: "rot", by: alice) }
        #expect(assistant.status().events == 5)
    }

    @Test func `predictions are answered while a training is under way`() throws {
        try assistant.teach("book a table", "booking")
        let during = Mutex<[String?]>([])
        _ = try assistant.train(colours, keepingBase: true, by: alice) { progress throws(CancellationError) in
            // In the learning phase the learner's lock is held: this would wait for ever if it needed that.
            during.withLock { $0.append(try? assistant.best("book a table")) }
            _ = assistant.status()
        }
        #expect(during.withLock { $0 }.allSatisfy { $0 == "booking" })
        #expect(try assistant.best("red rose") == "red")
    }
}
