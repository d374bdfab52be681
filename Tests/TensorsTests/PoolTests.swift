import CAllocations
import Glibc
import Synchronization
import Tensors
import Testing

@Suite struct `A compute pool` {
    @Test(arguments: [1, 2, 3, 7], [false, true])
    func `does each share of each step once`(threads: Int, standsBack: Bool) {
        let pool = ComputePool(threads: threads, standsBack: standsBack)
        let counts = (0..<threads).map { _ in AtomicCount() }
        for _ in 0..<200 {
            pool.run(
                Steps(3) { share, step in counts[share].add(step == 0 ? 1 : step == 1 ? 1_000 : 1_000_000) })
        }
        #expect(counts.allSatisfy { $0.value == 200_200_200 })
    }

    @Test(arguments: [1, 2, 4], [false, true])
    func `begins no step before the last is done`(threads: Int, standsBack: Bool) {
        let pool = ComputePool(threads: threads, standsBack: standsBack)
        let (done, tooEarly) = (AtomicCount(), AtomicCount())
        pool.run(
            Steps(500) { _, step in
                if done.value < step * threads { tooEarly.increment() }
                done.increment()
            })
        #expect(done.value == 500 * threads)
        #expect(tooEarly.value == 0)
    }

    @Test func `keeps a share on one thread`() {
        let pool = ComputePool(threads: 3)
        let threads = Mutex([Set<pthread_t>](repeating: [], count: 3))
        pool.run(Steps(50) { share, _ in _ = threads.withLock { $0[share].insert(pthread_self()) } })
        #expect(threads.withLock { $0.allSatisfy { $0.count == 1 } })
    }

    @Test func `does not wait for a thread that does not run, and has it back when it does`() throws {
        let pool = ComputePool(threads: 2)
        let caller = pthread_self()
        let workers = { () -> Set<pthread_t> in
            let threads = Mutex<Set<pthread_t>>([])
            pool.run(
                Steps(2) { _, _ in
                    if pthread_self() != caller { HeldThread.permit() }
                    _ = threads.withLock { $0.insert(pthread_self()) }
                })
            return threads.withLock { $0.subtracting([caller]) }
        }
        var worker: pthread_t?
        while worker == nil { worker = workers().first }
        let held = try #require(worker)
        let hold = try #require(HeldThread(held))
        let done = AtomicCount()
        pool.run(Steps(4) { _, _ in done.add(pthread_self() == caller ? 1 : 1_000) })
        #expect(done.value == 8)
        hold.release()
        while workers().isEmpty {}
    }

