internal import GRDB

extension EventLog {
    /// Writes a copy of the log as it is at one moment. Others may append meanwhile; they are not held up.
    ///
    /// - Parameters:
    ///   - destination: there is no such file.
    ///   - check: called now and then; what it throws ends the copying.
    /// - Complexity: reads and writes the whole log.
    func copy(to destination: String, check: () throws(CancellationError) -> Void) throws {
        try DatabaseFile.copy(path, to: destination, check: check)
    }

    /// What SQLite finds wrong with the file and the references in it.
    ///
    /// - Throws: `badBackup`.
    /// - Complexity: reads the whole log.
    public func checkIntegrity() throws(StorageError) {
        if let fault = try read(DatabaseFile.fault) { throw .badBackup(.integrity(fault)) }
    }

    /// Leaves the files to others: every later call throws `stateExchanged`. SQLite must not be at work in
    /// files that are renamed.
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
