internal import GRDB

extension EventLog {
    /// The policy's log after a place, at most `limit` of its rows, oldest first.
    public func policyEvents(after position: Int64, limit: Int) throws(StorageError) -> [PolicyEvent] {
        try read { db in
            let rows = try Row.fetchCursor(
                db, sql: "SELECT * FROM policy WHERE id > ? ORDER BY id LIMIT ?",
                arguments: [position, limit])
            var events: [PolicyEvent] = []
            while let row = try rows.next() {
                if let event = PolicyRow.event(row) { events.append(event) }
            }
            return events
        }
    }

    /// How many rows the policy's log has up to a place.
    public func policyEventCount(through position: Int64) throws(StorageError) -> Int {
        try read { db in
            try Int.fetchOne(db, sql: "SELECT count(*) FROM policy WHERE id <= ?", arguments: [position]) ?? 0
        }
    }

    /// The episodes of a session that had a turn at that time, oldest first.
    ///
    /// - Parameter time: microseconds since 1970, UTC.
    public func episodes(
        at time: Int64, in session: String, of uid: UInt32
    ) throws(StorageError) -> [PolicyEvent] {
        try read { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT * FROM policy WHERE session = ? AND uid = ? AND ? BETWEEN began AND time ORDER BY id
                    """)
            return try Row.fetchAll(statement, arguments: [session, Int64(uid), time])
                .compactMap(PolicyRow.event)
        }
    }

    /// Keeps what was done to the policy.
    public func append(_ change: PolicyChange, by uid: UInt32, time: Int64) throws(StorageError) {
        try write(.appendTurns) { db in try PolicyRow.insert(change, uid: uid, time: time, in: db) }
    }

    /// Sessions whose open episodes are over by then, at most `limit`.
    ///
    /// - Parameter time: microseconds since 1970, UTC.
    public func sessionsWithEpisodes(endedBy time: Int64, limit: Int) throws(StorageError) -> [String] {
        try read { db in
            try String.fetchAll(
                db, sql: "SELECT name FROM sessions WHERE episodes_end <= ? ORDER BY episodes_end LIMIT ?",
                arguments: [time, limit])
        }
    }

    /// When the first open episode is over if nothing more is said in its session; nil when none is open.
    public func nextEndOfEpisodes() throws(StorageError) -> Int64? {
        try read { db in
            try Int64.fetchOne(
                db, sql: "SELECT min(episodes_end) FROM sessions WHERE episodes_end IS NOT NULL")
        }
    }

    /// Keeps episodes of a session that are over without a further turn.
    ///
    /// - Parameter nextEnd: when those that go on are over, in microseconds since 1970, UTC; nil when none does.
    public func end(
        _ episodes: [StoredEpisode], of session: String, nextEnd: Int64?
    ) throws(StorageError) {
        try write(.appendTurns) { db in
            let owner = try Int64.fetchOne(
                db, sql: "SELECT uid FROM sessions WHERE name = ?", arguments: [session])
            guard let owner else { return }
            try PolicyRow.insert(
                episodes, of: session, uid: UInt32(truncatingIfNeeded: owner), nextEnd: nextEnd, in: db)
        }
    }
}
