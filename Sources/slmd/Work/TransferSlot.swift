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
        var lastUse = ContinuousClock.now
    }

    private let content = Mutex(Content())

    var isEmpty: Bool { content.withLock { $0.transfer == nil } }

    /// How long nothing has been asked of it.
    var idleTime: Duration { content.withLock { ContinuousClock.now - $0.lastUse } }

    /// What is there; it counts as used.
    func use() -> Transfer? {
        content.withLock { content in
            content.lastUse = .now
            return content.transfer
        }
    }

    func fill(_ transfer: Transfer) {
        content.withLock { $0 = Content(transfer: transfer) }
    }

    /// Whatever was there is gone, and its disk free.
    func clear() {
        content.withLock { $0.transfer = nil }
    }
}

/// How many connections may have a file under way: each holds as much of the disk as the state is large.
final class TransferDesk: Sendable {
    static let most = 4
    /// A transfer that nobody went on with for that long gives way to another.
    static let patience = Duration.seconds(60)

    private let open = Mutex<[TransferSlot]>([])

    /// - Returns: false when there are as many as may be, and all of them get on.
    func admit(_ slot: TransferSlot) -> Bool {
        open.withLock { open in
            open.removeAll { $0 === slot || $0.isEmpty }
            if open.count >= Self.most, let idle = open.firstIndex(where: { $0.idleTime > Self.patience }) {
                open[idle].clear()
                open.remove(at: idle)
            }
            guard open.count < Self.most else { return false }
            open.append(slot)
            return true
        }
    }
}
