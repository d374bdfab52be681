import Foundation
import Glibc
import Storage
import Testing

@testable import Assistant

private let bob = Contributor(uid: 77, pid: 1, session: "of bob")

@Suite struct ConversationTests {
    let directory: TemporaryDirectory
    let assistant: LocalAssistant

    init() throws {
        directory = try TemporaryDirectory()
        assistant = try open(configuration(directory))
    }

    private func say(
        _ text: String, by speaker: Contributor = alice, to assistant: LocalAssistant? = nil
    ) throws -> Prediction {
        try (assistant ?? self.assistant).predict([Utterance(text, context: "before", by: speaker)])[0].get()
    }

    private func turns(_ filter: TurnFilter = TurnFilter(), of owner: UInt32? = nil) throws -> [String] {
        try assistant.turns(filter, of: owner).turns.map(\.text)
    }

    /// Files of the state with these bytes in them, or in what they decompress to.
    private func filesHolding(_ text: String, in place: TemporaryDirectory? = nil) throws -> [String] {
        let path = (place ?? directory).path
        return try FileManager.default.subpathsOfDirectory(atPath: path).filter { file in
            // A directory has no content.
            guard let content = try? Data(contentsOf: URL(fileURLWithPath: "\(path)/\(file)"))
            else { return false }
            if content.range(of: Data(text.utf8)) != nil { return true }
            var isHeld = false
            guard file.hasSuffix(".zst") else { return false }
            try ArchiveReader().read([UInt8](content)) { turn in
                if turn.text.contains(text) { isHeld = true }
            }
            return isHeld
        }
    }

    /// Has the archive take over what was said, as a stop does.
    private func archive() throws {
        assistant.conversations.flush()
        try assistant.conversations.withArchive { archive throws(StorageError) in
            try archive.catchUp(today: "2023-11-14")
        }
    }

    @Test func `what is said in a session is a turn, and a lesson in it a correction`() throws {
        try assistant.trainColours()
        let predicted = try say("red apple")
        let lesson = try assistant.teach("red apple", "fruit")
        _ = assistant.predict([
            Utterance("no session"), Utterance("by nobody", by: Contributor(uid: 1, pid: 1)),
        ])
        let turns = try assistant.turns(TurnFilter()).turns
        #expect(turns.map(\.text) == ["red apple", "red apple"])
        #expect(turns[0].intent == predicted.intent && turns[0].confidence == predicted.confidence)
        #expect(turns[0].context == "before" && turns[0].event == nil && turns[0].uid == alice.uid)
        #expect(turns[1].intent == "fruit" && turns[1].event == lesson.event)
        #expect(turns.allSatisfy { $0.time == 1_700_000_000_000_000 && $0.session == "s" })
        #expect(try assistant.sessions(last: 9).map(\.turns) == [2])
    }

    @Test func `a text that is refused is no turn`() throws {
        #expect(throws: AssistantError.emptyText) { try say(" ") }
        #expect(try turns().isEmpty)
    }

