import Dialogue
import Foundation
import Storage
import Testing

@testable import Assistant

private let bob = Contributor(uid: 77, pid: 1, session: "of bob")
private let asked = "please show the grumblefix report"
private let corrected = "no, I was just asking if a report is available"

/// What a dialogue taught itself is taken back, and what was said in one is forgotten.
@Suite struct TakenBackTests {
    let directory: TemporaryDirectory
    let assistant: LocalAssistant

    init() throws {
        directory = try TemporaryDirectory()
        assistant = try Self.assistant(in: directory)
    }

    private static func assistant(
        in directory: TemporaryDirectory, isKept: Bool = true
    ) throws -> LocalAssistant {
        var settings = configuration(directory)
        settings.conversations = ConversationSettings(isKept: isKept)
        settings.tasks = TaskBook(
            tasks: [
                DialogueTask(
                    name: "get_report", intents: ["request_data"], examples: [],
                    slots: [
                        Slot(
                            name: "kind", type: .named("kind"), isRequired: true,
                            question: try Template("Which report?"), needsConfirmation: false),
                        Slot(
                            name: "date", type: .entity(.date), isRequired: true,
                            question: try Template("From which day is the {kind.value}?"),
                            needsConfirmation: false),
                    ],
                    action: .fetchData, confirmation: nil, reply: try Template("Here is it."),
                    nothingFound: nil, data: nil)
            ],
            lists: [WordList(name: "kind", words: ["grumble_fix": ["grumblefix"], "x_ray": []])])
        let assistant = try LocalAssistant(
            configuration: settings, encoding: .words(), logger: quiet,
            clock: WallClock { 1_767_952_800_000_000 })
        try teachBasics(to: assistant)
        return assistant
    }

    private static func teachBasics(to assistant: LocalAssistant) throws {
        let texts = [
            "request_data": ["please show the report", "please show the data", "send the report"],
            "ask_question": ["is a report available", "if it is available", "is it there"],
        ]
        for (intent, texts) in texts.sorted(by: { $0.key < $1.key }) {
            for text in texts {
                let lesson = Lesson(Utterance(text), intent: intent, by: Contributor(uid: alice.uid, pid: 1))
                _ = try assistant.teach([lesson])[0].get()
            }
        }
    }

    @discardableResult
    private func say(
        _ text: String, by speaker: Contributor = alice, to assistant: LocalAssistant? = nil
    ) throws -> DialogueTurn {
        try (assistant ?? self.assistant).say([UserMessage(Utterance(text, by: speaker))])[0].get()
    }

    private func turns(_ session: String = "s") throws -> [SpokenTurn] {
        try assistant.turns(TurnFilter(session: session)).turns
    }

