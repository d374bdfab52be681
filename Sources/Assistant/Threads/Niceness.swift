internal import Glibc

/// How far a thread stands back for others of the process.
enum Niceness {
    /// Has the calling thread stand back. Should the system refuse, it does not.
    ///
    /// - Parameter niceness: see sched(7); 0 changes nothing.
    static func raise(to niceness: Int32) {
        guard niceness > 0 else { return }
        // On Linux 0 is the calling thread, see setpriority(2).
        _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness)
    }
}
