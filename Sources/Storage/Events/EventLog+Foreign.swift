internal import GRDB

extension EventLog {
    /// What is computed with one stays a number: as a time the year 2255.
    private static let largestNumber: Int64 = 1 << 53

    /// What the numbers of each table must be. Confidences are probabilities; what is no number is none in
    /// SQLite, and in no range.
    private static let bounds = [
        (table: "events", condition: "id BETWEEN 1 AND :most AND time BETWEEN -:most AND :most"),
        ("events", "ifnull(position, 0) BETWEEN 0 AND :most"),
        ("turns", "id BETWEEN 1 AND :most AND time BETWEEN -:most AND :most"),
        (
            "sessions",
            "created_at BETWEEN -:most AND :most AND ifnull(episodes_end, 0) BETWEEN -:most AND :most"
        ),
        (
            "policy",
            "id BETWEEN 1 AND :most AND began BETWEEN -:most AND :most AND time BETWEEN -:most AND :most"
        ),
        ("erasures", "id BETWEEN 1 AND :most AND first_event BETWEEN 0 AND :most"),
        (
            "erasures",
            "ifnull(first_turn, 0) BETWEEN 0 AND :most AND ifnull(last_turn, 0) BETWEEN 0 AND :most"
        ),
        ("turns", "confidence BETWEEN 0 AND 1"),
        ("effects", "before_confidence BETWEEN 0 AND 1 AND after_confidence BETWEEN 0 AND 1"),
        ("accounts", "lessons BETWEEN 0 AND :most AND trust BETWEEN -:most AND :most"),
        ("accounts", "time BETWEEN -:most AND :most"),
        ("sqlite_sequence", "typeof(seq) = 'integer' AND seq BETWEEN 0 AND :most"),
    ]

    /// Opens a log from elsewhere once it is known to be one that this version could have made: nothing in it
    /// is read as what it is not.
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
        for (table, condition) in Self.bounds {
            let isInRange = try read { db in
                try Bool.fetchOne(
                    db, sql: "SELECT NOT EXISTS (SELECT 1 FROM \(table) WHERE NOT ifnull(\(condition), 0))",
                    arguments: ["most": Self.largestNumber]) ?? false
            }
            guard isInRange else { throw .badBackup(.integrity("a number in '\(table)' is out of range")) }
        }
    }
}
