internal import GRDB

/// The tables of the knowledge base, and the number that names their form.
enum KnowledgeSchema {
    /// "slmk" in the header of the database file.
    static let applicationID: Int32 = 0x736c_6d6b
    /// Kept in `user_version`. A file with a larger number is refused.
    static let format = 1

    /// An audience is a number, see `Audience`. The same text is kept once for each audience, so that nobody can tell from how
    /// his own is treated what another has; `sha256` is that of its headings and words. `vectors` is apart from
    /// `texts` so that all vectors are read without the words; encoder 0 stands for none. `contents` has the text
    /// of a source in pieces, compressed. `postings` has for each word the texts that have it; the first heading of a text
    /// is the title of its source. Numbers of passages and texts are never used again. Times are
    /// microseconds since 1970, UTC.
    static let tokenizer = FTS5TokenizerDescriptor.porter(wrapping: .unicode61(diacritics: .remove))

    private static let tables = """
        CREATE TABLE encoders (
            id INTEGER PRIMARY KEY,
            digest TEXT NOT NULL UNIQUE
        ) STRICT;
        CREATE TABLE sources (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            owner INTEGER NOT NULL,
            name TEXT NOT NULL,
            audience INTEGER NOT NULL,
            format TEXT NOT NULL,
            title TEXT,
            date TEXT,
            sha256 TEXT NOT NULL,
            bytes INTEGER NOT NULL,
            passages INTEGER NOT NULL,
            added INTEGER NOT NULL,
            changed INTEGER NOT NULL,
            UNIQUE (owner, name)
        ) STRICT;
        CREATE INDEX sources_by_audience ON sources (audience);
        CREATE INDEX sources_by_name ON sources (name);
        CREATE TABLE tags (
            source INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
            tag TEXT NOT NULL,
            PRIMARY KEY (source, tag)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE contents (
            id INTEGER PRIMARY KEY,
            source INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
            start INTEGER NOT NULL,
            frame BLOB NOT NULL
        ) STRICT;
        CREATE INDEX contents_by_source ON contents (source, start);
        CREATE TABLE texts (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            audience INTEGER NOT NULL,
            sha256 BLOB NOT NULL,
            headings TEXT NOT NULL,
            text TEXT NOT NULL,
            UNIQUE (sha256, audience)
        ) STRICT;
        CREATE TABLE passages (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            source INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
            ordinal INTEGER NOT NULL,
            "start" INTEGER NOT NULL,
            "end" INTEGER NOT NULL,
            text INTEGER NOT NULL REFERENCES texts (id)
        ) STRICT;
        CREATE INDEX passages_by_source ON passages (source, ordinal);
        CREATE INDEX passages_by_text ON passages (text);
        CREATE TABLE vectors (
            text INTEGER PRIMARY KEY REFERENCES texts (id) ON DELETE CASCADE,
            audience INTEGER NOT NULL,
            encoder INTEGER NOT NULL,
            vector BLOB
        ) STRICT;
        CREATE INDEX vectors_by_encoder ON vectors (encoder, audience);
        CREATE VIRTUAL TABLE words USING fts5 (
            headings, text, content = 'texts', content_rowid = 'id',
            tokenize = 'porter unicode61 remove_diacritics 2', detail = none
        );
        CREATE VIRTUAL TABLE postings USING fts5vocab (words, instance);
        """

    /// Refuses a file that is not ours or is newer, before anything in it is changed, and creates the tables of a new one.
    static func prepare(_ db: Database, path: String) throws {
        let foundID = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let foundFormat = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        let isNew = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") == 0 && foundFormat == 0
        guard isNew || foundID == applicationID else {
            throw StorageError.foreignDatabase(path: path, expected: applicationID, found: foundID)
        }
        guard isNew || foundFormat == format else {
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

    /// That of every knowledge base of this format.
    static func form() throws(StorageError) -> SchemaForm {
        do {
            return try DatabaseQueue().write { db in
                try db.execute(sql: tables)
                return try SchemaForm(of: db)
            }
        } catch {
            throw StorageError(error, path: "a database in memory", .openKnowledge)
        }
    }

    /// A commit has reached the disk when it returns: write-ahead log, synced at every commit. What is deleted is overwritten
    /// with zeros.
    private static func makeDurable(_ db: Database) throws {
        _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
        try db.execute(sql: "PRAGMA synchronous = FULL")
        try db.execute(sql: "PRAGMA secure_delete = ON")
        // A source is one commit, however long: what its log took of the disk is given back.
        _ = try Int.fetchOne(db, sql: "PRAGMA journal_size_limit = \(16 << 20)")
        try db.execute(sql: "PRAGMA cache_size = -8192")
    }
}
