internal import Foundation
internal import Synchronization

/// Keeps everybody out of a database once it is closed: SQLite would be asked about a connection that is
/// gone.
///
/// An `NSLock`, as what is read may be anything, also what does not cross threads, which `Mutex` refuses to
/// hand out. A database queue serves one after another anyway.
final class DatabaseGate: Sendable {
    private let lock = NSLock()
    private let isClosed = Atomic<Bool>(false)

    /// - Throws: `stateExchanged` once it is closed.
    func enter<Value>(_ body: () throws -> Value) throws -> Value {
        try lock.withLock {
            guard !isClosed.load(ordering: .relaxed) else { throw StorageError.stateExchanged }
            return try body()
        }
    }

    /// Does `body`, after which nobody enters any more.
    func close(_ body: () throws -> Void) rethrows {
        try lock.withLock {
            guard !isClosed.exchange(true, ordering: .relaxed) else { return }
            try body()
        }
    }
}
