import DequeModule
import Foundation
import Synchronization

/// A thread with a bounded queue: takes what waits, up to a batch, works on it, and sleeps when nothing does.
///
/// Jobs are taken in the order they were submitted. No batch is ever delayed to grow.
final class Lane<Job: Sendable>: Sendable {
    private struct Queue {
        var jobs: Deque<Job> = []
        var isOpen = true
        var hasEnded = false
        var waiters: [CheckedContinuation<Void, Never>] = []
        var isWorking = false

        mutating func take(_ limit: Int) -> [Job] {
            let batch = Array(jobs.prefix(limit))
            jobs.removeFirst(batch.count)
            isWorking = !batch.isEmpty
            return batch
        }
    }

    private let queue = Mutex(Queue())
    /// Rung when the queue stops being empty and when the lane closes.
    private let bell = DispatchSemaphore(value: 0)
    private let limit: Int
    private let batchLimit: Int
    private let steps = Atomic<Int>(0)

    /// - Parameters:
    ///   - name: the thread's name, at most 15 bytes.
    ///   - limit: how many jobs may wait.
    ///   - batch: how many jobs `work` gets at most; it always gets at least one.
    init(name: String, limit: Int, batch: Int = 1, work: @escaping @Sendable ([Job]) -> Void) {
        self.limit = limit
        batchLimit = batch
        let thread = Thread { [self] in
            while let jobs = next() { work(jobs) }
            end()
        }
        thread.name = name
        thread.start()
    }

    /// How many jobs wait, the ones in work not counted.
    var waiting: Int { queue.withLock { $0.jobs.count } }

    /// Whether there is work, and how far it has come.
    var pulse: Pulse {
        let isBusy = queue.withLock { $0.isWorking || !$0.jobs.isEmpty }
        return Pulse(isBusy: isBusy, steps: steps.load(ordering: .relaxed))
    }

    /// Notes that the work in hand gets on.
    func step() {
        steps.add(1, ordering: .relaxed)
    }

    /// Puts a job at the end of the queue.
    ///
    /// - Returns: false when the queue is full or the lane is closed; the job is not kept then.
    func submit(_ job: Job) -> Bool {
        let (isAccepted, isFirst) = queue.withLock { queue in
            guard queue.isOpen, queue.jobs.count < limit else { return (false, false) }
            queue.jobs.append(job)
            return (true, queue.jobs.count == 1)
        }
        if isFirst { bell.signal() }
        return isAccepted
    }

    /// Takes no more jobs, finishes those that wait, and returns when the thread has ended.
    func finish() async {
        queue.withLock { $0.isOpen = false }
        bell.signal()
        await withCheckedContinuation { continuation in
            let hasEnded = queue.withLock { queue in
                if !queue.hasEnded { queue.waiters.append(continuation) }
                return queue.hasEnded
            }
            if hasEnded { continuation.resume() }
        }
    }

    /// The next batch, or nil when the lane is closed and empty. Sleeps until there is one or the other.
    private func next() -> [Job]? {
        while true {
            step()
            let (jobs, isOpen) = queue.withLock { ($0.take(batchLimit), $0.isOpen) }
            if !jobs.isEmpty { return jobs }
            if !isOpen { return nil }
            bell.wait()
        }
    }

    private func end() {
        let waiters = queue.withLock { queue in
            queue.hasEnded = true
            return queue.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
