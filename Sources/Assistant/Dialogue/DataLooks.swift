internal import Dispatch
internal import Synchronization

/// Looks at data that somebody else keeps, and waits only so long: a disk may never answer. What hangs is looked at once.
final class DataLooks<Data: Hashable & Sendable>: Sendable {
    private final class Look: Sendable {
        let status = Mutex<DataStatus?>(nil)
        let end = DispatchGroup()
    }

    private let running = Mutex<[Data: Look]>([:])

    /// What a look at each of some data says, in their order.
    ///
    /// - Parameters:
    ///   - patience: for all of them together; longer than a look takes that comes to an end.
    ///   - look: called on a thread of its own.
    /// - Returns: nil for what does not answer.
    func statuses(
        of data: [Data], patience: Duration, _ look: @escaping @Sendable (Data) -> DataStatus
    ) -> [DataStatus?] {
        let looks = data.map { begin($0, look) }
        let end = DispatchTime.now() + .microseconds(Int(patience / .microseconds(1)))
        return looks.map { look in
            _ = look.end.wait(timeout: end)  // the status tells
            return look.status.withLock { $0 }
        }
    }

    private func begin(_ data: Data, _ look: @escaping @Sendable (Data) -> DataStatus) -> Look {
        let (found, isNew) = running.withLock { running in
            if let look = running[data] { return (look, false) }
            let new = Look()
            new.end.enter()
            running[data] = new
            return (new, true)
        }
        guard isNew else { return found }
        NamedThread.begin("data") { [self] in
            let status = look(data)
            found.status.withLock { $0 = status }
            running.withLock { $0[data] = nil }
            found.end.leave()
        }
        return found
    }
}
