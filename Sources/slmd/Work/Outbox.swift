import NIOCore
import Wire

/// Carries what worker threads have to say to the event loop, a whole batch in one hop.
struct Outbox: Sendable {
    let loop: any EventLoop

    /// Sends the framed answers of requests, in this order.
    func send(_ answers: [(ticket: Ticket, frame: [UInt8])]) {
        loop.execute {
            for answer in answers { answer.ticket.origin.answer(answer.ticket, answer.frame) }
            for answer in answers { answer.ticket.origin.proceed() }
        }
    }

    /// Tells how far a request has come; left out when the client does not keep up with reading.
    func send(_ progress: Wire.Progress, for ticket: Ticket) {
        let frame = Frame.encode(Notification(progress))
        loop.execute { ticket.origin.notify(frame, about: ticket) }
    }
}
