internal import GRDB

/// Turns to be read, oldest first.
public struct TurnQuery: Sendable, Hashable {
    /// Only turns after this one.
    public var after: Int64 = 0
    public var session: String?
    /// Only sessions of this user.
    public var owner: UInt32?
    /// Only turns from then on: microseconds since 1970, UTC.
    public var since: Int64?
    /// Only turns of dialogues.
    public var areSaid = false

    public init(after: Int64 = 0, session: String? = nil, owner: UInt32? = nil, since: Int64? = nil) {
        self.after = after
        self.session = session
        self.owner = owner
        self.since = since
    }

    /// What holds for the turns it finds, with `arguments`. Only what is asked for is there, so that indexes
    /// serve it.
    fileprivate var condition: String {
        let session = session == nil ? nil : "turns.session = (SELECT id FROM sessions WHERE name = :session)"
        let owner = owner == nil ? nil : "sessions.uid = :owner"
        let since = since == nil ? nil : "turns.time >= :since"
        let said = areSaid ? "turns.record IS NOT NULL" : nil
        return (["turns.id > :after"] + [session, owner, since, said].compactMap(\.self))
            .joined(separator: " AND ")
    }

    fileprivate var arguments: StatementArguments {
        var arguments: StatementArguments = ["after": after]
        if let session { arguments += ["session": session] }
        if let owner { arguments += ["owner": Int64(owner)] }
        if let since { arguments += ["since": since] }
        return arguments
    }
}

extension EventLog {
    /// Keeps turns, and opens the sessions they name, all in one commit.
    ///
    /// - Returns: how many are kept: none whose session another user has opened.
    @discardableResult
    public func append(_ turns: [TurnContent]) throws(StorageError) -> Int {
        guard !turns.isEmpty else { return 0 }
        return try write(.appendTurns) { db in try TurnRow.insert(turns, in: db) }
    }

    /// Keeps the turns of a session that is not there yet, and so opens it, in one commit.
    ///
    /// - Parameter turns: of that session and one user, oldest first.
    /// - Returns: false, and nothing is kept, when the session is there.
    public func open(_ session: String, with turns: [TurnContent]) throws(StorageError) -> Bool {
        try write(.appendTurns) { db in
            let isThere = try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM sessions WHERE name = ?)", arguments: [session])
            guard isThere == false else { return false }
            _ = try TurnRow.insert(turns, in: db)
            return true
        }
    }

    /// A page of turns: at most `limit`, and as many as have `bytes` of text together, but one at least; and
    /// whether more follow.
    public func turns(
        _ query: TurnQuery, limit: Int, bytes: Int
    ) throws(StorageError) -> (turns: [Turn], hasMore: Bool) {
        try read { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT \(TurnRow.columns) FROM \(TurnRow.joined)
                    WHERE \(query.condition) ORDER BY turns.id LIMIT :limit
                    """, arguments: query.arguments + ["limit": limit + 1])
            var turns: [Turn] = []
            var left = bytes
            while let row = try rows.next() {
                let turn = TurnRow.turn(row)
                left -= turn.content.bytes
                guard turns.count < limit, left >= 0 || turns.isEmpty else { return (turns, true) }
                turns.append(turn)
            }
            return (turns, false)
        }
    }

    /// The place before the newest `count` turns that a query finds.
    public func position(beforeNewest count: Int, of query: TurnQuery) throws(StorageError) -> Int64 {
        try read { db in
            let first = try Int64.fetchOne(
                db,
                sql: """
                    SELECT min(id) FROM (
                        SELECT turns.id FROM \(TurnRow.joined)
                        WHERE \(query.condition) ORDER BY turns.id DESC LIMIT :limit)
                    """, arguments: query.arguments + ["limit": count])
            return (first ?? 1) - 1
        }
    }

    /// How many turns there are in a range, both ends included.
    public func turnCount(in range: ClosedRange<Int64>) throws(StorageError) -> Int {
        try read { db in
            try Int.fetchOne(
                db, sql: "SELECT count(*) FROM turns WHERE id BETWEEN ? AND ?",
                arguments: [range.lowerBound, range.upperBound]) ?? 0
        }
    }

    /// The newest sessions, at most `limit`, the newest first.
    ///
    /// - Parameter owner: only those of this user.
    public func sessions(of owner: UInt32? = nil, limit: Int) throws(StorageError) -> [SessionSummary] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT name, uid, created_at, count(turns.id) AS turns, max(turns.time) AS last
                    FROM sessions LEFT JOIN turns ON turns.session = sessions.id
                    WHERE uid = ?1 OR ?1 IS NULL GROUP BY sessions.id ORDER BY sessions.id DESC LIMIT ?2
                    """, arguments: [owner.map { Int64($0) }, limit]
            ).map { row in
                SessionSummary(
                    session: row["name"], uid: UInt32(truncatingIfNeeded: row["uid"] as Int64),
                    createdAt: row["created_at"], turns: row["turns"], last: row["last"])
            }
        }
    }

    /// Takes out turns from before a time, some at once, so that lessons come in between.
    ///
    /// - Parameter time: microseconds since 1970, UTC.
    /// - Returns: how many they were.
    public func removeTurns(before time: Int64) throws(StorageError) -> Int {
        // The oldest need not be the first: clocks are set back, and sessions are brought.
        let oldest = try read { db in try Int64.fetchOne(db, sql: "SELECT min(time) FROM turns") }
        guard let oldest, oldest < time else { return 0 }
        var total = 0
        while true {
            let count = try write(.erase) { db in
                try db.execute(
                    sql: "DELETE FROM turns WHERE id IN (SELECT id FROM turns WHERE time < ? LIMIT 500)",
                    arguments: [time])
                return db.changesCount
            }
            total += count
            guard count == 500 else { break }
        }
        if total > 0 {
            try write(.erase) { db in try SessionRow.removeUnused(in: db) }
            do {
                try gate.enter {
                    try database.writeWithoutTransaction { db in try DatabaseFile.emptyWriteAheadLog(db) }
                }
            } catch {
                throw StorageError(error, path: path, .erase)
            }
        }
        return total
    }

    /// Between which turns some were erased that may still lie in files; nil when none may.
    public func unsettledTurns() throws(StorageError) -> ClosedRange<Int64>? {
        try read { db in
            let row = try Row.fetchOne(
                db,
                sql:
                    "SELECT min(first_turn) AS first, max(last_turn) AS last FROM erasures WHERE NOT is_settled"
            )
            guard let first = row?["first"] as Int64?, let last = row?["last"] as Int64?, first <= last else {
                return nil
            }
            return first...last
        }
    }

    /// The newest turn that there ever was, erased ones among them, or 0.
    public func newestTurnEver() throws(StorageError) -> Int64 {
        try read { db in
            try Int64.fetchOne(db, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'turns'") ?? 0
        }
    }
}

