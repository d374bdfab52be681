import Logging
import NIOCore
import Wire

/// One client: cuts its bytes into requests, and writes their answers. Lives on the event loop.
///
/// The client is read from only while it may ask more: not while it leaves answers unread, has many requests
/// unanswered, or a large frame of its is being decoded. So what a connection holds is bounded.
final class Connection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// A larger body is decoded away from the event loop, and counts against the daemon's budget.
    static let largeFrame = 64 << 10
    static let mostUnanswered = 256
    /// Frames of one client that are read before others have their turn.
    private static let framesATurn = 4
    /// How long a client that sent too much may take to read why it was cut off.
    private static let lingering = TimeAmount.seconds(1)
    /// How long a client is not read from after a frame that is no request, and between two reads of one that is cut
    /// off: who sends garbage gets little of the processor.
    private static let penalty = (
        garbage: TimeAmount.milliseconds(10), lingering: TimeAmount.milliseconds(10)
    )

    /// Times what it took to read one: so all of them take half a percent of the event loop, and each client's of a thread.
    private static let nonsense = 10

    /// What a client has done while nobody else was there is not held against it. It may send some 50 requests at once.
    private static let freshPace = Pace(tolerance: .milliseconds(20))

    private enum Phase {
        case serving
        /// The client has sent its last byte and waits for answers.
        case finishing
        /// Nothing is read or answered any more.
        case closing
    }

    let peer: Peer
    let reception: Reception
    private let eventLoop: any EventLoop
    var staging = Staging()
    let transfer: TransferSlot
    private(set) var inFlight: [RequestID: Ticket] = [:]
    private var context: ChannelHandlerContext?
    private var phase = Phase.serving
    private var decoder: FrameDecoder
    /// What the frame being received holds of the budget.
    private var heldBytes = 0
    private var isDecoding = false
    /// Whether others have their turn before its next frame is read.
    private var isPausing = false
    private var pace = Connection.freshPace
    /// How long it is to stand back for what it has made the event loop do.
    private var owed = Duration.zero
    private var deadline: Scheduled<Void>?
    private var hasUnflushed = false
    /// What an earlier process had read; nil on a connection that begins here.
    private let resumed: [UInt8]?

    /// - Parameter pending: what an earlier process of the service had read; such a client was greeted before.
    init(peer: Peer, reception: Reception, eventLoop: any EventLoop, resuming pending: [UInt8]? = nil) {
        self.peer = peer
        self.reception = reception
        self.eventLoop = eventLoop
        resumed = pending
        transfer = TransferSlot(now: reception.desk.transfers.now)
        decoder = FrameDecoder(limit: reception.limits.frameBytes)
    }

    // MARK: Events of the channel

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        guard reception.admit(self) else {
            let limit = reception.limits.connections
            end(with: ErrorReply(.tooManyConnections, "\(limit) clients are connected, no more may be"))
            return
        }
        if let resumed {
            decoder.append(resumed)
            holdLargeFrame()
        } else {
            write(reception.greeting)
        }
        proceed()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        guard phase == .serving, let bytes = bytes.readBytes(length: bytes.readableBytes) else { return }
        spend(Pace.Cost.byte * bytes.count)
        decoder.append(bytes)
        holdLargeFrame()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        proceed()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        for ticket in inFlight.values where ticket.method == .generate { stream(ticket) }
        proceed()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            if phase == .serving { phase = .finishing } else { context.close(promise: nil) }
            proceed()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        reception.logger.debug("connection failed", metadata: ["error": "\(error)", "pid": "\(peer.pid)"])
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        phase = .closing
        deadline?.cancel()
        for ticket in inFlight.values { ticket.giveUp(.cancelled) }
        inFlight = [:]
        reception.budget.release(heldBytes + staging.heldBytes)
        (heldBytes, staging) = (0, Staging())
        transfer.clear()
        reception.leave(self)
        self.context = nil
    }

    // MARK: Requests

    private var mayAsk: Bool {
        guard let context, phase != .closing, !isDecoding, !isPausing, !reception.isHandingOver else {
            return false
        }
        return inFlight.count < Self.mostUnanswered && context.channel.isWritable
    }

    /// Takes the requests that have arrived as far as the client may ask, sends what was written, and waits
    /// for what must come next.
    func proceed() {
        do throws(FrameError) {
            var left = Self.framesATurn
            while mayAsk, let body = try decoder.next() {
                if decoder.pendingBytes > 0 || !inFlight.isEmpty { spend(Pace.Cost.frame) }
                take(body)
                left -= 1
                if left == 0 { pause(for: .zero) }
                standBack()
            }
        } catch {
            end(with: ErrorReply(error), lingers: true)
        }
        flush()
        watchTheClock()
        if phase == .finishing, inFlight.isEmpty, !isDecoding, !isPausing, !reception.isHandingOver {
            context?.close(promise: nil)
        }
        standBack()
        if mayAsk { context?.read() }
        if phase == .closing { drain() }
    }

    /// Notes what the client has made the event loop do while others were there.
    ///
    /// Who is ahead of its own pace shares one with all others who are: each has its turn when the time of those before it
    /// is over. Not of what other threads have done: those take turns of their own.
    private func spend(_ cost: Duration, isOnEventLoop: Bool = true) {
        let me = ObjectIdentifier(self)
        guard reception.scheduler.activity.hasOthers(than: { $0 == me }) else {
            (pace, owed) = (Self.freshPace, .zero)
            return
        }
        let now = ContinuousClock.now
        pace.spend(cost, at: now)
        guard pace.wait(at: now) > .zero else { return }
        if isOnEventLoop { reception.floods.spend(cost, at: now) }
        owed = max(pace.wait(at: now), reception.floods.wait(at: now))
    }

    private func standBack() {
        guard owed > .zero, mayAsk else { return }
        pause(for: TimeAmount(owed))
        owed = .zero
    }

    /// Reads on without haste: closing over unread bytes would take the last answer away from the client.
    private func drain() {
        eventLoop.assumeIsolated().scheduleTask(in: Self.penalty.lingering) { [weak self] in
            self?.context?.read()
        }
    }

    /// Goes on later, at the soonest when the event loop has seen to the others: thousands of frames may have arrived at
    /// once.
    private func pause(for time: TimeAmount) {
        guard !isPausing else { return }
        isPausing = true
        eventLoop.assumeIsolated().scheduleTask(in: time) { [weak self] in
            self?.isPausing = false
            self?.proceed()
        }
    }

    private func take(_ body: [UInt8]) {
        deadline?.cancel()
        deadline = nil
        let held = heldBytes
        heldBytes = 0
        guard body.count <= Self.largeFrame else { return decodeElsewhere(body, held: held) }
        let begun = ThreadTime.now
        let request = Request.result(decoding: body)
        // A request's frame is paid for by its bytes.
        if request.failure != nil { spend((ThreadTime.now - begun) * Self.nonsense) }
        handle(request, held: held)
    }

    private func decodeElsewhere(_ body: [UInt8], held: Int) {
        isDecoding = true
        let me = loopBound
        let isAccepted = reception.scheduler.decode(body, from: sender) { request, time in
            me.value.isDecoding = false
            me.value.spend(time * (request.failure == nil ? 1 : Self.nonsense), isOnEventLoop: false)
            me.value.standBack()
            me.value.handle(request, held: held)
            me.value.proceed()
        }
        if !isAccepted {
            isDecoding = false
            reception.budget.release(held)
            refuse(nil, .tooManyWait)
        }
    }

    private func handle(_ request: Result<Request, RequestFault>, held: Int) {
        var held = held
        defer { reception.budget.release(held) }
        guard phase != .closing else { return }
        switch request {
        case .success(let request): serve(request, held: &held)
        case .failure(let fault):
            if !fault.isNotification { refuse(fault.id, fault.error) }
            if fault.error.kind == .parse || fault.error.kind == .invalidRequest {
                pause(for: Self.penalty.garbage)
            }
        }
    }

    /// Holds what a large frame has come to so far, and ends the connection when that is too much.
    private func holdLargeFrame() {
        let wanted = decoder.pendingBytes - heldBytes
        guard decoder.pendingBytes > Self.largeFrame, wanted > 0 else { return }
        if reception.budget.hold(wanted) {
            heldBytes += wanted
        } else {
            let found = "\(reception.budget.held) bytes held"
            end(
                with: ErrorReply(
                    .busy, "large messages of all clients",
                    expected: "at most \(reception.budget.limit) bytes", found: found), lingers: true)
        }
    }

    /// Gives a client that is in the middle of a frame a time to end it.
    private func watchTheClock() {
        guard phase == .serving, mayAsk, decoder.pendingBytes > 0 else {
            deadline?.cancel()
            deadline = nil
            return
        }
        guard deadline == nil else { return }
        let time = reception.limits.frameTime
        deadline = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(time)) { [weak self] in
            self?.end(
                with: ErrorReply(
                    .timeout, "frame", expected: "the whole of it within \(time)", found: "a part"))
        }
    }

    // MARK: Answers

    private var sender: Sender { Sender(uid: peer.uid, connection: ObjectIdentifier(self)) }

    /// This connection for another thread to carry back to the event loop.
    var loopBound: NIOLoopBound<Connection> { NIOLoopBound(self, eventLoop: eventLoop) }

    func open(_ ticket: Ticket) {
        inFlight[ticket.id] = ticket
    }

    /// Writes the answer of a request; `proceed()` sends it.
    func answer(_ ticket: Ticket, _ frame: [UInt8]) {
        reception.budget.release(ticket.heldBytes)
        guard inFlight[ticket.id] === ticket else { return }
        inFlight[ticket.id] = nil
        transfer.giveBack(by: ticket.id)
        if !transfer.isEmpty { reception.watchTransfers(on: eventLoop) }
        reception.desk.latencies.record(ContinuousClock.now - ticket.received, of: ticket.method)
        if let delta = ticket.takeDelta() { write(delta) }
        write(frame)
    }

    /// Writes a notification about a request that still runs, unless the client does not keep up.
    func notify(_ frame: [UInt8], about ticket: Ticket) {
        guard inFlight[ticket.id] === ticket, context?.channel.isWritable == true else { return }
        write(frame)
        flush()
    }

    /// Writes the next piece of a reply, or leaves it to grow while the client does not keep up.
    func stream(_ ticket: Ticket) {
        guard inFlight[ticket.id] === ticket, context?.channel.isWritable == true,
            let delta = ticket.takeDelta()
        else { return }
        write(delta)
        flush()
    }

    func refuse(_ id: RequestID?, _ error: ErrorReply) {
        spend(Pace.Cost.refusal)
        write(Frame.encode(Refusal(id: id, error: error)))
    }

    func giveUpLongWork() {
        for ticket in inFlight.values where ticket.method.isLong { ticket.giveUp(.shuttingDown) }
    }

    // MARK: The end

    /// Done once everything written is sent, or after `grace`; then the connection is closed.
    func finishSending(within grace: TimeAmount) -> EventLoopFuture<Void> {
        guard let channel = context?.channel else { return eventLoop.makeSucceededVoidFuture() }
        if !(staging.examples.isEmpty && transfer.isEmpty) {
            refuse(nil, ErrorReply(.shuttingDown, "the daemon is stopping"))
        }
        let isSent = channel.writeAndFlush(ByteBuffer())
        let timer = eventLoop.assumeIsolated().scheduleTask(in: grace) { channel.close(promise: nil) }
        isSent.assumeIsolated().whenComplete { _ in timer.cancel() }
        return isSent
    }

    /// Whether all is answered, and nothing but `pending` would be lost with the connection.
    var isReadyToLeave: Bool {
        context?.channel.isActive == true && phase != .closing && inFlight.isEmpty && !isDecoding
            && staging.examples.isEmpty && transfer.isEmpty
    }

    /// What the kernel calls the socket.
    var number: EventLoopFuture<UInt64> {
        context?.channel.socketCookie ?? eventLoop.makeFailedFuture(ChannelError.alreadyClosed)
    }

    /// What was read and not yet understood.
    var pending: [UInt8] { decoder.pending }

    func close() -> EventLoopFuture<Void> {
        guard let channel = context?.channel else { return eventLoop.makeSucceededVoidFuture() }
        phase = .closing
        channel.close(promise: nil)
        return channel.closeFuture
    }

    func write(_ frame: [UInt8]) {
        guard let context, phase != .closing else { return }
        context.write(wrapOutboundOut(ByteBuffer(bytes: frame)), promise: nil)
        hasUnflushed = true
    }

    private func flush() {
        guard hasUnflushed else { return }
        hasUnflushed = false
        context?.flush()
    }

    /// Says why the connection ends, and ends it.
    ///
    /// - Parameter lingers: whether the client may still be sending; it then gets a moment to stop and read.
    private func end(with error: ErrorReply, lingers: Bool = false) {
        guard let context, phase != .closing else { return }
        reception.spendOnArrival(Pace.Cost.cutOff)
        reception.logger.debug(
            "connection ended", metadata: ["reason": "\(error.kind)", "pid": "\(peer.pid)"])
        refuse(nil, error)
        flush()
        phase = .closing
        guard lingers else { return context.close(promise: nil) }
        context.close(mode: .output, promise: nil)
        let channel = context.channel
        eventLoop.scheduleTask(in: Self.lingering) { channel.close(promise: nil) }
    }
}
