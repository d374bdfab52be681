import Logging
import NIOCore
import Synchronization
import Wire

/// What all connections share: who is connected, the limits, and where work goes. Lives on the event loop.
final class Reception {
    var terms: Listener.Terms { didSet { greeting = Self.greeting(desk, terms) } }
    let scheduler: Scheduler
    let desk: Desk
    let budget: ByteBudget
    let logger: Logger
    /// What the coming and the cutting off of connections has cost while somebody was there.
    var arrivals = Pace(tolerance: .milliseconds(3))
    /// What all connections have cost that are ahead of their own pace.
    var floods = Pace(tolerance: .milliseconds(1))
    /// The first frame of each connection.
    private(set) var greeting: [UInt8]
    private(set) var isStopping = false
    private(set) var isHandingOver = false
    private var isWatchingTransfers = false
    private var connections: [ObjectIdentifier: Connection] = [:]

    init(_ terms: Listener.Terms, scheduler: Scheduler, desk: Desk, logger: Logger) {
        self.terms = terms
        self.scheduler = scheduler
        self.desk = desk
        self.logger = logger
        budget = ByteBudget(limit: terms.limits.bufferedBytes)
        greeting = Self.greeting(desk, terms)
    }

    var limits: Settings.Limits { terms.limits }

    /// Notes what the coming or the cutting off of a connection costs.
    ///
    /// - Returns: how long the next is to wait.
    @discardableResult
    func spendOnArrival(_ cost: Duration) -> Duration {
        let now = ContinuousClock.now
        guard scheduler.activity.hasOthers(than: { _ in false }) else { return .zero }
        arrivals.spend(cost, at: now)
        return arrivals.wait(at: now)
    }

    private static func greeting(_ desk: Desk, _ terms: Listener.Terms) -> [UInt8] {
        Frame.encode(Notification(Hello(version: desk.version, limits: Wire.Limits(terms.limits))))
    }

    /// - Returns: false when there are as many connections as may be.
    func admit(_ connection: Connection) -> Bool {
        guard connections.count < limits.connections else { return false }
        connections[ObjectIdentifier(connection)] = connection
        desk.connections.store(connections.count, ordering: .relaxed)
        return true
    }

    func leave(_ connection: Connection) {
        connections[ObjectIdentifier(connection)] = nil
        desk.connections.store(connections.count, ordering: .relaxed)
    }

    /// Has files that nobody goes on with let go, for as long as there are any.
    func watchTransfers(on loop: any EventLoop) {
        guard !isWatchingTransfers, let time = desk.transfers.letGoOfIdle() else { return }
        isWatchingTransfers = true
        loop.assumeIsolated().scheduleTask(in: TimeAmount(time)) { [self] in
            isWatchingTransfers = false
            watchTransfers(on: loop)
        }
    }

    /// From now on new requests are refused, or left for the next process; long work is given up, the rest is left to
    /// finish.
    func stop(isHandingOver: Bool) {
        isStopping = true
        self.isHandingOver = isHandingOver
        for connection in connections.values { connection.giveUpLongWork() }
    }

    /// Closes every connection once its answers are sent, or after `grace`; those who have theirs go to `handover`.
    func close(
        within grace: TimeAmount, on loop: any EventLoop, handover: Handover?
    ) -> EventLoopFuture<Void> {
        let sent = connections.values.map { $0.finishSending(within: grace) }
        return EventLoopFuture.whenAllComplete(sent, on: loop).assumeIsolated().flatMap { [self] _ in
            guard let handover else { return loop.makeSucceededVoidFuture() }
            return give(connections.values.filter(\.isReadyToLeave), to: handover, on: loop)
        }.flatMap { [self] _ in
            .andAllComplete(connections.values.map { $0.close() }, on: loop)
        }.nonisolated()
    }

    private func give(
        _ leaving: [Connection], to handover: Handover, on loop: any EventLoop
    ) -> EventLoopFuture<Void> {
        let clients = leaving.map { connection in
            let pending = connection.pending
            return connection.number.map { ($0, pending) }
        }
        let logger = logger
        return EventLoopFuture.whenAllSucceed(clients, on: loop).map { clients in
            handover.give(Dictionary(clients) { first, _ in first }, logger: logger)
        }
    }
}

extension Wire.Limits {
    fileprivate init(_ limits: Settings.Limits) {
        self.init(
            frameBytes: limits.frameBytes, textBytes: limits.textBytes, labelBytes: limits.labelBytes,
            examples: limits.examples)
    }
}
