import Glibc
import Testing

@testable import Assistant

private let models = getenv("SLMD_MODELS").map { String(cString: $0) } ?? ""

/// With the real encoder.
@Suite(.enabled(if: getenv("SLMD_MODELS") != nil, "SLMD_MODELS is not set"))
struct ModelTests {
    let directory: TemporaryDirectory
    let assistant: LocalAssistant

    init() throws {
        directory = try TemporaryDirectory()
        var settings = configuration(directory)
        settings.encoder = EncoderSettings(directory: models + "/all-MiniLM-L6-v2")
        // A prediction says when it was made.
        assistant = try LocalAssistant(
            configuration: settings, logger: quiet, clock: WallClock { 1_767_952_800_000_000 })
    }

    @Test func `a taught text is known again in other words`() throws {
        try assistant.teach("Book appointment tomorrow", "book_appointment")
        try assistant.teach("Goodbye", "end_conversation")
        try assistant.teach("What is a database?", "ask_question")
        #expect(try assistant.best("Make a reservation for the next day") == "book_appointment")
        #expect(try assistant.best("bye bye") == "end_conversation")
    }

    @Test func `a prediction in a batch equals the same text alone`() throws {
        try assistant.trainColours()
        let utterances = ["red", "a much longer text about green tea in the afternoon", "sky"].map {
            Utterance($0)
        }
        let batch = try assistant.predict(utterances).map { try $0.get() }
        #expect(try utterances.map { try assistant.predict([$0])[0].get() } == batch)
    }

    @Test func `a missing model is told with the command that gets it`() throws {
        var settings = configuration(try TemporaryDirectory())
        settings.encoder = EncoderSettings(directory: models + "/no-such-model")
        let error = try #require(throws: AssistantError.self) {
            try LocalAssistant(configuration: settings, logger: quiet)
        }
        guard case .model(let reason) = error else {
            Issue.record("unexpected: \(error)")
            return
        }
        #expect(reason.contains("no-such-model"))
    }
}
