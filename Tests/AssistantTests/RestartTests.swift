import Foundation
import Learning
import Storage
import Synchronization
import Testing

@testable import Assistant

@Suite struct RestartTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private var heads: String { "\(directory.path)/state/heads" }

    /// Opens, does and closes.
    private func running<Value>(
        everyEvents: Int = 1000, seed: UInt64 = 1, encoding: TextEncoding = .words(),
        _ body: (LocalAssistant) throws -> Value
    ) throws -> Value {
        let assistant = try open(configuration(directory, everyEvents: everyEvents, seed: seed), encoding)
        let value = try body(assistant)
        try assistant.close()
        return value
    }

    private func head(of assistant: LocalAssistant) -> AssistantStatus.Head { assistant.status().head }

    private func learnABit(_ assistant: LocalAssistant) throws {
        try assistant.trainColours()
        for number in 1...12 {
            try assistant.teach("number \(number) of twelve", number % 2 == 0 ? "even" : "odd")
        }
        _ = try assistant.renameIntent("odd", to: "uneven", by: alice)
        _ = try assistant.mergeIntent("even", into: "uneven", by: alice)
        try assistant.teach("blue sky", "blue")
        _ = try assistant.removeIntent("green", by: alice)
    }

    @Test func `a restart comes back with exactly what was acknowledged`() throws {
        let before = try running { assistant in
            try learnABit(assistant)
            return (
                head(of: assistant), assistant.intents(),
                try assistant.predict([Utterance("red sky")])[0].get()
            )
        }
        let after = try running { assistant in
            (head(of: assistant), assistant.intents(), try assistant.predict([Utterance("red sky")])[0].get())
        }
        #expect(before == after)
    }

    @Test func `a replay of the whole log gives the head of the checkpoint, bit for bit`() throws {
        let before = try running { assistant in
            try learnABit(assistant)
            return head(of: assistant)
        }
        try FileManager.default.removeItem(atPath: heads)
        #expect(try running { head(of: $0) } == before)
    }

    @Test func `a reload gives the same head, and new limits`() throws {
        try running { assistant in
            try learnABit(assistant)
            let before = head(of: assistant)
            var settings = configuration(directory)
            settings.limits.textBytes = 4
            try assistant.reload(settings)
            #expect(head(of: assistant) == before)
            let tooLong = AssistantError.textTooLong(limitBytes: 4, foundBytes: 7)
            #expect(assistant.predict([Utterance("red sky")]) == [.failure(tooLong)])
            try assistant.teach("sky", "blue")
            #expect(head(of: assistant).event == before.event + 1)
        }
    }

    @Test func `from a checkpoint in the middle the rest is replayed`() throws {
        try running { try learnABit($0) }
        let assistant = try open(configuration(directory))
        for number in 1...3 { try assistant.teach("after the checkpoint \(number)", "late") }
        let copy = try TemporaryDirectory()
        try FileManager.default.copyItem(atPath: "\(directory.path)/state", toPath: "\(copy.path)/state")
        let revived = try open(configuration(copy))
        #expect(head(of: revived) == head(of: assistant))
        #expect(head(of: revived).event == 20)
    }

    @Test func `after so many events a checkpoint is written while running`() throws {
        let assistant = try open(configuration(directory, everyEvents: 5))
        for number in 1...5 { try assistant.teach("text \(number)", "intent") }
        assistant.checkpointQueue.sync {}
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: heads) == ["0000000000000000005.checkpoint"])
    }

    @Test func `a training is followed by a checkpoint`() throws {
        let assistant = try open(configuration(directory))
        try assistant.teach("a text", "intent")
        try assistant.trainColours(keepingBase: true)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: heads) == ["0000000000000000002.checkpoint"])
    }

    @Test func `a copy of a running state holds every acknowledged lesson`() throws {
        let assistant = try open(configuration(directory))
        for number in 1...9 {
            try assistant.teach("lesson number \(number)", number % 2 == 0 ? "even" : "odd")
            // What a kill leaves behind: the files as they are, with no closing.
            let copy = try TemporaryDirectory()
            try FileManager.default.copyItem(atPath: "\(directory.path)/state", toPath: "\(copy.path)/state")
            let revived = try open(configuration(copy))
            #expect(revived.status().events == Int64(number))
            #expect(revived.status().head == assistant.status().head)
        }
    }

    @Test func `a torn checkpoint is set aside and the log takes its place`() throws {
        let before = try running { assistant in
            try learnABit(assistant)
            return head(of: assistant)
        }
        let file = try #require(try FileManager.default.contentsOfDirectory(atPath: heads).max())
        let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(heads)/\(file)"))
        try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: "\(heads)/\(file)"))
        #expect(try running { head(of: $0) } == before)
        #expect(try FileManager.default.contentsOfDirectory(atPath: heads).contains("\(file).corrupt"))
    }

    @Test func `another seed gives the head that the whole log gives with it`() throws {
        try running { try learnABit($0) }
        let changed = try running(seed: 2) { head(of: $0) }
        try FileManager.default.removeItem(atPath: heads)
        #expect(try running(seed: 2) { head(of: $0) } == changed)
    }

    @Test func `with another encoder the texts are embedded again, once`() throws {
        let other = TextEncoding.words(salt: 99, width: 16)
        try running { try learnABit($0) }
        let changed = try running(encoding: other) { assistant in
            let blue = try assistant.best("blue sky")
            #expect(blue == "blue")
            return head(of: assistant)
        }
        #expect(try running(encoding: other) { head(of: $0) } == changed)
        let log = try EventLog(path: "\(directory.path)/state/slmd.db")
        #expect(try log.staleRows(encoder: other.model.digest, limit: 1).isEmpty)
        // The same lessons given to the other encoder from the start leave the same head.
        let fresh = try open(configuration(try TemporaryDirectory()), other)
        try learnABit(fresh)
        #expect(head(of: fresh) == changed)
    }

    @Test func `effects are kept with their events, computed again after a crash`() throws {
        let outcomes = try running { assistant in
            try (1...4).map { try assistant.teach("text \($0)", $0 % 2 == 0 ? "even" : "odd") }
        }
        func stored() throws -> [Guess] {
            var guesses: [Guess] = []
            let log = try EventLog(path: "\(directory.path)/state/slmd.db")
            try log.forEach(in: try log.plan()) { event throws(StorageError) in
                guard let after = event.effect?.after else { return }
                guesses.append(
                    Guess(intent: after.intent.map { "\($0)" }, confidence: Double(after.confidence)))
            }
            return guesses
        }
        #expect(try stored() == outcomes.map(\.after))
    }

    @Test func `a second assistant on the same state is refused`() throws {
        let first = try open(configuration(directory))
        #expect(throws: AssistantError.stateInUse(path: "\(directory.path)/state", pid: getpid())) {
            try open(configuration(directory))
        }
        #expect(try first.teach("x", "y").event == 1)
    }

    @Test func `a snapshot of the same state without a name is written once`() throws {
        let assistant = try open(configuration(directory))
        try assistant.teach("x", "y")
        let first = try assistant.snapshot(named: nil)
        #expect(try assistant.snapshot(named: nil) == first)
        try assistant.teach("z", "y")
        #expect(try assistant.snapshot(named: nil).name == "event-2")
        #expect(try assistant.snapshots().count == 2)
    }

    @Test func `a snapshot a day is made by itself, and so many stay`() throws {
        let hours = Mutex<Int64>(0)
        let clock = WallClock { 1_700_000_000_000_000 + hours.withLock { $0 } * 3_600_000_000 }
        var settings = configuration(directory)
        settings.snapshots = SnapshotSettings(everyHours: 24, keep: 2)
        func names(afterLessonsAt times: [Int64]) throws -> [String] {
            let assistant = try LocalAssistant(
                configuration: settings, encoding: .words(), logger: quiet, clock: clock)
            for time in times {
                hours.withLock { $0 = time }
                try assistant.teach("at \(time)", "y")
                assistant.checkpointQueue.sync {}
            }
            try assistant.close()
            return try assistant.snapshots().map(\.name)
        }
        #expect(try names(afterLessonsAt: [0, 23]).isEmpty)
        #expect(try names(afterLessonsAt: [25, 26, 48]) == ["auto-20231115T231320Z"])
        #expect(
            try names(afterLessonsAt: [50, 80])
                == ["auto-20231117T001320Z", "auto-20231118T061320Z"])
        hours.withLock { $0 = 200 }
        #expect(try names(afterLessonsAt: []).count == 2, "nothing was learnt since the last one")
        settings.snapshots.everyHours = 0
        #expect(try names(afterLessonsAt: [300]).count == 2)
    }

    @Test func `a snapshot tells what it knows, and can be removed`() throws {
        let assistant = try open(configuration(directory))
        try assistant.teach("x", "y")
        let made = try assistant.snapshot(named: "early")
        try assistant.teach("z", "w")
        let content = try assistant.content(ofSnapshot: "early")
        #expect(content.summary == made && content.intents == [IntentSummary(intent: "y", examples: 1)])
        #expect(try assistant.removeSnapshot("early") == made)
        #expect(try assistant.snapshots().isEmpty)
        #expect(throws: AssistantError.snapshotNotFound("early")) { try assistant.removeSnapshot("early") }
        #expect(throws: AssistantError.snapshotNotFound("early")) {
            try assistant.content(ofSnapshot: "early")
        }
        #expect(assistant.intents().count == 2)
    }

    @Test func `of a snapshot with a head of an earlier version all but its intents is told`() throws {
        let assistant = try open(configuration(directory))
        try assistant.teach("x", "y")
        let made = try assistant.snapshot(named: "old")
        #expect(try assistant.content(ofSnapshot: "old").version == Int(IntentHead.version))
        let kept = try assistant.checkpoints.load(named: "old")
        var head = kept.head
        // The version follows eight bytes that say what it is.
        head[8] -= 1
        try assistant.checkpoints.replace(
            Checkpoint(
                event: kept.event, revision: kept.revision, encoder: kept.encoder, digest: kept.digest,
                createdAt: kept.createdAt, head: head, words: kept.words), named: "old")
        let content = try assistant.content(ofSnapshot: "old")
        #expect(content.summary == made && content.intents == nil)
        #expect(content.version == Int(IntentHead.version) - 1)
        // A head that makes no sense at all is refused as before.
        try assistant.checkpoints.replace(
            Checkpoint(
                event: kept.event, revision: kept.revision, encoder: kept.encoder, digest: kept.digest,
                createdAt: kept.createdAt, head: [1, 2, 3], words: kept.words), named: "old")
        #expect(throws: AssistantError.self) { try assistant.content(ofSnapshot: "old") }
    }

    @Test func `named snapshots are listed after a restart`() throws {
        let made = try running { assistant in
            try assistant.teach("x", "y")
            return [try assistant.snapshot(named: nil), try assistant.snapshot(named: "mine")]
        }
        #expect(made.map(\.name) == ["event-1", "mine"])
        #expect(made.allSatisfy { $0.event == 1 && $0.createdAt == 1_700_000_000 })
        let assistant = try open(configuration(directory))
        #expect(try assistant.snapshots() == made)
        #expect(made[0].digest == head(of: assistant).digest)
        #expect(throws: AssistantError.snapshotExists("mine")) { try assistant.snapshot(named: "mine") }
        #expect(throws: AssistantError.badSnapshotName("../x")) { try assistant.snapshot(named: "../x") }
    }

    @Test func `the name of an intent is learnt as the log has it, whoever embeds it now`() throws {
        try running { assistant in
            try assistant.teach("red rose", "deep_red")
            try assistant.teach("blue sea", "blue")
            _ = try assistant.removeIntent("deep_red", by: alice)
        }
        try running(encoding: .words(drift: 0.5)) { assistant in
            func expectReplayable(_ place: SourceLocation = #_sourceLocation) throws {
                let found = try assistant.verify(snapshot: nil) { _ in }
                #expect(found.digest == found.replayedDigest, sourceLocation: place)
            }
            try assistant.teach("red car", "deep_red")
            try expectReplayable()
            _ = try assistant.removeIntent("blue", by: alice)
            _ = try assistant.renameIntent("deep_red", to: "blue", by: alice)
            try expectReplayable()
            _ = try assistant.train(
                ["deep_red", "blue", "new"].map { LabelledText(text: "a \($0) thing", intent: $0) },
                keepingBase: false, by: alice, progress: { _ in })
            try expectReplayable()
        }
    }
}
