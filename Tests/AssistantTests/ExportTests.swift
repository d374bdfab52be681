import Foundation
import Learning
import Synchronization
import Testing

@testable import Assistant
@testable import Storage

/// Snapshots that go from one state to another as a file.
@Suite struct ExportTests {
    private let there: TemporaryDirectory
    private let here: TemporaryDirectory
    private let root = Contributor(uid: 0, pid: 1)
    private let bob = Contributor(uid: 1001, pid: 3, session: "b")

    init() throws { (there, here) = (try TemporaryDirectory(), try TemporaryDirectory()) }

    /// A snapshot of a training, lessons of two people, a renaming and a lesson that was undone by a restoration.
    private func exported(_ assistant: LocalAssistant, later: Bool = true) throws -> [UInt8] {
        try assistant.trainColours()
        try assistant.teach("blue sky", "blue")
        _ = try assistant.teach([Lesson(Utterance("a very secret sea"), intent: "secretly", by: bob)])[0]
            .get()
        _ = try assistant.renameIntent("green", to: "verdant", by: root)
        _ = try assistant.snapshot(named: "kept")
        if later { try assistant.teach("loud noise", "noise") }
        let export = try assistant.export(snapshot: "kept") { _ in }
        #expect(export.events == 4 && export.snapshot.name == "kept")
        return try export.file.read(at: 0, limit: .max)
    }

    private func upload(_ bytes: [UInt8], to assistant: LocalAssistant) throws -> Upload {
        let upload = try assistant.upload(size: bytes.count)
        #expect(try upload.append(bytes) == bytes.count)
        return upload
    }

    @discardableResult
    private func take(
        _ bytes: [UInt8], to assistant: LocalAssistant, as name: String? = nil
    ) throws -> SnapshotSummary {
        try assistant.importSnapshot(try upload(bytes, to: assistant), named: name, by: root) { _ in }
    }

    /// What the state here was before.
    private func local() throws -> LocalAssistant {
        let assistant = try open(configuration(here, everyEvents: 3))
        try assistant.teach("warm tea", "drink")
        try assistant.teach("cold tea", "drink")
        try assistant.teach("fresh bread", "food")
        return assistant
    }

    private func files(with text: String) throws -> [String] {
        let state = "\(here.path)/state"
        let files = try #require(FileManager.default.enumerator(atPath: state))
        return files.compactMap { $0 as? String }.filter { file in
            FileManager.default.contents(atPath: "\(state)/\(file)")?.range(of: Data(text.utf8)) != nil
        }
    }

    /// What bob taught there, by its number here.
    private func bobs(in assistant: LocalAssistant) throws -> Int64 {
        let entries = try assistant.history(after: 0, last: nil).entries
        return try #require(entries.first { $0.isImported && $0.contributor.uid == bob.uid }).event
    }

    @Test func `an imported snapshot is the head it was, and changes nothing until it is restored`() throws {
        let source = try open(configuration(there))
        let bytes = try exported(source)
        let digest = try source.content(ofSnapshot: "kept").summary.digest
        let assistant = try local()
        let before = assistant.status().head.digest
        let summary = try take(bytes, to: assistant, as: "theirs")
        #expect(summary.digest == digest && summary.name == "theirs")
        #expect(assistant.status().head.digest == before && assistant.status().events == 3 + 5)
        #expect(try assistant.best("cold tea") == "drink")
        try expectVerified(assistant)
        try expectVerified(assistant, "theirs")
        let restored = try assistant.restore(snapshot: "theirs", by: root)
        #expect(restored.digest == digest && restored.intents == 4)
        #expect(try assistant.best("green frog") == "verdant")
        try expectVerified(assistant)
        // Both learn on alike.
        _ = try source.restore(snapshot: "kept", by: root)
        try source.teach("orange fruit", "orange")
        try assistant.teach("orange fruit", "orange")
        #expect(assistant.status().head.digest == source.status().head.digest)
        try expectVerified(assistant)
        // And all of it can be taken back.
        _ = try assistant.erase(.newest(2)) { _ in }
        #expect(assistant.status().head.digest == before)
        _ = try assistant.erase(.newest(1)) { _ in }
        #expect(assistant.status().head.digest == before && assistant.status().events == 3)
        #expect(try assistant.snapshots().isEmpty)
        try assistant.close()
    }

