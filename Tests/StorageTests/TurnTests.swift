import Foundation
import GRDB
import Testing

@testable import Storage

@Suite struct TurnTests {
    let directory: TemporaryDirectory
    let log: EventLog

    init() throws {
        directory = try TemporaryDirectory()
        log = try EventLog(path: "\(directory.path)/slmd.db")
    }

    private func texts(_ query: TurnQuery = TurnQuery()) throws -> [String] {
        try log.turns(query, limit: 100, bytes: .max).turns.map(\.content.text)
    }

    private func said(
        _ text: String, in session: String, by uid: UInt32 = 1000, at time: Int64 = 5,
        correcting event: EventID? = nil
    ) -> TurnContent {
        TurnContent(
            session: session, uid: uid, time: time, text: text, context: nil, intent: nil, confidence: 0,
            isOutOfScope: false, event: event)
    }

    @Test func `turns come back as they were kept, in pages`() throws {
        let turns = (0..<20).map { turn($0, session: "s\($0 % 2)") }
        try log.append(turns)
        let page = try log.turns(TurnQuery(), limit: 7, bytes: .max)
        #expect(page.turns.map(\.content) == Array(turns[..<7]) && page.hasMore)
        #expect(page.turns.map(\.id) == Array(1...7))
        let rest = try log.turns(TurnQuery(after: 7), limit: 13, bytes: .max)
        #expect(rest.turns.map(\.content) == Array(turns[7...]) && !rest.hasMore)
        #expect(try log.turns(TurnQuery(), limit: 7, bytes: 1).turns.count == 1)
    }

    @Test func `a query finds a session, a user, a time, and the newest`() throws {
        try log.append([
            said("a", in: "one"), said("b", in: "two", by: 7, at: 9), said("c", in: "one", at: 10),
        ])
        #expect(try texts(TurnQuery(session: "one")) == ["a", "c"])
        #expect(try texts(TurnQuery(session: "one", owner: 7)).isEmpty)
        #expect(try texts(TurnQuery(owner: 7)) == ["b"])
        #expect(try texts(TurnQuery(since: 9)) == ["b", "c"])
        #expect(try texts(TurnQuery(after: 1, owner: 1000, since: 1)) == ["c"])
        #expect(try log.position(beforeNewest: 2, of: TurnQuery()) == 1)
        #expect(try log.position(beforeNewest: 1, of: TurnQuery(session: "one")) == 2)
        let sessions = try log.sessions(limit: 9)
        #expect(sessions.map(\.session) == ["two", "one"])
        #expect(sessions.map(\.turns) == [1, 2] && sessions.map(\.uid) == [7, 1000])
        #expect(sessions.map(\.last) == [9, 10] && sessions.map(\.createdAt) == [9, 5])
        #expect(try log.sessions(of: 7, limit: 9).map(\.session) == ["two"])
    }

    @Test func `a session is the first's who names it, in a turn or a lesson`() throws {
        let sessions = try SessionDirectory(beside: log)
        #expect(try sessions.owner(of: "s-1") == nil)
        _ = try log.append([try taught("x", as: "a")], encoder: encoder)
        try log.append([said("y", in: "s-2", by: 7), said("z", in: "s-1", by: 8)])
        #expect(try sessions.owner(of: "s-1") == 1000)
        #expect(try sessions.owner(of: "s-2") == 7)
    }

    @Test func `a turn that claims another's session is not kept`() throws {
        #expect(try log.append([said("mine", in: "one"), said("yours", in: "one", by: 7)]) == 1)
        #expect(try log.append([said("yours", in: "two", by: 7), said("again", in: "one", by: 7)]) == 1)
        #expect(try texts() == ["mine", "yours"])
        #expect(try texts(TurnQuery(session: "one")) == ["mine"])
        #expect(try log.sessions(limit: 9).map(\.uid) == [7, 1000])
    }

    @Test func `with a lesson go its correction and what it corrected, and nothing else`() throws {
        let events = try log.append(
            [try taught("wrong", as: "a"), try taught("other", as: "a")], encoder: encoder)
        try log.append([
            said("before", in: "s-1"), said("wrong", in: "s-1"),
            said("wrong", in: "s-1", correcting: events[0]),
            said("other", in: "s-1", correcting: events[1]), said("wrong", in: "another's", by: 7),
        ])
        let erasure = try log.erase([events[0]], time: 0)
        #expect(Set(erasure.turns) == [2, 3] && erasure.first == events[0])
        #expect(try texts() == ["before", "other", "wrong"])
    }

