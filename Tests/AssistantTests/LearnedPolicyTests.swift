import Dialogue
import Entities
import Foundation
import GRDB
import Synchronization
import Testing

@testable import Assistant
@testable import Storage

/// 2026-01-09 10:00 in UTC, in microseconds since 1970.
private let noon: Int64 = 1_767_952_800_000_000

/// A time that tests let pass.
private final class Hands: Sendable {
    private let time = Mutex<Int64>(noon)

    var clock: WallClock {
        WallClock { [self] in
            time.withLock { time in
                // No two turns are of one moment.
                time += 1
                return time
            }
        }
    }

    func advance(seconds: Int64) { time.withLock { $0 += seconds * 1_000_000 } }
}

/// What dialogues teach the policy, and what is kept of it.
@Suite struct LearnedPolicyTests {
    let directory: TemporaryDirectory
    private let hands = Hands()

    init() throws { directory = try TemporaryDirectory() }

    private func assistant(
        exploring exploration: Double = 0.5, warmUp: Int = 0, keeping: Bool = true, in path: String = "state"
    ) throws -> LocalAssistant {
        var configuration = configuration(directory)
        configuration.stateDirectory = "\(directory.path)/\(path)"
        configuration.tasks = try Self.book()
        configuration.policy = PolicySettings(exploration: exploration, warmUp: warmUp)
        configuration.conversations.isKept = keeping
        return try LocalAssistant(
            configuration: configuration, encoding: .words(), logger: quiet, clock: hands.clock)
    }

    /// What an assistant is asked before it is closed and gone.
    private func closing<Value>(
        exploring exploration: Double = 0.5, _ work: (LocalAssistant) throws -> Value
    ) throws -> Value {
        let assistant = try assistant(exploring: exploration)
        let value = try work(assistant)
        try assistant.close()
        return value
    }

    private static func book() throws -> TaskBook {
        func slot(_ name: String, _ type: SlotType, _ question: String) throws -> Slot {
            Slot(
                name: name, type: type, isRequired: true, question: try Template(question),
                needsConfirmation: false)
        }
        return TaskBook(
            tasks: [
                DialogueTask(
                    name: "get_report", intents: [], examples: ["show my report", "get me a report please"],
                    slots: [
                        try slot("kind", .named("kind"), "Which report?"),
                        try slot("date", .entity(.date), "From which day?"),
                    ],
                    action: Action(rawValue: "show"), confirmation: nil, reply: try Template("Done."),
                    nothingFound: nil, data: nil)
            ],
            lists: [WordList(name: "kind", words: ["blood_test": ["blood work"], "x_ray": ["x-ray"]])])
    }

    @discardableResult
    private func say(
        _ text: String, in session: String = "s", uid: UInt32 = 1000, to assistant: LocalAssistant
    ) throws -> DialogueTurn {
        let speaker = Contributor(uid: uid, pid: 7, session: session)
        return try assistant.say([UserMessage(Utterance(text, by: speaker))])[0].get()
    }

    /// A whole task, and a yes to whatever is confirmed.
    @discardableResult
    private func getReport(
        in session: String, uid: UInt32 = 1000, from assistant: LocalAssistant
    ) throws -> [DialogueTurn] {
        var turns = [try say("show my report", in: session, uid: uid, to: assistant)]
        while let last = turns.last, last.decision.move.action.rawValue != "show", turns.count < 12 {
            let answer =
                last.decision.move.action == .confirm
                ? "yes" : last.state.missing.contains("kind") ? "blood work" : "yesterday"
            turns.append(try say(answer, in: session, uid: uid, to: assistant))
        }
        return turns
    }

    /// A log of many tasks takes seconds to learn from, and a stop has two.
    @Test func `a stop does not wait until all of the log is learnt from`() throws {
        let count = 4000
        try closing { assistant in
            try say("show my report", to: assistant)
            try assistant.flushConversations()
            let option = MoveOption(
                kind: .act, features: [Double](repeating: 0.5, count: Situation.featureCount))
            let transition = Transition(
                step: "ready", options: [option, option], chosen: 0, propensity: 0.5, time: noon,
                outcome: .completed, next: "done", reward: 1)
            let episode = Episode(task: "get_report", transitions: [transition]).stored(endedBy: noon)
            try assistant.log.end(
                [StoredEpisode](repeating: episode, count: count), of: "s", nextEnd: nil)
        }
        let clock = ContinuousClock()
        let whole = try clock.measure {
            let episodes = try closing { try $0.policy().episodes }
            #expect(episodes == count)
        }
        let cut = try clock.measure { try closing { _ in } }
        #expect(cut < whole / 2, "\(cut) of \(whole)")
    }

