internal import CGlibc
internal import Foundation
internal import Glibc

/// Threads as ps(1) and top(1) show them.
public enum NamedThread {
    /// The bytes of the longest name, see pthread_setname_np(3).
    private static let longestName = 15

    /// Begins a thread, which ends when `body` returns.
    ///
    /// - Parameters:
    ///   - name: in ASCII, at most 15 bytes.
    ///   - policy: what it follows beside `niceness`; one that is normal stands to others as its beginner does.
    ///   - niceness: how far it stands back for others, see sched(7).
    public static func begin(
        _ name: String, following policy: SchedulingPolicy = .normal, niceness: Int32 = 0,
        _ body: @escaping @Sendable () -> Void
    ) {
        precondition(name.utf8.count <= longestName, "a longer name than a thread may have: \(name)")
        let thread = Thread {
            // Foundation loses a name at times that it is given at the start.
            _ = unsafe pthread_setname_np(pthread_self(), name)
            Niceness.raise(to: niceness)
            policy.adopt()
            body()
        }
        thread.start()
    }
}
