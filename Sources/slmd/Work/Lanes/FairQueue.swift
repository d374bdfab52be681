import DequeModule
import HeapModule

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

/// Jobs of many senders: users are served in turn, and of each user the connections. What counts is the work, not the
/// number of jobs.
///
/// Each job starts at a virtual time: where the sender's job before it ends, or now if that is later. The earliest is served
/// first, and now is its start. So who has had much done stands behind who comes with little, whether it sends many jobs or
/// one at a time: such a debt lasts until the others have had as much done, or until nobody has a job, when all are
/// forgotten. Who is in no debt waits for the batch in work, and not for those who are.
///
/// A connection's own jobs stay in their order.
///
/// - Note: start-time fair queueing after Goyal, Vin and Cheng, 1996, at two levels. Of jobs that start at one time the
///   one that ends first goes first.
struct FairQueue<Job> {
    fileprivate struct Entry {
        let job: Job
        let work: Int
    }

    fileprivate struct User {
        var lines: [ObjectIdentifier: Deque<Entry>] = [:]
        var order = ServiceOrder<ObjectIdentifier>()
    }

    private var users: [UInt32: User] = [:]
    private var order = ServiceOrder<UInt32>()
    private var batches = 0
    private(set) var count = 0

    /// How many users have a job waiting.
    var usersWaiting: Int { order.waiting }

    /// Whether several connections of one user have one.
    var isSharedWithinUser: Bool { users.values.contains { $0.order.waiting > 1 } }

    func holdsJobs(ofUser uid: UInt32) -> Bool { users[uid].map { !$0.lines.isEmpty } ?? false }

    func holdsJobs(of sender: Sender) -> Bool { users[sender.uid]?.lines[sender.connection] != nil }

    /// - Parameter work: how long the job takes beside others: 1 or more.
    mutating func append(_ job: Job, work: Int = 1, from sender: Sender) {
        precondition(work > 0, "work: \(work) is not positive")
        if !holdsJobs(ofUser: sender.uid) { order.enter(sender.uid, with: work) }
        users[sender.uid, default: User()].append(Entry(job: job, work: work), from: sender.connection)
        count += 1
    }

    /// Takes at most `limit` jobs, and none once their work has come to `most`. A sender that is ahead of the others by its share
    /// or more is left for later.
    ///
    /// - Complexity: O(jobs taken · log senders + users).
    mutating func take(_ limit: Int, most: Int = .max, _ shares: Shares) -> [Job] {
        guard count > 0 else {
            self = FairQueue()
            return []
        }
        batches += 1
        // Where others bound the user, its connections share what that allows.
        let share = shares.user < .max ? shares.user : shares.connection
        var (jobs, work) = ([Job](), 0)
        while jobs.count < limit, work < most, let uid = order.next(within: shares.user, ofBatch: batches) {
            guard let entry = users[uid]?.takeFirst(within: share, ofBatch: batches) else {
                order.passOver()
                continue
            }
            order.serve(uid, entry.work, next: users[uid]?.nextWork)
            jobs.append(entry.job)
            work += entry.work
        }
        order.endBatch()
        count -= jobs.count
        if users.contains(where: isForgotten) { users = users.filter { !isForgotten($0) } }
        return jobs
    }

    /// The job that each connection has waited for longest, in the order in which they are served.
    ///
    /// - Complexity: O(senders · log senders).
    var heads: [Job] {
        order.senders.flatMap { uid in users[uid].map { $0.heads } ?? [] }
    }

    /// Takes the first job of a connection, whoever's turn it is.
    mutating func take(of sender: Sender) -> Job? {
        guard let entry = users[sender.uid]?.takeFirst(of: sender.connection) else { return nil }
        order.serve(sender.uid, entry.work, next: users[sender.uid]?.nextWork)
        count -= 1
        return entry.job
    }

    /// Takes jobs out wherever they stand; the others keep their turns.
    ///
    /// - Complexity: O(jobs + users²).
    mutating func removeAll(where isRemoved: (Job) -> Bool) -> [Job] {
        // Mostly there is none, and nothing need be copied.
        guard users.values.contains(where: { $0.contains(where: isRemoved) }) else { return [] }
        var removed: [Job] = []
        for uid in users.keys where holdsJobs(ofUser: uid) {
            removed += users[uid]?.removeAll(where: isRemoved) ?? []
            if !holdsJobs(ofUser: uid) { order.leave(uid) }
        }
        count -= removed.count
        return removed
    }

    private func isForgotten(_ user: (key: UInt32, value: User)) -> Bool {
        user.value.lines.isEmpty && !order.isInDebt(user.key)
    }
}

