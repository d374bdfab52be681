import Dispatch
import Foundation
import Synchronization
import Testing

@testable import Assistant

/// A thread that others hand jobs.
@Suite struct SteadyThreadTests {
    private final class Token: Sendable {}

    @Test func `what many threads hand over is done once, in the order of each, and then it ends`() {
        let (givers, each) = (8, 2000)
        let done = Mutex([[Int]](repeating: [], count: givers))
        let all = DispatchGroup()
        let thread = SteadyThread(name: "test")
        let begin = DispatchSemaphore(value: 0)
        for giver in 0..<givers {
            all.enter()
            Thread {
                begin.wait()
                for job in 0..<each { thread.run { done.withLock { $0[giver].append(job) } } }
                all.leave()
            }.start()
        }
        for _ in 0..<givers { begin.signal() }
        all.wait()
        let end = DispatchSemaphore(value: 0)
        thread.run { end.signal() }
        thread.end()
        end.wait()
        #expect(done.withLock { $0 } == [[Int]](repeating: Array(0..<each), count: givers))
    }

    @Test func `what is handed over behind its end is let go`() {
        weak var kept: Token?
        weak var gone: SteadyThread?
        do {
            var thread: SteadyThread? = SteadyThread(name: "test")
            gone = thread
            thread?.end()
            let object = Token()
            kept = object
            for _ in 0..<100 { thread?.run { _ = object } }
            thread = nil
        }
        // It is gone once its thread has ended, and what it had a moment later.
        while gone != nil || kept != nil { sched_yield() }
        #expect(gone == nil && kept == nil)
    }
}
