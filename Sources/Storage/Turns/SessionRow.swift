internal import GRDB

/// Sessions: who opened which, a row each.
struct SessionRow {
    let id: Int64
    let uid: UInt32

    /// Opens the session that an event names, unless it is open.
    static func open(_ origin: Origin, time: Int64, in db: Database) throws {
        guard let session = origin.session else { return }
        try open(withoutNUL(session), uid: origin.uid, time: time, in: db)
    }

    static func open(_ session: String, uid: UInt32, time: Int64, in db: Database) throws {
        try db.cachedStatement(
            sql: "INSERT OR IGNORE INTO sessions (name, uid, created_at) VALUES (?, ?, ?)"
        ).execute(arguments: [session, Int64(uid), time])
    }

    /// Opens a session, unless it is open.
    ///
    /// - Returns: it, whoever has opened it.
    static func opened(
        _ session: String, uid: UInt32, time: Int64, in db: Database
    ) throws -> SessionRow {
        try open(session, uid: uid, time: time, in: db)
        let statement = try db.cachedStatement(sql: "SELECT id, uid FROM sessions WHERE name = ?")
        guard let row = try Row.fetchOne(statement, arguments: [session]) else {
            throw DatabaseError(message: "the session \(session) is not there after it was opened")
        }
        return SessionRow(id: row[0], uid: UInt32(truncatingIfNeeded: row[1] as Int64))
    }

    /// The sessions that events of this machine were taught in.
    static func names(of events: [EventID], in db: Database) throws -> Set<String> {
        let statement = try db.cachedStatement(
            sql: """
                SELECT session FROM events
                WHERE id = ? AND session IS NOT NULL AND NOT \(Imports.condition)
                """)
        return try events.reduce(into: []) { names, event in
            if let name = try String.fetchOne(statement, arguments: [event.rawValue]) { names.insert(name) }
        }
    }

    /// Takes out the sessions of which nothing is left.
    static func removeUnused(in db: Database) throws {
        try db.execute(
            sql: """
                DELETE FROM sessions
                WHERE NOT EXISTS (SELECT 1 FROM turns WHERE session = sessions.id)
                    AND NOT EXISTS (SELECT 1 FROM events WHERE session = sessions.name)
                """)
    }
}
