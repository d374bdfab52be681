import Foundation
import GRDB
import Learning
import Testing

@testable import Storage

@Suite struct ErasureTests {
    let directory: TemporaryDirectory
    let log: EventLog

    init() throws {
        directory = try TemporaryDirectory()
        log = try EventLog(path: "\(directory.path)/slmd.db")
    }

    private func ids(_ numbers: Int64...) -> [EventID] { numbers.map(EventID.init) }

    @Test func `events are found by age, number, session and user, but never the bootstrap`() throws {
        let (bob, eve) = (Origin(uid: 7, pid: 1, session: "s-2"), Origin(uid: 8, pid: 1, session: nil))
        let example = StoredExample(
            text: "b", context: nil, example: Example(intent: try intent("a"), features: features(1)))
        _ = try log.append(
            [
                NewEvent(.trained([example], .bootstrap), origin: bob, time: 0),
                try taught("2", as: "a", by: bob), try taught("3", as: "a", by: eve),
                try taught("4", as: "a", by: bob),
            ], encoder: encoder)
        #expect(try log.events(.newest(2)) == ids(3, 4))
        #expect(try log.events(.newest(9)) == ids(2, 3, 4))
        #expect(try log.events(.event(EventID(rawValue: 3))) == ids(3))
        #expect(try log.events(.event(EventID(rawValue: 1))).isEmpty)
        #expect(try log.events(.session("s-2")) == ids(2, 4))
        #expect(try log.events(.user(8)) == ids(3))
    }

    @Test func `no byte of an erased text, feature or name is left in any file`() throws {
        let secret = "the patient's name is Ada"
        let example = Example(intent: try intent("ada_s_case"), features: features(7))
        let stored = StoredExample(text: secret, context: "\(secret)?", example: example)
        for number in 1...200 { _ = try log.append([try taught("\(number)", as: "a")], encoder: encoder) }
        let erased = try log.append(
            [
                NewEvent(.taught(stored), origin: origin, time: 0),
                NewEvent(.trained(Array(repeating: stored, count: 50), .adding), origin: origin, time: 0),
            ], names: [example.intent: features(8)], encoder: encoder)
        for number in 201...400 { _ = try log.append([try taught("\(number)", as: "a")], encoder: encoder) }
        let taken = Verdict(intent: example.intent, confidence: 0.5)
        try log.record([Effect(event: EventID(rawValue: 250), before: taken, after: taken)])
        #expect(try bytes(contain: secret) && bytes(contain: "ada_s_case"))
        _ = try log.erase(erased, time: 5)
        #expect(try log.unsettled() == 1)
        try log.settle(rewriting: true)
        #expect(try log.unsettled() == 0)
        #expect(try !bytes(contain: secret))
        #expect(try !bytes(contain: "ada_s_case"))
        #expect(try !bytes(contain: features(7).encoded()))
        #expect(try log.names(of: [example.intent]).isEmpty)
        #expect(try texts(of: log) == (1...400).map { "\($0)" })
        #expect(try log.append([try taught("next", as: "a")], encoder: encoder) == ids(403))
    }

    struct Plan: Sendable {
        /// Event and position of each.
        let restorations: [[Int64]]
        let end: Int64
        /// What counts: the events after the first, up to the second.
        let spans: [[Int64]]
    }

    static let plans: [Plan] = [
        Plan(restorations: [], end: 9, spans: [[0, 9]]),
        Plan(restorations: [[5, 3]], end: 9, spans: [[0, 3], [5, 9]]),
        Plan(restorations: [[5, 3]], end: 5, spans: [[0, 3]]),
        Plan(restorations: [[5, 3]], end: 4, spans: [[0, 4]]),
        Plan(restorations: [[5, 3], [8, 6]], end: 9, spans: [[0, 3], [5, 6], [8, 9]]),
        Plan(restorations: [[5, 3], [8, 2]], end: 9, spans: [[0, 2], [8, 9]]),
        Plan(restorations: [[5, 3], [8, 5]], end: 8, spans: [[0, 3]]),
        Plan(restorations: [[5, 0]], end: 7, spans: [[5, 7]]),
    ]

