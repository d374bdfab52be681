internal import GRDB
internal import GRDBSQLite

extension EventLog {
    /// Writes a copy of the log as it is at one moment. Others may append meanwhile; they are not held up.
    ///
    /// - Parameters:
    ///   - destination: there is no such file.
    ///   - check: called now and then; what it throws ends the copying.
    /// - Complexity: reads and writes the whole log.
    func copy(to destination: String, check: () throws(CancellationError) -> Void) throws {
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

/// Lets somebody end a long statement.
final class SQLiteWatch {
    /// Instructions of SQLite between two checks: a few hundred rows.
    private static let interval: CInt = 1000

    private(set) var cancellation: CancellationError?

    /// Does `work`, which fails soon after `check` throws.
    func during(
        _ check: () throws(CancellationError) -> Void, in db: Database, _ work: () throws -> Void
    ) throws {
        try withoutActuallyEscaping(check) { check in
            let call = Call { [unowned self] in
                do throws(CancellationError) {
                    try check()
                    return true
                } catch {
                    cancellation = error
                    return false
                }
            }
            let connection = unsafe db.sqliteConnection
            unsafe sqlite3_progress_handler(
                connection, Self.interval,
                { unsafe Unmanaged<Call>.fromOpaque($0!).takeUnretainedValue().goesOn() ? 0 : 1 },
                Unmanaged.passUnretained(call).toOpaque())
            defer { unsafe sqlite3_progress_handler(connection, 0, nil, nil) }
            try withExtendedLifetime(call) { try work() }
        }
    }

    private final class Call {
        let goesOn: () -> Bool
        init(_ goesOn: @escaping () -> Bool) { self.goesOn = goesOn }
    }
}
