internal import CSystemd
internal import Glibc

/// The service manager that started this process, told of its state through the socket in `NOTIFY_SOCKET`.
///
/// Without one every message goes nowhere. See sd_notify(3). Calls may come from any thread.
public struct ServiceManager: Sendable {
    /// What there is to tell.
    public enum News: Sendable, Hashable {
        case ready
        /// Until the next `ready`.
        case reloading
        case stopping
        /// Every worker gets on; to be told at least once in `watchdogInterval`.
        case alive
        /// One line for people.
        case status(String)
        /// The start or stop at hand takes so long still.
        case moreTime(Duration)
    }

    /// How long the manager waits for `alive` before it ends the process; nil when it does not watch.
    public let watchdogInterval: Duration?
    /// Whether there is a manager.
    public let isPresent: Bool

    public init() {
        isPresent = unsafe getenv("NOTIFY_SOCKET") != nil
        var microseconds: UInt64 = 0
        let isWatched = unsafe sd_watchdog_enabled(0, &microseconds) > 0
        watchdogInterval = isWatched ? .microseconds(Int64(clamping: microseconds)) : nil
    }

    public func tell(_ news: News...) {
        send(news.map(\.assignments).joined(separator: "\n"))
    }

    /// Has the manager keep duplicates of `descriptors` for the next process of this service.
    ///
    /// It closes them when the service is stopped and not started again, and one by one when their peers hang up.
    public func keep(_ descriptors: [Int32], named name: String) {
        for first in stride(from: 0, to: descriptors.count, by: Self.mostDescriptors) {
            let some = Array(descriptors[first..<min(first + Self.mostDescriptors, descriptors.count)])
            let message = "FDSTORE=1\nFDNAME=\(name)"
            _ = unsafe sd_pid_notify_with_fds(0, 0, message, some, UInt32(some.count))
        }
    }

    /// Has the manager close all it keeps under `name`.
    public func drop(_ name: String) {
        send("FDSTOREREMOVE=1\nFDNAME=\(name)")
    }

    /// Returns once the manager has read everything told before, or after `limit`: what a process that has ended
    /// said is not believed.
    public func waitUntilHeard(atMost limit: Duration) {
        _ = sd_notify_barrier(0, UInt64(limit / .microseconds(1)))
    }

    /// One message carries this many descriptors at most, see unix(7).
    private static let mostDescriptors = 253

    private func send(_ message: String) {
        // A manager that cannot be reached notices by itself.
        _ = unsafe sd_notify(0, message)
    }
}

extension ServiceManager.News {
    fileprivate var assignments: String {
        switch self {
        case .ready: return "READY=1"
        case .reloading:
            var now = timespec()
            unsafe clock_gettime(CLOCK_MONOTONIC, &now)
            return "RELOADING=1\nMONOTONIC_USEC=\(Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1000)"
        case .stopping: return "STOPPING=1"
        case .alive: return "WATCHDOG=1"
        case .status(let line):
            return "STATUS=\(line.split(whereSeparator: \.isNewline).joined(separator: " "))"
        case .moreTime(let time): return "EXTEND_TIMEOUT_USEC=\(Int64(time / .microseconds(1)))"
        }
    }
}
