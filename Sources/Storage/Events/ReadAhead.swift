internal import Dispatch
internal import Synchronization

/// What another thread reads while this one works.
final class ReadAhead<Value: Sendable>: Sendable {
    private let result = Mutex<Result<Value, StorageError>?>(nil)
    private let isRead = DispatchSemaphore(value: 0)

    /// Begins to read; it goes on when nobody asks for the value.
    init(_ read: @escaping @Sendable () throws(StorageError) -> Value) {
        DispatchQueue.global().async { [self] in
            let outcome = Result(catching: read)
            result.withLock { $0 = outcome }
            isRead.signal()
        }
    }

    /// Waits for it.
    func value() throws(StorageError) -> Value {
        isRead.wait()
        isRead.signal()
        guard let outcome = result.withLock({ $0 }) else { preconditionFailure("read, and nothing there") }
        return try outcome.get()
    }
}
