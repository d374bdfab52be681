/// What senders have made the event loop do, and how long they therefore stand back for others: nineteen times as long as
/// it took, so that they have a twentieth of the event loop at most.
///
/// Costs are estimates, not measured: a client's pace does not depend on what else the machine does.
///
/// - Note: the generic cell rate algorithm, ITU-T I.371, 2004, annex A, as a virtual schedule.
struct Pace {
    /// Costs on the event loop and of the threads it wakes, rounded up.
    enum Cost {
        /// To read and keep: with the pages that it takes afresh.
        static let byte = Duration.nanoseconds(1)
        /// To cut a frame out that was sent ahead, read a request, hand it over, and write its answer.
        static let frame = Duration.microseconds(20)
        /// To say no, to one who will soon ask again.
        static let refusal = Duration.microseconds(100)
        /// To accept a connection, set it up, greet it and close it.
        static let connection = Duration.microseconds(150)
        /// To tell a client why it is cut off, and to read on until it has heard.
        static let cutOff = Duration.microseconds(300)
    }

    private static let share = 20

    /// By so much a sender may be ahead of its schedule: of work a twentieth of that, at once.
    let tolerance: Duration
    /// When everything that was done will have been waited for.
    private var due: ContinuousClock.Instant?

    init(tolerance: Duration) {
        self.tolerance = tolerance
    }

    mutating func spend(_ cost: Duration, at now: ContinuousClock.Instant) {
        due = max(due ?? now, now) + cost * Self.share
    }

    /// How long it is until the sender may go on; 0 when it may at once.
    func wait(at now: ContinuousClock.Instant) -> Duration {
        max(.zero, (due ?? now) - now - tolerance)
    }
}