    @Test func `what is decided is admissible and logged as it was chosen`() throws {
        let assistant = try assistant()
        // Until the log is read the usual moves are made.
        _ = try assistant.policyLog.learning()
        var unusual = 0
        for number in 0..<40 {
            for turn in try getReport(in: "s\(number)", from: assistant) {
                let decision = turn.decision
                let count = Double(decision.admissible.count)
                let usual = decision.move == decision.admissible.first
                #expect(decision.admissible.contains(decision.move))
                #expect(decision.policy == nil)
                let share = count == 1 ? 1 : 0.5 / count + (usual ? 0.5 : 0)
                #expect(abs(decision.propensity - share) < 1e-12)
                #expect(decision.move.action.rawValue != "show" || turn.state.missing.isEmpty)
                unusual += usual ? 0 : 1
            }
        }
        #expect(unusual > 10)
    }

    @Test func `a state is replayed by the moves that were chosen`() throws {
        let sessions = (0..<20).map { "s\($0)" }
        let states = try closing { first in
            for session in sessions {
                try say("show my report", in: session, to: first)
                try say("hm", in: session, to: first)
            }
            return try sessions.map { try first.dialogue(of: $0) }
        }
        let second = try assistant(exploring: 0)
        #expect(try sessions.map { try second.dialogue(of: $0) } == states)
    }

    @Test func `before enough tasks have ended nothing is tried, nor where nothing is kept`() throws {
        let assistant = try assistant(warmUp: 10)
        for number in 0..<10 {
            for turn in try getReport(in: "s\(number)", from: assistant) {
                #expect(turn.decision.propensity == 1)
            }
        }
        hands.advance(seconds: 301)
        try assistant.endEpisodes()
        #expect(try assistant.policyLog.learning().episodes == 10)
        let turns = try (0..<10).flatMap { try getReport(in: "t\($0)", from: assistant) }
        #expect(turns.contains { $0.decision.propensity < 1 })
        let silent = try self.assistant(keeping: false, in: "silent")
        let unkept = try (0..<10).flatMap { try getReport(in: "t\($0)", from: silent) }
        #expect(unkept.allSatisfy { $0.decision.propensity == 1 })
    }

    @Test func `what was learnt is the same after a restart`() throws {
        try closing { first in
            for number in 0..<120 { try getReport(in: "s\(number % 7)", from: first) }
        }
        let all = try closing { second in
            // Those of the last tasks of each session are still open.
            #expect(try second.policyLog.learning().episodes == 113)
            hands.advance(seconds: 301)
            try second.endEpisodes()
            return try second.policyLog.learning()
        }
        #expect(all.episodes == 120)
        #expect(try assistant().policyLog.learning() == all)
    }

    @Test func `a policy that the log does not make is found by verifying`() throws {
        let assistant = try assistant()
        for number in 0..<20 { try getReport(in: "s\(number)", from: assistant) }
        hands.advance(seconds: 301)
        try assistant.endEpisodes()
        try expectVerified(assistant)
        try assistant.log.write(.erase) { db in
            try db.execute(sql: "DELETE FROM policy WHERE id = (SELECT min(id) FROM policy)")
        }
        let found = try assistant.verify(snapshot: nil) { _ in }
        #expect(found.digest == found.replayedDigest && found.differing == [.policy] && !found.isEqual)
    }

    @Test func `what is forgotten has never taught anything`() throws {
        let (with, without) = (try assistant(in: "with"), try assistant(in: "without"))
        for number in 0..<60 {
            try getReport(in: "kept\(number)", from: with)
            try getReport(in: "gone", uid: 7, from: with)
            if number % 2 == 0 { try getReport(in: "user\(number)", uid: 8, from: with) }
        }
        _ = try with.erase(.session("gone")) { _ in }
        _ = try with.erase(.user(8)) { _ in }
        for number in 0..<60 { try getReport(in: "kept\(number)", from: without) }
        hands.advance(seconds: 301)
        for assistant in [with, without] { try assistant.endEpisodes() }
        let (left, right) = (try with.policyLog.learning(), try without.policyLog.learning())
        #expect(left.episodes == 60)
        #expect(left.rates == right.rates)
    }

