import Synchronization

/// Who has asked of late and waits for each answer before asking again: for them those who send much at once stand back.
final class Activity: Sendable {
    /// So long after a request its sender counts as there: it may be reading the answer.
    static let memory = Duration.seconds(2)

    private struct Seen {
        var connections = Newest<ObjectIdentifier>()
        var users = Newest<UInt32>()
    }

    private let seen = Mutex(Seen())
    private let now: @Sendable () -> ContinuousClock.Instant

    init(now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.now = now
    }

    func note(_ sender: Sender) {
        let time = now()
        seen.withLock { seen in
            seen.connections.note(sender.connection, at: time)
            seen.users.note(sender.uid, at: time)
        }
    }

    /// Whether a connection is there that `isAmong` does not hold for.
    func hasOthers(than isAmong: (ObjectIdentifier) -> Bool) -> Bool {
        let (connections, oldest) = (seen.withLock { $0.connections }, now() - Self.memory)
        return connections.contains(since: oldest, otherThan: isAmong)
    }

    func hasOthers(thanUser uid: UInt32) -> Bool {
        let (users, oldest) = (seen.withLock { $0.users }, now() - Self.memory)
        return users.contains(since: oldest) { $0 == uid }
    }
}

/// The last who asked, and the last before who is another: one of them is always another than any third.
private struct Newest<ID: Hashable> {
    typealias Entry = (id: ID, time: ContinuousClock.Instant)

    private var last: Entry?
    private var other: Entry?

    mutating func note(_ id: ID, at time: ContinuousClock.Instant) {
        if let last, last.id != id { other = last }
        last = (id, time)
    }

    func contains(since oldest: ContinuousClock.Instant, otherThan isAmong: (ID) -> Bool) -> Bool {
        [last, other].contains { entry in entry.map { $0.time >= oldest && !isAmong($0.id) } ?? false }
    }
}
