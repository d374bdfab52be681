internal import GRDB
internal import Synchronization

/// The durable knowledge base: sources, their passages, the words and the vectors by which passages are found.
///
/// SQLite with a write-ahead log that is synced at every commit; a source is added, changed or removed in one. After a failure
/// that leaves unknown what reached the disk, every further write is refused with `refusing(after:)`; reading goes
/// on. Calls may come from any thread. Writes are served one after another, and so are reads, which wait for no
/// write.
public final class KnowledgeStore: Sendable {
    let path: String
    private let writer: DatabaseQueue
    private let reader: DatabaseQueue
    private let writerGate = DatabaseGate()
    private let readerGate = DatabaseGate()
    private let fault = Mutex<StorageError?>(nil)

    /// Opens the knowledge base at `path`, creating it when missing.
    ///
    /// - Throws: `newerFormat`, `foreignDatabase`, or what the disk says.
    public init(path: String) throws(StorageError) {
        self.path = path
        do {
            try Files.create(path)
            var configuration = Configuration()
            configuration.label = "knowledge"
            configuration.foreignKeysEnabled = true
            writer = try DatabaseQueue(path: path, configuration: configuration)
            try writer.writeWithoutTransaction { db in try KnowledgeSchema.prepare(db, path: path) }
            configuration.label = "search"
            configuration.readonly = true
            configuration.prepareDatabase { db in try db.execute(sql: "PRAGMA cache_size = -8192") }
            reader = try DatabaseQueue(path: path, configuration: configuration)
        } catch {
            throw StorageError(error, path: path, .openKnowledge)
        }
    }

    /// The failure after which nothing more is written; nil while all is well.
    public var refusal: StorageError? { fault.withLock { $0 } }

    /// Leaves the file to others: every later call throws `stateExchanged`. SQLite must not be at work in a file that is
    /// renamed.
    public func close() throws(StorageError) {
        do {
            try readerGate.close { try reader.close() }
            // The last to close moves the write-ahead log into the file.
            try writerGate.close { try writer.close() }
        } catch {
            throw StorageError(error, path: path, .restore)
        }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(StorageError) -> Value {
        do {
            return try readerGate.enter { try reader.read(body) }
        } catch {
            throw StorageError(error, path: path, .readKnowledge)
        }
    }

    func write<Value>(_ body: (Database) throws -> Value) throws(StorageError) -> Value {
        try change { try writer.write(body) }
    }

    /// For what cannot be done in a transaction.
    func writeWithoutTransaction(_ body: (Database) throws -> Void) throws(StorageError) {
        try change { try writer.writeWithoutTransaction(body) }
    }

    private func change<Value>(_ body: () throws -> Value) throws(StorageError) -> Value {
        if let cause = refusal { throw .refusing(after: cause) }
        do {
            return try writerGate.enter(body)
        } catch {
            let failure = StorageError(error, path: path, .changeKnowledge)
            if failure.leavesDiskUnknown { fault.withLock { $0 = failure } }
            throw failure
        }
    }
}
