import Assistant
import Foundation
import Glibc
import Synchronization
import Testing

@testable import slmd

@Suite struct LaneTests {
    @Test func `jobs are taken in order, in batches of what waits`() async {
        let gate = Gate(isOpen: false)
        let begun = DispatchSemaphore(value: 0)
        let batches = Mutex<[[Int]]>([])
        let lane = Lane<Int>(name: "test", LaneTerms(limit: 100, batch: 4), activity: Activity()) { batch in
            batches.withLock { $0.append(batch.jobs) }
            begun.signal()
            gate.pass()
        }
        #expect(lane.submit(0, from: Self.sender))
        Self.wait(for: begun)
        for job in 1...6 { #expect(lane.submit(job, from: Self.sender)) }
        #expect(lane.waiting == 6)
        gate.open()
        await lane.finish()
        #expect(batches.withLock { $0 } == [[0], [1, 2, 3, 4], [5, 6]])
    }

    @Test func `a full lane refuses, and so does one that has finished`() async {
        let gate = Gate(isOpen: false)
        let begun = DispatchSemaphore(value: 0)
        let lane = Lane<Int>(name: "test", LaneTerms(limit: 2), activity: Activity()) { _ in
            begun.signal()
            gate.pass()
        }
        #expect(lane.submit(0, from: Self.sender))
        Self.wait(for: begun)
        #expect(lane.submit(1, from: Self.sender))
        #expect(lane.submit(2, from: Self.sender))
        #expect(!lane.submit(3, from: Self.sender))
        gate.open()
        await lane.finish()
        #expect(!lane.submit(4, from: Self.sender))
        await lane.finish()
    }

    @Test func `when no more work comes that is told once, and again after more work`() async {
        let (rested, done) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let rests = Atomic<Int>(0)
        let repose = Repose {
            rests.add(1, ordering: .relaxed)
            _ = rested.signal()
        }
        let lane = Lane<Int>(name: "test", LaneTerms(limit: 100), activity: Activity(), repose: repose) { _ in
            done.signal()
        }
        for round in 1...2 {
            #expect(lane.submit(round, from: Self.sender))
            Self.wait(for: done)
            Self.wait(for: rested)
        }
        await lane.finish()
        #expect(rests.load(ordering: .relaxed) == 2, "once a round")
    }

    @Test func `of several lanes the last that works rests for all`() {
        let rests = Atomic<Int>(0)
        let repose = Repose { rests.add(1, ordering: .relaxed) }
        repose.rest()
        #expect(rests.load(ordering: .relaxed) == 0, "nothing has worked yet")
        repose.begin()
        repose.begin()
        repose.end()
        repose.rest()
        #expect(rests.load(ordering: .relaxed) == 0, "another works")
        repose.end()
        repose.rest()
        repose.rest()
        #expect(rests.load(ordering: .relaxed) == 1)
        repose.begin()
        repose.end()
        repose.rest()
        #expect(rests.load(ordering: .relaxed) == 2)
    }

    @Test(arguments: [true, false])
    func `of many threads' jobs none is lost`(isConcurrent: Bool) async {
        let sum = Atomic<Int>(0)
        let lane = Lane<Int>(
            name: "test",
            LaneTerms(limit: 100_000, batch: 32, bulk: .init(batch: 8, isConcurrent: isConcurrent)),
            activity: Activity()
        ) { batch in
            sum.add(batch.jobs.reduce(0, +), ordering: .relaxed)
        }
        await withTaskGroup(of: Void.self) { group in
            for sender in Self.senders {
                group.addTask { for job in 1...1000 { _ = lane.submit(job, from: sender) } }
            }
        }
        await lane.finish()
        #expect(sum.load(ordering: .relaxed) == 4 * 500_500)
    }

    /// On a busy machine one that runs when no other wants its processor would hold up the first for minutes.
    @Test(arguments: [true, false])
    func `the second thread stands back for the whole machine only where the first does not wait for it`(
        isConcurrent: Bool
    ) async {
        let (prompt, ahead) = (Sender(1, 0), Sender(2, 1))
        let activity = Activity { [start = ContinuousClock.now] in start }
        let done = DispatchSemaphore(value: 0)
        let found = Mutex<[Int: (policy: Int32, told: SchedulingPolicy)]>([:])
        let lane = Lane<Int>(
            name: "test", LaneTerms(limit: 100, bulk: .init(batch: 1, isConcurrent: isConcurrent)),
            activity: activity
        ) { batch in
            for job in batch.jobs {
                found.withLock { $0[job] = (sched_getscheduler(0), batch.turn.policy) }
            }
            batch.turn.settle()
            done.signal()
        }
        activity.note(prompt)
        #expect(lane.submit(1, from: ahead, isBulk: true))
        Self.wait(for: done)
        await lane.finish()
        let bulk = found.withLock { $0[1] }
        #expect(bulk?.policy == (isConcurrent ? 5 : SCHED_OTHER))  // 5: SCHED_IDLE
        #expect(bulk?.told == (isConcurrent ? .idle : .normal))
    }

    /// Who sends ahead stands back for a moment after another has asked: it may end between any two looks at the clock.
    @Test(arguments: [true, false])
    func `a job is done though company leaves while it is handed to a thread`(isConcurrent: Bool) async {
        let (prompt, ahead) = (Sender(1, 0), Sender(2, 1))
        let clock = RunningOut()
        let activity = Activity { clock.now }
        let (rested, done) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let lane = Lane<Int>(
            name: "test", LaneTerms(limit: 100, bulk: .init(batch: 1, isConcurrent: isConcurrent)),
            activity: activity, repose: Repose { _ = rested.signal() }
        ) { batch in
            batch.turn.settle()
            for _ in batch.jobs { done.signal() }
        }
        #expect(lane.submit(0, from: ahead))
        Self.wait(for: done)
        for looks in 0..<5 {
            Self.wait(for: rested)  // both threads sleep
            activity.note(prompt)
            clock.runOut(after: looks)
            #expect(lane.submit(looks, from: ahead, isBulk: true))
            guard Self.comes(done) else {
                Issue.record("after \(looks) looks: the job waits")
                break
            }
            clock.goOn()
        }
        await lane.finish()
    }

    private static func comes(_ semaphore: DispatchSemaphore) -> Bool {
        semaphore.wait(timeout: .now() + 20) == .success
    }

    @Test func `who has one job waiting is served beside the first of another's thousand`() async {
        let gate = Gate(isOpen: false)
        let begun = DispatchSemaphore(value: 0)
        let batches = Mutex<[[Int]]>([])
        let lane = Lane<Int>(
            name: "test", LaneTerms(limit: 10_000, batch: 32, shares: Shares(user: 2, connection: 2)),
            activity: Activity()
        ) { batch in
            batches.withLock { $0.append(batch.jobs) }
            begun.signal()
            gate.pass()
        }
        #expect(lane.submit(0, from: Self.senders[0]))
        Self.wait(for: begun)
        for job in 1...1000 { #expect(lane.submit(job, from: Self.senders[0])) }
        #expect(lane.submit(-1, from: Self.senders[1]))
        gate.open()
        await lane.finish()
        let taken = batches.withLock { $0 }
        // The other has had one done already.
        #expect(taken[1] == [-1, 1])
        #expect(taken[2] == [2, 3])
        #expect(taken.flatMap(\.self).filter { $0 >= 0 } == Array(0...1000))
    }

    @Test func `the last quarter of a lane is for those who have nothing waiting`() async {
        let gate = Gate(isOpen: false)
        let begun = DispatchSemaphore(value: 0)
        let lane = Lane<Int>(name: "test", LaneTerms(limit: 8), activity: Activity()) { _ in
            begun.signal()
            gate.pass()
        }
        #expect(lane.submit(0, from: Self.senders[0]))
        Self.wait(for: begun)
        for job in 1...6 { #expect(lane.submit(job, from: Self.senders[0])) }
        #expect(!lane.submit(7, from: Self.senders[0]))
        #expect(lane.submit(7, from: Sender(1, 1)), "another connection of the user")
        #expect(!lane.submit(8, from: Sender(1, 2)))
        #expect(lane.submit(8, from: Self.senders[1]), "another user")
        #expect(!lane.submit(9, from: Self.senders[2]))
        gate.open()
        await lane.finish()
    }

    @Test func `who waits for each answer is served while what another sent ahead is in work`() async {
        let gate = Gate(isOpen: false)
        let begun = DispatchSemaphore(value: 0)
        let answered = DispatchSemaphore(value: 0)
        let lane = Lane<Int>(
            name: "test", LaneTerms(limit: 100, batch: 8, bulk: .init(batch: 8, isConcurrent: true)),
            activity: Activity()
        ) { batch in
            if batch.jobs.contains(where: { $0 < 0 }) {
                batch.turn.settle()
                answered.signal()
                return
            }
            begun.signal()
            if batch.turn.policy == .idle { gate.pass() }
        }
        #expect(lane.submit(-1, from: Self.senders[1]))
        Self.wait(for: answered)
        for job in 0...8 { #expect(lane.submit(job, from: Self.senders[0])) }
        // The first is prompt, too; the others come after it.
        for _ in 0..<2 { Self.wait(for: begun) }
        for _ in 0..<100 {
            #expect(lane.submit(-1, from: Self.senders[1]))
            Self.wait(for: answered)
        }
        gate.open()
        await lane.finish()
    }

    private static let senders = (1...4).map { Sender(UInt32($0)) }
    private static let sender = senders[0]

    private static func wait(for semaphore: DispatchSemaphore) { semaphore.wait() }
}

/// A clock that stands until it has been looked at so many times, and then is far ahead.
private final class RunningOut: Sendable {
    private struct Reading {
        var now = ContinuousClock.now
        var looks: Int?
    }

    private let reading = Mutex(Reading())

    var now: ContinuousClock.Instant {
        reading.withLock { reading in
            guard let looks = reading.looks else { return reading.now }
            reading.looks = max(0, looks - 1)
            return looks > 0 ? reading.now : reading.now + Activity.memory * 2
        }
    }

    func runOut(after looks: Int) { reading.withLock { $0.looks = looks } }

    func goOn() {
        reading.withLock { $0 = Reading(now: $0.now + Activity.memory * 2, looks: nil) }
    }
}
