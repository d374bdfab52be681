internal import Dispatch

/// A serial queue to which threads that stand back may hand jobs: what does them does not stand back.
///
/// A plain queue that needs a thread has the caller begin it, and the thread stands to others as the caller does.
final class SteadyQueue: Sendable {
    /// Hands jobs on, for all of the process. It must be begun by a thread that does not stand back.
    static let starter = SteadyThread(name: "begin work")

    private let queue: DispatchQueue

    init(label: String) { queue = DispatchQueue(label: label) }

    /// Has `job` done after those before it.
    func async(_ job: @escaping @Sendable () -> Void) {
        Self.starter.run { [self] in queue.async(execute: job) }
    }

    /// Has `job` done some time later.
    func asyncAfter(_ time: DispatchTimeInterval, _ job: @escaping @Sendable () -> Void) {
        queue.asyncAfter(deadline: .now() + time, execute: job)
    }

    /// Does `work` on the calling thread, after the jobs before it.
    func sync<Value>(_ work: () throws -> Value) rethrows -> Value {
        // What was handed over before is on the queue once the starter comes to this.
        let areHandedOn = DispatchSemaphore(value: 0)
        Self.starter.run { areHandedOn.signal() }
        areHandedOn.wait()
        return try queue.sync(execute: work)
    }
}
