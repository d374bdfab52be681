internal import GRDB
internal import GRDBSQLite
internal import Glibc

/// An SQLite database of somebody else's, that is read and never written.
///
/// It is opened for each question, so a file that was exchanged is seen and nobody is kept from writing it.
public struct RecordDatabase: Sendable {
    /// Why a question has no answer.
    public enum Fault: Error, Sendable, Hashable, CustomStringConvertible {
        case notReadable(path: String, reason: String)
        case badQuestion(path: String, reason: String)
        case writes(path: String)
        case tooSlow(path: String, limit: Duration)
        case busy(path: String)
        /// Who asked did not want to know any more.
        case givenUp(path: String)

        public var description: String {
            switch self {
            case .notReadable(let path, let reason): "\(path): \(reason)"
            case .badQuestion(let path, let reason): "\(path): the question cannot be asked: \(reason)"
            case .writes(let path): "\(path): expected a question that only reads, found one that writes"
            case .tooSlow(let path, let limit):
                "\(path): no answer within \(limit / .milliseconds(1)) ms"
            case .busy(let path): "\(path): another program keeps everybody out"
            case .givenUp(let path): "\(path): nobody waits for the answer any more"
            }
        }
    }

    /// A column and what stands there; none where it is null.
    public typealias Cell = (column: String, value: String)

    /// Bytes of a value at most.
    private static let largestValue: Int32 = 1 << 20
    /// How long to wait for another program that writes.
    private static let patience = 0.1

    private let path: String
    private let limit: Duration

    /// - Parameter limit: how long an answer may take.
    public init(path: String, limit: Duration = .milliseconds(500)) {
        self.path = path
        self.limit = limit
    }

    /// The rows that answer a question, in its order.
    ///
    /// - Parameters:
    ///   - arguments: by the names of the places in `sql`, without the colon; nil for null.
    ///   - most: rows after so many are not read.
    ///   - isGivenUp: asked now and then; once it is true the question is given up.
    public func rows(
        _ sql: String, _ arguments: [String: String?], most: Int, isGivenUp: () -> Bool = { false }
    ) throws(Fault) -> [[Cell]] {
        try ask(sql, until: isGivenUp) { statement in
            let rows = try Row.fetchCursor(statement, arguments: StatementArguments(arguments))
            var found: [[Cell]] = []
            while found.count < most, let row = try rows.next() { found.append(Self.cells(of: row)) }
            return found
        }
    }

    /// Whether it can be asked, without asking it.
    public func check(_ sql: String) throws(Fault) {
        try ask(sql) { _ in }
    }

    private func ask<Answer>(
        _ sql: String, until isGivenUp: () -> Bool = { false }, _ body: (Statement) throws -> Answer
    ) throws(Fault) -> Answer {
        try checkAccess()
        let end = ContinuousClock.now + limit
        let watch = SQLiteWatch()
        do {
            var configuration = Configuration()
            configuration.label = "records"
            configuration.readonly = true
            configuration.busyMode = .timeout(Self.patience)
            let database = try DatabaseQueue(path: path, configuration: configuration)
            return try database.read { db in
                try Self.guardAgainst(db)
                let statement = try db.makeStatement(sql: sql)
                guard statement.isReadonly else { throw Fault.writes(path: path) }
                return try watch.during(
                    { () throws(CancellationError) in
                        if ContinuousClock.now >= end || isGivenUp() { throw CancellationError() }
                    }, in: db
                ) { try body(statement) }
            }
        } catch {
            guard watch.cancellation != nil else { throw fault(error) }
            throw isGivenUp() ? .givenUp(path: path) : .tooSlow(path: path, limit: limit)
        }
    }

    /// What the file itself says: SQLite tells no reason.
    private func checkAccess() throws(Fault) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else {
            throw .notReadable(path: path, reason: unsafe String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .notReadable(path: path, reason: "is no regular file")
        }
        if Self.isCut(descriptor, Int(status.st_size)) {
            throw .notReadable(path: path, reason: "its end is missing")
        }
    }

    /// Whether a page of it is not whole: SQLite would read zeros there.
    private static func isCut(_ descriptor: Int32, _ bytes: Int) -> Bool {
        var header = [UInt8](repeating: 0, count: 18)
        let count = header.count
        guard unsafe pread(descriptor, &header, count, 0) == count else {
            return false  // what else it is, SQLite says
        }
        // 1 stands for 65,536.
        let size = Int(header[16]) << 8 | Int(header[17])
        let pageBytes = size == 1 ? 65_536 : size
        return pageBytes > 0 && bytes % pageBytes != 0
    }

    private static func guardAgainst(_ db: Database) throws {
        // A file of somebody's is not trusted: its schema runs no functions with effects.
        try db.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON")
        unsafe sqlite3_limit(db.sqliteConnection, SQLITE_LIMIT_LENGTH, largestValue)
        unsafe sqlite3_limit(db.sqliteConnection, SQLITE_LIMIT_ATTACHED, 0)
    }

    private static func cells(of row: Row) -> [Cell] {
        row.compactMap { column, value in
            switch value.storage {
            case .null: nil
            case .int64(let number): (column, String(number))
            case .double(let number): (column, "\(number)")
            case .string(let text): (column, text)
            case .blob(let bytes): (column, "\(bytes.count) bytes")
            }
        }
    }

    private func fault(_ error: any Error) -> Fault {
        if let own = error as? Fault { return own }
        guard let failure = error as? DatabaseError else {
            return .notReadable(path: path, reason: "\(error)")
        }
        let reason = failure.message ?? "SQLite error"
        switch failure.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED: return .busy(path: path)
        case .SQLITE_ERROR, .SQLITE_AUTH: return .badQuestion(path: path, reason: reason)
        case .SQLITE_CANTOPEN:
            return .notReadable(
                path: path,
                reason:
                    "\(reason): one in WAL mode needs its -wal and -shm files readable, or a writable folder")
        default:
            return .notReadable(path: path, reason: "\(reason) (\(failure.extendedResultCode.rawValue))")
        }
    }
}
