internal import Foundation
internal import Glibc

/// How a thread stands to all others of the machine.
public enum SchedulingPolicy: Sendable, Hashable {
    case normal
    /// It runs when no other wants its processor, and stops as soon as one does.
    case idle

    /// SCHED_IDLE of linux/sched.h, which Glibc's module leaves out.
    private static let schedIdle: Int32 = 5

    /// What the calling thread follows.
    static var current: SchedulingPolicy { sched_getscheduler(0) == schedIdle ? .idle : .normal }

    /// Has the calling thread follow it. Where the system refuses, the thread stands back as far as it may.
    func adopt() {
        guard self == .idle else { return }
        var parameters = sched_param()
        // On Linux 0 is the calling thread, see sched_setscheduler(2).
        if unsafe sched_setscheduler(0, Self.schedIdle, &parameters) != 0 { Niceness.raise(to: 19) }
    }

    /// Offers the processor to others, by a thread that follows it and has done a piece of its work: Linux lets one of `idle` run
    /// for milliseconds beside others now and then, until it has yielded.
    public func offer() {
        if self == .idle { sched_yield() }
    }

    /// Has all threads of the process that follow `idle` follow `normal`: at the end, for a thread must run to finish, and on
    /// a busy machine nobody else may let it for long. Where the system refuses, they stay as they are: it wants a privilege or
    /// an RLIMIT_NICE of 20, see sched(7).
    public static func recallIdle() {
        // Without /proc nobody knows them.
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? [] {
            guard let thread = pid_t(name), sched_getscheduler(thread) == schedIdle else { continue }
            var parameters = sched_param()
            _ = unsafe sched_setscheduler(thread, SCHED_OTHER, &parameters)
        }
    }
}
