import Testing

@testable import Assistant

@Suite struct PredictionTests {
    let directory: TemporaryDirectory
    let assistant: LocalAssistant

    init() throws {
        directory = try TemporaryDirectory()
        assistant = try open(configuration(directory, limits: TextLimits(textBytes: 100)))
    }

    @Test func `before anything is taught there is no intent, and no error`() throws {
        let prediction = try assistant.predict([Utterance("red")])[0].get()
        #expect(prediction.intent == nil)
        #expect(prediction.ranked.isEmpty)
        #expect(prediction.confidence == 0)
    }

    @Test func `every intent has a probability, the most probable first, and together they make one`() throws
    {
        try assistant.trainColours()
        let prediction = try assistant.predict([Utterance("a red bicycle")])[0].get()
        #expect(prediction.intent == "red")
        #expect(Set(prediction.ranked.map(\.intent)) == ["red", "green"])
        #expect(prediction.ranked.map(\.probability) == prediction.ranked.map(\.probability).sorted(by: >))
        #expect(abs(prediction.ranked.reduce(0) { $0 + $1.probability } - 1) < 1e-4)
    }

    @Test func `a prediction in a batch equals the same text alone`() throws {
        try assistant.trainColours()
        let utterances = [
            Utterance("red"), Utterance("green", context: "what colour"), Utterance("a frog"),
            Utterance("red"),
        ]
        let batch = try assistant.predict(utterances).map { try $0.get() }
        let single = try utterances.map { try assistant.predict([$0])[0].get() }
        #expect(batch == single)
        #expect(assistant.predict([]).isEmpty)
    }

    @Test func `a context counts, a blank one does not`() throws {
        try assistant.trainColours()
        func prediction(_ context: String?) throws -> Prediction {
            try assistant.predict([Utterance("sky", context: context)])[0].get()
        }
        #expect(try prediction(" \n") == prediction(nil))
        #expect(try prediction("green leaf").ranked != prediction(nil).ranked)
    }

    @Test func `one bad text gets its own error and the others their answers`() throws {
        try assistant.trainColours()
        let long = String(repeating: "x ", count: 51)
        let results = assistant.predict([
            Utterance(" \t\n"), Utterance("red"), Utterance(long), Utterance("\0"), Utterance("green"),
            Utterance("short", context: long),
            Utterance("one " + String(repeating: "a ", count: 30), overflow: .fail),
        ])
        #expect(try results[1].get().intent == "red")
        #expect(try results[4].get().intent == "green")
        #expect(throws: AssistantError.emptyText) { try results[0].get() }
        #expect(throws: AssistantError.textTooLong(limitBytes: 100, foundBytes: 102)) { try results[2].get() }
        #expect(throws: AssistantError.emptyText) { try results[3].get() }
        #expect(throws: AssistantError.textTooLong(limitBytes: 100, foundBytes: 102)) { try results[5].get() }
        #expect(throws: AssistantError.tooManyTokens(limit: 16, found: 31)) { try results[6].get() }
    }

    @Test func `a text longer than the encoder reads is cut and says so`() throws {
        let embedding = try assistant.embed([Utterance(String(repeating: "a ", count: 20))])[0].get()
        #expect(embedding.tokens == TokenCount(used: 16, total: 20))
        #expect(embedding.tokens.isTruncated)
        #expect(embedding.values.count == 32)
    }

    @Test func `after closing every call says so`() throws {
        try assistant.close()
        try assistant.close()
        #expect(throws: AssistantError.closed) { try assistant.predict([Utterance("x")])[0].get() }
        #expect(throws: AssistantError.closed) { try assistant.embed([Utterance("x")])[0].get() }
        #expect(throws: AssistantError.closed) { try assistant.teach("x", "y") }
        #expect(throws: AssistantError.closed) { try assistant.trainColours() }
        #expect(throws: AssistantError.closed) { try assistant.removeIntent("x", by: alice) }
        #expect(throws: AssistantError.closed) { try assistant.snapshot(named: nil) }
    }
}
