import Assistant
import Synchronization
import Wire

/// The file that goes over one connection in pieces: one at a time.
final class TransferSlot: Sendable {
    enum Transfer: Sendable {
        case outgoing(Download)
        case incoming(Upload)
    }

    private struct Content {
        var transfer: Transfer?
        /// Whether there will be one at once.
        var isTaken = false
        /// Requests that wait for the whole file, or work on it.
        var claimants: Set<RequestID> = []
        var lastUse: ContinuousClock.Instant

        var isEmpty: Bool { transfer == nil && !isTaken }
    }

    private let content: Mutex<Content>
    private let now: @Sendable () -> ContinuousClock.Instant

    /// - Parameter now: the desk's clock.
    init(now: @escaping @Sendable () -> ContinuousClock.Instant) {
        self.now = now
        content = Mutex(Content(lastUse: now()))
    }

    var isEmpty: Bool { content.withLock { $0.isEmpty } }

    /// What is there; it counts as used.
    func use() -> Transfer? {
        content.withLock { content in
            content.lastUse = now()
            return content.transfer
        }
    }

    /// Keeps a file that was brought until the request gives it back or clears the place: it does not lie idle while the
    /// request waits for its turn. Where there is none, nothing is kept.
    func claim(for request: RequestID) {
        content.withLock { content in
            guard case .incoming = content.transfer else { return }
            content.claimants.insert(request)
        }
    }

    /// The file counts as used until now. What another request claimed stays claimed.
    func giveBack(by request: RequestID) {
        content.withLock { content in
            guard content.claimants.remove(request) != nil else { return }
            content.lastUse = now()
        }
    }

    /// Keeps the place until it is filled or cleared.
    fileprivate func take() {
        content.withLock { $0 = Content(isTaken: true, lastUse: now()) }
    }

    func fill(_ transfer: Transfer) {
        content.withLock { $0 = Content(transfer: transfer, lastUse: now()) }
    }

    /// Makes room for another file.
    ///
    /// - Returns: false when a request has claimed the one that is there; it stays then.
    func vacate() -> Bool {
        content.withLock { content in
            guard content.claimants.isEmpty else { return false }
            content = Content(lastUse: now())
            return true
        }
    }

    /// Whatever was there is gone, and its disk free.
    func clear() {
        content.withLock { $0 = Content(lastUse: now()) }
    }

    /// Lets go of a file that nobody went on with for so long, and no request has claimed.
    ///
    /// - Returns: how long it may still lie at least; nil when there is none.
    fileprivate func letGo(after patience: Duration) -> Duration? {
        content.withLock { content in
            guard !content.isEmpty else { return nil }
            let idle = content.claimants.isEmpty ? now() - content.lastUse : .zero
            guard idle < patience else {
                content = Content(lastUse: now())
                return nil
            }
            return patience - idle
        }
    }
}

/// How many connections may have a file under way, and how long one may lie: each holds as much of the disk as the state
/// is large.
final class TransferDesk: Sendable {
    static let most = 4

    /// A file that nobody went on with for that long is let go.
    let patience: Duration
    let now: @Sendable () -> ContinuousClock.Instant
    private let open = Mutex<[TransferSlot]>([])

    /// - Parameter now: the clock that patience is measured by.
    init(patience: Duration = .seconds(60), now: @escaping @Sendable () -> ContinuousClock.Instant = { .now })
    {
        self.patience = patience
        self.now = now
    }

    /// Takes a place, to be filled or cleared.
    ///
    /// - Returns: false when there are as many as may be.
    func admit(_ slot: TransferSlot) -> Bool {
        open.withLock { open in
            open.removeAll { $0 === slot || $0.isEmpty }
            guard open.count < Self.most else { return false }
            slot.take()
            open.append(slot)
            return true
        }
    }

    /// Lets go of the files that nobody went on with.
    ///
    /// - Returns: when the next of the others may have lain too long; nil when there is none.
    func letGoOfIdle() -> Duration? {
        open.withLock { open in
            let left = open.compactMap { $0.letGo(after: patience) }
            open.removeAll(where: \.isEmpty)
            return left.min()
        }
    }
}
