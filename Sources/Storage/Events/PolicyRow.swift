internal import GRDB

/// A goal from its beginning to its end, as the policy learns from it: no word of it, JSON.
public struct StoredEpisode: Codable, Sendable, Hashable {
    /// When its first turn was, in microseconds since 1970, UTC.
    public let began: Int64
    /// When the last one was that it depends on.
    public let ended: Int64
    public let content: String

    public init(began: Int64, ended: Int64, content: String) {
        self.began = began
        self.ended = ended
        self.content = content
    }
}

/// What happened to the policy.
public enum PolicyChange: Sendable, Hashable {
    /// JSON.
    case episode(String)
    case frozen, unfrozen
    /// The newest version was taken back.
    case undone
}

/// A row of the policy's log.
public struct PolicyEvent: Sendable, Hashable {
    /// Its place: 1 for the first, never used twice.
    public let id: Int64
    public let change: PolicyChange
    /// Whose dialogue it was, or who did it.
    public let uid: UInt32
    /// Microseconds since 1970, UTC.
    public let time: Int64
    /// Nil but for episodes.
    public let session: String?
}

/// The policy's log: a row an episode, and for all that was done to the policy.
enum PolicyRow {
    /// What format 7 of the log has. An episode names its session and its user itself: it stays when the turns of a
    /// conversation are old enough to go, and goes with those that are erased. `began` and `time` are its first turn's
    /// and its last one's. `episodes_end` says when a session's open episodes are over if nothing more is said.
    static let tables = """
        CREATE TABLE policy (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            change TEXT NOT NULL,
            began INTEGER NOT NULL,
            time INTEGER NOT NULL,
            uid INTEGER NOT NULL,
            session TEXT,
            content TEXT
        ) STRICT;
        CREATE INDEX policy_by_session ON policy (session);
        ALTER TABLE sessions ADD COLUMN episodes_end INTEGER;
        CREATE INDEX sessions_by_episodes_end ON sessions (episodes_end) WHERE episodes_end IS NOT NULL;
        """

    private static let episode = "episode"

    /// Keeps episodes that are over, and when those that go on will be.
    static func insert(
        _ episodes: [StoredEpisode], of session: String, uid: UInt32, nextEnd: Int64?, in db: Database
    ) throws {
        for episode in episodes {
            try insert(
                Self.episode, began: episode.began, time: episode.ended, uid: uid, session: session,
                content: episode.content, in: db)
        }
        try db.cachedStatement(sql: "UPDATE sessions SET episodes_end = ? WHERE name = ? AND uid = ?")
            .execute(arguments: [nextEnd, session, Int64(uid)])
    }

    static func insert(_ change: PolicyChange, uid: UInt32, time: Int64, in db: Database) throws {
        let (kind, content): (String, String?) =
            switch change {
            case .episode(let content): (episode, content)
            case .frozen: ("frozen", nil)
            case .unfrozen: ("unfrozen", nil)
            case .undone: ("undone", nil)
            }
        try insert(kind, began: time, time: time, uid: uid, session: nil, content: content, in: db)
    }

    private static func insert(
        _ kind: String, began: Int64, time: Int64, uid: UInt32, session: String?, content: String?,
        in db: Database
    ) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO policy (change, began, time, uid, session, content) VALUES (?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [kind, began, time, Int64(uid), session, content])
    }

    /// - Returns: nil for what a later version wrote.
    static func event(_ row: Row) -> PolicyEvent? {
        let change: PolicyChange
        switch (row["change"] as String, row["content"] as String?) {
        case (episode, let content?): change = .episode(content)
        case ("frozen", _): change = .frozen
        case ("unfrozen", _): change = .unfrozen
        case ("undone", _): change = .undone
        default: return nil
        }
        return PolicyEvent(
            id: row["id"], change: change, uid: UInt32(truncatingIfNeeded: row["uid"] as Int64),
            time: row["time"], session: row["session"])
    }

    /// Takes out the episodes that had a turn at that time in a session.
    static func erase(at time: Int64, in session: Int64, in db: Database) throws {
        try erase(
            """
            session = (SELECT name FROM sessions WHERE id = ?1) AND ?2 BETWEEN began AND time
            AND uid = (SELECT uid FROM sessions WHERE id = ?1)
            """, [session, time], in: db)
    }

    /// Takes out episodes; what was done to the policy stays.
    static func erase(_ condition: String, _ arguments: StatementArguments, in db: Database) throws {
        try db.cachedStatement(sql: "DELETE FROM policy WHERE change = '\(episode)' AND (\(condition))")
            .execute(arguments: arguments)
    }
}
