internal import Glibc

/// How a thread stands to all others of the machine.
public enum SchedulingPolicy: Sendable, Hashable {
    case normal
    /// It runs when no other wants its processor, and stops as soon as one does.
    case idle

    /// SCHED_IDLE of linux/sched.h, which Glibc's module leaves out.
    private static let schedIdle: Int32 = 5

    /// Has the calling thread follow it. Where the system refuses, the thread stands back as far as it may.
    public func adopt() {
        guard self == .idle else { return }
        var parameters = sched_param()
        // On Linux 0 is the calling thread, see sched_setscheduler(2).
        if unsafe sched_setscheduler(0, Self.schedIdle, &parameters) != 0 { Niceness.raise(to: 19) }
    }
}
