internal import GRDB
internal import Synchronization

/// The durable list of everything that was learnt, in order.
///
/// SQLite with a write-ahead log that is synced at every commit. After a failure that leaves unknown what
/// reached the disk, the log refuses every further write with `refusing(after:)`; reading goes on. Calls may
/// come from any thread and are served one after another.
public final class EventLog: Sendable {
    let path: String
    let database: DatabaseQueue
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
    ///   - encoder: the digest of the encoder that made the features of all of them.
    ///   - effects: of earlier events, stored along.
    /// - Returns: the events' places, in order.
    public func append(
        _ events: [NewEvent], encoder: String, effects: [Effect] = []
    ) throws(StorageError) -> [EventID] {
        try write(.append) { db in
            let encoderID = try EncoderRow.id(of: encoder, in: db)
            for effect in effects { try EffectRow.store(effect, in: db) }
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

    /// The newest event, or `none`.
    public func last() throws(StorageError) -> EventID {
        try read { db in
            EventID(rawValue: try Int64.fetchOne(db, sql: "SELECT max(id) FROM events") ?? 0)
        }
    }

    /// Hands over the events after `position`, oldest first, one at a time: memory holds one event. What
    /// `body` throws ends it.
    public func forEach(
        after position: EventID, _ body: (Event) throws(StorageError) -> Void
    ) throws(StorageError) {
        try read { db in
            let rows = try Row.fetchCursor(
                db, sql: "SELECT * FROM events WHERE id > ? ORDER BY id", arguments: [position.rawValue])
            while let row = try rows.next() { try body(try EventRow.event(row, in: db)) }
        }
    }

    /// Hands over every text that was taught or trained, oldest first; names of intents are not among them.
    public func forEachText(after position: EventID, _ body: (String) -> Void) throws(StorageError) {
        try read { db in
            let sql = """
                SELECT event, id, text FROM examples WHERE event > :position AND NOT is_name
                UNION ALL SELECT id, 0, text FROM events WHERE id > :position AND text IS NOT NULL
                ORDER BY 1, 2
                """
            let rows = try Row.fetchCursor(db, sql: sql, arguments: ["position": position.rawValue])
            while let row = try rows.next() { body(row["text"]) }
        }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(StorageError) -> Value {
        do {
            return try database.read(body)
        } catch {
            throw StorageError(error, path: path, .read)
        }
    }

    func write<Value>(
        _ operation: StorageOperation, _ body: (Database) throws -> Value
    ) throws(StorageError) -> Value {
        if let cause = refusal { throw .refusing(after: cause) }
        do {
            return try database.write(body)
        } catch {
            let failure = StorageError(error, path: path, operation)
            if failure.leavesDiskUnknown { fault.withLock { $0 = failure } }
            throw failure
        }
    }
}
