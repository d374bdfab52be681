import Assistant
import Synchronization

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
        var lastUse = ContinuousClock.now
    }

    private let content = Mutex(Content())

    var isEmpty: Bool { content.withLock { $0.transfer == nil && !$0.isTaken } }

    /// How long nothing has been asked of it.
    var idleTime: Duration { content.withLock { ContinuousClock.now - $0.lastUse } }

    /// What is there; it counts as used.
    func use() -> Transfer? {
        content.withLock { content in
            content.lastUse = .now
            return content.transfer
        }
    }

    /// Keeps the place until it is filled or cleared.
    fileprivate func take() {
        content.withLock { $0 = Content(isTaken: true) }
    }

    func fill(_ transfer: Transfer) {
        content.withLock { $0 = Content(transfer: transfer) }
    }

    /// Whatever was there is gone, and its disk free.
    func clear() {
        content.withLock { ($0.transfer, $0.isTaken) = (nil, false) }
    }
}

/// How many connections may have a file under way, and how long one may lie: each holds as much of the disk as the state
/// is large.
final class TransferDesk: Sendable {
    static let most = 4

    /// A file that nobody went on with for that long is let go.
    let patience: Duration
    private let open = Mutex<[TransferSlot]>([])

    init(patience: Duration = .seconds(60)) {
        self.patience = patience
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
            for slot in open where slot.idleTime >= patience { slot.clear() }
            open.removeAll(where: \.isEmpty)
            return open.map { patience - $0.idleTime }.min()
        }
    }
}
