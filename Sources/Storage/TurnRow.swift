internal import GRDB

/// Which turns go with an erasure beside the corrections among them.
public enum TurnSelection: Sendable, Hashable {
    /// Those that erased events corrected, and no other.
    case ofEvents
    /// All of a session, if this user opened it; nil for anyone.
    case session(String, owner: UInt32?)
    /// All of a user's sessions.
    case user(UInt32)
}

/// Turns to rows and back.
enum TurnRow {
    /// What format 3 of the log has for conversations. A turn names its session by a small number, whose row
    /// says whose it is. `erasures` says between which turns some went.
    static let tables = """
        CREATE TABLE sessions (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            uid INTEGER NOT NULL,
            created_at INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE turns (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            session INTEGER NOT NULL REFERENCES sessions (id),
            time INTEGER NOT NULL,
            text TEXT NOT NULL,
            context TEXT,
            intent TEXT,
            confidence REAL NOT NULL,
            is_out_of_scope INTEGER NOT NULL,
            event INTEGER
        ) STRICT;
        CREATE INDEX turns_by_session ON turns (session);
        CREATE INDEX turns_by_event ON turns (event) WHERE event IS NOT NULL;
        CREATE INDEX events_by_session ON events (session) WHERE session IS NOT NULL;
        INSERT INTO sessions (name, uid, created_at)
            SELECT session, uid, min(time) FROM events WHERE session IS NOT NULL GROUP BY session;
        ALTER TABLE erasures ADD COLUMN first_turn INTEGER;
        ALTER TABLE erasures ADD COLUMN last_turn INTEGER;
        """

    /// What format 5 added: what a turn of a dialogue led to.
    static let outcomes = """
        ALTER TABLE turns ADD COLUMN action TEXT;
        ALTER TABLE turns ADD COLUMN reply TEXT;
        ALTER TABLE turns ADD COLUMN record TEXT;
        """

    /// Turns with the columns of their sessions.
    static let joined = "turns JOIN sessions ON sessions.id = turns.session"
    static let columns = "turns.*, sessions.name AS session_name, sessions.uid AS session_uid"

    /// - Returns: false, and nothing is kept, when another user has opened the session.
    static func insert(_ turn: TurnContent, in db: Database) throws -> Bool {
        try SessionRow.open(turn.session, uid: turn.uid, time: turn.time, in: db)
        try db.cachedStatement(
            sql: """
                INSERT INTO turns
                    (session, time, text, context, intent, confidence, is_out_of_scope, event, action, reply, record)
                SELECT id, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM sessions WHERE name = ? AND uid = ?
                """
        ).execute(arguments: [
            turn.time, turn.text, turn.context, turn.intent, turn.confidence, turn.isOutOfScope,
            turn.event?.rawValue, turn.outcome?.action, turn.outcome?.reply, turn.outcome?.record,
            turn.session,
            Int64(turn.uid),
        ])
        guard db.changesCount > 0 else { return false }
        if let outcome = turn.outcome {
            try PolicyRow.insert(
                outcome.episodes, of: turn.session, uid: turn.uid, nextEnd: outcome.episodesEnd,
                in: db)
        }
        return true
    }

    static func turn(_ row: Row) -> Turn {
        Turn(
            id: row["id"],
            content: TurnContent(
                session: row["session_name"], uid: UInt32(truncatingIfNeeded: row["session_uid"] as Int64),
                time: row["time"], text: row["text"], context: row["context"], intent: row["intent"],
                confidence: row["confidence"], isOutOfScope: row["is_out_of_scope"],
                event: (row["event"] as Int64?).map(EventID.init), outcome: outcome(row)))
    }

    private static func outcome(_ row: Row) -> TurnOutcome? {
        guard let action = row["action"] as String?, let reply = row["reply"] as String?,
            let record = row["record"] as String?
        else { return nil }
        return TurnOutcome(action: action, reply: reply, record: record)
    }

    /// Takes out the turns of a selection, the corrections that `events` are, and what those corrected: the
    /// turns of their sessions with the same text. To be called while the events are still there.
    ///
    /// - Returns: which they were.
    static func erase(_ selection: TurnSelection, of events: [EventID], in db: Database) throws -> [Int64] {
        var erased: [Int64] = []
        for event in events {
            erased += try erase("event = ?", [event.rawValue], in: db)
            erased += try eraseCorrected(by: event, in: db)
        }
        switch selection {
        case .ofEvents: break
        case .session(let session, let owner):
            let owner = owner.map { Int64($0) }
            erased += try erase(
                "session IN (SELECT id FROM sessions WHERE name = ?1 AND (uid = ?2 OR ?2 IS NULL))",
                [session, owner], in: db)
            try PolicyRow.erase("session = ?1 AND (uid = ?2 OR ?2 IS NULL)", [session, owner], in: db)
        case .user(let uid):
            erased += try erase(
                "session IN (SELECT id FROM sessions WHERE uid = ?)", [Int64(uid)], in: db)
            try PolicyRow.erase("uid = ?", [Int64(uid)], in: db)
        }
        return erased
    }

    /// Takes out turns, and the episodes that they were part of.
    private static func erase(
        _ condition: String, _ arguments: StatementArguments, in db: Database
    ) throws -> [Int64] {
        let statement = try db.cachedStatement(
            sql: "DELETE FROM turns WHERE \(condition) RETURNING id, session, time")
        let rows = try Row.fetchAll(statement, arguments: arguments)
        for row in rows { try PolicyRow.erase(at: row["time"], in: row["session"], in: db) }
        return rows.map { $0["id"] }
    }

    private static func eraseCorrected(by event: EventID, in db: Database) throws -> [Int64] {
        let lesson = try db.cachedStatement(
            sql: """
                SELECT session, text FROM events
                WHERE id = ? AND session IS NOT NULL AND text IS NOT NULL AND NOT \(Imports.condition)
                """)
        guard let row = try Row.fetchOne(lesson, arguments: [event.rawValue]) else { return [] }
        return try erase(
            "session = (SELECT id FROM sessions WHERE name = ?) AND text = ?",
            [row["session"], TurnContent.kept(row["text"])], in: db)
    }
}
