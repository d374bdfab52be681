import Foundation
import Synchronization
import Testing

@testable import slmd

@Suite struct LaneTests {
    @Test func `jobs are taken in order, in batches of what waits`() async {
        let gate = Gate(isOpen: false)
        let begun = DispatchSemaphore(value: 0)
        let batches = Mutex<[[Int]]>([])
        let lane = Lane<Int>(name: "test", limit: 100, batch: 4) { jobs in
            batches.withLock { $0.append(jobs) }
            begun.signal()
            gate.pass()
        }
        #expect(lane.submit(0))
        Self.wait(for: begun)
        for job in 1...6 { #expect(lane.submit(job)) }
        #expect(lane.waiting == 6)
        gate.open()
        await lane.finish()
        #expect(batches.withLock { $0 } == [[0], [1, 2, 3, 4], [5, 6]])
    }

    @Test func `a full lane refuses, and so does one that has finished`() async {
        let gate = Gate(isOpen: false)
        let begun = DispatchSemaphore(value: 0)
        let lane = Lane<Int>(name: "test", limit: 2) { _ in
            begun.signal()
            gate.pass()
        }
        #expect(lane.submit(0))
        Self.wait(for: begun)
        #expect(lane.submit(1))
        #expect(lane.submit(2))
        #expect(!lane.submit(3))
        gate.open()
        await lane.finish()
        #expect(!lane.submit(4))
        await lane.finish()
    }

    @Test func `of many threads' jobs none is lost`() async {
        let sum = Atomic<Int>(0)
        let lane = Lane<Int>(name: "test", limit: 100_000, batch: 32) { jobs in
            sum.add(jobs.reduce(0, +), ordering: .relaxed)
        }
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { for job in 1...1000 { _ = lane.submit(job) } } }
        }
        await lane.finish()
        #expect(sum.load(ordering: .relaxed) == 4 * 500_500)
    }

    private static func wait(for semaphore: DispatchSemaphore) { semaphore.wait() }
}
