internal import GRDB

/// The tables of the event log, and the number that names their form.
enum EventLogSchema {
    /// "slmd" in the header of the database file.
    static let applicationID: Int32 = 0x736c_6d64
    /// Kept in `user_version`. A file with a larger number is refused.
    static let format = 1

    /// Events name their encoder by a small number. Rows of `examples` are those of a `trained` event, in the
    /// order of their ids; `is_name` marks the features of an intent's own name. Times are microseconds since
    /// 1970, UTC.
    private static let tables = """
        CREATE TABLE encoders (
            id INTEGER PRIMARY KEY,
            digest TEXT NOT NULL UNIQUE
        ) STRICT;
        CREATE TABLE events (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL,
            time INTEGER NOT NULL,
            uid INTEGER NOT NULL,
            pid INTEGER NOT NULL,
            session TEXT,
            intent TEXT,
            target TEXT,
            text TEXT,
            context TEXT,
            encoder INTEGER REFERENCES encoders (id),
            features BLOB,
            name_features BLOB,
            before_intent TEXT,
            before_confidence REAL,
            after_intent TEXT,
            after_confidence REAL
        ) STRICT;
        CREATE TABLE examples (
            id INTEGER PRIMARY KEY,
            event INTEGER NOT NULL REFERENCES events (id) ON DELETE CASCADE,
            is_name INTEGER NOT NULL,
            intent TEXT NOT NULL,
            text TEXT NOT NULL,
            context TEXT,
            encoder INTEGER NOT NULL REFERENCES encoders (id),
            features BLOB NOT NULL
        ) STRICT;
        CREATE INDEX examples_by_event ON examples (event);
        """

    /// Refuses a file that is not ours or is newer, before anything in it is changed; creates the tables of a
    /// new one.
    static func prepare(_ db: Database, path: String) throws {
        let foundID = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let foundFormat = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        let isNew = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") == 0 && foundFormat == 0
        guard isNew || foundID == applicationID else {
            throw StorageError.foreignDatabase(path: path, expected: applicationID, found: foundID)
        }
        guard foundFormat <= format else {
            throw StorageError.newerFormat(path: path, supported: format, found: foundFormat)
        }
        try makeDurable(db)
        guard isNew else { return }
        try db.inTransaction(.immediate) {
            try db.execute(sql: tables)
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
            try db.execute(sql: "PRAGMA user_version = \(format)")
            return .commit
        }
    }

    /// A commit has reached the disk when it returns: write-ahead log, synced at every commit.
    private static func makeDurable(_ db: Database) throws {
        _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
        try db.execute(sql: "PRAGMA synchronous = FULL")
        try db.execute(sql: "PRAGMA cache_size = -512")
    }
}
