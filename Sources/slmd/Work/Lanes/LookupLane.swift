import Assistant
import DequeModule
import Dispatch
import Synchronization
import Wire

/// Where messages wait for data that somebody else keeps: a database may be locked, large or on a disk that is away, and
/// then only the session that asked waits.
///
/// Those of one session follow each other. Sessions are served in turn, users first, a thread each; a thread ends when
/// nothing waits. It has no pulse: that a user's disk stands still is no reason to start the daemon again.
final class LookupLane: Sendable {
    /// Sessions that are served at once, and how many of them may be one user's.
    static let places = (all: 8, ofUser: 6)
    /// How long a stop waits for what is in work. What takes longer has met a disk that does not answer, or a large file.
    static let patience = Duration.seconds(1)
    /// Of what may wait, one user's.
    private static let userShare = 0.75

    fileprivate struct Job {
        let ticket: Ticket
        let turn: WaitingTurn
    }

    fileprivate struct Session {
        let name: String
        /// Of its next message.
        let sender: Sender
    }

    fileprivate struct State {
        /// Sessions that are not being served.
        var queue = FairQueue<Session>()
        /// What waits in each session, the one in work not counted.
        var lines: [String: Deque<Job>] = [:]
        /// What is in work in each session, and not answered.
        var inWork: [String: Job] = [:]
        var waiting: [UInt32: Int] = [:]
        var served: [UInt32: Int] = [:]
        var isOpen = true
        /// Whether nobody waits for what is in work any more.
        var isAbandoned = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let limit: Int
    private let niceness: Int32
    private let answer: @Sendable (Ticket, Result<DialogueTurn, AssistantError>) -> Void
    private let state = Mutex(State())
    /// Begins the threads, for who is begun stands to others as who begins him: a message may come from one that stands back.
    private let starter = SteadyThread(name: "begin lookups")

    /// - Parameters:
    ///   - limit: how many messages may wait.
    ///   - niceness: how far its threads stand back for others, see sched(7).
    ///   - answer: called on a thread of the lane with what became of a message.
    init(
        limit: Int, niceness: Int32,
        answer: @escaping @Sendable (Ticket, Result<DialogueTurn, AssistantError>) -> Void
    ) {
        self.limit = limit
        self.niceness = niceness
        self.answer = answer
    }

    /// How many messages wait, those in work not counted.
    var waiting: Int { state.withLock { $0.waiting.values.reduce(0, +) } }

    /// Puts a message behind the others of its session.
    ///
    /// - Returns: false when there is no room for it or the lane is closed; then it was never said.
    func submit(_ turn: WaitingTurn, for ticket: Ticket) -> Bool {
        let (isAccepted, next) = state.withLock { state in
            let uid = ticket.peer.uid
            let own = state.waiting[uid, default: 0]
            guard state.isOpen, state.waiting.values.reduce(0, +) < limit,
                own == 0 || Double(own) < Double(limit) * Self.userShare
            else { return (false, Session?.none) }
            state.waiting[uid] = own + 1
            if state.lines[turn.session] == nil {
                let session = Session(name: turn.session, sender: ticket.sender)
                state.queue.append(session, from: session.sender)
            }
            state.lines[turn.session, default: []].append(Job(ticket: ticket, turn: turn))
            return (true, state.takeNext())
        }
        if let next { start(next) }
        return isAccepted
    }

    /// Takes no more, has those in work finish, and returns when all are answered: what waits was never said, nor what is in
    /// work for longer than `patience`.
    func finish(patience: Duration) async {
        let left = state.withLock { state in
            state.isOpen = false
            defer { (state.queue, state.waiting) = (FairQueue(), [:]) }
            let left = state.lines.values.flatMap(\.self)
            state.lines = state.lines.mapValues { _ in [] }
            return left
        }
        for job in left { answer(job.ticket, .failure(.closed)) }
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                if !state.served.isEmpty { state.waiters.append(continuation) }
                return state.served.isEmpty
            }
            if isIdle { return continuation.resume() }
            let end = DispatchTime.now() + .microseconds(Int(patience / .microseconds(1)))
            DispatchQueue.global().asyncAfter(deadline: end) { [self] in abandon() }
        }
        starter.end()
    }

    /// Answers what is in work; its threads end with the process.
    private func abandon() {
        let (left, waiters) = state.withLock { state in
            defer { (state.isAbandoned, state.inWork, state.waiters) = (true, [:], []) }
            return (state.inWork.values, state.waiters)
        }
        for job in left { answer(job.ticket, .failure(.closed)) }
        for waiter in waiters { waiter.resume() }
    }

    // MARK: On the threads

    private func start(_ session: Session) {
        starter.run { [self] in
            NamedThread.begin("lookup", niceness: niceness) { [self] in serve(session) }
        }
    }

    private func serve(_ first: Session) {
        var next: Session? = first
        while let session = next {
            if let job = take(from: session) {
                let isGivenUp = { [self] in
                    job.ticket.givenUp != nil || state.withLock { $0.isAbandoned }
                }
                let turn = isGivenUp() ? .failure(.cancelled) : job.turn.finish(isGivenUp: isGivenUp)
                if settle(session) { answer(job.ticket, turn) }
            }
            next = leave(session)
        }
    }

    private func take(from session: Session) -> Job? {
        state.withLock { state in
            guard let job = state.lines[session.name]?.popFirst() else { return nil }
            let left = (state.waiting[job.ticket.peer.uid] ?? 0) - 1
            state.waiting[job.ticket.peer.uid] = left > 0 ? left : nil
            state.inWork[session.name] = job
            return job
        }
    }

    /// - Returns: false when what was in work was abandoned, and has its answer.
    private func settle(_ session: Session) -> Bool {
        state.withLock { $0.inWork.removeValue(forKey: session.name) != nil }
    }

    /// The session is served for now.
    ///
    /// - Returns: the one that comes next.
    private func leave(_ session: Session) -> Session? {
        let (next, waiters) = state.withLock { state in
            let left = (state.served[session.sender.uid] ?? 0) - 1
            state.served[session.sender.uid] = left > 0 ? left : nil
            if let first = state.lines[session.name]?.first {
                let session = Session(name: session.name, sender: first.ticket.sender)
                state.queue.append(session, from: session.sender)
            } else {
                state.lines[session.name] = nil
            }
            let next = state.takeNext()
            let waiters = state.served.isEmpty ? state.waiters : []
            if state.served.isEmpty { state.waiters = [] }
            return (next, waiters)
        }
        for waiter in waiters { waiter.resume() }
        return next
    }
}

extension LookupLane.State {
    /// The session that is served next, where there is a place for it; it has the place.
    fileprivate mutating func takeNext() -> LookupLane.Session? {
        guard served.values.reduce(0, +) < LookupLane.places.all else { return nil }
        let next = queue.heads.first { served[$0.sender.uid, default: 0] < LookupLane.places.ofUser }
        guard let next else { return nil }
        served[next.sender.uid, default: 0] += 1
        return queue.take(of: next.sender)
    }
}
