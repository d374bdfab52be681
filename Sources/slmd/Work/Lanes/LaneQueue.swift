import DequeModule

/// How much may wait in a lane, and what a batch is.
struct LaneTerms: Sendable {
    /// What is done of jobs that clients send ahead of their answers.
    struct Bulk: Sendable {
        /// How much of it is a batch: who comes and waits for his answer may wait for all of it.
        let batch: Int
        /// Whether it may be in work beside other jobs.
        let isConcurrent: Bool
    }

    /// How many jobs may wait. The last quarter is for connections that have none waiting, and the last half of that for
    /// users that have none.
    let limit: Int
    /// How many jobs are in a batch at most; there is always at least one.
    var batch = 1
    /// When the work of a batch has come to so much, it ends: who comes meanwhile waits for all of it.
    var batchWork = Int.max
    /// How much work of a batch may be one sender's, when there are several.
    var shares = Shares(user: 1, connection: 1)
    /// Nil where all jobs are alike.
    var bulk: Bulk?
}

/// The threads of a lane: the second stands back for everybody.
enum LaneSeat: Hashable, Sendable {
    case front
    case back
}

/// What waits in a lane, and which thread may take what.
///
/// A job is prompt when its connection waits for nothing else of the lane, and, where several users are there, its user for
/// one other at most. All other jobs are bulk: those are taken at the back while somebody is there who is prompt, and
/// else at the front when nothing prompt waits. So nobody waits for what another sends ahead, and who sends ahead has
/// all of the machine that nobody else wants.
///
/// A connection's jobs stay in order: those that come while its prompt one is in work become bulk when that is done, and
/// bulk is only taken at one place at a time.
struct LaneQueue<Job> {
    enum Kind {
        case prompt
        case bulk
    }

    private struct Entry {
        let job: Job
        let work: Int
        let sender: Sender
    }

    /// What a connection has that is not done.
    private struct Standing {
        var hasPrompt = false
        var bulk = 0
        /// Until its prompt job is done.
        var parked: Deque<Entry> = []
    }

    private let terms: LaneTerms
    private let activity: Activity
    private var prompt = Line<Entry>()
    private var bulk = Line<Entry>()
    private var parked = 0
    private var standings: [ObjectIdentifier: Standing] = [:]
    /// Prompt jobs of each user that are not done.
    private var users: [UInt32: Int] = [:]
    private var inWork: [LaneSeat: (kind: Kind, entries: [Entry])] = [:]
    private var wasPrompt = false
    var isOpen = true

    init(_ terms: LaneTerms, _ activity: Activity) {
        self.terms = terms
        self.activity = activity
    }

    /// How many jobs wait, the ones in work not counted.
    var count: Int { prompt.jobs.count + bulk.jobs.count + parked }

    var isBusy: Bool { count > 0 || !inWork.isEmpty }

    /// - Returns: false when there is no room for it.
    mutating func submit(_ job: Job, work: Int, from sender: Sender, isBulk: Bool) -> Bool {
        guard isOpen, count < room(for: sender) else { return false }
        let entry = Entry(job: job, work: work, sender: sender)
        guard terms.bulk != nil else {
            prompt.jobs.append(entry, work: work, from: sender)
            return true
        }
        var standing = standings[sender.connection] ?? Standing()
        if standing.hasPrompt {
            standing.parked.append(entry)
            parked += 1
        } else if standing.bulk > 0 || isBulk || isOneOfMany(sender.uid) {
            standing.bulk += 1
            bulk.jobs.append(entry, work: work, from: sender)
        } else {
            standing.hasPrompt = true
            users[sender.uid, default: 0] += 1
            prompt.jobs.append(entry, work: work, from: sender)
            activity.note(sender)
        }
        standings[sender.connection] = standing
        return true
    }

    private func room(for sender: Sender) -> Int {
        if prompt.jobs.holdsJobs(of: sender) || bulk.jobs.holdsJobs(of: sender)
            || standings[sender.connection]?.parked.isEmpty == false
        {
            return terms.limit - terms.limit / 4
        }
        let holdsOther =
            prompt.jobs.holdsJobs(ofUser: sender.uid) || bulk.jobs.holdsJobs(ofUser: sender.uid)
        return holdsOther ? terms.limit - terms.limit / 8 : terms.limit
    }

    private func isOneOfMany(_ uid: UInt32) -> Bool {
        users[uid, default: 0] > 1 && activity.hasOthers(thanUser: uid)
    }

    /// Whether somebody waits for each answer.
    private var hasCompany: Bool {
        activity.hasOthers { connection in (standings[connection]?.bulk ?? 0) > 0 }
    }

    // MARK: For the threads

    /// What a thread may take now; nil for nothing.
    func next(for seat: LaneSeat) -> Kind? { next(for: seat, isInCompany: standsBack) }