    @Test func `a session and a user are erased with all they said, the owner's alone`() throws {
        try log.append([
            said("a", in: "one"), said("b", in: "two"), said("c", in: "three", by: 7),
        ])
        #expect(try log.erase([], turns: .session("one", owner: 7), time: 0).turns.isEmpty)
        #expect(try log.erase([], turns: .session("one", owner: 1000), time: 0).turns == [1])
        #expect(try log.sessions(limit: 9).map(\.session) == ["three", "two"])
        let erasure = try log.erase([], turns: .user(1000), time: 0)
        // No checkpoint is stale: nothing learnt was erased.
        #expect(erasure.turns == [2] && erasure.first == EventID(rawValue: 1))
        #expect(try texts() == ["c"])
    }

    @Test func `of a long text its beginning is kept, up to a whole character`() {
        let text = "a" + String(repeating: "\u{1F600}", count: 20_000)
        let kept = TurnContent.kept(text)
        #expect(kept.utf8.count == 65_533 && text.hasPrefix(kept))
        #expect(TurnContent.kept("a\0b") == "ab")
    }

    @Test func `sessions of the log of format 2 keep their first speaker`() throws {
        let path = "\(directory.path)/old.db"
        let queue = try DatabaseQueue(path: path)
        try queue.write { db in try db.execute(sql: format2) }
        try queue.close()
        let migrated = try EventLog(path: path)
        let sessions = try SessionDirectory(beside: migrated)
        #expect(try sessions.owner(of: "s") == 7)
        #expect(try migrated.sessions(limit: 9).map(\.createdAt) == [5])
        try migrated.append([said("a", in: "s", by: 7)])
        #expect(try migrated.erase([EventID(rawValue: 2)], turns: .user(7), time: 0).turns == [1])
    }

    /// What version 2 of the schema wrote, with two lessons.
    private var format2: String {
        """
        CREATE TABLE encoders (id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE) STRICT;
        CREATE TABLE events (
            id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, time INTEGER NOT NULL,
            uid INTEGER NOT NULL, pid INTEGER NOT NULL, session TEXT, intent TEXT, target TEXT,
            position INTEGER, text TEXT, context TEXT, encoder INTEGER REFERENCES encoders (id),
            features BLOB) STRICT;
        CREATE TABLE examples (
            id INTEGER PRIMARY KEY, event INTEGER NOT NULL REFERENCES events (id) ON DELETE CASCADE,
            intent TEXT NOT NULL, text TEXT NOT NULL, context TEXT,
            encoder INTEGER NOT NULL REFERENCES encoders (id), features BLOB NOT NULL) STRICT;
        CREATE INDEX examples_by_event ON examples (event);
        CREATE TABLE names (
            intent TEXT PRIMARY KEY, encoder INTEGER NOT NULL REFERENCES encoders (id),
            features BLOB NOT NULL) STRICT;
        CREATE TABLE effects (
            event INTEGER PRIMARY KEY REFERENCES events (id) ON DELETE CASCADE, before_intent TEXT,
            before_confidence REAL NOT NULL, after_intent TEXT, after_confidence REAL NOT NULL) STRICT;
        CREATE TABLE erasures (
            id INTEGER PRIMARY KEY AUTOINCREMENT, first_event INTEGER NOT NULL, time INTEGER NOT NULL,
            is_settled INTEGER NOT NULL) STRICT;
        CREATE INDEX events_by_kind ON events (kind) WHERE kind <> 'taught';
        CREATE INDEX events_by_intent ON events (intent);
        CREATE INDEX events_by_target ON events (target) WHERE target IS NOT NULL;
        CREATE INDEX examples_by_intent ON examples (intent);
        INSERT INTO events (kind, time, uid, pid, session, intent) VALUES
            ('removed', 5, 7, 1, 's', 'a'), ('removed', 6, 8, 1, 's', 'b');
        PRAGMA application_id = \(EventLogSchema.applicationID);
        PRAGMA user_version = 2;
        """
    }
}
