import Assistant
import Foundation
import Synchronization

/// A thread with a bounded queue: takes what waits, up to a batch, works on it, and sleeps when nothing does.
///
/// Users are served in turn, and each one's connections, whose jobs stay in the order they were submitted. No batch is
/// ever delayed to grow. One sender may fill a batch as long as nobody else asks; once others do, each gets a small share
/// of it, so that who asks for little does not wait for the much of who asks for much.
final class Lane<Job: Sendable>: Sendable {
    private struct Queue {
        var jobs = FairQueue<Job>()
        var users = Meetings()
        var connections = Meetings()
        var isOpen = true
        var hasEnded = false
        var waiters: [CheckedContinuation<Void, Never>] = []
        var isWorking = false

        mutating func take(_ limit: Int, most: Int, _ shares: Shares) -> [Job] {
            users.note(jobs.usersWaiting > 1)
            connections.note(jobs.isSharedWithinUser)
            let batch = jobs.take(
                limit, most: most,
                Shares(
                    user: users.areRecent ? shares.user : .max,
                    connection: connections.areRecent ? shares.connection : .max))
            isWorking = !batch.isEmpty
            return batch
        }
    }

    private let queue = Mutex(Queue())
    /// Rung when the queue stops being empty and when the lane closes.
    private let bell = DispatchSemaphore(value: 0)
    private let limit: Int
    private let batch: (jobs: Int, work: Int)
    private let shares: Shares
    private let steps = Atomic<Int>(0)

    /// - Parameters:
    ///   - name: the thread's name, at most 15 bytes.
    ///   - limit: how many jobs may wait. The last quarter is for connections that have none waiting, and the last half
    ///     of that for users that have none.
    ///   - batch: how many jobs `work` gets at most; it always gets at least one.
    ///   - batchWork: when the work of a batch has come to so much, it ends: who comes meanwhile waits for all of it.
    ///   - shares: how much work of a batch may be one sender's, when there are several.
    ///   - niceness: how far it stands back for other threads, see sched(7).
    init(
        name: String, limit: Int, batch: Int = 1, batchWork: Int = .max,
        shares: Shares = Shares(user: 1, connection: 1), niceness: Int32 = 0,
        work: @escaping @Sendable ([Job]) -> Void
    ) {
        self.limit = limit
        self.batch = (batch, batchWork)
        self.shares = shares
        let thread = Thread { [self] in
            Niceness.raise(to: niceness)
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
    /// - Parameter work: how long it takes beside others.
    /// - Returns: false when the queue is full or the lane is closed; the job is not kept then.
    func submit(_ job: Job, work: Int = 1, from sender: Sender) -> Bool {
        let (isAccepted, isFirst) = queue.withLock { queue in
            guard queue.isOpen, queue.jobs.count < room(for: sender, in: queue.jobs) else {
                return (false, false)
            }
            queue.jobs.append(job, work: work, from: sender)
            return (true, queue.jobs.count == 1)
        }
        if isFirst { bell.signal() }
        return isAccepted
    }

    private func room(for sender: Sender, in jobs: FairQueue<Job>) -> Int {
        if jobs.holdsJobs(of: sender) { return limit - limit / 4 }
        return jobs.holdsJobs(ofUser: sender.uid) ? limit - limit / 8 : limit
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
            let (jobs, isOpen) = queue.withLock { queue in
                (queue.take(batch.jobs, most: batch.work, shares), queue.isOpen)
            }
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

/// Whether senders have met of late: an answer may be on its way to one who will ask again at once.
private struct Meetings {
    /// So many batches after senders last met, one may fill a batch again.
    private static let long = 1024

    private var batchesSince = Self.long

    var areRecent: Bool { batchesSince < Self.long }

    mutating func note(_ isMeeting: Bool) {
        batchesSince = isMeeting ? 0 : min(batchesSince + 1, Self.long)
    }
}
