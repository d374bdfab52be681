import DequeModule

/// A connection, named by its identity while it lives.
typealias Sender = ObjectIdentifier

/// Jobs of many senders, taken in turn: whoever has one waiting is served before another's next one.
///
/// A sender's own jobs stay in their order.
struct FairQueue<Job> {
    private var waiting: [Sender: Deque<Job>] = [:]
    /// Who has jobs waiting; the first is served next.
    private var turns: Deque<Sender> = []
    private(set) var count = 0

    /// How many have a job waiting.
    var senders: Int { turns.count }

    func holdsJobs(of sender: Sender) -> Bool { waiting[sender] != nil }

    mutating func append(_ job: Job, from sender: Sender) {
        if waiting[sender] == nil { turns.append(sender) }
        waiting[sender, default: []].append(job)
        count += 1
    }

    /// Takes at most `limit` jobs, and of one sender at most `share`.
    ///
    /// - Complexity: O(jobs taken).
    mutating func take(_ limit: Int, share: Int) -> [Job] {
        var jobs: [Job] = []
        for _ in 0..<share where !turns.isEmpty {
            for _ in 0..<min(turns.count, limit - jobs.count) {
                if let job = takeNext() { jobs.append(job) }
            }
        }
        count -= jobs.count
        return jobs
    }

    /// The next job of whose turn it is; with more waiting, that sender goes to the end.
    private mutating func takeNext() -> Job? {
        guard let sender = turns.popFirst(), let job = waiting[sender]?.popFirst() else { return nil }
        if waiting[sender]?.isEmpty == true { waiting[sender] = nil } else { turns.append(sender) }
        return job
    }
}
