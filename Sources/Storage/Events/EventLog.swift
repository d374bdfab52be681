internal import GRDB
public import Learning
internal import Synchronization

/// The durable list of everything that was learnt, in order.
///
/// SQLite with a write-ahead log that is synced at every commit. After a failure that leaves unknown what
/// reached the disk, the log refuses every further write with `refusing(after:)`; reading goes on. Calls may
/// come from any thread and are served one after another.
public final class EventLog: Sendable {
    /// Events read at once.
    static let pageSize = 256

    let path: String
    let database: DatabaseQueue
    let gate = DatabaseGate()
    private let fault = Mutex<StorageError?>(nil)

    /// Opens the log at `path`, creating it when missing.
    ///
    /// - Throws: `newerFormat`, `foreignDatabase`, or what the disk says.
    public init(path: String) throws(StorageError) {
        self.path = path
        do {
            try Files.create(path)
            var configuration = Configuration()
            configuration.label = "events"
            configuration.foreignKeysEnabled = true
            database = try DatabaseQueue(path: path, configuration: configuration)
            try database.writeWithoutTransaction { db in try EventLogSchema.prepare(db, path: path) }
        } catch {
            throw StorageError(error, path: path, .openLog)
        }
    }

    /// The failure after which nothing more is written; nil while all is well.
    public var refusal: StorageError? { fault.withLock { $0 } }

    /// Appends `events` in one commit: when it returns, all are on the disk; when it throws, none is in the
    /// log.
    ///
    /// - Parameters:
    ///   - names: features of the names of intents that the head did not know; kept once an intent.
    ///   - encoder: the digest of the encoder that made the features of all of them.
    ///   - effects: of earlier events, stored along.
    ///   - accounts: what the guard knows of their teachers now.
    /// - Returns: the events' places, in order.
    public func append(
        _ events: [NewEvent], names: [IntentName: Features] = [:], encoder: String, effects: [Effect] = [],
        accounts: [GuardAccount] = []
    ) throws(StorageError) -> [EventID] {
        try write(.append) { db in
            let encoderID = try EncoderRow.id(of: encoder, in: db)
            try NameRow.insert(names, encoder: encoderID, in: db)
            for effect in effects { try EffectRow.store(effect, in: db) }
            for account in accounts { try AccountRow.store(account, in: db) }
            return try events.map { try EventRow.insert($0, encoder: encoderID, in: db) }
        }
    }

    /// Stores what events did to their texts' predictions.
    public func record(_ effects: [Effect]) throws(StorageError) {
        guard !effects.isEmpty else { return }
        try write(.append) { db in
            for effect in effects { try EffectRow.store(effect, in: db) }
        }
    }

    /// The newest event that there ever was, erased ones among them, or `none`.
    public func newestEver() throws(StorageError) -> EventID {
        try read { db in
            let sequence = try Int64.fetchOne(
                db, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'events'")
            return EventID(rawValue: sequence ?? 0)
        }
    }

    /// When the first event that it holds was, in microseconds since 1970; nil while there is none.
    public func beginning() throws(StorageError) -> Int64? {
        try read { db in try Int64.fetchOne(db, sql: "SELECT time FROM events ORDER BY id LIMIT 1") }
    }

    /// How many events it holds.
    public func count() throws(StorageError) -> Int {
        try read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM events") ?? 0 }
    }

    /// Hands over the events that `plan` counts, oldest first. While `body` works on a page of them the next
    /// is read; memory holds both, and others may append between them. What `body` throws ends it.
    public func forEach(in plan: ReplayPlan, _ body: (Event) throws(StorageError) -> Void)
        throws(StorageError)
    {
        for span in plan.spans {
            var page = try page(after: span.after, through: span.through)
            while let last = page.last {
                let next =
                    last.id < span.through
                    ? ReadAhead { [self] () throws(StorageError) in
                        try self.page(after: last.id, through: span.through)
                    } : nil
                for event in page { try body(event) }
                page = try next?.value() ?? []
            }
        }
    }

    private func page(after position: EventID, through last: EventID) throws(StorageError) -> [Event] {
        try read { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT * FROM \(EffectRow.joined)
                    WHERE id > ? AND id <= ? ORDER BY id LIMIT \(Self.pageSize)
                    """,
                arguments: [position.rawValue, last.rawValue])
            var events: [Event] = []
            while let row = try rows.next() { events.append(try EventRow.event(row, in: db)) }
            return events
        }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(StorageError) -> Value {
        do {
            return try gate.enter { try database.read(body) }
        } catch {
            throw StorageError(error, path: path, .read)
        }
    }

    func write<Value>(
        _ operation: StorageOperation, _ body: (Database) throws -> Value
    ) throws(StorageError) -> Value {
        if let cause = refusal { throw .refusing(after: cause) }
        do {
            return try gate.enter { try database.write(body) }
        } catch {
            throw failure(error, operation)
        }
    }

    /// The typed form of what a write threw; nothing more is written when it leaves unknown what is on the
    /// disk.
    func failure(_ error: any Error, _ operation: StorageOperation) -> StorageError {
        let failure = StorageError(error, path: path, operation)
        if failure.leavesDiskUnknown { fault.withLock { $0 = failure } }
        return failure
    }
}
