import Dialogue
import Foundation
import Synchronization
import Testing

@testable import Assistant

/// 2026-01-09 10:00 in UTC, in microseconds since 1970.
private let noon: Int64 = 1_767_952_800_000_000
private let carol = Contributor(uid: 2000, pid: 9, session: "s")

/// A session is carried to another state.
@Suite struct TranscriptTests {
    let directory: TemporaryDirectory
    let there: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        there = try TemporaryDirectory()
    }

    private func open(_ directory: TemporaryDirectory, at time: Int64 = noon) throws -> LocalAssistant {
        try DialogueTurnTests.assistant(in: directory, clock: WallClock { time })
    }

    private func say(_ text: String, to assistant: LocalAssistant, by speaker: Contributor = alice) throws {
        _ = try assistant.say([UserMessage(Utterance(text, by: speaker))])[0].get()
    }

    /// Two turns of a dialogue, a prediction and a lesson in between.
    private func spoken(in assistant: LocalAssistant) throws -> [SpokenTurn] {
        try say("show my report", to: assistant)
        _ = try assistant.predict([Utterance("hello", context: "Hi!", by: alice)])[0].get()
        _ = try assistant.teach([Lesson(Utterance("hello"), intent: "greet", by: alice)])[0].get()
        try say("blood work", to: assistant)
        return try assistant.turns(TurnFilter(session: "s")).turns
    }

    private func transcribed(_ turn: SpokenTurn) -> TranscribedTurn {
        TranscribedTurn(
            time: turn.time, text: turn.text, context: turn.context, intent: turn.intent,
            confidence: turn.confidence, isOutOfScope: turn.isOutOfScope,
            outcome: turn.record.map {
                TranscribedTurn.Outcome(action: turn.action ?? "", reply: turn.reply ?? "", record: $0)
            })
    }

    @Test func `what was chosen in a dialogue is told with its propensity`() throws {
        let decisions = try spoken(in: try open(directory)).map(\.decision)
        #expect(decisions.map { $0 != nil } == [true, false, false, true])
        for decision in decisions.compactMap(\.self) {
            #expect(decision.admissible.contains(decision.move) && (0...1).contains(decision.propensity))
        }
    }

    /// What a transcript keeps of a turn.
    private func content(_ turns: [SpokenTurn]) -> [TranscribedTurn] { turns.map(transcribed) }

    @Test func `a session that was carried has the same turns and state, is its importer's, and goes on`()
        throws
    {
        let here = try open(directory)
        let turns = try spoken(in: here)
        let state = try here.dialogue(of: "s")
        #expect(turns.count == 4 && state.goal == "get_report" && state.missing == ["date"])
        do {
            let other = try open(there, at: noon + 3_600_000_000)
            #expect(try other.importSession(content(turns), by: carol) == state)
            let brought = try other.turns(TurnFilter(session: "s"), of: carol.uid).turns
            #expect(content(brought) == content(turns))
            #expect(brought.allSatisfy { $0.uid == carol.uid && $0.event == nil })
            #expect(throws: AssistantError.sessionForbidden("s")) { try say("yesterday", to: other) }
            try say("yesterday", to: other, by: carol)
            let filled = try other.dialogue(of: "s").filled.mapValues(\.value)
            #expect(filled == ["kind": "blood_test", "date": "2026-01-08"])
            try other.close()
        }
        let later = try open(there)
        #expect(try later.turns(TurnFilter(session: "s")).turns.count == 5)
        #expect(try later.dialogue(of: "s").filled.count == 2)
    }

    @Test func `what is carried under another name is the same, and teaches nothing`() throws {
        let here = try open(directory)
        let turns = content(try spoken(in: here))
        let events = here.status().events
        let copy = Contributor(uid: alice.uid, pid: 1, session: "copy")
        let state = try here.importSession(turns, by: copy)
        #expect(state.session == "copy" && state.goal == "get_report")
        #expect(content(try here.turns(TurnFilter(session: "copy")).turns) == turns)
        #expect(here.status().events == events)
        // What was taught in the first is not taken back with the second.
        _ = try? here.erase(.session("copy")) { _ in }
        #expect(here.status().events == events)
        #expect(try here.turns(TurnFilter(session: "copy")).turns.isEmpty)
        #expect(try here.turns(TurnFilter(session: "s")).turns.count == 4)
    }

    @Test func `a session that is there stays as it is`() throws {
        let here = try open(directory)
        let turns = try spoken(in: here)
        #expect(throws: AssistantError.sessionExists("s")) {
            try here.importSession(content(turns), by: alice)
        }
        #expect(throws: AssistantError.sessionForbidden("s")) {
            try here.importSession(content(turns), by: carol)
        }
        #expect(try here.turns(TurnFilter(session: "s")).turns == turns)
        // One that was only predicted in is there, too, also while its turn waits to be written.
        let quick = Contributor(uid: alice.uid, pid: 1, session: "quick")
        _ = try here.predict([Utterance("hello", by: quick)])[0].get()
        #expect(throws: AssistantError.sessionExists("quick")) {
            try here.importSession(content(turns), by: quick)
        }
    }

    /// A lie of the third turn, and what is said of it.
    struct Lie: CustomTestStringConvertible {
        let says: String
        let tell: @Sendable (TranscribedTurn) -> TranscribedTurn
        var testDescription: String { says }

        init(_ says: String, _ tell: @escaping @Sendable (TranscribedTurn) -> TranscribedTurn) {
            self.says = says
            self.tell = tell
        }
    }

    private static func changed(
        _ turn: TranscribedTurn, time: Int64? = nil, text: String? = nil, intent: String? = nil,
        confidence: Double? = nil, action: String? = nil, record: (String) -> String = { $0 }
    ) -> TranscribedTurn {
        TranscribedTurn(
            time: time ?? turn.time, text: text ?? turn.text, context: turn.context,
            intent: intent ?? turn.intent, confidence: confidence ?? turn.confidence,
            isOutOfScope: turn.isOutOfScope,
            outcome: turn.outcome.map {
                TranscribedTurn.Outcome(
                    action: action ?? $0.action, reply: $0.reply, record: record($0.record))
            })
    }

    static let lies = [
        Lie("time: expected 1768039200000000 at most") { changed($0, time: noon + 86_400_000_001) },
        Lie("time: expected 1765324800000000 or later, as 30 days are kept") { changed($0, time: 1) },
        Lie("text: expected a text, found none") { changed($0, text: "") },
        Lie("text: expected at most 65536 bytes, found 70000") {
            changed($0, text: String(repeating: "a", count: 70_000))
        },
        Lie("intent: expected the name of one") { changed($0, intent: "a\nb") },
        Lie("confidence: expected 0 to 1, found 1.5") { changed($0, confidence: 1.5) },
        Lie("confidence: expected 0 to 1, found nan") { changed($0, confidence: .nan) },
        Lie("action: expected ask_missing_info, found end") { changed($0, action: "end") },
        Lie("record: expected how the turn was understood") { changed($0, record: { _ in "{}" }) },
        Lie("record: expected how the turn was understood") {
            changed($0, record: { $0.replacing("\"number\":2", with: "\"number\":-2") })
        },
        Lie("record: expected a turn after 1, found turn 1") {
            changed($0, record: { $0.replacing("\"number\":2", with: "\"number\":1") })
        },
        Lie("record: expected the text, the time and the intent of its turn") { changed($0, text: "x-ray") },
        Lie("record: expected the text, the time and the intent of its turn") {
            changed($0, time: $0.time - 1)
        },
    ]

    @Test(arguments: lies)
    func `each lie is told with its turn, and nothing of the session is kept`(lie: Lie) throws {
        let here = try open(directory)
        try say("show my report", to: here)
        _ = try here.predict([Utterance("hello", by: alice)])[0].get()
        try say("blood work", to: here)
        try say("hello", to: here)
        var turns = content(try here.turns(TurnFilter(session: "s")).turns)
        turns[2] = lie.tell(turns[2])
        let other = try open(there)
        let error = #expect(throws: AssistantError.self) { try other.importSession(turns, by: carol) }
        guard case .badTurn(number: 3, let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.hasPrefix(lie.says))
        #expect(try other.turns(TurnFilter()).turns.isEmpty && other.sessions(last: 9).isEmpty)
        // The name is still free.
        try say("show my report", to: other)
    }

    @Test func `where nothing is kept nothing is brought`() throws {
        let here = try open(directory)
        let turns = content(try spoken(in: here))
        let other = try open(there)
        var settings = other.configuration
        settings.conversations.isKept = false
        try other.reload(settings)
        #expect(throws: AssistantError.conversationsNotKept) { try other.importSession(turns, by: carol) }
    }

    @Test func `what was brought is erased when its own days are over`() throws {
        let turns = content(try spoken(in: try open(directory, at: noon - 20 * 86_400_000_000)))
        do {
            let other = try open(there)
            try say("show my report", to: other, by: Contributor(uid: 1, pid: 1, session: "own"))
            _ = try other.importSession(turns, by: carol)
            try other.close()
        }
        let later = try open(there, at: noon + 11 * 86_400_000_000)
        later.conversations.use(later.configuration.conversations)
        _ = try later.conversations.withArchive { _ in }  // after what `use` has put on its queue
        #expect(try later.sessions(last: 9).map(\.session) == ["own"])
    }
}
