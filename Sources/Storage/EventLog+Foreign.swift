internal import GRDB

extension EventLog {
    /// The largest number that an event of a log from elsewhere may have: what is computed with one stays a number.
    private static let largestNumber: Int64 = 1 << 53

    /// Opens a log from elsewhere once it is known to be one that this version could have made: nothing in it is read as what it is
    /// not.
    ///
    /// - Throws: `badBackup`, or what the disk says.
    /// - Complexity: reads the whole log.
    public static func foreign(at path: String) throws(StorageError) -> EventLog {
        do throws(StorageError) {
            let log = try EventLog(path: path)
            do throws(StorageError) {
                try log.checkForeign()
                return log
            } catch {
                try log.close()
                throw error
            }
        } catch .failed(_, _, let code, let message)
            where [.SQLITE_ERROR, .SQLITE_CORRUPT, .SQLITE_NOTADB].contains(ResultCode(rawValue: code & 0xFF))
        {
            throw .badBackup(.integrity(message))
        }
    }

    private func checkForeign() throws(StorageError) {
        let expected = try EventLogSchema.form()
        let found = try read { db in try SchemaForm(of: db) }
        if let name = expected.difference(to: found) { throw .badBackup(.otherSchema(name)) }
        try checkIntegrity()
        let isInRange = try read { db in
            try Bool.fetchOne(
                db,
                sql: """
                    SELECT NOT EXISTS (SELECT 1 FROM events WHERE id < 1 OR id > ?1)
                        AND NOT EXISTS (SELECT 1 FROM turns WHERE id < 1 OR id > ?1)
                        AND NOT EXISTS (SELECT 1 FROM sqlite_sequence
                            WHERE typeof(seq) <> 'integer' OR seq < 0 OR seq > ?1)
                    """, arguments: [Self.largestNumber]) ?? false
        }
        guard isInRange else {
            throw .badBackup(.integrity("a number of its events or turns is out of range"))
        }
    }
}