    @Test func `nobody reads, continues or teaches another's session`() throws {
        _ = try say("mine")
        let other = Contributor(uid: 77, pid: 1, session: "s")
        #expect(throws: AssistantError.sessionForbidden("s")) { try say("yours", by: other) }
        #expect(throws: AssistantError.sessionForbidden("s")) {
            try assistant.teach([Lesson(Utterance("x"), intent: "a", by: other)])[0].get()
        }
        #expect(throws: AssistantError.sessionForbidden("s")) { try turns(TurnFilter(session: "s"), of: 77) }
        #expect(throws: AssistantError.sessionForbidden("no such")) {
            try turns(TurnFilter(session: "no such"), of: 77)
        }
        #expect(throws: AssistantError.sessionNotFound("no such")) {
            try turns(TurnFilter(session: "no such"))
        }
        #expect(throws: AssistantError.nothingToErase(.session("s"))) {
            try assistant.erase(.session("s"), of: 77) { _ in }
        }
        _ = try say("hello", by: bob)
        #expect(try turns(of: 77) == ["hello"])
        #expect(try turns() == ["mine", "hello"])
        #expect(try turns(TurnFilter(session: "s")) == ["mine"])
        #expect(try assistant.sessions(last: 9, of: 77).map(\.session) == ["of bob"])
        #expect(assistant.status().events == 0)
    }

    @Test func `of two who open a session at once one gets it`() async throws {
        for round in 0..<20 {
            let taken = await withTaskGroup(of: Bool.self) { tasks in
                for uid in UInt32(1)...4 {
                    tasks.addTask { [assistant] in
                        let speaker = Contributor(uid: uid, pid: 1, session: "round \(round)")
                        // try?: the others are refused.
                        return (try? assistant.predict([Utterance("x", by: speaker)])[0].get()) != nil
                    }
                }
                return await tasks.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(taken == 1)
        }
    }

    @Test func `whose turns wait to be written keeps the session, however many others are opened`() throws {
        assistant.conversations.hold()
        _ = try say("mine")
        for number in 0..<17_000 {
            try assistant.conversations.owners.admit(Contributor(uid: 77, pid: 1, session: "\(number)"))
        }
        let other = Contributor(uid: 77, pid: 1, session: "s")
        #expect(throws: AssistantError.sessionForbidden("s")) { try say("yours", by: other) }
        #expect(throws: AssistantError.sessionForbidden("s")) {
            try assistant.teach([Lesson(Utterance("x"), intent: "a", by: other)])[0].get()
        }
        _ = try say("mine, too")
        #expect(assistant.status().conversations.waiting == 2)
    }

    @Test func `a session of which nothing is kept is free once it is among the newest no more`() throws {
        let owners = assistant.conversations.owners
        let turn = TurnContent(
            session: "s", uid: alice.uid, time: 0, text: "x", context: nil, intent: nil, confidence: 0,
            isOutOfScope: false, event: nil)
        owners.hold([turn, turn])
        owners.release([turn])
        #expect(try owners.owner(of: "s") == alice.uid)
        owners.release([turn])
        for number in 0..<17_000 {
            try owners.admit(Contributor(uid: 77, pid: 1, session: "\(number)"))
        }
        #expect(try owners.owner(of: "s") == nil)
    }

    @Test func `a restart forgets neither turns nor whose they are`() throws {
        _ = try say("first")
        try assistant.teach("second", "a")
        try assistant.close()
        let copy = try TemporaryDirectory()
        try FileManager.default.copyItem(atPath: "\(directory.path)/state", toPath: "\(copy.path)/state")
        let revived = try open(configuration(copy))
        #expect(try revived.turns(TurnFilter()).turns.map(\.text) == ["first", "second"])
        let other = Contributor(uid: 77, pid: 1, session: "s")
        #expect(throws: AssistantError.sessionForbidden("s")) { try say("third", by: other, to: revived) }
        _ = try say("third", to: revived)
        #expect(try revived.turns(TurnFilter(after: 1)).turns.map(\.text) == ["second", "third"])
        // The first's archive was written when it closed.
        #expect(try filesHolding("first").contains { $0.hasSuffix(".zst") })
        withExtendedLifetime(copy) {}
    }

    @Test func `where nothing is to be kept nothing is written, and sessions are their owners' all the same`()
        throws
    {
        let place = try TemporaryDirectory()
        var settings = configuration(place)
        settings.conversations = ConversationSettings(isKept: false)
        let silent = try open(settings)
        _ = try say("not written", to: silent)
        let other = Contributor(uid: 77, pid: 1, session: "s")
        #expect(throws: AssistantError.sessionForbidden("s")) { try say("x", by: other, to: silent) }
        #expect(try silent.turns(TurnFilter()).turns.isEmpty)
        #expect(!silent.status().conversations.isKept)
        settings.conversations = ConversationSettings()
        try silent.reload(settings)
        _ = try say("written", to: silent)
        #expect(try silent.turns(TurnFilter()).turns.map(\.text) == ["written"])
        withExtendedLifetime(place) {}
    }

    /// The last is equal to one that is there, as strings are, and another to the database.
    @Test(arguments: ["", "a\nb", String(repeating: "x", count: 129), "cafe\u{301}"])
    func `a name that no session can have`(name: String) throws {
        _ = try say("x", by: Contributor(uid: 1, pid: 1, session: "caf\u{E9}"))
        let error = #expect(throws: AssistantError.self) {
            try say("x", by: Contributor(uid: 1, pid: 1, session: name))
        }
        guard case .badSession = error else {
            Issue.record("unexpected: \(String(describing: error))")
            return
        }
    }

    @Test func `the newest, and those from a time on`() throws {
        for number in 1...5 { _ = try say("text \(number)") }
        #expect(try turns(TurnFilter(last: 2)) == ["text 4", "text 5"])
        #expect(try turns(TurnFilter(after: 4, last: 3)) == ["text 5"])
        #expect(try turns(TurnFilter(since: 1_700_000_000_000_001)).isEmpty)
    }

    @Test(arguments: [LessonSelection.newest(1), .event(2), .session("of bob"), .user(77)])
    func `what is taken back is gone from every file, with what was said`(selection: LessonSelection) throws {
        _ = try say("zebra stays")
        try assistant.teach("zebra stays", "kept")
        _ = try say("quagga goes", by: bob)
        _ = try assistant.teach([Lesson(Utterance("quagga goes"), intent: "wrong", by: bob)])[0].get()
        try archive()
        #expect(try filesHolding("quagga").contains { $0.hasSuffix(".zst") })
        let outcome = try assistant.erase(selection) { _ in }
        #expect(outcome.turns == 2 && outcome.events == [2])
        #expect(try filesHolding("quagga").isEmpty)
        #expect(try filesHolding("zebra").contains { $0.hasSuffix(".zst") })
        #expect(try turns() == ["zebra stays", "zebra stays"])
        try archive()
        #expect(try filesHolding("quagga").isEmpty)
    }

    @Test func `a session that taught nothing is forgotten like another`() throws {
        try assistant.teach("lesson", "a")
        let digest = assistant.status().head.digest
        _ = try say("quagga goes", by: bob)
        try archive()
        let outcome = try assistant.erase(.session("of bob"), of: 77) { _ in }
        #expect(outcome.turns == 1 && outcome.events.isEmpty && outcome.digest == digest)
        #expect(try filesHolding("quagga").isEmpty)
        #expect(throws: AssistantError.nothingToErase(.session("of bob"))) {
            try assistant.erase(.session("of bob")) { _ in }
        }
        #expect(try assistant.log.unsettled() == 0, "what is refused leaves nothing to finish")
    }

    @Test func `a prediction or a lesson in work leaves nothing in a session that is forgotten meanwhile`()
        throws
    {
        _ = try say("quagga goes", by: bob)
        let speech = assistant.conversations.speeches.begin(bob)
        let answers = assistant.predict([Utterance("quagga too")])
        _ = try assistant.erase(.session("of bob")) { _ in }
        assistant.conversations.record(
            assistant.spoken([Utterance("quagga too", by: bob)], answers, [speech]))
        let late = Lesson(Utterance("quagga learnt"), intent: "a", by: bob)
        #expect(assistant.teach([late], in: [speech]) == [.failure(.forgotten("of bob"))])
        #expect(try turns().isEmpty && filesHolding("quagga").isEmpty)
        _ = try say("zebra stays", by: bob)
        #expect(try turns() == ["zebra stays"])
    }

    @Test func `an erasure that a crash cut short is finished in the archive too`() throws {
        _ = try say("zebra stays")
        _ = try say("quagga goes", by: bob)
        try archive()
        try assistant.close()
        let log = try EventLog(path: "\(directory.path)/state/slmd.db")
        #expect(try log.erase([], turns: .user(77), time: 0).turns == [2])
        #expect(try filesHolding("quagga").contains { $0.hasSuffix(".zst") })
        let copy = try TemporaryDirectory()
        try FileManager.default.copyItem(atPath: "\(directory.path)/state", toPath: "\(copy.path)/state")
        let revived = try open(configuration(copy))
        #expect(try revived.turns(TurnFilter()).turns.map(\.text) == ["zebra stays"])
        #expect(try filesHolding("quagga", in: copy).isEmpty)
        withExtendedLifetime(copy) {}
    }

    @Test func `an archive that cannot be written is told, and costs no lesson and no turn`() throws {
        let folder = "\(directory.path)/state/conversations"
        try FileManager.default.removeItem(atPath: folder)
        try Data().write(to: URL(fileURLWithPath: folder))
        _ = try say("said")
        #expect(throws: AssistantError.self) { try archive() }
        #expect(try assistant.teach("taught", "a").event == 1)
        #expect(try turns() == ["said", "taught"])
        try assistant.close()
        #expect(assistant.conversations.status.fault?.contains("conversations") == true)
    }

    @Test func `that turns are archived does not hide that old ones stay`() throws {
        for text in ["one", "two"] { _ = try say(text) }
        assistant.conversations.flush()
        // A folder that has the name of an old file cannot be unlinked.
        let name = "2020-01-01-000000000001-000000000001.jsonl.zst"
        try FileManager.default.createDirectory(
            atPath: "\(directory.path)/state/conversations/\(name)", withIntermediateDirectories: false)
        assistant.conversations.use(ConversationSettings())
        try assistant.conversations.withArchive { _ in }  // behind the removal
        try assistant.close()
        #expect(try filesHolding("two").contains { $0.hasSuffix(".open.jsonl.zst") })
        #expect(assistant.conversations.status.fault?.contains(name) == true)
    }

    @Test func `a disk that fails costs turns, which are counted, and no answer`() throws {
        _ = try say("written")
        #expect(try turns() == ["written"])
        // From here on the kernel refuses writes to the write-ahead log (EBADF), and still reads it.
        let path = "\(directory.path)/state/slmd.db-wal"
        let readOnly = Glibc.open(path, O_RDONLY)
        for descriptor in descriptors(of: path) where descriptor != readOnly {
            #expect(dup2(readOnly, descriptor) == descriptor)
        }
        _ = try say("lost")
        #expect(try turns() == ["written"])
        let status = assistant.status()
        #expect(status.conversations.lost == 1 && status.conversations.waiting == 0)
        #expect(status.conversations.fault?.contains("keep turns") == true)
        // Both lie in one log: nobody knows what reached it, so nothing is acknowledged any more.
        #expect(status.learningRefused != nil)
        #expect(throws: AssistantError.self) { try assistant.teach("not learnt", "a") }
        #expect(try say("answered").intent == nil)
    }

    private func descriptors(of path: String) -> [CInt] {
        // try?: most numbers are no descriptor.
        (3..<65_536).filter { number in
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(number)")) == path
        }.map { CInt($0) }
    }

    @Test func `a stop writes what waits`() throws {
        _ = try say("said")
        #expect(assistant.status().conversations.waiting == 1)
        #expect(!assistant.writerPulse.isBusy)
        let steps = assistant.writerPulse.steps
        try assistant.close()
        #expect(assistant.conversations.status.waiting == 0)
        #expect(assistant.writerPulse.steps > steps)
    }
}
