import Dialogue
import Entities
import Foundation
import GRDB
import Synchronization
import Testing

@testable import Assistant

private let bob = Contributor(uid: 77, pid: 1, session: "s")
private let bobElsewhere = Contributor(uid: 77, pid: 1, session: "t")
/// 2026-01-09 10:00 in UTC, in microseconds since 1970.
private let noon: Int64 = 1_767_952_800_000_000

/// Dialogues with an encoder of a few lines: what matters here is what is kept of them.
@Suite struct DialogueTurnTests {
    let directory: TemporaryDirectory
    let assistant: LocalAssistant

    init() throws {
        directory = try TemporaryDirectory()
        assistant = try Self.assistant(in: directory)
    }

    static func assistant(
        in directory: TemporaryDirectory, clock: WallClock = WallClock { noon }, data: DataQuery? = nil
    ) throws -> LocalAssistant {
        var configuration = configuration(directory)
        configuration.tasks = try book(data: data)
        return try LocalAssistant(
            configuration: configuration, encoding: .words(), logger: quiet, clock: clock)
    }

    /// What an assistant is asked before it is closed and gone.
    static func closing<Value>(
        in directory: TemporaryDirectory, clock: WallClock = WallClock { noon },
        _ work: (LocalAssistant) throws -> Value
    ) throws -> Value {
        let assistant = try assistant(in: directory, clock: clock)
        let value = try work(assistant)
        try assistant.close()
        return value
    }

    /// - Parameter data: what is asked instead of a file of records.
    static func book(data: DataQuery? = nil) throws -> TaskBook {
        TaskBook(
            tasks: [
                DialogueTask(
                    name: "get_report", intents: [], examples: ["show my report", "get me a report please"],
                    slots: [
                        Slot(
                            name: "kind", type: .named("kind"), isRequired: true,
                            question: try Template("Which report?"), needsConfirmation: false),
                        Slot(
                            name: "date", type: .entity(.date), isRequired: true,
                            question: try Template("From which day?"), needsConfirmation: false,
                            validation: Validation(side: .past)),
                    ],
                    action: .fetchData, confirmation: nil,
                    reply: try Template("Your {kind.value} from {date}: {rows}"),
                    nothingFound: try Template("There is no {kind.value} from {date.value}."),
                    data: data
                        ?? .records(
                            RecordQuery(
                                file: "reports.jsonl", matches: ["type": "kind", "Report Date": "date"],
                                columns: ["Report Date", "Hemoglobin"])))
            ],
            lists: [WordList(name: "kind", words: ["blood_test": ["blood work"], "x_ray": ["x-ray"]])])
    }

    @discardableResult
    private func say(
        _ text: String, by speaker: Contributor = alice, clock: ReferenceTime? = nil,
        to assistant: LocalAssistant? = nil
    ) throws -> DialogueTurn {
        let message = UserMessage(Utterance(text, by: speaker), clock: clock)
        return try (assistant ?? self.assistant).say([message])[0].get()
    }

    private func store(_ records: String, as file: String = "reports.jsonl") throws {
        try records.write(toFile: "\(directory.path)/state/\(file)", atomically: true, encoding: .utf8)
    }

