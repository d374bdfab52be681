internal import GRDB

/// Sessions: who opened which, a row each.
enum SessionRow {
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
