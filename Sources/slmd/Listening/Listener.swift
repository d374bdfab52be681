import Generation
import Glibc
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// The listening socket and its connections.
struct Listener: Sendable {
    /// Connections that wait to be accepted, as in systemd/slmd.socket: in a storm of them who comes waits for so many, and
    /// beyond them a client with a time limit is turned away with EAGAIN.
    static let backlog: Int32 = 1024
    /// Bytes of answers a client may leave unread before it is read from no more.
    private static let highWaterMark = 256 << 10
    /// How long a client may take to read its last answers.
    private static let grace = TimeAmount.milliseconds(500)

    private let server: any Channel
    private let reception: NIOLoopBound<Reception>
    let scheduler: Scheduler
    private let rounds = Rounds()

    /// What connections need to know.
    struct Terms: Sendable {
        var limits = Settings.Limits()
        var access: Access
    }

    /// Listens at the entrance, and goes on with the clients of an earlier process.
    static func open(
        _ entrance: Entrance, clients: [Handover.Client] = [], group: MultiThreadedEventLoopGroup,
        service: any IntentService, slm: (model: LanguageModel, queue: Int)? = nil, terms: Terms, desk: Desk,
        logger: Logger, log: RequestLog
    ) async throws -> Listener {
        let loop = group.next()
        let scheduler = Scheduler(
            service, slm: slm, queue: terms.limits.queue, outbox: Outbox(loop: loop), log: log)
        let reception = try await loop.submit {
            let reception = Reception(terms, scheduler: scheduler, desk: desk, logger: logger)
            return NIOLoopBound(reception, eventLoop: loop)
        }.get()
        for client in clients { try await welcome(client, loop, reception, logger) }
        let server = try await entrance.bind(bootstrap(group, reception))
        return Listener(server: server, reception: reception, scheduler: scheduler)
    }

    /// Accepts no more clients and no more requests, finishes what is in hand, and closes the connections.
    ///
    /// - Parameters:
    ///   - handover: where clients are given to instead, once they have their answers.
    ///   - patience: how long messages that wait for data are waited for.
    func stop(handover: Handover? = nil, patience: Duration = LookupLane.patience) async throws {
        let (reception, loop) = (reception, server.eventLoop)
        try await server.close()
        try await loop.submit { reception.value.stop(isHandingOver: handover != nil) }.get()
        await scheduler.finish(patience: patience)
        try await loop.flatSubmit {
            reception.value.close(within: Self.grace, on: loop, handover: handover)
        }.get()
    }

    /// From now on these terms hold; connections keep the limit of their frames.
    func use(_ terms: Terms) {
        let reception = reception
        server.eventLoop.execute { reception.value.terms = terms }
    }

    /// How far the event loop and the scheduler's threads have come, by name. The event loop stands still when it has
    /// not come round since the last call.
    func pulses() -> [String: Pulse] {
        // Looked at before the next round is asked for, which may be over at once or later.
        let (rounds, steps) = (rounds, rounds.count.load(ordering: .relaxed))
        server.eventLoop.execute { rounds.count.add(1, ordering: .relaxed) }
        return scheduler.pulses.merging(["socket": Pulse(isBusy: true, steps: steps)]) { $1 }
    }

    private static func welcome(
        _ client: Handover.Client, _ loop: any EventLoop, _ reception: NIOLoopBound<Reception>,
        _ logger: Logger
    ) async throws {
        do {
            _ = try await ClientBootstrap(group: loop)
                .channelOption(.autoRead, value: false)
                .channelOption(.allowRemoteHalfClosure, value: true)
                .channelOption(.writeBufferWaterMark, value: waterMark)
                .channelInitializer { prepare($0, reception, resuming: client.pending) }
                .withConnectedSocket(client.descriptor).get()
        } catch {
            logger.debug("a client that was kept is gone", metadata: ["reason": "\(error)"])
        }
    }

    private static func bootstrap(
        _ group: MultiThreadedEventLoopGroup, _ reception: NIOLoopBound<Reception>
    ) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: backlog)
            // However many connect at once, others have their turn after each of them.
            .serverChannelOption(.maxMessagesPerRead, value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Doorkeeper(reception.value))
                }
            }
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.writeBufferWaterMark, value: waterMark)
            .childChannelInitializer { prepare($0, reception) }
    }

    private static var waterMark: ChannelOptions.Types.WriteBufferWaterMark {
        .init(low: highWaterMark / 4, high: highWaterMark)
    }

    private static func prepare(
        _ channel: any Channel, _ reception: NIOLoopBound<Reception>, resuming pending: [UInt8]? = nil
    ) -> EventLoopFuture<Void> {
        Peer.of(channel).flatMapThrowing { peer in
            let connection = Connection(
                peer: peer, reception: reception.value, eventLoop: channel.eventLoop, resuming: pending)
            try channel.pipeline.syncOperations.addHandler(connection)
        }
    }
}

/// How often the event loop has come round.
private final class Rounds: Sendable {
    let count = Atomic<Int>(0)
}