    /// The seats that have something to do, or nothing any more. All are judged at one moment, for company passes with
    /// time: judged one after the other, each might leave a job to the other.
    func ready(among seats: Set<LaneSeat>) -> Set<LaneSeat> {
        let isInCompany = standsBack
        return seats.filter { next(for: $0, isInCompany: isInCompany) != nil || isAtEnd($0) }
    }

    /// Whether there is bulk that is not to be in the way of others.
    private var standsBack: Bool { isOpen && bulk.jobs.count > 0 && hasCompany }

    private func next(for seat: LaneSeat, isInCompany: Bool) -> Kind? {
        guard inWork[seat] == nil else { return nil }
        if terms.bulk?.isConcurrent == false, !inWork.isEmpty { return nil }
        switch seat {
        case .front:
            if prompt.jobs.count > 0 { return isInCompany && !isTurnOfPrompt ? nil : .prompt }
            return bulk.jobs.count > 0 && inWork[.back] == nil && !isInCompany ? .bulk : nil
        case .back:
            guard isInCompany, inWork[.front]?.kind != .bulk else { return nil }
            return isTurnOfBulk || prompt.jobs.count == 0 ? .bulk : nil
        }
    }

    // Where only one may be in work, both kinds take turns.
    private var isTurnOfBulk: Bool { terms.bulk?.isConcurrent != false || wasPrompt }
    private var isTurnOfPrompt: Bool { terms.bulk?.isConcurrent != false || !wasPrompt }

    /// Whether a thread has nothing to do any more.
    func isAtEnd(_ seat: LaneSeat) -> Bool {
        !isOpen && (seat == .back ? inWork[.back] == nil : !isBusy)
    }

    /// The next batch of a thread; empty for none. It is in work until `finish`.
    mutating func take(_ seat: LaneSeat) -> [Job] {
        guard let kind = next(for: seat) else { return [] }
        let entries: [Entry]
        switch kind {
        case .prompt:
            entries = prompt.take(terms.batch, most: terms.batchWork, terms.shares)
        case .bulk:
            let most = terms.bulk?.batch ?? 1
            entries = bulk.take(min(terms.batch, most), most: min(terms.batchWork, most), terms.shares)
        }
        wasPrompt = kind == .prompt
        inWork[seat] = (kind, entries)
        return entries.map(\.job)
    }

    // MARK: For a lane where all jobs are alike

    /// The job that each connection has waited for longest, in the order in which they are served.
    var heads: [Job] { prompt.jobs.heads.map(\.job) }

    /// Takes the first job of a connection out, whoever's turn it is.
    mutating func take(of sender: Sender) -> Job? { prompt.jobs.take(of: sender)?.job }

    /// Who has had much done stands behind nobody any more. Nothing waits.
    mutating func forgetDebts() { prompt.jobs = FairQueue() }

    /// Takes jobs out that wait.
    mutating func removeAll(where isRemoved: (Job) -> Bool) -> [Job] {
        prompt.jobs.removeAll { isRemoved($0.job) }.map(\.job)
    }

    /// The thread is done with its batch.
    mutating func finish(_ seat: LaneSeat) {
        settle(seat)
        inWork[seat] = nil
    }

    /// The jobs of the thread's batch are done: their senders wait for them no more.
    mutating func settle(_ seat: LaneSeat) {
        guard let done = inWork[seat], terms.bulk != nil else { return }
        inWork[seat] = (done.kind, [])
        for entry in done.entries {
            switch done.kind {
            case .prompt: finishPrompt(of: entry.sender)
            case .bulk: standings[entry.sender.connection]?.bulk -= 1
            }
            let standing = standings[entry.sender.connection]
            if standing?.bulk == 0, standing?.hasPrompt == false {
                standings[entry.sender.connection] = nil
            }
        }
    }

    /// What the connection has sent meanwhile is bulk.
    private mutating func finishPrompt(of sender: Sender) {
        users[sender.uid] = users[sender.uid].flatMap { $0 > 1 ? $0 - 1 : nil }
        guard var standing = standings[sender.connection] else { return }
        parked -= standing.parked.count
        for entry in standing.parked { bulk.jobs.append(entry, work: entry.work, from: sender) }
        standing.bulk += standing.parked.count
        (standing.hasPrompt, standing.parked) = (false, [])
        standings[sender.connection] = standing
    }
}

/// Jobs of one kind that wait, and whether their senders have met of late.
private struct Line<Job> {
    var jobs = FairQueue<Job>()
    private var users = Meetings()
    private var connections = Meetings()

    mutating func take(_ limit: Int, most: Int, _ shares: Shares) -> [Job] {
        users.note(jobs.usersWaiting > 1)
        connections.note(jobs.isSharedWithinUser)
        return jobs.take(
            limit, most: most,
            Shares(
                user: users.areRecent ? shares.user : .max,
                connection: connections.areRecent ? shares.connection : .max))
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
