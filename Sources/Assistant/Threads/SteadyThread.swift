internal import Dispatch
internal import Synchronization

/// Does what threads that stand back hand it, and does not stand back itself: begins a thread for them, or takes a lock that
/// others wait for.
///
/// No queue can: where it needs a thread, whoever is calling begins it, and hands on how he stands to others. All that
/// the process does on queues would from then on wait for a machine at rest.
public final class SteadyThread: Sendable {
    private struct State {
        var jobs: [@Sendable () -> Void] = []
        var isOpen = true
    }

    private let state = Mutex(State())
    private let bell = DispatchSemaphore(value: 0)

    /// It stands to others as the caller does.
    ///
    /// - Parameter name: at most 15 bytes.
    public init(name: String) {
        NamedThread.begin(name) { [self] in
            while let jobs = next() {
                for job in jobs { job() }
            }
        }
    }

    /// Has `job` called by the thread, after those before it.
    public func run(_ job: @escaping @Sendable () -> Void) {
        state.withLock { $0.jobs.append(job) }
        bell.signal()
    }

    /// Ends the thread when what it has is done.
    public func end() {
        state.withLock { $0.isOpen = false }
        bell.signal()
    }

    /// Sleeps until there are some; nil when it is to end.
    private func next() -> [@Sendable () -> Void]? {
        while true {
            let (jobs, isOpen) = state.withLock { state in
                defer { state.jobs = [] }
                return (state.jobs, state.isOpen)
            }
            if !jobs.isEmpty { return jobs }
            if !isOpen { return nil }
            bell.wait()
        }
    }
}
