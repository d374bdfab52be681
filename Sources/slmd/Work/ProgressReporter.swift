import Assistant
import Synchronization
import Wire

/// Tells a client how far its request has come, ten times a second at most, and stops work that was given up.
final class ProgressReporter: Sendable {
    private static let interval = Duration.milliseconds(100)

    private let ticket: Ticket
    private let outbox: Outbox
    private let step: @Sendable () -> Void
    private let last = Mutex<ContinuousClock.Instant?>(nil)

    /// - Parameter step: called with every report, told or not.
    init(ticket: Ticket, outbox: Outbox, step: @escaping @Sendable () -> Void) {
        self.ticket = ticket
        self.outbox = outbox
        self.step = step
    }

    /// The last step of a phase is always told.
    ///
    /// - Throws: `CancellationError` when the request was given up.
    func report(_ progress: WorkProgress) throws(CancellationError) {
        step()
        guard ticket.givenUp == nil else { throw CancellationError() }
        let now = ContinuousClock.now
        let isDue = last.withLock { last in
            if progress.done < progress.total, let last, now - last < Self.interval { return false }
            last = now
            return true
        }
        guard isDue else { return }
        outbox.send(Wire.Progress(progress, of: ticket.id), for: ticket)
    }
}

extension Wire.Progress {
    fileprivate init(_ progress: WorkProgress, of id: RequestID) {
        self.init(id: id, phase: Phase(progress.phase), done: progress.done, total: progress.total)
    }
}

extension Wire.Progress.Phase {
    fileprivate init(_ phase: WorkProgress.Phase) {
        switch phase {
        case .copying: self = .copying
        case .embedding: self = .embedding
        case .learning: self = .learning
        case .predicting: self = .predicting
        case .replaying: self = .replaying
        }
    }
}
