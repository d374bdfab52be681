import Glibc
import Logging
import NIOCore
import NIOPosix
import SystemPackage

/// The listening socket and its connections.
struct Listener: Sendable {
    private static let backlog: Int32 = 1024
    /// Bytes of answers a client may leave unread before it is read from no more.
    private static let highWaterMark = 256 << 10
    private static let grace = TimeAmount.seconds(2)

    private let server: any Channel
    private let reception: NIOLoopBound<Reception>
    private let scheduler: Scheduler

    /// Listens at the socket's path, which only this user may connect to.
    static func open(
        _ path: String, group: MultiThreadedEventLoopGroup, service: any IntentService,
        limits: Settings.Limits, desk: Desk, logger: Logger
    ) async throws -> Listener {
        let loop = group.next()
        let scheduler = Scheduler(service, queue: limits.queue, outbox: Outbox(loop: loop))
        let reception = try await loop.submit {
            let reception = Reception(limits: limits, scheduler: scheduler, desk: desk, logger: logger)
            return NIOLoopBound(reception, eventLoop: loop)
        }.get()
        let server = try await bootstrap(group, reception).bind(unixDomainSocketPath: path).get()
        // The process's umask has kept others out since the bind; this holds whatever that umask is.
        guard unsafe chmod(path, 0o600) == 0 else {
            throw SocketError.notBound(path, reason: "chmod: \(Errno(rawValue: errno))")
        }
        return Listener(server: server, reception: reception, scheduler: scheduler)
    }

    /// Accepts no more clients and no more requests, finishes what is in hand, and closes the connections.
    func stop() async throws {
        let reception = reception
        try await server.close()
        try await server.eventLoop.submit { reception.value.stop() }.get()
        await scheduler.finish()
        let loop = server.eventLoop
        try await loop.flatSubmit { reception.value.close(within: Self.grace, on: loop) }.get()
    }

    private static func bootstrap(
        _ group: MultiThreadedEventLoopGroup, _ reception: NIOLoopBound<Reception>
    ) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: backlog)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(
                .writeBufferWaterMark,
                value: .init(low: highWaterMark / 4, high: highWaterMark)
            )
            .childChannelInitializer { channel in
                Peer.of(channel).flatMapThrowing { peer in
                    let connection = Connection(
                        peer: peer, reception: reception.value, eventLoop: channel.eventLoop)
                    try channel.pipeline.syncOperations.addHandler(connection)
                }
            }
    }
}
