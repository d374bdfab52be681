import DequeModule

/// Who asks: a connection, named by its identity while it lives, and its user.
struct Sender: Hashable, Sendable {
    let uid: UInt32
    let connection: ObjectIdentifier
}

/// How much work of one batch may be a user's and a connection's, while others wait.
struct Shares: Hashable, Sendable {
    let user: Int
    let connection: Int

    /// Nobody else is there.
    static let everything = Shares(user: .max, connection: .max)
}

/// Jobs of many senders, served in turn: users first, and of each user the connections. What counts is the work, not the
/// number of jobs: who is served more than the share of a turn misses the next ones, as long as it has jobs waiting.
///
/// A connection's own jobs stay in their order.
///
/// - Note: deficit round robin after Shreedhar and Varghese, 1995, at two levels; a turn may be overdrawn by its last
///   job, so that nobody waits where nobody else does.
struct FairQueue<Job> {
    fileprivate struct Entry {
        let job: Job
        let work: Int
    }

    fileprivate struct Line {
        var entries: Deque<Entry> = []
        var account = Account()
    }

    fileprivate struct User {
        var lines: [ObjectIdentifier: Line] = [:]
        /// Connections with jobs waiting; the first is served next.
        var turns: Deque<ObjectIdentifier> = []
        var account = Account()
    }

    private var waiting: [UInt32: User] = [:]
    /// Users with jobs waiting; the first is served next.
    private var turns: Deque<UInt32> = []
    private(set) var count = 0

    /// How many users have a job waiting.
    var users: Int { turns.count }

    /// Whether several connections of one user have one.
    var isSharedWithinUser: Bool { turns.contains { waiting[$0].map { $0.turns.count > 1 } ?? false } }

    func holdsJobs(ofUser uid: UInt32) -> Bool { waiting[uid] != nil }

    func holdsJobs(of sender: Sender) -> Bool { waiting[sender.uid]?.lines[sender.connection] != nil }

    /// - Parameter work: how long the job takes beside others: 1 or more.
    mutating func append(_ job: Job, work: Int = 1, from sender: Sender) {
        precondition(work > 0, "work: \(work) is not positive")
        if waiting[sender.uid] == nil { turns.append(sender.uid) }
        waiting[sender.uid, default: User()].append(Entry(job: job, work: work), from: sender.connection)
        count += 1
    }

    /// Takes at most `limit` jobs: one turn of each user. Where all have overdrawn theirs, the first is served that may be.
    ///
    /// - Complexity: O(jobs taken + senders passed over).
    mutating func take(_ limit: Int, _ shares: Shares) -> [Job] {
        var jobs: [Job] = []
        while jobs.isEmpty, count > 0, limit > 0 {
            for _ in turns.indices where jobs.count < limit {
                let uid = turns.removeFirst()
                waiting[uid]?.take(until: limit, shares, into: &jobs)
                if waiting[uid]?.turns.isEmpty == false { turns.append(uid) } else { waiting[uid] = nil }
            }
        }
        count -= jobs.count
        return jobs
    }
}

extension FairQueue.User {
    fileprivate mutating func append(_ entry: FairQueue.Entry, from connection: ObjectIdentifier) {
        if lines[connection] == nil { turns.append(connection) }
        lines[connection, default: FairQueue.Line()].entries.append(entry)
    }

    /// One turn of the user. Its connections have one each, or where others bound the user as many as that allows.
    fileprivate mutating func take(until limit: Int, _ shares: Shares, into jobs: inout [Job]) {
        account.receive(shares.user)
        let isBounded = shares.user < .max
        repeat {
            let share = isBounded && turns.count == 1 ? .max : shares.connection
            pass(until: limit, share, into: &jobs)
        } while isBounded && !turns.isEmpty && jobs.count < limit && !account.isOverdrawn
    }

    private mutating func pass(until limit: Int, _ share: Int, into jobs: inout [Job]) {
        for _ in turns.indices where jobs.count < limit && !account.isOverdrawn {
            let connection = turns.removeFirst()
            guard var line = lines.removeValue(forKey: connection) else { continue }
            line.account.receive(share)
            while jobs.count < limit, !account.isOverdrawn, !line.account.isOverdrawn,
                let entry = line.entries.popFirst()
            {
                account.spend(entry.work)
                line.account.spend(entry.work)
                jobs.append(entry.job)
            }
            guard !line.entries.isEmpty else { continue }
            lines[connection] = line
            turns.append(connection)
        }
    }
}

/// The work that a sender may still have done.
private struct Account {
    private var balance = 0

    var isOverdrawn: Bool { balance <= 0 }

    /// Nothing is saved from one turn to the next, but debts stay.
    mutating func receive(_ share: Int) {
        balance = balance < 0 ? balance + share : share
    }

    mutating func spend(_ work: Int) {
        balance -= work
    }
}
