import Synchronization
import Tensors
import Testing

@Suite struct `A compute pool` {
    @Test(arguments: [1, 2, 3, 7])
    func `runs the body once for each member`(threads: Int) {
        let pool = ComputePool(threads: threads)
        let counts = (0..<threads).map { _ in AtomicCount() }
        for _ in 0..<200 { pool.run { member in counts[member].increment() } }
        #expect(counts.allSatisfy { $0.value == 200 })
    }

    @Test(arguments: [1, 2, 4])
    func `lets nobody past a barrier before all are there`(threads: Int) {
        let pool = ComputePool(threads: threads)
        let arrived = AtomicCount()
        let tooEarly = AtomicCount()
        pool.run { _ in
            for round in 1...500 {
                arrived.increment()
                pool.barrier()
                if arrived.value < round * threads { tooEarly.increment() }
                pool.barrier()
            }
        }
        #expect(arrived.value == 500 * threads)
        #expect(tooEarly.value == 0)
    }

    @Test func `serves callers on several threads in turn`() async {
        let pool = ComputePool(threads: 2)
        let inside = AtomicCount()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask { for _ in 0..<100 { pool.run { _ in inside.increment() } } }
            }
        }
        #expect(inside.value == 4 * 100 * 2)
    }
}

private final class AtomicCount: Sendable {
    private let count = Atomic(0)
    var value: Int { count.load(ordering: .sequentiallyConsistent) }
    func increment() { count.add(1, ordering: .sequentiallyConsistent) }
}
