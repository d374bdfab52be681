import Logging
import NIOCore
import Synchronization
import Wire

/// What all connections share: who is connected, the limits, and where work goes. Lives on the event loop.
final class Reception {
    let limits: Settings.Limits
    let scheduler: Scheduler
    let desk: Desk
    let budget: ByteBudget
    let logger: Logger
    let greeting: [UInt8]
    private(set) var isStopping = false
    private var connections: [ObjectIdentifier: Connection] = [:]

    init(limits: Settings.Limits, scheduler: Scheduler, desk: Desk, logger: Logger) {
        self.limits = limits
        self.scheduler = scheduler
        self.desk = desk
        self.logger = logger
        budget = ByteBudget(limit: limits.bufferedBytes)
        greeting = Frame.encode(Notification(Hello(version: desk.version, limits: Wire.Limits(limits))))
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

    /// From now on new requests are refused; long work is given up, the rest is left to finish.
    func stop() {
        isStopping = true
        for connection in connections.values { connection.giveUpLongWork() }
    }

    /// Closes every connection once its answers are sent, or after `grace`.
    func close(within grace: TimeAmount, on loop: any EventLoop) -> EventLoopFuture<Void> {
        .andAllComplete(connections.values.map { $0.closeWhenSent(within: grace) }, on: loop)
    }
}

extension Wire.Limits {
    fileprivate init(_ limits: Settings.Limits) {
        self.init(
            frameBytes: limits.frameBytes, textBytes: limits.textBytes, labelBytes: limits.labelBytes,
            examples: limits.examples)
    }
}
