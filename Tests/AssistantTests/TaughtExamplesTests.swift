import Foundation
import Learning
import Storage
import Testing

@testable import Assistant

/// The nearest examples, read before they are wanted.
@Suite struct TaughtExamplesTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// All of them, the nearest to a text first.
    private func all(_ examples: TaughtExamples, of assistant: LocalAssistant) throws -> [ExampleIndex
        .Neighbour]
    {
        let name = try IntentName("thing")
        let features = try #require(assistant.reading(nil).features(of: [name])[name])
        return try examples.look { $0.nearest(.max, to: features) }
    }

    @Test func `what was read before it is wanted is what is read then`() throws {
        let assistant = try open(configuration(directory))
        try assistant.trainColours()
        for number in 1...5 { try assistant.teach("thing \(number)", "thing") }
        assistant.prepareExamples(beyond: 13)
        assistant.examplesQueue.sync {}
        #expect(try assistant.examples.prepare() == 13, "too few were left alone")
        assistant.examples.drop()
        assistant.prepareExamples(beyond: 12)
        assistant.examplesQueue.sync {}
        #expect(try assistant.examples.prepare() == nil, "they are there")
        try assistant.teach("thing 6", "thing")
        let read = try all(TaughtExamples(log: assistant.log), of: assistant)
        #expect(try all(assistant.examples, of: assistant) == read && read.count == 14)
        _ = try assistant.erase(.newest(2)) { _ in }
        #expect(try all(assistant.examples, of: assistant).count == 12)
        try assistant.close()
    }

    @Test func `no lesson that is taught while they are read is missed or there twice`() async throws {
        let assistant = try open(configuration(directory))
        async let taught: Void = Task.detached {
            for number in 0..<80 { try assistant.teach("thing \(number)", number % 2 == 0 ? "even" : "odd") }
        }.value
        for _ in 0..<20 {
            assistant.examples.drop()
            _ = try assistant.examples.prepare()
        }
        try await taught
        let read = try all(TaughtExamples(log: assistant.log), of: assistant)
        #expect(try all(assistant.examples, of: assistant) == read && read.count == 80)
        try assistant.close()
    }

    @Test func `of a log that is shut nothing is read, and nobody is troubled`() throws {
        let assistant = try open(configuration(directory))
        try assistant.teach("thing", "thing")
        try assistant.log.close()
        #expect(throws: StorageError.stateExchanged) { try assistant.examples.prepare() }
        assistant.prepareExamples(beyond: 0)
        assistant.examplesQueue.sync {}
    }
}