    @Test func `an import survives a start, a backup and a change of the past before it`() throws {
        let bytes = try exported(try open(configuration(there)))
        let first = try local()
        let digest = try take(bytes, to: first).digest
        _ = try first.restore(snapshot: "kept", by: root)
        try first.teach("orange fruit", "orange")
        let now = first.status().head.digest
        try first.close()
        let copy = try TemporaryDirectory()
        try FileManager.default.copyItem(atPath: "\(here.path)/state", toPath: "\(copy.path)/state")
        let again = try open(configuration(copy, everyEvents: 3))
        #expect(again.status().head.digest == now)
        try expectVerified(again)
        _ = try again.erase(.event(1)) { _ in }
        #expect(again.status().head.digest == now)
        try expectVerified(again, "kept")
        #expect(try again.content(ofSnapshot: "kept").summary.digest == digest)
        let backup = try again.backup(isProved: true)
        #expect(backup.digest == now)
        try again.close()
    }

    @Test func `what somebody elsewhere taught can be forgotten in an import, and leaves no byte`() throws {
        let source = try open(configuration(there))
        let bytes = try exported(source)
        let assistant = try local()
        try take(bytes, to: assistant)
        _ = try assistant.restore(snapshot: "kept", by: root)
        #expect(try !files(with: "secret").isEmpty)
        let forgotten = try assistant.erase(.event(try bobs(in: assistant)), isProved: true) { _ in }
        #expect(forgotten.events.count == 1 && forgotten.replayedDigest == forgotten.digest)
        #expect(try files(with: "secret").isEmpty)
        _ = try source.restore(snapshot: "kept", by: root)
        _ = try source.erase(.user(bob.uid)) { _ in }
        #expect(forgotten.digest == source.status().head.digest)
        try expectVerified(assistant, "kept")
        try assistant.close()
    }

