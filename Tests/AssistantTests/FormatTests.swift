import Foundation
import Learning
import Testing

@testable import Assistant
@testable import Storage

/// Logs of earlier formats, made by `make_formats.py` with the SQL of those times: the same events in each.
@Suite struct FormatTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// The head that the log of a format replays to after its migration, and the texts of its lessons.
    private func replay(format: Int) throws -> (digest: String, texts: [String?], intents: [String]) {
        let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "Formats/\(format).db")
        let path = "\(directory.path)/\(format).db"
        try FileManager.default.copyItem(atPath: fixture.path, toPath: path)
        let log = try EventLog(path: path)
        let replayer = Replayer(
            log: log, checkpoints: CheckpointStore(directory: directory.path, logger: quiet),
            model: AssistantStatus.Model(
                name: "", precision: "fp32", dimension: 8, kernels: "", digest: "formats"),
            settings: HeadSettings())
        let learner = try replayer.learner(after: try log.plan(), from: .nothing)
        let events = try log.history(after: .none, limit: 100, bytes: .max).events
        return (learner.head.digest, events.map(\.text), learner.head.intents.map(\.intent.description))
    }

    @Test func `every earlier format replays to one head`() throws {
        let first = try replay(format: 1)
        #expect(first.intents == ["greet", "part"])
        for format in 2..<EventLogSchema.format {
            let other = try replay(format: format)
            #expect(other.digest == first.digest, "format \(format)")
            #expect(other.texts == first.texts && other.intents == first.intents, "format \(format)")
        }
        #expect(first.texts.compactMap(\.self) == ["hello there", "see you", "good morning", "farewell"])
    }

    @Test func `a log that was migrated is one of the newest format`() throws {
        let digest = try replay(format: 1).digest
        let path = "\(directory.path)/1.db"
        let log = try EventLog(path: path)
        _ = try log.erase([EventID(rawValue: 7)], time: 0)
        try log.settle(rewriting: true)
        #expect(try log.count() == 6)
        #expect(!digest.isEmpty)
    }
}
