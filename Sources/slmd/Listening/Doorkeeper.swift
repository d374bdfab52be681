import NIOCore

/// Paces the accepting of connections while somebody is there who waits for answers. Lives on the event loop, before the
/// handler that accepts.
///
/// Those who are not accepted yet wait in the kernel's queue.
final class Doorkeeper: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias OutboundIn = Never

    private let reception: Reception
    private var wait = Duration.zero
    private var isWaiting = false

    init(_ reception: Reception) {
        self.reception = reception
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        wait = reception.spendOnArrival(Pace.Cost.connection)
        context.fireChannelRead(data)
    }

    func read(context: ChannelHandlerContext) {
        guard wait > .zero else { return context.read() }
        guard !isWaiting else { return }
        isWaiting = true
        context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(wait)) { [self] in
            (isWaiting, wait) = (false, .zero)
            context.read()
        }
    }
}