    @Test func `serves callers on several threads in turn`() async {
        let pool = ComputePool(threads: 2)
        let inside = AtomicCount()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask { for _ in 0..<100 { pool.run(Steps(1) { _, _ in inside.increment() }) } }
            }
        }
        #expect(inside.value == 4 * 100 * 2)
    }

    /// Where the members of a yielding run are when the urgent one comes.
    enum Place: CaseIterable {
        case yielding, meeting, leaderLast, workersLast
    }

    @Test(arguments: [1, 2, 4], Place.allCases)
    func `does an urgent run while a yielding one goes on`(threads: Int, place: Place) {
        let pool = ComputePool(threads: threads)
        let (begun, done, over) = (AtomicCount(), AtomicCount(), AtomicCount())
        // Ends when the urgent run has been done, and never else.
        let yielding = Thread {
            pool.runYielding(
                Work { member in
                    begun.increment()
                    switch place {
                    case .yielding: while done.value == 0 { pool.yield(member) }
                    case .meeting:
                        while over.value == 0 {
                            pool.barrierYielding(member)
                            if member == 0 && done.value > 0 { over.increment() }
                            pool.barrierYielding(member)
                        }
                    case .leaderLast: while member == 0 && done.value == 0 { pool.yield(member) }
                    case .workersLast: while member > 0 && done.value == 0 { pool.yield(member) }
                    }
                })
        }
        while begun.value < threads { sched_yield() }
        let (shares, met) = (AtomicCount(), AtomicCount())
        pool.run(
            Steps(2) { _, step in
                if step == 0 { shares.increment() } else if shares.value == threads { met.increment() }
            })
        done.increment()
        yielding.join()
        #expect(shares.value == threads && met.value == threads)
    }

    @Test(arguments: [1, 2, 3])
    func `serves many callers of both kinds`(threads: Int) {
        let pool = ComputePool(threads: threads)
        let (urgent, yielding, tooEarly) = (AtomicCount(), AtomicCount(), AtomicCount())
        let callers = (0..<6).map { caller in
            Thread {
                for _ in 0..<200 {
                    let arrived = AtomicCount()
                    let arrive = { @Sendable in arrived.increment() }
                    let leave = { @Sendable (count: AtomicCount) in
                        if arrived.value != threads { tooEarly.increment() }
                        count.increment()
                    }
                    if caller < 3 {
                        pool.run(Steps(2) { _, step in if step == 0 { arrive() } else { leave(urgent) } })
                    } else {
                        pool.runYielding(
                            Work { member in
                                arrive()
                                pool.barrierYielding(member)
                                leave(yielding)
                            })
                    }
                }
            }
        }
        for caller in callers { caller.join() }
        #expect(urgent.value == 600 * threads && yielding.value == 600 * threads)
        #expect(tooEarly.value == 0)
    }

    @Test(.enabled(if: slmd_allocations() >= 0, "a sanitizer allocates"))
    func `allocates nothing in a run`() {
        let pool = ComputePool(threads: 2)
        let (steps, work) = (Steps(2) { _, _ in }, Work { _ in })
        // The first run of each kind makes its types.
        pool.run(steps)
        pool.runYielding(work)
        let before = slmd_allocations()
        pool.run(steps)
        pool.runYielding(work)
        #expect(slmd_allocations() == before)
    }
}

private struct Work: Teamwork {
    let body: @Sendable (_ member: Int) -> Void

    func work(_ member: Int) { body(member) }
}

private struct Steps: StepWork {
    let steps: Int
    let body: @Sendable (_ share: Int, _ step: Int) -> Void

    init(_ steps: Int, _ body: @escaping @Sendable (_ share: Int, _ step: Int) -> Void) {
        self.steps = steps
        self.body = body
    }

    func work(_ share: Int, step: Int) { body(share, step) }
}

/// A thread of the system: tasks that wait for each other need not run at once.
private final class Thread {
    private let body: @Sendable () -> Void
    private var thread = pthread_t()

    init(_ body: @escaping @Sendable () -> Void) {
        self.body = body
        let context = Unmanaged.passUnretained(self).toOpaque()
        let code = pthread_create(
            &thread, nil,
            { context in
                context.map { Unmanaged<Thread>.fromOpaque($0).takeUnretainedValue().body() }
                return nil
            }, context)
        precondition(code == 0, "a thread: error \(code)")
    }

    func join() { pthread_join(thread, nil) }
}

/// A thread that sits in a signal's handler, as one does whose processor is taken away.
private struct HeldThread {
    /// What the handler waits for: it may read, and little else.
    private static let gate = {
        var ends: [Int32] = [0, 0]
        precondition(pipe(&ends) == 0)
        return (out: ends[0], in: ends[1])
    }()
    private static let entered = AtomicCount()

    /// Returns once the thread is held; nil where it cannot be.
    init?(_ thread: pthread_t) {
        let before = Self.entered.value
        _ = Self.gate
        signal(SIGUSR1) { _ in
            HeldThread.entered.increment()
            var byte: UInt8 = 0
            _ = read(HeldThread.gate.out, &byte, 1)
        }
        guard pthread_kill(thread, SIGUSR1) == 0 else { return nil }
        while Self.entered.value == before { sched_yield() }
    }

    /// Lets the thread that calls be held: those of a concurrent run-time block signals, and so do threads they start.
    static func permit() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGUSR1)
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }

    func release() {
        var byte: UInt8 = 0
        _ = write(Self.gate.in, &byte, 1)
    }
}

private final class AtomicCount: Sendable {
    private let count = Atomic(0)
    var value: Int { count.load(ordering: .sequentiallyConsistent) }
    func increment() { add(1) }
    func add(_ more: Int) { count.add(more, ordering: .sequentiallyConsistent) }
}
