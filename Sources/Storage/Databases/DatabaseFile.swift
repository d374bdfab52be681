internal import GRDB

/// What is done alike with every database of the state.
enum DatabaseFile {
    /// Writes a copy of a database as it is at one moment; who writes to it is not held up.
    ///
    /// - Parameters:
    ///   - destination: there is no such file.
    ///   - check: called now and then; what it throws ends the copying.
    /// - Complexity: reads and writes the whole file.
    static func copy(
        _ path: String, to destination: String, check: () throws(CancellationError) -> Void
    ) throws {
        var configuration = Configuration()
        configuration.label = "backup"
        configuration.readonly = true
        let watch = SQLiteWatch()
        do {
            let reader = try DatabaseQueue(path: path, configuration: configuration)
            try reader.inDatabase { db in
                try watch.during(check, in: db) {
                    try db.execute(sql: "VACUUM INTO ?", arguments: [destination])
                }
            }
            try reader.close()
        } catch {
            throw watch.cancellation ?? StorageError(error, path: destination, .backUp)
        }
    }

    /// What was deleted is zeros in the file; here it goes from the write-ahead log. Who reads is waited for: a look into the
    /// sessions takes microseconds, a search some milliseconds.
    static func emptyWriteAheadLog(_ db: Database) throws {
        try db.execute(sql: "PRAGMA busy_timeout = 1000")
        defer { try? db.execute(sql: "PRAGMA busy_timeout = 0") }  // then others wait that long, too
        try db.checkpoint(.truncate)
    }

    /// What SQLite finds wrong with the file and the references in it; nil when all is well.
    ///
    /// - Complexity: reads the whole file.
    static func fault(in db: Database) throws -> String? {
        let found = try String.fetchOne(db, sql: "PRAGMA integrity_check(1)") ?? "no answer"
        guard found == "ok" else { return found }
        let dangling = try Row.fetchOne(db, sql: "PRAGMA foreign_key_check")
        return dangling == nil ? nil : "a row refers to one that is missing"
    }
}
