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

    /// Keeps turns, and opens the sessions they name.
    ///
    /// - Returns: how many are kept: none whose session another user has opened.
    static func insert(_ turns: [TurnContent], in db: Database) throws -> Int {
        var sessions: [String: SessionRow] = [:]
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO turns
                    (session, time, text, context, intent, confidence, is_out_of_scope, event, action, reply, record)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        var count = 0
        for turn in turns {
            let session =
                try sessions[turn.session]
                ?? SessionRow.opened(turn.session, uid: turn.uid, time: turn.time, in: db)
            sessions[turn.session] = session
            guard session.uid == turn.uid else { continue }
            try statement.execute(arguments: [
                session.id, turn.time, turn.text, turn.context, turn.intent, turn.confidence,
                turn.isOutOfScope, turn.event?.rawValue, turn.outcome?.action, turn.outcome?.reply,
                turn.outcome?.record,
            ])
            count += 1
            guard let outcome = turn.outcome else { continue }
            try PolicyRow.insert(
                outcome.episodes, of: turn.session, uid: turn.uid, nextEnd: outcome.episodesEnd, in: db)
        }
        return count
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
    /// - Returns: which they were, and which others were revised.
    static func erase(
        _ selection: TurnSelection, of events: [EventID], _ revision: TurnRevision, in db: Database
    ) throws -> Departure {
        var departure = Departure()
        for event in events {
            if let takingBack = revision.takingBack {
                departure.revised += try takeBack(event, takingBack, in: db)
            }
            let going = try ids(goingWith: event, in: db)
            departure.revised += try redact(after: going, revision.repeats, in: db)
            departure.erased += try erase(going, keepingDialogue: revision.takingBack != nil, in: db)
        }
        switch selection {
        case .ofEvents: break
        case .session(let session, let owner):
            let owner = owner.map { Int64($0) }
            departure.erased += try erase(
                "session IN (SELECT id FROM sessions WHERE name = ?1 AND (uid = ?2 OR ?2 IS NULL))",
                [session, owner], in: db)
            try PolicyRow.erase("session = ?1 AND (uid = ?2 OR ?2 IS NULL)", [session, owner], in: db)
        case .user(let uid):
            departure.erased += try erase(
                "session IN (SELECT id FROM sessions WHERE uid = ?)", [Int64(uid)], in: db)
            try PolicyRow.erase("uid = ?", [Int64(uid)], in: db)
        }
        return departure
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

    /// The correction that an event is, and what it corrected.
    private static func ids(goingWith event: EventID, in db: Database) throws -> [Int64] {
        let corrections = try db.cachedStatement(sql: "SELECT id FROM turns WHERE event = ?")
        let lesson = try db.cachedStatement(
            sql: """
                SELECT session, text FROM events
                WHERE id = ? AND session IS NOT NULL AND text IS NOT NULL AND NOT \(Imports.condition)
                """)
        let ids = try Int64.fetchAll(corrections, arguments: [event.rawValue])
        guard let row = try Row.fetchOne(lesson, arguments: [event.rawValue]) else { return ids }
        let corrected = try db.cachedStatement(
            sql: """
                SELECT id FROM turns WHERE session = (SELECT id FROM sessions WHERE name = ?) AND text = ?
                """)
        return Set(ids).union(
            try Int64.fetchAll(
                corrected, arguments: [row["session"], TurnContent.kept(row["text"])])
        ).sorted()
    }

    private static func erase(_ ids: [Int64], keepingDialogue isKept: Bool, in db: Database) throws -> [Int64]
    {
        let condition = isKept ? "id = ? AND record IS NULL" : "id = ?"
        return try ids.flatMap { try erase(condition, [$0], in: db) }
    }

    /// A turn of a dialogue stays when what it taught is taken back.
    private static func takeBack(
        _ event: EventID, _ change: (TurnOutcome) -> TurnOutcome, in db: Database
    ) throws -> [Int64] {
        let taught = try Row.fetchAll(
            db, sql: "SELECT id, session, time, action, reply, record FROM turns WHERE event = ?",
            arguments: [event.rawValue])
        let statement = try db.cachedStatement(
            sql: "UPDATE turns SET event = NULL, action = ?, reply = ?, record = ? WHERE id = ?")
        return try taught.compactMap { row in
            guard let outcome = outcome(row).map(change) else { return nil }
            let id: Int64 = row["id"]
            try PolicyRow.erase(at: row["time"], in: row["session"], in: db)
            try statement.execute(arguments: [outcome.action, outcome.reply, outcome.record, id])
            return id
        }
    }

    /// Empties the replies, and the contexts, that repeat words of turns which go, in the same sessions from then on.
    private static func redact(
        after going: [Int64], _ repeats: (String, TurnContent) -> Bool, in db: Database
    ) throws -> [Int64] {
        let later = try db.cachedStatement(
            sql: """
                SELECT id, reply, context FROM turns
                WHERE session = (SELECT session FROM turns WHERE id = ?1) AND id > ?1
                    AND (reply <> '' OR context IS NOT NULL)
                """)
        let statement = try db.cachedStatement(sql: "UPDATE turns SET reply = ?, context = ? WHERE id = ?")
        var redacted: Set<Int64> = []
        for id in going {
            guard
                let content = try Row.fetchOne(
                    db, sql: "SELECT \(columns) FROM \(joined) WHERE turns.id = ?", arguments: [id]
                ).map({ turn($0).content })
            else { continue }
            for row in try Row.fetchAll(later, arguments: [id]) {
                let (reply, context) = (row["reply"] as String?, row["context"] as String?)
                let isReply = reply.map { repeats($0, content) } ?? false
                let isContext = context.map { repeats($0, content) } ?? false
                guard isReply || isContext else { continue }
                let place: Int64 = row["id"]
                try statement.execute(
                    arguments: [isReply ? "" : reply, isContext ? nil : context, place])
                redacted.insert(place)
            }
        }
        return redacted.subtracting(going).sorted()
    }
}

/// The turns that an erasure took, and those that it changed.
struct Departure {
    var erased: [Int64] = []
    var revised: [Int64] = []

    var stale: [Int64] { erased + revised }
}

/// What becomes of turns that stay when events go.
public struct TurnRevision {
    /// What a turn of a dialogue led to once that which it taught is taken back; then turns of dialogues stay. Where it
    /// is nil they go.
    public let takingBack: ((TurnOutcome) -> TurnOutcome)?
    /// Whether a later reply of the session, or a context, has words of a turn that goes: it is emptied.
    public let repeats: (String, TurnContent) -> Bool

    public init(
        takingBack: ((TurnOutcome) -> TurnOutcome)? = nil,
        repeats: @escaping (String, TurnContent) -> Bool = { _, _ in false }
    ) {
        self.takingBack = takingBack
        self.repeats = repeats
    }
}