    @Test func `what is missing is asked for, and then the data are told`() throws {
        try store(
            """
            {"type": "blood_test", "Report Date": "2026-01-07", "Hemoglobin": "12.1 g/dL"}
            {"Hemoglobin": "13.4 g/dL", "type": "blood_test", "Report Date": "2026-01-08", "note": null}
            {"type": "x_ray", "Report Date": "2026-01-08", "Hemoglobin": 7}
            """)
        let first = try say("show my report")
        #expect(first.reply == "Which report?")
        #expect(first.state.goal == "get_report" && first.state.missing == ["kind", "date"])
        #expect(try say("blood work").reply == "From which day?")
        let last = try say("yesterday")
        #expect(last.number == 3)
        #expect(last.decision.move.action == .fetchData)
        #expect(
            last.reply == "Your blood test from yesterday: Report Date: 2026-01-08, Hemoglobin: 13.4 g/dL")
        #expect(last.state.filled.mapValues(\.value) == ["kind": "blood_test", "date": "2026-01-08"])
        #expect(try say("no, the 6th").reply == "There is no blood test from 2026-01-06.")
    }

    @Test func `what a sentence was taught to be begins no other task, and its own`() throws {
        let directory = try TemporaryDirectory()
        var configuration = configuration(directory)
        let own = DialogueTask(
            name: "tell_time", intents: ["ask_time"], examples: [], slots: [], action: .answer,
            confirmation: nil, reply: try Template("Late."), nothingFound: nil, data: nil)
        configuration.tasks = TaskBook(tasks: try Self.book().tasks + [own], lists: [])
        #expect(try say("show my report").state.goal == "get_report")

        let taught = try LocalAssistant(
            configuration: configuration, encoding: .words(), logger: quiet, clock: WallClock { noon })
        // Nearer than the lesson lies an example of the task.
        _ = try taught.teach("get me a report", "ask_question")
        #expect(try say("get me a report", by: other(1), to: taught).state.goal == nil)
        #expect(try say("get me a report please", by: other(2), to: taught).state.goal == "get_report")
        // An intent that nothing is done about changes nothing; that of another task begins it.
        _ = try taught.teach("show my report", "small_talk")
        #expect(try say("show my report", by: other(3), to: taught).state.goal == "get_report")
        #expect(try say("get my report", by: other(4), to: taught).state.goal == "get_report")
        _ = try taught.teach("get my report", "ask_time")
        #expect(try say("get my report", by: other(5), to: taught).state.goal == "tell_time")
        // And when it is taken back, it is as before.
        _ = try taught.erase(.newest(1)) { _ in }
        #expect(try say("get my report", by: other(6), to: taught).state.goal == "get_report")
        try taught.close()
    }

    private func other(_ number: Int) -> Contributor {
        Contributor(uid: alice.uid, pid: 1, session: "other \(number)")
    }

    @Test func `a file of data that cannot be read is said so, and a missing one is as good as an empty one`()
        throws
    {
        try say("show my report")
        #expect(try say("the x-ray from yesterday").reply == "There is no x ray from 2026-01-08.")
        #expect(assistant.status().data.map(\.absentFile) == ["\(directory.path)/state/reports.jsonl"])
        try store("{\"type\": [1]}\n")
        #expect(assistant.status().data.map(\.absentFile) == [nil])
        try say("show my report")
        #expect(try say("the x-ray from yesterday").reply == "I cannot read the data now.")
    }

    @Test func `a database of the user's own is asked, with the days that a value means`() throws {
        let path = "\(directory.path)/own.db"
        let sql =
            "SELECT day, hemoglobin AS Hemoglobin FROM reports WHERE kind = :kind AND day >= :date_from "
            + "AND day < :date_to ORDER BY day"
        let query = try DatabaseQuery(name: "reports", database: path, sql: sql)
        let directory = try TemporaryDirectory()
        let assistant = try Self.assistant(in: directory, data: .database(query))
        #expect(assistant.status().data.map(\.name) == ["reports"])
        #expect(assistant.status().data[0].fault == "\(path): No such file or directory")
        try say("show my report", to: assistant)
        #expect(
            try say("the blood work from yesterday", to: assistant).reply == "I cannot read the data now.")
        try DatabaseQueue(path: path).write { db in
            try db.execute(
                sql: """
                    CREATE TABLE reports (kind, day, hemoglobin);
                    INSERT INTO reports VALUES ('blood_test', '2026-01-08T23:59', '13.4 g/dL'),
                        ('blood_test', '2026-01-09', '1 g/dL'), ('x_ray', '2026-01-08', '2 g/dL');
                    """)
        }
        #expect(assistant.status().data[0].fault == nil)
        try say("show my report", to: assistant)
        #expect(
            try say("the blood work from yesterday", to: assistant).reply
                == "Your blood test from yesterday: day: 2026-01-08T23:59, Hemoglobin: 13.4 g/dL")
        #expect(try say("no, the 6th", to: assistant).reply == "There is no blood test from 2026-01-06.")
    }

    /// With a database of its own whose only report nobody else may look at.
    private func withLockedDatabase(
        _ sql: String = "SELECT day FROM reports WHERE kind = :kind",
        _ body: (_ assistant: LocalAssistant, _ unlock: () throws -> Void) throws -> Void
    ) throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/own.db"
        let query = try DatabaseQuery(name: "reports", database: path, sql: sql)
        let assistant = try Self.assistant(in: directory, data: .database(query))
        let other = try DatabaseQueue(path: path)
        try other.writeWithoutTransaction { db in
            try db.execute(
                sql: """
                    CREATE TABLE reports (kind, day); INSERT INTO reports VALUES ('blood_test', '2026-01-08');
                    BEGIN EXCLUSIVE;
                    """)
            try body(assistant) { try db.execute(sql: "ROLLBACK") }
        }
    }

    private func message(_ text: String, in session: String = "s") -> UserMessage {
        UserMessage(Utterance(text, by: Contributor(uid: 1000, pid: 7, session: session)))
    }

    @Test func `who asks a locked database waits alone, and what is said after it in its session behind it`()
        throws
    {
        try withLockedDatabase { assistant, unlock in
            try say("show my report", to: assistant)
            let steps = assistant.say([
                message("the blood work from yesterday"), message("show my report", in: "t"),
                message("show my report"), message("blood work", in: "t"),
            ])
            guard case .waiting(let first) = steps[0], case .taken(let other) = steps[1],
                case .waiting(let second) = steps[2], case .taken(let next) = steps[3]
            else {
                Issue.record("\(steps)")
                return
            }
            #expect(try other.get().number == 1 && next.get().number == 2)
            #expect(try assistant.dialogue(of: "s").missing == ["kind", "date"], "nothing has changed yet")
            try unlock()
            let turn = try first.finish { false }.get()
            #expect(turn.number == 2 && turn.reply == "Your blood test from yesterday: day: 2026-01-08")
            guard case .waiting(let third) = assistant.say([message("blood work")])[0] else {
                Issue.record("it overtook what was said before it")
                return
            }
            #expect(try second.finish { false }.get().number == 3)
            #expect(try third.finish { false }.get().number == 4)
            #expect(try say("yesterday", to: assistant).number == 5)
        }
    }

    @Test func `a message that is given up while it waits was never said`() throws {
        let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
        try withLockedDatabase(endless) { assistant, unlock in
            try unlock()
            try say("show my report", to: assistant)
            let before = try assistant.dialogue(of: "s")
            guard case .waiting(let asked) = assistant.say([message("the x-ray from yesterday")])[0] else {
                Issue.record("it has an answer")
                return
            }
            let looks = Atomic<Int>(0)
            let result = asked.finish { looks.add(1, ordering: .relaxed).newValue > 3 }
            #expect(throws: AssistantError.cancelled) { try result.get() }
            #expect(try assistant.dialogue(of: "s") == before)
            // Nor one that nobody finishes.
            do { _ = assistant.say([message("the x-ray from yesterday")]) }
            #expect(try say("hello", to: assistant).number == 2)
        }
    }

    @Test(arguments: [LessonSelection.session("s"), .user(1000)])
    func `what waits when its session is forgotten was never said`(selection: LessonSelection) throws {
        try withLockedDatabase { assistant, unlock in
            try say("show my report", to: assistant)
            try say("blood work", to: assistant)
            try say("show my report", by: bobElsewhere, to: assistant)
            let steps = assistant.say([
                message("yesterday"), message("and say hello to Quentin"),
                UserMessage(Utterance("blood work from yesterday", by: bobElsewhere)),
            ])
            guard case .waiting(let asked) = steps[0], case .waiting(let next) = steps[1],
                case .waiting(let others) = steps[2]
            else {
                Issue.record("\(steps)")
                return
            }
            try unlock()
            _ = try assistant.erase(selection, of: 1000) { _ in }
            #expect(throws: AssistantError.forgotten("s")) { try asked.finish { false }.get() }
            #expect(throws: AssistantError.forgotten("s")) { try next.finish { false }.get() }
            #expect(try others.finish { false }.get().number == 2)
            #expect(try assistant.turns(TurnFilter(session: "s")).turns.isEmpty)
            #expect(try say("hello", to: assistant).number == 1)
            #expect(try assistant.turns(TurnFilter(session: "s")).turns.map(\.text) == ["hello"])
        }
    }

    @Test func `a session of which nothing is there but what waits can be forgotten`() throws {
        try withLockedDatabase { assistant, unlock in
            guard
                case .waiting(let asked) = assistant.say([message("show my x-ray report from yesterday")])[0]
            else {
                Issue.record("it has an answer")
                return
            }
            try unlock()
            #expect(try assistant.erase(.session("s")) { _ in }.turns == 0)
            #expect(throws: AssistantError.forgotten("s")) { try asked.finish { false }.get() }
            #expect(throws: AssistantError.nothingToErase(.session("s"))) {
                try assistant.erase(.session("s")) { _ in }
            }
        }
    }

    @Test func `a question in work ends when its session is forgotten`() async throws {
        let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
        try withLockedDatabase(endless) { assistant, unlock in
            try unlock()
            try say("show my report", to: assistant)
            guard case .waiting(let asked) = assistant.say([message("the x-ray from yesterday")])[0] else {
                Issue.record("it has an answer")
                return
            }
            // Forgotten between two looks at whether it was given up.
            let looks = Atomic<Int>(0)
            let result = asked.finish {
                if looks.add(1, ordering: .relaxed).newValue == 3 {
                    #expect(throws: Never.self) { try assistant.erase(.session("s")) { _ in } }
                }
                return false
            }
            #expect(throws: AssistantError.forgotten("s")) { try result.get() }
            #expect(try assistant.turns(TurnFilter(session: "s")).turns.isEmpty)
        }
    }

    @Test func `a dialogue goes on after a restart`() throws {
        let directory = try TemporaryDirectory()
        let state = try Self.closing(in: directory) { assistant in
            try say("show my report", to: assistant)
            try say("blood work", to: assistant)
            return try assistant.dialogue(of: "s")
        }
        let successor = try Self.assistant(in: directory)
        #expect(try successor.dialogue(of: "s") == state)
        #expect(try say("yesterday", to: successor).number == 3)
        #expect(try successor.dialogue(of: "s").filled.keys.sorted() == ["date", "kind"])
    }

    @Test func `turns are kept with what was done and said`() throws {
        try say("show my report")
        let turn = try #require(try assistant.turns(TurnFilter(session: "s")).turns.first)
        #expect(turn.action == "ask_missing_info" && turn.reply == "Which report?")
    }

    @Test func `what is forgotten is no more in the dialogue`() throws {
        try say("show my report")
        try say("blood work")
        _ = try assistant.erase(.session("s")) { _ in }
        #expect(throws: AssistantError.sessionNotFound("s")) { try assistant.dialogue(of: "s") }
        let turn = try say("x-ray")
        #expect(turn.state.goal == nil && turn.number == 1)
    }

    @Test func `nobody hears of another's dialogue`() throws {
        try say("show my report")
        #expect(throws: AssistantError.sessionForbidden("s")) { try say("x-ray", by: bob) }
        #expect(throws: AssistantError.sessionForbidden("s")) {
            try assistant.dialogue(of: "s", owner: bob.uid)
        }
    }

    @Test func `a session's clock stays set, its offset too`() throws {
        let clock = try #require(ReferenceTime(rfc3339: "2020-03-01T23:30:00+01:00"))
        let directory = try TemporaryDirectory()
        try Self.closing(in: directory) { assistant in
            try say("show my report", clock: clock, to: assistant)
            try say("blood work", to: assistant)
            let turn = try say("yesterday", to: assistant)
            #expect(turn.state.filled["date"]?.value == "2020-02-29")
        }
        let successor = try Self.assistant(in: directory)
        try say("show my report", to: successor)
        try say("blood work", to: successor)
        #expect(try say("today", to: successor).state.filled["date"]?.value == "2020-03-01")
    }

    @Test func `after a day a dialogue begins anew`() throws {
        let time = Mutex<Int64>(noon)
        let directory = try TemporaryDirectory()
        let clock = WallClock { time.withLock { $0 } }
        let state = try Self.closing(in: directory, clock: clock) { assistant in
            try say("show my report", to: assistant)
            time.withLock { $0 += 23 * 3600 * 1_000_000 }
            #expect(try say("blood work", to: assistant).state.goal == "get_report")
            time.withLock { $0 += 25 * 3600 * 1_000_000 }
            let late = try say("yesterday", to: assistant)
            #expect(late.state.goal == nil && late.number == 3)
            return try assistant.dialogue(of: "s")
        }
        #expect(try Self.assistant(in: directory).dialogue(of: "s") == state)
    }

    @Test func `sessions are listed with what they have going on, until that expires`() throws {
        let time = Mutex<Int64>(noon)
        let directory = try TemporaryDirectory()
        let assistant = try Self.assistant(in: directory, clock: WallClock { time.withLock { $0 } })
        try say("show my report", to: assistant)
        try say("hello", by: bobElsewhere, to: assistant)
        _ = try assistant.predict([Utterance("hello", by: Contributor(uid: 1, pid: 1, session: "p"))])[0]
            .get()
        func listed() throws -> [String] {
            try assistant.sessions(last: 9).map {
                "\($0.session) \($0.state?.goal ?? "-") \($0.state?.step ?? "-")"
            }
        }
        #expect(try listed() == ["p - -", "t - idle", "s get_report collecting"])
        time.withLock { $0 += 25 * 3600 * 1_000_000 }
        #expect(try listed() == ["p - -", "t - -", "s - -"])
        try assistant.close()
    }

    @Test func `a dialogue expires after the lifetime that a reload set last, and is shown so`() throws {
        let time = Mutex<Int64>(noon)
        let directory = try TemporaryDirectory()
        let assistant = try Self.assistant(in: directory, clock: WallClock { time.withLock { $0 } })
        func reload(lifetime: Int) throws {
            var settings = assistant.configuration
            settings.dialogueLifetime = lifetime
            try assistant.reload(settings)
        }
        try say("show my report", to: assistant)
        try reload(lifetime: 60)
        time.withLock { $0 += 60_000_000 }
        #expect(try assistant.dialogue(of: "s").goal == "get_report")
        time.withLock { $0 += 1 }
        let shown = try assistant.dialogue(of: "s")
        #expect(shown.goal == nil && shown.step == "idle" && shown.missing == [])
        // Nothing was lost by looking.
        try reload(lifetime: 61)
        #expect(try say("blood work", to: assistant).state.goal == "get_report")
        time.withLock { $0 += 61_000_001 }
        #expect(try say("yesterday", to: assistant).state.goal == nil)
        try assistant.close()
    }

    @Test func `whatever was said before a session is forgotten stays away, said at the same time or not`()
        throws
    {
        let begun = Mutex<Set<String>>([])
        let stop = Atomic<Bool>(false)
        DispatchQueue.concurrentPerform(iterations: 4) { worker in
            guard worker == 0 else {
                var count = 0
                while !stop.load(ordering: .relaxed) {
                    count += 1
                    let text = "\(worker) blood work number\(count)"
                    begun.withLock { _ = $0.insert(text) }
                    // A turn that is forgotten while it is taken is refused.
                    _ = worker == 1 ? nil : try? say(text)
                    if worker == 1 { _ = assistant.predict([Utterance(text, by: alice)]) }
                }
                return
            }
            for _ in 1...10 {
                let before = begun.withLock { $0 }
                #expect(throws: Never.self) {
                    // Nothing may have been said yet.
                    _ = try? assistant.erase(.session("s")) { _ in }
                    let left = try assistant.turns(TurnFilter()).turns.map(\.text)
                    #expect(before.isDisjoint(with: left))
                }
            }
            stop.store(true, ordering: .relaxed)
        }
    }

    @Test func `two hundred dialogues at once do not mix`() throws {
        let kinds = ["blood work", "x-ray"]
        let failures = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 200) { index in
            let speaker = Contributor(uid: UInt32(index), pid: 1, session: "s\(index)")
            do {
                try say("show my report", by: speaker)
                try say(kinds[index % 2], by: speaker)
                let turn = try say("\(index % 20 + 1) December 2025", by: speaker)
                let values = turn.state.filled.mapValues(\.value)
                let day = "2025-12-" + (index % 20 < 9 ? "0" : "") + "\(index % 20 + 1)"
                let isRight =
                    values == ["kind": index % 2 == 0 ? "blood_test" : "x_ray", "date": day]
                    && turn.number == 3
                if !isRight { failures.withLock { $0.append("\(index): \(values)") } }
            } catch {
                failures.withLock { $0.append("\(index): \(error)") }
            }
        }
        #expect(failures.withLock { $0 } == [])
    }
}
