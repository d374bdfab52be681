internal import GRDB
internal import GRDBSQLite

/// Lets somebody end a long statement.
final class SQLiteWatch {
    /// Instructions of SQLite between two checks: a few hundred rows.
    private static let interval: CInt = 1000

    private(set) var cancellation: CancellationError?

    /// Does `work`, which fails soon after `check` throws.
    func during<Value>(
        _ check: () throws(CancellationError) -> Void, in db: Database, _ work: () throws -> Value
    ) throws -> Value {
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
            return try withExtendedLifetime(call) { try work() }
        }
    }

    private final class Call {
        let goesOn: () -> Bool
        init(_ goesOn: @escaping () -> Bool) { self.goesOn = goesOn }
    }
}
