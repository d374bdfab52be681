import Foundation
import Synchronization

/// A thread with a bounded queue: takes what waits, up to a batch, works on it, and sleeps when nothing does.
///
/// Senders are served in turn, and each one's jobs in the order they were submitted. No batch is ever delayed to grow.
/// One sender may fill a batch as long as nobody else asks; once others do, each gets a small share of it, so that who
/// asks for little does not wait for the many of who asks for much.
final class Lane<Job: Sendable>: Sendable {
    private struct Queue {
        var jobs = FairQueue<Job>()
        /// How many batches were taken since senders last met.
        var batchesSinceMeeting = Lane.longWithoutMeeting
        var isOpen = true
        var hasEnded = false
        var waiters: [CheckedContinuation<Void, Never>] = []
        var isWorking = false

        mutating func take(_ limit: Int, share: Int) -> [Job] {
            batchesSinceMeeting = jobs.senders > 1 ? 0 : min(batchesSinceMeeting + 1, Lane.longWithoutMeeting)
            let isShared = batchesSinceMeeting < Lane.longWithoutMeeting
            let batch = jobs.take(limit, share: isShared ? share : limit)
            isWorking = !batch.isEmpty
            return batch
        }
    }

    /// So many batches after senders last met, one may fill a batch again.
    private static var longWithoutMeeting: Int { 1024 }

    private let queue = Mutex(Queue())
    /// Rung when the queue stops being empty and when the lane closes.
    private let bell = DispatchSemaphore(value: 0)
    private let limit: Int
    private let batchLimit: Int
    private let share: Int
    private let steps = Atomic<Int>(0)

    /// - Parameters:
    ///   - name: the thread's name, at most 15 bytes.
    ///   - limit: how many jobs may wait. The last quarter is for senders that have none waiting.
    ///   - batch: how many jobs `work` gets at most; it always gets at least one.
    ///   - share: how many of a batch may be one sender's, when there are several.
    ///   - niceness: how far it stands back for other threads, see sched(7).
    init(
        name: String, limit: Int, batch: Int = 1, share: Int = 1, niceness: Int32 = 0,
        work: @escaping @Sendable ([Job]) -> Void
    ) {
        self.limit = limit
        batchLimit = batch
        self.share = share
        let thread = Thread { [self] in
            ProcessLimits.lowerPriority(to: niceness)
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
        let isBusy = queue.withLock { $0.isWorking || $0.jobs.count > 0 }
        return Pulse(isBusy: isBusy, steps: steps.load(ordering: .relaxed))
    }

    /// Notes that the work in hand gets on.
    func step() {
        steps.add(1, ordering: .relaxed)
    }

    /// Puts a job behind the others of its sender.
    ///
    /// - Returns: false when the queue is full or the lane is closed; the job is not kept then.
    func submit(_ job: Job, from sender: Sender) -> Bool {
        let (isAccepted, isFirst) = queue.withLock { queue in
            let room = queue.jobs.holdsJobs(of: sender) ? limit - limit / 4 : limit
            guard queue.isOpen, queue.jobs.count < room else { return (false, false) }
            queue.jobs.append(job, from: sender)
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
            let (jobs, isOpen) = queue.withLock { ($0.take(batchLimit, share: share), $0.isOpen) }
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