    @Test func `users of another machine are not those of this one`() throws {
        let bytes = try exported(try open(configuration(there)))
        let assistant = try local()
        try take(bytes, to: assistant)
        _ = try assistant.restore(snapshot: "kept", by: root)
        #expect(throws: AssistantError.nothingToErase(.user(bob.uid))) {
            try assistant.erase(.user(bob.uid), of: bob.uid) { _ in }
        }
        #expect(throws: AssistantError.self) { try assistant.erase(.newest(1), of: bob.uid) { _ in } }
        #expect(try assistant.history(after: 0, last: nil, of: bob.uid).entries.isEmpty)
        let near = try assistant.explain(Utterance("a very secret sea"), for: bob.uid).nearest
        #expect(near.first?.similarity ?? 0 > 0.99 && near.allSatisfy { $0.text == nil })
        // The session is nobody's here.
        #expect(try assistant.sessions(last: 9, of: nil).allSatisfy { $0.session != "b" })
        let entries = try assistant.history(after: 0, last: nil).entries
        #expect(entries.filter(\.isImported).count == 4)
        let imported = try #require(entries.first { $0.kind == "imported" })
        #expect(imported.examples == 4 && imported.text == "kept")
        try assistant.close()
    }

    @Test func `to forget a user or a session of this machine leaves what came from another one`() throws {
        let bytes = try exported(try open(configuration(there)))
        let assistant = try local()
        try take(bytes, to: assistant)
        let before = try assistant.history(after: 0, last: nil).entries.filter { $0.kind != "taught" }
        // Bob is somebody else there, and of root there is the import alone here.
        for selection: LessonSelection in [.user(bob.uid), .session("b"), .user(root.uid)] {
            #expect(throws: AssistantError.nothingToErase(selection)) {
                try assistant.erase(selection) { _ in }
            }
        }
        // Alice taught there and here.
        #expect(try assistant.erase(.session("s")) { _ in }.events == [1, 2, 3])
        let left = try assistant.history(after: 0, last: nil).entries
        #expect(left.count == 5 && left.filter { $0.kind != "taught" } == before)
        try expectVerified(assistant, "kept")
        let imported = try #require(left.last)
        #expect(try assistant.erase(.event(imported.event)) { _ in }.events == left.map(\.event))
        #expect(try assistant.snapshots().isEmpty && files(with: "secret").isEmpty)
        try assistant.close()
    }

    /// The state here as a kill leaves it after the commit of an import, before its snapshot is there.
    private func cutShort(_ bytes: [UInt8], in copy: TemporaryDirectory) throws -> String {
        let assistant = try local()
        let digest = try take(bytes, to: assistant, as: "theirs").digest
        try assistant.close()
        try FileManager.default.copyItem(atPath: "\(here.path)/state", toPath: "\(copy.path)/state")
        try FileManager.default.removeItem(atPath: "\(copy.path)/state/heads/theirs.snapshot")
        return digest
    }

    @Test func `an import that was killed before its snapshot was there has it after the next start`() throws
    {
        let copy = try TemporaryDirectory()
        let digest = try cutShort(try exported(try open(configuration(there))), in: copy)
        let again = try open(configuration(copy))
        #expect(try again.snapshots().map(\.name) == ["theirs"] && again.status().events == 8)
        try expectVerified(again, "theirs")
        #expect(try again.restore(snapshot: "theirs", by: root).digest == digest)
        try again.close()
    }

    @Test func `another machine's automatic snapshot stays here, and puts off none of this one`() throws {
        let source = try open(configuration(there))
        try source.trainColours()
        let name = "auto-20231114T221320Z"
        _ = try source.snapshot(named: name)
        let bytes = try source.export(snapshot: name) { _ in }.file.read(at: 0, limit: .max)
        let hours = Mutex<Int64>(0)
        var settings = configuration(here)
        settings.snapshots = SnapshotSettings(everyHours: 24, keep: 1)
        let assistant = try LocalAssistant(
            configuration: settings, encoding: .words(), logger: quiet,
            clock: WallClock { 1_700_000_000_000_000 + hours.withLock { $0 } * 3_600_000_000 })
        try assistant.teach("warm tea", "drink")
        hours.withLock { $0 = 20 }
        try take(bytes, to: assistant)
        for time in [25, 50] as [Int64] {
            hours.withLock { $0 = time }
            try assistant.teach("at \(time)", "drink")
            assistant.checkpointQueue.sync {}
        }
        #expect(try assistant.snapshots().map(\.name) == [name, "auto-20231117T001320Z"])
        try assistant.close()
    }

    @Test func `an imported snapshot that cannot be read any more is set aside and made anew`() throws {
        let bytes = try exported(try open(configuration(there)))
        let settings = configuration(here, everyEvents: 3)
        let file = "\(settings.stateDirectory)/heads/theirs.snapshot"
        let digest: String
        do {
            let assistant = try local()
            digest = try take(bytes, to: assistant, as: "theirs").digest
            try assistant.close()
        }
        try Data("no snapshot".utf8).write(to: URL(fileURLWithPath: file))
        let again = try open(settings)
        #expect(try again.snapshots().map(\.digest) == [digest] && again.status().events == 8)
        #expect(FileManager.default.fileExists(atPath: "\(file).corrupt"))
        try expectVerified(again, "theirs")
        try again.close()
    }

    @Test func `where another snapshot has its name by then, the import is taken back`() throws {
        let copy = try TemporaryDirectory()
        _ = try cutShort(try exported(try open(configuration(there))), in: copy)
        let other = Checkpoint(
            event: EventID(rawValue: 2), revision: 0, encoder: "another", digest: "", createdAt: 0, head: [],
            words: [])
        try CheckpointStore(directory: "\(copy.path)/state/heads", logger: quiet)
            .replace(other, named: "theirs")
        let again = try open(configuration(copy))
        #expect(again.status().events == 3)
        try expectVerified(again)
        try again.close()
    }

    @Test func `the last restoration of an import without a snapshot takes it along when it is taken back`()
        throws
    {
        let bytes = try exported(try open(configuration(there)))
        let assistant = try local()
        let before = assistant.status().head.digest
        try take(bytes, to: assistant)
        for _ in 1...2 { _ = try assistant.restore(snapshot: "kept", by: root) }
        _ = try assistant.removeSnapshot("kept")
        #expect(try assistant.erase(.newest(1)) { _ in }.events.count == 1)
        #expect(try assistant.erase(.newest(1), isProved: true) { _ in }.events.count == 6)
        #expect(assistant.status().head.digest == before && assistant.status().events == 3)
        #expect(try files(with: "secret").isEmpty)
        try expectVerified(assistant)
        try assistant.close()
    }

    @Test func `a snapshot of an earlier version of the head is exported as what it makes now`() throws {
        let source = try open(configuration(there))
        try source.trainColours()
        let digest = try source.snapshot(named: "old").digest
        let kept = try source.checkpoints.load(named: "old")
        var head = kept.head
        // The version follows eight bytes that say what it is.
        head[8] -= 1
        for (encoder, head) in [(kept.encoder, head), ("another", kept.head)] {
            try source.checkpoints.replace(
                Checkpoint(
                    event: kept.event, revision: kept.revision, encoder: encoder,
                    digest: encoder == "another" ? "stale" : Checkpoint.digest(ofHead: head),
                    createdAt: kept.createdAt, head: head, words: kept.words), named: "old")
            let export = try source.export(snapshot: "old") { _ in }
            #expect(export.snapshot.digest == digest)
            let place = try TemporaryDirectory()
            let assistant = try open(configuration(place))
            #expect(try take(export.file.read(at: 0, limit: .max), to: assistant).digest == digest)
            try assistant.close()
        }
    }

    @Test func `one intent with two features of its name is exported with one of them`() throws {
        let source = try open(configuration(there))
        try source.teach("red rose", "deep_red")
        try source.teach("blue sea", "blue")
        _ = try source.snapshot(named: "first")
        let bytes = try source.export(snapshot: "first") { _ in }.file.read(at: 0, limit: .max)
        let assistant = try open(configuration(here), .words(drift: 0.5))
        try assistant.teach("red car", "deep_red")
        try take(bytes, to: assistant)
        _ = try assistant.restore(snapshot: "first", by: root)
        _ = try assistant.removeIntent("deep_red", by: root)
        try assistant.teach("red wine", "deep_red")
        let second = try assistant.snapshot(named: "second")
        let export = try assistant.export(snapshot: "second") { _ in }
        #expect(export.events == 4 && export.snapshot.digest != second.digest)
        let place = try TemporaryDirectory()
        let third = try open(configuration(place))
        let taken = try take(try export.file.read(at: 0, limit: .max), to: third)
        #expect(taken.digest == export.snapshot.digest)
        try expectVerified(third, "second")
        try third.close()
    }

    @Test func `an imported snapshot that is removed unrestored leaves nothing`() throws {
        let bytes = try exported(try open(configuration(there)))
        let assistant = try local()
        let before = assistant.status()
        try take(bytes, to: assistant)
        _ = try assistant.removeSnapshot("kept")
        #expect(assistant.status().events == before.events)
        #expect(try files(with: "secret").isEmpty)
        try take(bytes, to: assistant)
        _ = try assistant.restore(snapshot: "kept", by: root)
        let now = assistant.status().head.digest
        _ = try assistant.removeSnapshot("kept")
        #expect(assistant.status().head.digest == now)
        try expectVerified(assistant)
        try assistant.close()
    }

    @Test func `while the log cannot be written, an import that is to be removed stays whole`() throws {
        let bytes = try exported(try open(configuration(there)))
        let assistant = try local()
        let before = assistant.status().events
        try take(bytes, to: assistant)
        let other = try EventLog(path: "\(here.path)/state/slmd.db")
        try other.write(.append) { _ throws in
            #expect(throws: AssistantError.self) { try assistant.removeSnapshot("kept") }
            #expect(try assistant.snapshots().map(\.name) == ["kept"])
        }
        _ = try assistant.removeSnapshot("kept")
        #expect(try assistant.snapshots().isEmpty && assistant.status().events == before)
        try assistant.close()
    }

    @Test func `a removal that was cut short is finished by the next start`() throws {
        let bytes = try exported(try open(configuration(there)))
        let assistant = try local()
        let before = assistant.status()
        try take(bytes, to: assistant)
        // Killed once the events have left the log.
        let unused = try #require(try assistant.log.unusedImports(beside: []).first)
        _ = try assistant.log.erase(unused.events, time: 0)
        let copy = try TemporaryDirectory()
        try FileManager.default.copyItem(atPath: "\(here.path)/state", toPath: "\(copy.path)/state")
        let again = try open(configuration(copy))
        #expect(try again.snapshots().isEmpty)
        #expect(again.status().events == before.events && again.status().head.digest == before.head.digest)
        try again.close()
    }

    @Test func `once an import is gone no replay begins in it`() throws {
        let bytes = try exported(try open(configuration(there)))
        let assistant = try local()
        let before = assistant.status().head.digest
        try take(bytes, to: assistant)
        _ = try assistant.restore(snapshot: "kept", by: root)
        // Leaves a checkpoint of an event within what was imported.
        _ = try assistant.erase(.event(try bobs(in: assistant))) { _ in }
        _ = try assistant.erase(.newest(1)) { _ in }
        _ = try assistant.removeSnapshot("kept")
        #expect(assistant.status().head.digest == before)
        try assistant.teach("loud noise", "noise")
        let now = assistant.status().head.digest
        _ = try assistant.reload(configuration(here, everyEvents: 3))
        #expect(assistant.status().head.digest == now)
        try expectVerified(assistant)
        try assistant.close()
    }

    @Test func `an imported snapshot is exported again, with what was learnt on top of it`() throws {
        let bytes = try exported(try open(configuration(there)))
        let assistant = try local()
        try take(bytes, to: assistant)
        _ = try assistant.restore(snapshot: "kept", by: root)
        try assistant.teach("orange fruit", "orange")
        let second = try assistant.snapshot(named: "second")
        let export = try assistant.export(snapshot: "second") { _ in }
        let place = try TemporaryDirectory()
        let third = try open(configuration(place))
        let taken = try take(try export.file.read(at: 0, limit: .max), to: third)
        #expect(taken.digest == second.digest && export.events == 5)
        _ = try third.restore(snapshot: "second", by: root)
        try expectVerified(third)
        #expect(throws: AssistantError.snapshotExists("second")) {
            try take(try export.file.read(at: 0, limit: .max), to: third)
        }
        #expect(throws: AssistantError.badSnapshotName("-")) { try take(bytes, to: third, as: "-") }
        #expect(throws: AssistantError.snapshotNotFound("none")) {
            try third.export(snapshot: "none") { _ in }
        }
    }

    @Test func `what was approved goes along as a lesson of the one who gave it`() throws {
        let source = try open(configuration(there))
        try source.trainColours()
        let lesson = StoredExample(
            text: "held", context: nil,
            example: Example(
                intent: try IntentName("red"),
                features: try #require(
                    source.reading(nil).features(of: [try IntentName("held")]).values.first)))
        let held = try source.log.append(
            [NewEvent(.held(lesson, .canary), origin: Origin(bob), time: 5)], encoder: "words-1-32")
        _ = try source.approve([held[0].rawValue], by: root)
        _ = try source.snapshot(named: "kept")
        let export = try source.export(snapshot: "kept") { _ in }
        let assistant = try local()
        let taken = try take(try export.file.read(at: 0, limit: .max), to: assistant)
        #expect(taken.digest == source.status().head.digest && export.events == 2)
        let last = try #require(try assistant.history(after: 0, last: nil).entries.last { $0.isImported })
        #expect(last.kind == "taught" && last.contributor.uid == bob.uid)
    }

    // MARK: lies

    @Test func `a snapshot of another encoder or seed is refused by name`() throws {
        let bytes = try exported(try open(configuration(there)))
        let other = try open(configuration(here), .words(salt: 9))
        #expect(throws: badFile("it was made with the encoder words-1-32, here is words-9-32")) {
            try take(bytes, to: other)
        }
        try other.close()
        let place = try TemporaryDirectory()
        let seeded = try open(configuration(place, seed: 7))
        #expect(throws: badFile("it was made with learning.seed 1, here it is 7")) {
            try take(bytes, to: seeded)
        }
    }

    @Test func `a backup is no snapshot, a snapshot no backup, and nothing is neither`() throws {
        let source = try open(configuration(there))
        _ = try source.snapshot(named: "empty")
        #expect(throws: badFile("nothing is learnt in it")) { try source.export(snapshot: "empty") { _ in } }
        let bytes = try exported(source)
        let backup = try source.backup().file.read(at: 0, limit: .max)
        #expect(throws: badFile("it is a backup: slmctl restore takes it")) { try take(backup, to: source) }
        #expect(throws: badFile("it is a snapshot: slmctl snapshot import takes it")) {
            try source.restore(
                try upload(bytes, to: source), RestoreTerms(), takeOver: { _ in }, progress: { _ in })
        }
        #expect(throws: badFile("it does not begin like a file of slmd")) { try take([1, 2, 3], to: source) }
    }

    @Test func `a file cut anywhere or with a changed byte changes nothing`() throws {
        let bytes = try exported(try open(configuration(there)))
        let assistant = try local()
        let before = (assistant.status(), try assistant.snapshots())
        for length in stride(from: 0, to: bytes.count, by: 16_411) {
            #expect(throws: AssistantError.self, "cut at \(length)") {
                try take(Array(bytes[..<length]), to: assistant)
            }
        }
        for index in stride(from: 700, to: bytes.count - 1024, by: 16_411) {
            var changed = bytes
            changed[index] ^= 4
            #expect(throws: AssistantError.self, "byte \(index)") { try take(changed, to: assistant) }
        }
        #expect(throws: AssistantError.self) { try take(bytes + [0], to: assistant) }
        #expect(assistant.status().head == before.0.head && assistant.status().events == 3)
        #expect(try assistant.snapshots() == before.1)
        #expect(!FileManager.default.fileExists(atPath: "\(here.path)/state/restore.incoming"))
    }

    /// The same file with the log's events defined otherwise, and the digests made right.
    private func weakened(_ bytes: [UInt8]) throws -> [UInt8] {
        let entry = try #require(try Tar.entry(Array(bytes[..<Tar.blockSize]), at: 0))
        let lines = Tar.blockSize..<Tar.blockSize + entry.size
        let manifest = try BackupManifest(decoding: Array(bytes[lines]))
        let log = try #require(manifest.parts.first)
        let start = lines.upperBound + Tar.padding(after: entry.size) + Tar.blockSize
        var content = Data(bytes[start..<start + log.bytes])
        let place = try #require(content.range(of: Data("kind TEXT NOT NULL".utf8)))
        content.replaceSubrange(place, with: Data("kind TEXT         ".utf8))
        let part = BackupManifest.Part(
            path: log.path, bytes: log.bytes,
            digest: try OutgoingFile.digest(of: .bytes(Array(content))) { _ in })
        let right = BackupManifest(
            kind: manifest.kind, format: manifest.format, event: manifest.event, digest: manifest.digest,
            origin: manifest.origin, createdAt: manifest.createdAt, name: manifest.name,
            parts: [part] + manifest.parts.dropFirst())
        var changed = bytes
        changed.replaceSubrange(start..<start + log.bytes, with: content)
        changed.replaceSubrange(lines, with: right.encoded())
        return changed
    }

    @Test func `a log that is not defined as ours is refused by the name of its table, and nothing reads it`()
        throws
    {
        let source = try open(configuration(there))
        let bytes = try weakened(try exported(source))
        let backup = try weakened(try source.backup().file.read(at: 0, limit: .max))
        let assistant = try local()
        let refusal = badFile("its log: 'events' is not defined there as slmd defines it")
        #expect(throws: refusal) { try take(bytes, to: assistant) }
        #expect(throws: refusal) {
            try assistant.restore(
                try upload(backup, to: assistant), RestoreTerms(), takeOver: { _ in }, progress: { _ in })
        }
        #expect(!FileManager.default.fileExists(atPath: "\(here.path)/state/restore.incoming"))
        #expect(try assistant.best("cold tea") == "drink" && assistant.status().events == 3)
        try assistant.close()
    }

    @Test func `texts and labels beyond the limits here are refused`() throws {
        let bytes = try exported(try open(configuration(there)))
        let texts = try open(configuration(here, limits: TextLimits(textBytes: 16)))
        #expect(throws: badFile("its event 3: the text has 17 bytes, at most 16 are allowed")) {
            try take(bytes, to: texts)
        }
        let place = try TemporaryDirectory()
        let labels = try open(configuration(place, limits: TextLimits(labelBytes: 7)))
        #expect(throws: badFile("its event 3: the intent has 8 bytes, at most 7 are allowed")) {
            try take(bytes, to: labels)
        }
    }

    private func badFile(_ reason: String) -> AssistantError {
        .badUpload("the file cannot be used: \(reason)")
    }
}
