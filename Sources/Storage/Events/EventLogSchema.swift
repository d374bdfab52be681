internal import GRDB

/// The tables of the event log, and the number that names their form.
enum EventLogSchema {
    /// "slmd" in the header of the database file.
    static let applicationID: Int32 = 0x736c_6d64
    /// The format of the state folder, kept in `user_version`. A file with a larger number is refused, one
    /// with a smaller is migrated.
    static let format = 1 + steps.count

    /// A lesson has some 2.2 kB, most of it features: of smaller pages much would stay empty.
    private static let pageSize = 32768

    /// Events name their encoder by a small number. Rows of `examples` are those of a training, in the order
    /// of their ids. `names` has the features of each intent's own name. `effects` is apart from `events` so
    /// that a full page is never written again. `erasures` says from which event on the log has changed, and
    /// when; its newest id is the log's revision. `reason` says why a lesson is held, or what was said of an answer; an approval has that
    /// lesson's event as its `position`. `accounts` is what the guard knows of each user. An event `imported`
    /// has as its `position` the event before those that it brought, and as its examples the names of their
    /// intents. Times are microseconds since 1970, UTC.
    private static let firstTables = """
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
            position INTEGER,
            text TEXT,
            context TEXT,
            encoder INTEGER REFERENCES encoders (id),
            features BLOB
        ) STRICT;
        CREATE TABLE examples (
            id INTEGER PRIMARY KEY,
            event INTEGER NOT NULL REFERENCES events (id) ON DELETE CASCADE,
            intent TEXT NOT NULL,
            text TEXT NOT NULL,
            context TEXT,
            encoder INTEGER NOT NULL REFERENCES encoders (id),
            features BLOB NOT NULL
        ) STRICT;
        CREATE INDEX examples_by_event ON examples (event);
        """ + tablesOfFormat2

    private static let tablesOfFormat2 = """
        CREATE TABLE names (
            intent TEXT PRIMARY KEY,
            encoder INTEGER NOT NULL REFERENCES encoders (id),
            features BLOB NOT NULL
        ) STRICT;
        CREATE TABLE effects (
            event INTEGER PRIMARY KEY REFERENCES events (id) ON DELETE CASCADE,
            before_intent TEXT,
            before_confidence REAL NOT NULL,
            after_intent TEXT,
            after_confidence REAL NOT NULL
        ) STRICT;
        CREATE TABLE erasures (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            first_event INTEGER NOT NULL,
            time INTEGER NOT NULL,
            is_settled INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX events_by_kind ON events (kind) WHERE kind <> 'taught';
        CREATE INDEX events_by_intent ON events (intent);
        CREATE INDEX events_by_target ON events (target) WHERE target IS NOT NULL;
        CREATE INDEX examples_by_intent ON examples (intent);
        """

    /// Format 1 kept the features of a name with the event that brought it, and with each training.
    private static let fromFormat1 =
        tablesOfFormat2 + """
            INSERT OR IGNORE INTO names SELECT coalesce(target, intent), encoder, name_features FROM events
                WHERE name_features IS NOT NULL ORDER BY id;
            INSERT OR IGNORE INTO names SELECT intent, encoder, features FROM examples WHERE is_name ORDER BY id;
            DELETE FROM examples WHERE is_name;
            ALTER TABLE examples DROP COLUMN is_name;
            ALTER TABLE events DROP COLUMN name_features;
            INSERT INTO effects SELECT id, before_intent, before_confidence, after_intent, after_confidence
                FROM events WHERE before_confidence IS NOT NULL AND after_confidence IS NOT NULL;
            ALTER TABLE events DROP COLUMN before_intent;
            ALTER TABLE events DROP COLUMN before_confidence;
            ALTER TABLE events DROP COLUMN after_intent;
            ALTER TABLE events DROP COLUMN after_confidence;
            ALTER TABLE events ADD COLUMN position INTEGER;
            """

    /// Format 2 had no conversations, and no lessons that wait for approval.
    private static let fromFormat2 = TurnRow.tables + quarantine

    private static let quarantine = """
        ALTER TABLE events ADD COLUMN reason TEXT;
        CREATE INDEX approvals ON events (position) WHERE kind = 'approved';
        CREATE TABLE accounts (
            uid INTEGER PRIMARY KEY,
            lessons REAL NOT NULL,
            trust REAL NOT NULL,
            time INTEGER NOT NULL
        ) STRICT;
        """

    /// Format 3 had no snapshots from elsewhere.
    private static let fromFormat3 = "CREATE INDEX imports ON events (position) WHERE kind = 'imported';"

    /// Format 4 had turns without replies.
    private static let fromFormat4 = TurnRow.outcomes

    /// Format 5 had no slots: where they are in a text, and the features of its words.
    private static let fromFormat5 = """
        ALTER TABLE events ADD COLUMN slots BLOB;
        ALTER TABLE examples ADD COLUMN slots BLOB;
        """

    /// Format 6 had no log of a policy.
    private static let fromFormat6 = PolicyRow.tables

    /// Format 7 had nothing that was said of answers.
    private static let fromFormat7 = "CREATE INDEX judgements ON events (id) WHERE kind = 'judged';"

    /// What brings a log from each format to the next, that of format 1 first.
    private static let steps = [
        fromFormat1, fromFormat2, fromFormat3, fromFormat4, fromFormat5, fromFormat6, fromFormat7,
    ]

    /// What brings a log of format `found` to this one, or makes the tables of a new one. It runs in one
    /// transaction: a crash leaves the old format or the new one.
    private static func migration(from found: Int, isNew: Bool) -> [String] {
        isNew ? [firstTables] + steps[1...] : [String](steps[(found - 1)...])
    }

    /// Refuses a file that is not ours or is newer, before anything in it is changed; creates the tables of a
    /// new one, and brings an older one to this format.
    static func prepare(_ db: Database, path: String) throws {
        let foundID = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let foundFormat = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        let isNew = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") == 0 && foundFormat == 0
        guard isNew || foundID == applicationID else {
            throw StorageError.foreignDatabase(path: path, expected: applicationID, found: foundID)
        }
        guard isNew || 1...format ~= foundFormat else {
            throw StorageError.newerFormat(path: path, supported: format, found: foundFormat)
        }
        if isNew { try db.execute(sql: "PRAGMA page_size = \(pageSize)") }
        try makeDurable(db)
        guard foundFormat < format else { return }
        try db.inTransaction(.immediate) {
            for step in migration(from: foundFormat, isNew: isNew) { try db.execute(sql: step) }
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
            try db.execute(sql: "PRAGMA user_version = \(format)")
            return .commit
        }
    }

    /// That of every log of this format, whichever format it began with.
    static func form() throws(StorageError) -> SchemaForm {
        do {
            return try DatabaseQueue().write { db in
                for step in migration(from: 0, isNew: true) { try db.execute(sql: step) }
                return try SchemaForm(of: db)
            }
        } catch {
            throw StorageError(error, path: "a database in memory", .openLog)
        }
    }

    /// A commit has reached the disk when it returns: write-ahead log, synced at every commit. What is
    /// deleted is overwritten with zeros.
    private static func makeDurable(_ db: Database) throws {
        _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
        try db.execute(sql: "PRAGMA synchronous = FULL")
        try db.execute(sql: "PRAGMA secure_delete = ON")
        // 4 MiB of log before they are moved to the file; SQLite's own 1000 pages would be 32.
        try db.execute(sql: "PRAGMA wal_autocheckpoint = 128")
        try db.execute(sql: "PRAGMA cache_size = -512")
    }
}