    @Test(arguments: plans)
    func `a restoration takes out what it undid`(of expected: Plan) {
        let plan = ReplayPlan(
            through: EventID(rawValue: expected.end),
            restorations: expected.restorations.map { (EventID(rawValue: $0[0]), EventID(rawValue: $0[1])) })
        #expect(plan.spans.map { [$0.after.rawValue, $0.through.rawValue] } == expected.spans)
        for position in 1...expected.end {
            let isPassed = expected.spans.contains { $0[0] < position && position <= $0[1] }
            #expect(plan.passes(EventID(rawValue: position)) == isPassed)
        }
    }

    @Test func `the log of format 1 is brought to this one`() throws {
        let path = "\(directory.path)/old.db"
        let (a, b) = (try intent("a"), try intent("b"))
        try makeFormat1(at: path)
        let old = try EventLog(path: path)
        let stored = StoredExample(
            text: "t", context: nil, example: Example(intent: a, features: features(1)))
        #expect(
            try events(of: old).map(\.content) == [
                .taught(stored), .renamed(a, to: b), .trained([stored], .adding),
            ])
        #expect(try old.names(of: [a, b]) == [a: features(2), b: features(3)])
        #expect(try old.append([try taught("next", as: "a")], encoder: encoder) == ids(4))
        #expect(try old.erase(ids(1), time: 0).revision == 1)
    }

    /// What version 1 of the schema wrote.
    private func makeFormat1(at path: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.write { db in
            try db.execute(
                sql: """
                    CREATE TABLE encoders (id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE) STRICT;
                    CREATE TABLE events (
                        id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, time INTEGER NOT NULL,
                        uid INTEGER NOT NULL, pid INTEGER NOT NULL, session TEXT, intent TEXT, target TEXT,
                        text TEXT, context TEXT, encoder INTEGER REFERENCES encoders (id), features BLOB,
                        name_features BLOB, before_intent TEXT, before_confidence REAL, after_intent TEXT,
                        after_confidence REAL) STRICT;
                    CREATE TABLE examples (
                        id INTEGER PRIMARY KEY,
                        event INTEGER NOT NULL REFERENCES events (id) ON DELETE CASCADE,
                        is_name INTEGER NOT NULL, intent TEXT NOT NULL, text TEXT NOT NULL, context TEXT,
                        encoder INTEGER NOT NULL REFERENCES encoders (id), features BLOB NOT NULL) STRICT;
                    CREATE INDEX examples_by_event ON examples (event);
                    PRAGMA application_id = \(EventLogSchema.applicationID);
                    PRAGMA user_version = 1;
                    """)
            try db.execute(sql: "INSERT INTO encoders VALUES (1, ?)", arguments: [encoder])
            try db.execute(
                sql: """
                    INSERT INTO events (kind, time, uid, pid, intent, text, encoder, features, name_features)
                    VALUES ('taught', 0, 1, 1, 'a', 't', 1, ?, ?)
                    """, arguments: [Data(features(1).encoded()), Data(features(2).encoded())])
            try db.execute(
                sql: """
                    INSERT INTO events (kind, time, uid, pid, intent, target, encoder, name_features)
                    VALUES ('renamed', 0, 1, 1, 'a', 'b', 1, ?)
                    """, arguments: [Data(features(3).encoded())])
            try db.execute(
                sql: "INSERT INTO events (kind, time, uid, pid) VALUES ('trained_keeping_base', 0, 1, 1)")
            for (isName, text, seed) in [(false, "t", 1), (true, "a", 2)] {
                try db.execute(
                    sql: """
                        INSERT INTO examples (event, is_name, intent, text, encoder, features)
                        VALUES (3, ?, 'a', ?, 1, ?)
                        """, arguments: [isName, text, Data(features(seed).encoded())])
            }
        }
    }

    private func bytes(contain text: String) throws -> Bool { try bytes(contain: Array(text.utf8)) }

    private func bytes(contain wanted: [UInt8]) throws -> Bool {
        try Files.list(directory.path, .read).contains { file in
            Data(try Files.read("\(directory.path)/\(file)", limit: .max, .read)).range(of: Data(wanted))
                != nil
        }
    }
}
