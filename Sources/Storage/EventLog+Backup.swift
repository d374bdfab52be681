internal import GRDB

extension EventLog {
    /// Writes a copy of the log as it is at one moment. Others may append meanwhile; they are not held up.
    ///
    /// - Parameter destination: there is no such file.
    /// - Complexity: reads and writes the whole log.
    func copy(to destination: String) throws(StorageError) {
        do {
            var configuration = Configuration()
            configuration.label = "backup"
            configuration.readonly = true
            let reader = try DatabaseQueue(path: path, configuration: configuration)
            try reader.inDatabase { db in
                try db.execute(sql: "VACUUM INTO ?", arguments: [destination])
            }
            try reader.close()
        } catch {
            throw StorageError(error, path: destination, .backUp)
        }
    }

    /// What SQLite finds wrong with the file and the references in it.
    ///
    /// - Throws: `badBackup`.
    /// - Complexity: reads the whole log.
    public func checkIntegrity() throws(StorageError) {
        let found = try read { db in
            try String.fetchOne(db, sql: "PRAGMA integrity_check(1)") ?? "no answer"
        }
        guard found == "ok" else { throw .badBackup(.integrity(found)) }
        let dangling = try read { db in try Row.fetchOne(db, sql: "PRAGMA foreign_key_check") }
        guard dangling == nil else { throw .badBackup(.integrity("a row refers to one that is missing")) }
    }

    /// Leaves the files to others: every later call throws `stateExchanged`. SQLite must not be at work in files that are renamed.
    public func close() throws(StorageError) {
        do {
            try gate.close { try database.close() }
        } catch {
            throw StorageError(error, path: path, .restore)
        }
    }

    /// The newest event in it, or `none`.
    public func newest() throws(StorageError) -> EventID {
        try read { db in EventID(rawValue: try Int64.fetchOne(db, sql: "SELECT max(id) FROM events") ?? 0) }
    }
}
