import Dispatch
import Foundation
import Learning
import Storage
import Synchronization
import Testing

@testable import Assistant

/// Snapshots that say how the head does on examples that are never taught.
@Suite struct HeldBackTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// Two that the colours teach, and one of an intent that nothing teaches.
    private static let lines = "red\tred house\ngreen\tgreen hill\nblue\tblue sea\n"

    private func settings(_ content: String, name: String = "held.tsv") throws -> AssistantConfiguration {
        var settings = configuration(directory)
        let path = "\(directory.path)/\(name)"
        try Data(content.utf8).write(to: URL(fileURLWithPath: path))
        settings.heldBack = path
        return settings
    }

    /// With its held-back examples embedded.
    private func opened(
        _ settings: AssistantConfiguration, _ encoding: TextEncoding = .words()
    ) throws -> LocalAssistant {
        let assistant = try open(settings, encoding)
        assistant.heldBackQueue.sync {}
        return assistant
    }

    @Test func `a snapshot has the head's accuracy, and an unknown intent counts as wrong`() throws {
        let assistant = try opened(try settings(Self.lines))
        let empty = try assistant.snapshot(named: "empty")
        #expect(empty.accuracy == 0 && empty.heldBack == 3)
        try assistant.trainColours()
        #expect(try assistant.snapshot(named: "colours").accuracy == 2.0 / 3)
        try assistant.teach("blue sea", "blue")
        #expect(try assistant.content(ofSnapshot: nil).summary.accuracy == 1)
        #expect(try assistant.content(ofSnapshot: "colours").summary.heldBack == 3)
        #expect(try assistant.snapshots().map(\.accuracy) == [2.0 / 3, 0])
        #expect(assistant.status().heldBack == HeldBackStatus(count: 3))
        try assistant.close()
    }

    @Test func `the accuracy is what an evaluation says, in every form of the file`() throws {
        let forms = [
            ("held.tsv", "red\tgreen leaf\ngreen\tgreen hill\n"),
            ("held.csv", "text,intent\n\"green leaf\",red\ngreen hill,green\n"),
            (
                "held",
                #"{"text":"green leaf","intent":"red"}"# + "\n" + #"{"text":"green hill","intent":"green"}"#
            ),
        ]
        for (name, content) in forms {
            let assistant = try opened(try settings(content, name: name))
            try assistant.trainColours()
            let evaluated = try assistant.evaluate(
                [
                    LabelledText(text: "green leaf", intent: "red"),
                    LabelledText(text: "green hill", intent: "green"),
                ], progress: { _ in })
            let snapshot = try assistant.snapshot(named: name)
            #expect(snapshot.accuracy == evaluated.accuracy && snapshot.accuracy == 0.5, "\(name)")
            try assistant.close()
        }
    }

    @Test func `without held-back examples nothing is said`() throws {
        let assistant = try open(configuration(directory))
        try assistant.trainColours()
        let made = try assistant.snapshot(named: "plain")
        #expect(made.accuracy == nil && made.heldBack == nil)
        #expect(assistant.status().heldBack == nil)
        try assistant.close()
    }

    @Test(arguments: [
        ("no tab", ", line 1: "), ("red\ta\nalso none", ", line 2: "), ("", "there are no examples"),
        ("red\t \n", "example 1: the text is empty"),
    ])
    func `a file that cannot be read is told, and the daemon serves on`(
        content: String, reason: String
    ) throws {
        let assistant = try opened(try settings(content))
        try assistant.trainColours()
        #expect(assistant.status().heldBack?.fault?.contains(reason) == true)
        #expect(try assistant.snapshot(named: "s").heldBack == nil)
        try assistant.reload(try settings(Self.lines))
        assistant.heldBackQueue.sync {}
        #expect(assistant.status().heldBack == HeldBackStatus(count: 3))
        #expect(try assistant.snapshot(named: "t").heldBack == 3)
        try assistant.close()
    }

    @Test func `a missing file is told too`() throws {
        var settings = configuration(directory)
        settings.heldBack = "\(directory.path)/nowhere.tsv"
        let assistant = try open(settings)
        #expect(assistant.status().heldBack?.fault?.contains("nowhere.tsv") == true)
        try assistant.close()
    }

    @Test func `a snapshot that is made anew without a lesson is measured anew`() throws {
        let assistant = try opened(try settings(Self.lines))
        try assistant.trainColours()
        try assistant.teach("blue sea", "blue")
        #expect(try assistant.snapshot(named: "s").accuracy == 1)
        _ = try assistant.erase(.event(2)) { _ in }
        #expect(try assistant.snapshots().map(\.accuracy) == [2.0 / 3])
        try assistant.close()
    }

    /// An encoder that reads of a hill only once it may, or never.
    private func encoding(_ gate: DispatchSemaphore, fails: Bool = false) -> TextEncoding {
        let plain = TextEncoding.words()
        return TextEncoding(
            model: plain.model, words: [],
            tokenize: { text, overflow throws(AssistantError) in
                if text.contains("hill") {
                    gate.wait()
                    if fails { throw .tooManyTokens(limit: 1, found: 2) }
                }
                return try plain.tokenize(text, overflow)
            },
            forward: { batch, _, _ in
                plain.encode(
                    batch.map { ids in
                        TextEncoding.Tokens(ids: ids, count: TokenCount(used: ids.count, total: ids.count))
                    })
            })
    }

    @Test func `neither snapshots nor lessons wait for the held-back examples, and a snapshot says so`()
        throws
    {
        let gate = DispatchSemaphore(value: 0)
        var settings = try settings(Self.lines)
        settings.snapshots = SnapshotSettings(everyHours: 1)
        let assistant = try open(settings, encoding(gate))
        try assistant.teach("blue sea", "blue")
        let early = try assistant.snapshot(named: "early")
        #expect(
            early.accuracy == nil && early.unmeasured == "the held-back examples are still being embedded")
        #expect(try assistant.content(ofSnapshot: nil).summary.unmeasured == early.unmeasured)
        assistant.checkpointQueue.sync {}
        gate.signal()
        assistant.heldBackQueue.sync {}
        let late = try assistant.snapshot(named: "late")
        #expect(late.accuracy == 1.0 / 3 && late.unmeasured == nil)
        #expect(try assistant.snapshots().map(\.accuracy) == [nil, 1.0 / 3])
        try assistant.close()
    }

    @Test func `what cannot be embedded is told as such`() throws {
        let gate = DispatchSemaphore(value: 0)
        gate.signal()
        let assistant = try opened(try settings(Self.lines), encoding(gate, fails: true))
        let fault =
            "the held-back examples cannot be embedded: example 2: the text has 2 tokens; the encoder reads 1"
        #expect(assistant.status().heldBack?.fault == fault)
        #expect(try assistant.snapshot(named: "s").unmeasured == fault)
        try assistant.close()
    }

    @Test func `a lesson beside what takes long leaves no digest with another head's classifier`() throws {
        let assistant = try opened(try settings(Self.lines))
        try assistant.teach("x", "y")
        let shown = try assistant.atLength { () throws(AssistantError) in
            _ = try assistant.teach([lesson("blue sea", "blue")])[0].get()
            return try assistant.content(ofSnapshot: nil)
        }
        #expect(shown.summary.event == 2 && shown.intents?.count == 2)
        #expect(shown.summary.digest == assistant.status().head.digest)
        #expect(try assistant.content(ofSnapshot: nil) == shown)
        try assistant.close()
    }

    @Test func `what is learnt now is shown while a training is at work, and measured once`() throws {
        let assistant = try opened(try settings(Self.lines))
        try assistant.trainColours()
        let digest = try assistant.snapshot(named: "s").digest
        try assistant.teach("blue sea", "blue")
        var shown: [SnapshotContent] = []
        try assistant.atLength { () throws(AssistantError) in
            try assistant.learner.withLock { _ throws(AssistantError) in
                for _ in 1...2 { shown.append(try assistant.content(ofSnapshot: nil)) }
            }
        }
        #expect(shown.first?.summary.accuracy == 1 && shown.first == shown.last)
        #expect(shown.first?.summary.digest == assistant.status().head.digest)
        #expect(shown.first?.summary.digest != digest && shown.first?.intents?.count == 3)
        let measured = assistant.heldBack.withLock { $0 }
        // Of a head that is known nobody asks the classifier.
        let nothing = IntentHead(settings: HeadSettings(seed: 1)).classifier
        #expect(measured.score(of: nothing, digest: assistant.status().head.digest)?.accuracy == 1)
        #expect(measured.score(of: nothing, digest: "another")?.accuracy == 0)
        try assistant.close()
    }
}
