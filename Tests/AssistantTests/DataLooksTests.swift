import Dispatch
import Foundation
import Synchronization
import Testing

@testable import Assistant

/// Data on a disk that does not answer keep nobody waiting for long.
@Suite struct DataLooksTests {
    private let looks = DataLooks()
    private let disk = DispatchSemaphore(value: 0)
    private let count = Count()

    private final class Count: Sendable {
        let begun = Atomic<Int>(0)
        let over = DispatchGroup()
    }

    /// Begins to look at a disk that does not answer yet.
    private func hang(at path: String = "hangs") -> DataLook<Int>? {
        looks.begin(at: path) { [count, disk] _ in
            count.begun.add(1, ordering: .relaxed)
            disk.wait()
            return 1
        }
    }

    @Test func `who looks first waits so long, who looks later is told at once, and others see theirs`() {
        let begun = ContinuousClock.now
        #expect(hang()?.value() == nil)
        #expect(ContinuousClock.now - begun >= DataLooks.patience)
        for _ in 0..<100 { #expect(hang() == nil) }
        #expect(looks.begin(at: "is there") { _ in 2 }?.value() == 2)
        #expect(count.begun.load(ordering: .relaxed) == 1)
        disk.signal()
        // It is there again, once what hung has come to its end.
        while looks.begin(at: "hangs", { _ in 3 }) == nil { sched_yield() }
        #expect(looks.begin(at: "hangs") { _ in 4 }?.value() == 4)
    }

    @Test func `what nobody waits for any more is told so`() {
        let isOver = DispatchSemaphore(value: 0)
        let look = looks.begin(at: "busy") { isLeft in
            while !isLeft() { sched_yield() }
            isOver.signal()
        }
        #expect(look?.value { true } == nil)
        isOver.wait()
    }

    @Test func `of looks that were given up only some go on at one path`() {
        var begun = 0
        while let look = hang() {
            #expect(look.value { true } == nil)
            begun += 1
        }
        #expect(begun == 8)
        #expect(looks.begin(at: "is there") { _ in 2 }?.value() == 2)
        for _ in 0..<begun { disk.signal() }
    }
}