    @Test func `what is undone takes the task along that it was said in, and no other`() throws {
        let assistant = try assistant(exploring: 0)
        for _ in 0..<3 { try getReport(in: "s", from: assistant) }
        try say("the x-ray of yesterday, show my report", in: "s", to: assistant)
        try getReport(in: "t", from: assistant)
        hands.advance(seconds: 301)
        #expect(try assistant.policy().episodes == 5)
        let speaker = Contributor(uid: 1000, pid: 7, session: "s")
        let lesson = Lesson(
            Utterance("the x-ray of yesterday, show my report"), intent: "x", by: speaker)
        let event = try assistant.teach([lesson])[0].get().event
        _ = try assistant.erase(.event(event)) { _ in }
        #expect(try assistant.policy().episodes == 4)
    }

    @Test func `a task that nobody goes on with is left, and counts once`() throws {
        try closing(exploring: 0) { first in
            try say("show my report", to: first)
            hands.advance(seconds: 3600)
            try first.endEpisodes()
            #expect(try first.policyLog.learning().episodes == 0)
        }
        hands.advance(seconds: 24 * 3600)
        let second = try assistant(exploring: 0)
        try second.endEpisodes()
        let rates = try second.policyLog.learning().rates
        #expect(rates.counts["collecting 2"]?[.askOne]?.outcomes == ["abandoned": 1])
        try say("blood work", to: second)
        #expect(try second.policyLog.learning().episodes == 1)
    }

    @Test func `what is put right within minutes is one task, later another`() throws {
        let assistant = try assistant(exploring: 0)
        try getReport(in: "soon", from: assistant)
        try say("no, the 6th", in: "soon", to: assistant)
        try getReport(in: "late", from: assistant)
        hands.advance(seconds: 301)
        try assistant.endEpisodes()
        try say("no, the 6th", in: "late", to: assistant)
        hands.advance(seconds: 301)
        try assistant.endEpisodes()
        #expect(try assistant.policyLog.learning().episodes == 3)
    }

    @Test func `old turns go and what they taught stays`() throws {
        let assistant = try assistant()
        for number in 0..<5 { try getReport(in: "s\(number)", from: assistant) }
        hands.advance(seconds: 301)
        try assistant.endEpisodes()
        _ = try assistant.log.removeTurns(before: noon + 1_000_000_000)
        try assistant.policyLog.recall()
        #expect(try assistant.policyLog.learning().episodes == 5)
    }

    @Test func `what is frozen stays so after a restart, and goes on where it was let`() throws {
        let admin = Contributor(uid: 0, pid: 1, session: nil)
        try closing { assistant in
            try getReport(in: "a", from: assistant)
            #expect(try assistant.change(.freeze, by: admin).isFrozen)
            // Twice is once.
            #expect(try assistant.change(.freeze, by: admin).isFrozen)
            #expect(throws: AssistantError.noPolicyVersion) { try assistant.change(.undo, by: admin) }
        }
        try closing { (assistant) throws in
            #expect(try assistant.policy().isFrozen)
            #expect(try getReport(in: "b", from: assistant).allSatisfy { $0.decision.propensity == 1 })
            #expect(try assistant.change(.unfreeze, by: admin).isFrozen == false)
        }
        #expect(try assistant().policy().isFrozen == false)
        #expect(try assistant(in: "other").log.policyEventCount(through: .max) == 0)
    }

    @Test func `decisions are told with what came of them, to who may know`() throws {
        let assistant = try assistant(exploring: 0)
        try say("show my report", in: "s", to: assistant)
        try say("blood work", in: "s", to: assistant)
        try say("yesterday", in: "s", to: assistant)
        try say("show my report", in: "t", uid: 7, to: assistant)
        let pending = try assistant.decisions(last: 9, session: "s")
        #expect(pending.map(\.turn) == [1, 2, 3] && pending.allSatisfy { $0.outcome == nil })
        hands.advance(seconds: 301)
        let decisions = try assistant.decisions(last: 9)
        #expect(decisions.map(\.session) == ["s", "s", "s", "t"])
        #expect(decisions.map(\.outcome) == [.answered, .answered, .completed, nil])
        #expect(decisions.map(\.reward) == [-0.1, -0.1, 1, nil])
        #expect(decisions[0].decision.admissible.count == 3)
        #expect(try assistant.decisions(last: 2).map(\.turn) == [3, 1])
        #expect(try assistant.decisions(last: 9, of: 7).map(\.session) == ["t"])
        #expect(throws: AssistantError.sessionForbidden("s")) {
            try assistant.decisions(last: 9, session: "s", of: 7)
        }
    }

    @Test(arguments: [
        "", "{}", "{\"task\":\"t\"}",
        #"{"task":"t","transitions":[{"step":"s","options":[],"chosen":0,"propensity":1,"turn":1,"time":0,"reward":0}]}"#,
    ]) func `what is no episode is none`(_ text: String) {
        #expect(Episode(stored: text) == nil)
    }
}