/// Tells whose a session is, on a connection of its own: nobody waits here for a lesson to reach the disk.
public final class SessionDirectory: Sendable {
    private let path: String
    private let database: DatabaseQueue
    private let gate = DatabaseGate()

    /// - Parameter log: is open, so its tables are there.
    public init(beside log: EventLog) throws(StorageError) {
        path = log.path
        do {
            var configuration = Configuration()
            configuration.label = "sessions"
            configuration.readonly = true
            configuration.prepareDatabase { db in try db.execute(sql: "PRAGMA cache_size = -64") }
            database = try DatabaseQueue(path: path, configuration: configuration)
        } catch {
            throw StorageError(error, path: log.path, .openLog)
        }
    }

    /// Leaves the files to others: every later call throws `stateExchanged`.
    public func close() throws(StorageError) {
        do {
            try gate.close { try database.close() }
        } catch {
            throw StorageError(error, path: path, .restore)
        }
    }

    /// What is kept of a session's dialogue; nil when the session is not there.
    ///
    /// - Complexity: O(turns of the session).
    public func dialogue(of session: String) throws(StorageError) -> StoredDialogue? {
        do {
            return try gate.enter {
                try database.read { db in
                    let opened = try db.cachedStatement(
                        sql: "SELECT id, created_at, episodes_end FROM sessions WHERE name = ?")
                    guard let row = try Row.fetchOne(opened, arguments: [session]) else { return nil }
                    let records = try db.cachedStatement(
                        sql: "SELECT record FROM turns WHERE session = ? AND record IS NOT NULL ORDER BY id")
                    return StoredDialogue(
                        createdAt: row["created_at"],
                        records: try String.fetchAll(records, arguments: [row["id"] as Int64]),
                        episodesEnd: row["episodes_end"])
                }
            }
        } catch {
            throw StorageError(error, path: path, .read)
        }
    }

    /// Who opened a session; nil when it is not there.
    ///
    /// - Complexity: O(log sessions), some 20 µs.
    public func owner(of session: String) throws(StorageError) -> UInt32? {
        do {
            return try gate.enter {
                try database.read { db in
                    let statement = try db.cachedStatement(sql: "SELECT uid FROM sessions WHERE name = ?")
                    return try Int64.fetchOne(statement, arguments: [session]).map {
                        UInt32(truncatingIfNeeded: $0)
                    }
                }
            }
        } catch {
            throw StorageError(error, path: path, .read)
        }
    }
}