extension FairQueue.User {
    fileprivate mutating func append(_ entry: FairQueue.Entry, from connection: ObjectIdentifier) {
        if lines[connection] == nil { order.enter(connection, with: entry.work) }
        lines[connection, default: []].append(entry)
    }

    fileprivate func contains(where isWanted: (Job) -> Bool) -> Bool {
        lines.values.contains { line in line.contains { isWanted($0.job) } }
    }

    fileprivate mutating func removeAll(where isRemoved: (Job) -> Bool) -> [Job] {
        var removed: [Job] = []
        for (connection, line) in lines {
            let gone = line.filter { isRemoved($0.job) }
            if gone.isEmpty { continue }
            removed += gone.map(\.job)
            let rest = line.filter { !isRemoved($0.job) }
            lines[connection] = rest.isEmpty ? nil : rest
            if rest.isEmpty { order.leave(connection) }
        }
        return removed
    }

    /// The work of the job that comes next, unless a batch leaves it for later; nil when there is none.
    fileprivate var nextWork: Int? { order.next.flatMap { lines[$0]?.first?.work } }

    fileprivate var heads: [Job] { order.senders.compactMap { lines[$0]?.first?.job } }

    fileprivate mutating func takeFirst(within share: Int, ofBatch batch: Int) -> FairQueue.Entry? {
        order.next(within: share, ofBatch: batch).flatMap { takeFirst(of: $0) }
    }

    fileprivate mutating func takeFirst(of connection: ObjectIdentifier) -> FairQueue.Entry? {
        guard let entry = lines[connection]?.popFirst() else { return nil }
        let next = lines[connection]?.first
        if next == nil { lines[connection] = nil }
        order.serve(connection, entry.work, next: next?.work)
        return entry
    }
}

/// Which of the senders that wait is served next, in virtual time.
private struct ServiceOrder<ID: Hashable> {
    private struct Turn: Comparable {
        let start: Int
        /// Of the sender's first job.
        let work: Int
        let number: Int
        let sender: ID

        static func == (one: Turn, other: Turn) -> Bool { one.number == other.number }

        static func < (one: Turn, other: Turn) -> Bool {
            (one.start, one.work, one.number) < (other.start, other.work, other.number)
        }
    }

    private var turns = Heap<Turn>()
    /// Those that the batch leaves for later.
    private var passedOver: [Turn] = []
    /// Where the last job of each sender ends that had one of late.
    private var ends: [ID: Int] = [:]
    private var now = 0
    private var batch = (number: 0, start: 0)
    private var entered = 0
    /// How many ends are looked through for those that have passed.
    private var mostEnds = 64

    /// How many senders have a job.
    var waiting: Int { turns.count + passedOver.count }

    var next: ID? { turns.min?.sender }

    /// Those that have a job, whoever is next first.
    var senders: [ID] { turns.unordered.sorted().map(\.sender) }

    func isInDebt(_ sender: ID) -> Bool { ends[sender].map { $0 > now } ?? false }

    /// The sender has a job again.
    mutating func enter(_ sender: ID, with work: Int) {
        entered += 1
        turns.insert(
            Turn(start: max(ends[sender] ?? 0, now), work: work, number: entered, sender: sender))
    }

    /// Who is next; nil when nobody is who is ahead of the batch's first by less than `share`.
    mutating func next(within share: Int, ofBatch number: Int) -> ID? {
        guard let turn = turns.min else { return nil }
        if batch.number != number { batch = (number, turn.start) }
        return turn.start - batch.start < share ? turn.sender : nil
    }

    /// A sender has a job done; those before it keep their turns.
    ///
    /// - Parameter next: the work of its next one; nil when it has none.
    mutating func serve(_ sender: ID, _ work: Int, next: Int?) {
        var earlier: [Turn] = []
        while let turn = turns.min, turn.sender != sender { earlier.append(turns.removeMin()) }
        let turn = turns.removeMin()
        turns.insert(contentsOf: earlier)
        now = turn.start
        ends[turn.sender] = turn.start + work
        if ends.count > mostEnds {
            ends = ends.filter { $0.value > now }
            mostEnds = max(64, 2 * ends.count)
        }
        if let next { enter(turn.sender, with: next) }
    }

    /// The sender has no job any more.
    mutating func leave(_ sender: ID) {
        turns = Heap(turns.unordered.filter { $0.sender != sender })
    }

    /// Leaves whoever is next for a later batch.
    mutating func passOver() {
        passedOver.append(turns.removeMin())
    }

    mutating func endBatch() {
        turns.insert(contentsOf: passedOver)
        passedOver = []
    }
}
