import Assistant
import Dispatch
import Synchronization

/// What a thread of a lane has taken.
struct LaneBatch<Job: Sendable>: Sendable {
    let jobs: [Job]
    let turn: LaneTurn
}

/// What a job is told of the thread that does it.
struct LaneTurn: Sendable {
    /// How the thread stands to others.
    let policy: SchedulingPolicy
    /// Tells that the batch is done; to be called before it is answered, for who has his answer may ask again before this
    /// thread gets on.
    let settle: @Sendable () -> Void
}

/// A queue with a thread that takes what waits, up to a batch, works on it, and sleeps when nothing does.
///
/// Users are served in turn, and each one's connections, whose jobs stay in the order they were submitted. No batch is
/// ever delayed to grow. One sender may fill a batch as long as nobody else asks; once others do, each gets a small share
/// of it, so that who asks for little does not wait for the much of who asks for much.
///
/// A lane may have a second thread, which stands back for others. What clients send ahead of their answers is done on it
/// while somebody is there who waits for each answer before he asks again. See `LaneQueue`.
///
/// Where both threads may be in work at once the second one stands back for all of the machine. Where only one may, the
/// first waits for the second: that one gets on on a busy machine, too, and only lets others go first.
final class Lane<Job: Sendable>: Sendable {
    private struct State {
        var queue: LaneQueue<Job>
        var threads: Int
        var sleeping: Set<LaneSeat> = []
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>
    /// Rung when a thread that sleeps has something to do.
    private let bells: [LaneSeat: DispatchSemaphore]
    private let steps = Atomic<Int>(0)
    private let repose: Repose
    /// How the second thread stands to others.
    private let backPolicy: SchedulingPolicy
    /// How far a second thread that the first may wait for stands back, see sched(7).
    private static var patience: Int32 { 10 }
    /// So long a thread waits for work before it takes it that there is none.
    static var pause: DispatchTimeInterval { .milliseconds(500) }

    /// - Parameters:
    ///   - name: the thread's name, at most 13 bytes.
    ///   - terms: how much may wait, and what a batch is.
    ///   - niceness: how far the first thread stands back for others, see sched(7).
    ///   - repose: shared by all lanes; told of the threads that work, and of those that have had no work for a moment.
    init(
        name: String, _ terms: LaneTerms, activity: Activity, niceness: Int32 = 0,
        repose: Repose = Repose {},
        work: @escaping @Sendable (LaneBatch<Job>) -> Void
    ) {
        let seats: [LaneSeat] = terms.bulk == nil ? [.front] : [.front, .back]
        self.repose = repose
        let isWaitedFor = terms.bulk?.isConcurrent == false
        backPolicy = isWaitedFor ? .normal : .idle
        state = Mutex(State(queue: LaneQueue(terms, activity), threads: seats.count))
        bells = Dictionary(uniqueKeysWithValues: seats.map { ($0, DispatchSemaphore(value: 0)) })
        for seat in seats {
            switch seat {
            case .front: NamedThread.begin(name, niceness: niceness) { [self] in serve(seat, work) }
            case .back:
                NamedThread.begin(
                    "\(name)-2", following: backPolicy, niceness: isWaitedFor ? Self.patience : 0
                ) { [self] in serve(seat, work) }
            }
        }
    }

    /// How many jobs wait, the ones in work not counted.
    var waiting: Int { state.withLock { $0.queue.count } }

    /// Whether there is work, and how far it has come.
    var pulse: Pulse {
        let isBusy = state.withLock { $0.queue.isBusy }
        return Pulse(isBusy: isBusy, steps: steps.load(ordering: .relaxed))
    }

    /// Notes that the work in hand gets on.
    func step() {
        steps.add(1, ordering: .relaxed)
    }

    /// Puts a job behind the others of its sender.
    ///
    /// - Parameters:
    ///   - work: how long it takes beside others.
    ///   - isBulk: whether it stands back for others in any case.
    /// - Returns: false when the queue is full or the lane is closed; the job is not kept then.
    func submit(_ job: Job, work: Int = 1, from sender: Sender, isBulk: Bool = false) -> Bool {
        let (isAccepted, woken) = state.withLock { state in
            let isAccepted = state.queue.submit(job, work: work, from: sender, isBulk: isBulk)
            return (isAccepted, isAccepted ? Self.wake(&state) : [])
        }
        ring(woken)
        return isAccepted
    }

    /// Takes no more jobs, finishes those that wait, and returns when the threads have ended.
    func finish() async {
        let sleeping = state.withLock { state in
            state.queue.isOpen = false
            defer { state.sleeping = [] }
            return state.sleeping
        }
        ring(sleeping)
        await withCheckedContinuation { continuation in
            let hasEnded = state.withLock { state in
                if state.threads > 0 { state.waiters.append(continuation) }
                return state.threads == 0
            }
            if hasEnded { continuation.resume() }
        }
    }

    // MARK: On the threads

    private func serve(_ seat: LaneSeat, _ work: (LaneBatch<Job>) -> Void) {
        while let jobs = next(seat) {
            let settle = { @Sendable in self.change { $0.settle(seat) } }
            repose.begin()
            work(
                LaneBatch(
                    jobs: jobs, turn: LaneTurn(policy: seat == .front ? .normal : backPolicy, settle: settle))
            )
            repose.end()
            change { $0.finish(seat) }
            if seat == .back { backPolicy.offer() }
        }
        end()
    }

    private func change(_ change: (inout LaneQueue<Job>) -> Void) {
        let woken = state.withLock { state in
            change(&state.queue)
            return Self.wake(&state)
        }
        ring(woken)
    }

    /// The next batch, or nil when the lane is closed and nothing is left for the seat. Sleeps until there is one or the
    /// other.
    private func next(_ seat: LaneSeat) -> [Job]? {
        var hasRested = false
        while true {
            step()
            let (jobs, isAtEnd, woken) = state.withLock { state in
                let jobs = state.queue.take(seat)
                let isAtEnd = jobs.isEmpty && state.queue.isAtEnd(seat)
                guard jobs.isEmpty, !isAtEnd else { return (jobs, isAtEnd, Set<LaneSeat>()) }
                state.sleeping.insert(seat)
                // What this seat was woken for may have become the other's meanwhile.
                return (jobs, isAtEnd, Self.wake(&state))
            }
            if !jobs.isEmpty { return jobs }
            if isAtEnd { return nil }
            ring(woken)
            if !hasRested, bells[seat]?.wait(timeout: .now() + Self.pause) == .timedOut {
                repose.rest()
                hasRested = true
            }
            // Whoever takes a seat from those that sleep rings once, and later than that.
            if hasRested { bells[seat]?.wait() }
        }
    }

    /// The seats that sleep and have something to do; they sleep no more.
    private static func wake(_ state: inout State) -> Set<LaneSeat> {
        let woken = state.queue.ready(among: state.sleeping)
        state.sleeping.subtract(woken)
        return woken
    }

    private func ring(_ seats: Set<LaneSeat>) {
        for seat in seats { bells[seat]?.signal() }
    }

    private func end() {
        let waiters = state.withLock { state in
            state.threads -= 1
            return state.threads == 0 ? state.waiters : []
        }
        for waiter in waiters { waiter.resume() }
    }
}
