import Assistant
import NIOCore
import Wire

/// Carries what worker threads have to say to the event loop, a whole batch in one hop.
struct Outbox: Sendable {
    let loop: any EventLoop
    /// A thread that is stopped while it holds the loop's lock would hold up everybody's answers: those that stand back leave
    /// it to this one.
    private let relay = SteadyThread(name: "relay")

    init(loop: any EventLoop) {
        self.loop = loop
    }

    /// Sends the framed answers of requests, in this order.
    ///
    /// - Parameter policy: of the calling thread.
    func send(_ answers: [(ticket: Ticket, frame: [UInt8])], from policy: SchedulingPolicy) {
        execute(from: policy) {
            for answer in answers { answer.ticket.origin.answer(answer.ticket, answer.frame) }
            for answer in answers { answer.ticket.origin.proceed() }
        }
    }

    /// Sends what there is of a reply: all at once when the client reads on after a while.
    func stream(_ ticket: Ticket) {
        loop.execute { ticket.origin.stream(ticket) }
    }

    /// Does `work` on the event loop.
    func execute(from policy: SchedulingPolicy, _ work: @escaping @Sendable () -> Void) {
        switch policy {
        case .normal: loop.execute(work)
        case .idle: relay.run { [loop] in loop.execute(work) }
        }
    }

    /// Once nobody sends any more.
    func finish() { relay.end() }

    /// Sends a sentence ahead of its reply; left out when the client does not keep up with reading, for the reply has it too.
    func send(_ delta: Delta, for ticket: Ticket) {
        let frame = Frame.encode(Notification(delta))
        loop.execute { ticket.origin.notify(frame, about: ticket) }
    }

    /// Tells how far a request has come; left out when the client does not keep up with reading.
    func send(_ progress: Wire.Progress, for ticket: Ticket) {
        let frame = Frame.encode(Notification(progress))
        loop.execute { ticket.origin.notify(frame, about: ticket) }
    }
}
