import CAllocations
import Glibc
import Synchronization
import Tensors
import Testing

@Suite struct `A compute pool` {
    @Test(arguments: [1, 2, 3, 7])
    func `runs the body once for each member`(threads: Int) {
        let pool = ComputePool(threads: threads)
        let counts = (0..<threads).map { _ in AtomicCount() }
        for _ in 0..<200 { pool.run(Work { member in counts[member].increment() }) }
        #expect(counts.allSatisfy { $0.value == 200 })
    }

    @Test(arguments: [1, 2, 4])
    func `lets nobody past a barrier before all are there`(threads: Int) {
        let pool = ComputePool(threads: threads)
        let arrived = AtomicCount()
        let tooEarly = AtomicCount()
        pool.run(
            Work { _ in
                for round in 1...500 {
                    arrived.increment()
                    pool.barrier()
                    if arrived.value < round * threads { tooEarly.increment() }
                    pool.barrier()
                }
            })
        #expect(arrived.value == 500 * threads)
        #expect(tooEarly.value == 0)
    }

    @Test func `serves callers on several threads in turn`() async {
        let pool = ComputePool(threads: 2)
        let inside = AtomicCount()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask { for _ in 0..<100 { pool.run(Work { _ in inside.increment() }) } }
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
            Work { _ in
                shares.increment()
                pool.barrier()
                if shares.value == threads { met.increment() }
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
                    let meets = Work { member in
                        arrived.increment()
                        if caller < 3 { pool.barrier() } else { pool.barrierYielding(member) }
                        if arrived.value != threads { tooEarly.increment() }
                        (caller < 3 ? urgent : yielding).increment()
                    }
                    if caller < 3 { pool.run(meets) } else { pool.runYielding(meets) }
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
        let work = Work { _ in }
        pool.run(work)
        let before = slmd_allocations()
        pool.run(work)
        pool.runYielding(work)
        #expect(slmd_allocations() == before)
    }
}

private struct Work: Teamwork {
    let body: @Sendable (_ member: Int) -> Void

    func work(_ member: Int) { body(member) }
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

private final class AtomicCount: Sendable {
    private let count = Atomic(0)
    var value: Int { count.load(ordering: .sequentiallyConsistent) }
    func increment() { count.add(1, ordering: .sequentiallyConsistent) }
}
