internal import Dispatch
internal import Foundation
internal import Synchronization

/// Does what a thread that stands back hands it, and does not stand back itself.
///
/// No queue can: where it needs a thread, whoever is calling begins it, and hands on how he stands to others. All that
/// the process does on queues would from then on wait for a machine at rest.
final class SteadyThread: Sendable {
    private let jobs = Mutex<[@Sendable () -> Void]>([])
    private let bell = DispatchSemaphore(value: 0)

    /// It stands to others as the caller does.
    init(name: String) {
        let thread = Thread { [self] in
            while let job = next() { job() }
        }
        thread.name = name
        thread.start()
    }

    func run(_ job: @escaping @Sendable () -> Void) {
        jobs.withLock { $0.append(job) }
        bell.signal()
    }

    /// Behind the jobs that it has.
    func end() { bell.signal() }

    /// - Returns: nil at the end.
    private func next() -> (@Sendable () -> Void)? {
        bell.wait()
        return jobs.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    }
}