    /// Files of the state with these bytes in them, or in what they decompress to.
    private func filesHolding(_ text: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: directory.path).filter { file in
            // A directory has no content.
            guard let content = try? Data(contentsOf: URL(fileURLWithPath: "\(directory.path)/\(file)"))
            else { return false }
            var isHeld = content.range(of: Data(text.utf8)) != nil
            guard file.hasSuffix(".zst") else { return isHeld }
            try ArchiveReader().read([UInt8](content)) { turn in
                let texts = [turn.text, turn.reply ?? ""]
                if texts.contains(where: { $0.contains(text) }) { isHeld = true }
            }
            return isHeld
        }
    }

    private func archive() throws {
        assistant.conversations.flush()
        try assistant.conversations.withArchive { archive throws(StorageError) in
            try archive.catchUp(today: "2026-01-09")
        }
    }

    @Test(arguments: [false, true])
    func `a lesson that was a mistake goes, and what was said stays`(isNewest: Bool) throws {
        let before = assistant.status().head.digest
        try say(asked)
        let state = try assistant.dialogue(of: "s")
        #expect(state.goal == "get_report" && state.step == "collecting")
        let event = try #require(try say(corrected).learned.first)
        #expect(try assistant.dialogue(of: "s").goal == nil)
        try archive()
        let outcome = try assistant.erase(isNewest ? .newest(1) : .mistake(event), isProved: true) { _ in }
        // The turn that goes is the lesson's own, which nobody said.
        #expect(outcome.events == [event] && outcome.turns == 1)
        #expect(outcome.digest == before && outcome.replayedDigest == before)
        // The dialogue is where it was, also for the database and the archive.
        #expect(try assistant.dialogue(of: "s") == state)
        #expect(try turns().map(\.text) == [asked, corrected])
        #expect(try turns().allSatisfy { $0.event == nil && $0.reply != nil })
        #expect(try filesHolding(corrected).contains { $0.hasSuffix(".zst") })
        #expect(try assistant.best(asked) == "request_data")
        // It goes on from there.
        let next = try say("1 January 2026")
        #expect(next.number == 3 && next.decision.move.action == .fetchData)
        #expect(throws: AssistantError.nothingToErase(.mistake(event))) {
            try assistant.erase(.mistake(event)) { _ in }
        }
    }

    /// Where a dialogue was before it taught something that was taken back; then its assistant is closed and gone.
    private func before(in place: TemporaryDirectory) throws -> DialogueSummary {
        let first = try Self.assistant(in: place)
        try say(asked, to: first)
        let state = try first.dialogue(of: "s")
        let event = try #require(try say(corrected, to: first).learned.first)
        _ = try first.erase(.mistake(event)) { _ in }
        try first.close()
        return state
    }

    @Test func `the place where a dialogue was is known after a restart too`() throws {
        let place = try TemporaryDirectory()
        let state = try before(in: place)
        let second = try Self.assistant(in: place)
        #expect(try second.dialogue(of: "s") == state)
        withExtendedLifetime(place) {}
    }

    @Test func `a dialogue that is not kept is where it was as well`() throws {
        let place = try TemporaryDirectory()
        let silent = try Self.assistant(in: place, isKept: false)
        try say(asked, to: silent)
        let state = try silent.dialogue(of: "s")
        let event = try #require(try say(corrected, to: silent).learned.first)
        _ = try silent.erase(.newest(1)) { _ in }
        #expect(try silent.dialogue(of: "s") == state)
        #expect(try say("1 January 2026", to: silent).number == 3)
        #expect(throws: AssistantError.self) { try silent.erase(.mistake(event)) { _ in } }
        withExtendedLifetime(place) {}
    }

    @Test func `of a lesson in a session its own turn goes, and the line it corrected stays`() throws {
        try say("is it there")
        let lesson = try assistant.teach("is it there", "greet")
        #expect(try turns().map(\.event) == [nil, lesson.event])
        #expect(try assistant.erase(.mistake(lesson.event)) { _ in }.turns == 1)
        #expect(try turns().map(\.text) == ["is it there"])
    }

    @Test func `no reply repeats what is forgotten, and the others stay`() throws {
        try say("show an x-ray report", by: bob)
        try say(asked)
        let reply = try #require(try turns().first?.reply)
        #expect(reply == "From which day is the grumble fix?")
        // An unfitting answer has it asked again.
        try say("is it there")
        #expect(try turns().last?.reply?.contains("grumble fix") == true)
        let event = try assistant.teach(asked, "report").event
        try archive()
        #expect(try !filesHolding("grumble fix").isEmpty)
        let outcome = try assistant.erase(.event(event)) { _ in }
        #expect(outcome.turns == 2)
        #expect(try turns().map(\.text) == ["is it there"])
        #expect(try turns().map(\.reply) == [""])
        #expect(try turns("of bob").first?.reply == "From which day is the x ray?")
        for words in ["grumblefix", "grumble fix", "grumble_fix"] {
            // The book has them.
            #expect(try filesHolding(words).isEmpty, "\(words)")
        }
    }

    @Test func `a dialogue that is not kept is forgotten with its session, or its user`() throws {
        let place = try TemporaryDirectory()
        let silent = try Self.assistant(in: place, isKept: false)
        try say(asked, to: silent)
        for selection in [LessonSelection.session("of bob"), .user(bob.uid)] {
            try say(asked, by: bob, to: silent)
            #expect(throws: AssistantError.self) { try silent.erase(selection, of: alice.uid) { _ in } }
            #expect(try silent.dialogue(of: "of bob").goal == "get_report")
            #expect(try silent.erase(selection, of: bob.uid) { _ in }.events == [])
            #expect(throws: AssistantError.sessionNotFound("of bob")) {
                try silent.dialogue(of: "of bob")
            }
            #expect(try silent.dialogue(of: "s").goal == "get_report")
            #expect(throws: AssistantError.nothingToErase(selection)) {
                try silent.erase(selection, of: bob.uid) { _ in }
            }
        }
        let event = try #require(try say(corrected, by: alice, to: silent).learned.first)
        _ = try silent.erase(.event(event)) { _ in }
        let left = try silent.dialogue(of: "s")
        #expect(left.goal == nil && left.lastIntent == nil)
        withExtendedLifetime(place) {}
    }
}
