import Foundation
import Testing

@testable import Assistant

@Suite struct BackupTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func bytes(of backup: Backup) throws -> [UInt8] { try backup.file.read(at: 0, limit: .max) }

    private func upload(_ bytes: [UInt8], to assistant: LocalAssistant) throws -> Upload {
        let upload = try assistant.upload(size: bytes.count)
        #expect(try upload.append(bytes) == bytes.count)
        return upload
    }

    /// The assistant that serves after a restoration.
    private func restore(
        _ bytes: [UInt8], to assistant: LocalAssistant, _ terms: RestoreTerms = RestoreTerms(isProved: true)
    ) throws -> (LocalAssistant, RestoredBackup) {
        var successor: LocalAssistant?
        let restored = try assistant.restore(
            try upload(bytes, to: assistant), terms, takeOver: { successor = $0 }, progress: { _ in })
        return (try #require(successor), restored)
    }

    @Test func `a restored backup is the state it was made of, and learns on as that did`() throws {
        let assistant = try open(configuration(directory))
        try assistant.trainColours()
        try assistant.teach("green pea", "green")
        let backup = try assistant.backup(isProved: true)
        let kept = try bytes(of: backup)
        #expect(backup.digest == assistant.status().head.digest && backup.event == 2)
        try assistant.teach("blue sky", "blue")
        let later = assistant.status().head.digest
        let (successor, restored) = try restore(kept, to: assistant)
        #expect(restored.digest == backup.digest && restored.replayedDigest == backup.digest)
        #expect(restored.event == 2 && restored.events == 2 && restored.intents == 2)
        #expect(try successor.best("blue sky") != "blue")
        try successor.teach("blue sky", "blue")
        #expect(successor.status().head.digest == later)
        #expect(throws: AssistantError.closed) { try assistant.best("red rose") }
        #expect(try successor.verify(snapshot: nil) { _ in }.replayedDigest == later)
        try successor.close()
    }

    @Test func `a start after a restoration finds it, and the next one has let the old state go`() throws {
        let settings = configuration(directory)
        let previous = "\(settings.stateDirectory)/restore.previous"
        do {
            let assistant = try open(settings)
            try assistant.trainColours()
            let kept = try bytes(of: try assistant.backup())
            try assistant.teach("blue sky", "blue")
            let (successor, _) = try restore(kept, to: assistant)
            #expect(FileManager.default.fileExists(atPath: "\(previous)/slmd.db"))
            try successor.close()
        }
        do {
            let again = try open(settings)
            #expect(again.status().events == 1)
            #expect(try again.verify(snapshot: nil) { _ in }.replayedDigest == again.status().head.digest)
            #expect(!FileManager.default.fileExists(atPath: previous))
            try again.close()
        }
    }

    @Test func `a backup that is damaged changes nothing`() throws {
        let assistant = try open(configuration(directory))
        try assistant.trainColours()
        let digest = assistant.status().head.digest
        var damaged = try bytes(of: try assistant.backup())
        damaged[damaged.count / 2] ^= 1
        #expect(throws: AssistantError.self) { try restore(damaged, to: assistant) }
        #expect(assistant.status().head.digest == digest)
        try assistant.teach("blue sky", "blue")
        #expect(try assistant.best("blue sky") == "blue")
        #expect(
            !FileManager.default.fileExists(
                atPath: "\(configuration(directory).stateDirectory)/restore.incoming"))
    }

    @Test func `after a change of encoder the texts of a backup are embedded again`() throws {
        let first = try open(configuration(directory))
        try first.trainColours()
        let kept = try bytes(of: try first.backup())
        try first.close()
        let elsewhere = try TemporaryDirectory()
        let other = try open(configuration(elsewhere), .words(salt: 9))
        let (successor, restored) = try restore(kept, to: other)
        #expect(try successor.best("red apple") == "red")
        #expect(restored.digest != first.status().head.digest)
        try successor.close()
    }

    @Test func `under another seed a backup gives another head, and is no damage`() throws {
        let first = try open(configuration(directory))
        try first.trainColours()
        let kept = try bytes(of: try first.backup())
        let elsewhere = try TemporaryDirectory()
        var settings = configuration(elsewhere)
        settings.learning.seed = 9
        let (successor, restored) = try restore(kept, to: try open(settings))
        #expect(try successor.best("red apple") == "red")
        #expect(restored.digest != first.status().head.digest)
        #expect(restored.replayedDigest == restored.digest)
        try successor.close()
    }

    @Test func `what is taken back while a backup is made neither waits for it nor is in it`() throws {
        let assistant = try open(configuration(directory))
        try assistant.trainColours()
        try assistant.teach("a secret word", "secret")
        var isTakenBack = false
        let backup = try assistant.backup { _ throws(CancellationError) in
            guard !isTakenBack else { return }
            isTakenBack = true
            let erased = try? assistant.erase(.event(2)) { _ in }
            #expect(erased?.events == [2])
        }
        #expect(isTakenBack && backup.event == 1)
        #expect(Data(try bytes(of: backup)).range(of: Data("secret".utf8)) == nil)
        try assistant.close()
    }

    @Test func `a snapshot is in a backup though its newest lessons were taken back`() throws {
        let assistant = try open(configuration(directory))
        try assistant.trainColours()
        try assistant.teach("green pea", "green")
        _ = try assistant.snapshot(named: "kept")
        _ = try assistant.erase(.event(2)) { _ in }
        let backup = try assistant.backup(isProved: true)
        #expect(backup.event == 1)
        let (successor, _) = try restore(try bytes(of: backup), to: assistant)
        #expect(try successor.snapshots().map(\.name) == ["kept"])
        #expect(try successor.verify(snapshot: "kept") { _ in }.replayedDigest == backup.digest)
        try successor.teach("green pea", "green")
        #expect(try successor.history(after: 0, last: nil).entries.last?.event == 3)
        try successor.close()
    }

    @Test func `a backup and a restoration that are given up leave everything as it was`() throws {
        let assistant = try open(configuration(directory))
        try assistant.trainColours()
        let kept = try bytes(of: try assistant.backup())
        #expect(throws: AssistantError.cancelled) {
            _ = try assistant.backup { _ throws(CancellationError) in throw CancellationError() }
        }
        let digest = assistant.status().head.digest
        #expect(throws: AssistantError.cancelled) {
            _ = try assistant.restore(
                try upload(kept, to: assistant), RestoreTerms(),
                takeOver: { _ in Issue.record("restored") },
                progress: { _ throws(CancellationError) in throw CancellationError() })
        }
        #expect(assistant.status().head.digest == digest)
        try assistant.teach("blue sky", "blue")
        #expect(
            try FileManager.default.contentsOfDirectory(
                atPath: configuration(directory).stateDirectory
            ).filter { $0.contains("backup") || $0.contains("restore") } == [])
        try assistant.close()
    }

    @Test func `what is forgotten after a restoration is gone from the state before it, too`() throws {
        let settings = configuration(directory)
        let assistant = try open(settings)
        try assistant.trainColours()
        try assistant.teach("a secret word", "secret")
        let kept = try bytes(of: try assistant.backup())
        let (successor, _) = try restore(kept, to: assistant, RestoreTerms(keepsPrevious: true))
        _ = try successor.erase(.event(2)) { _ in }
        let files = try #require(FileManager.default.enumerator(atPath: settings.stateDirectory))
        for case let file as String in files {
            let data = FileManager.default.contents(atPath: "\(settings.stateDirectory)/\(file)") ?? Data()
            #expect(data.range(of: Data("secret".utf8)) == nil, "\(file)")
        }
        try successor.close()
    }

    @Test func `what is said while a restoration takes over is kept, and what cannot be is counted`() throws {
        let bob = Contributor(uid: 77, pid: 1, session: "of both")
        let elsewhere = try TemporaryDirectory()
        let other = try open(configuration(elsewhere))
        try other.trainColours()
        _ = other.predict([Utterance("of bob", by: bob)])
        let kept = try bytes(of: try other.backup())
        let assistant = try open(configuration(directory))
        let both = Contributor(uid: alice.uid, pid: 1, session: "of both")
        _ = assistant.predict([Utterance("before", by: alice), Utterance("gone with its state", by: both)])
        var successor: LocalAssistant?
        let upload = try upload(kept, to: assistant)
        _ = try assistant.restore(upload, RestoreTerms()) { next in
            _ = assistant.predict([Utterance("meanwhile", by: alice), Utterance("not bob", by: both)])
            successor = next
        } progress: { _ in
        }
        let now = try #require(successor)
        // A prediction that the old one was at work on: closed to new ones, it still has this to say.
        assistant.conversations.record(
            assistant.spoken([Utterance("late", by: alice)], now.predict([Utterance("late")]), [nil]))
        #expect(try now.turns(TurnFilter()).turns.map(\.text) == ["of bob", "meanwhile", "late"])
        #expect(now.status().conversations.lost == 1)
        _ = try now.predict([Utterance("bob goes on", by: bob)])[0].get()
        try now.close()
    }

    @Test func `lessons go on while backups are made, and each backup is whole`() async throws {
        let assistant = try open(configuration(directory, everyEvents: 5))
        try assistant.trainColours()
        async let taught: Void = Task.detached {
            for number in 0..<60 { try assistant.teach("thing \(number)", number % 2 == 0 ? "even" : "odd") }
        }.value
        for _ in 0..<5 {
            let backup = try assistant.backup(isProved: true)
            let elsewhere = try TemporaryDirectory()
            let other = try open(configuration(elsewhere))
            let (successor, restored) = try restore(try bytes(of: backup), to: other)
            #expect(restored.digest == backup.digest && restored.event == backup.event)
            try successor.close()
        }
        try await taught
        try assistant.close()
    }
}
