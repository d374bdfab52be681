import Synchronization
import Testing

@testable import slmd

/// Which jobs stand back for which.
@Suite struct LaneQueueTests {
    private let instants = Instants()
    private let good = Sender(1)
    private let greedy = Sender(1, 1)

    private static func terms(isConcurrent: Bool = true, limit: Int = 1000) -> LaneTerms {
        LaneTerms(
            limit: limit, batch: 32, batchWork: 32, shares: Shares(user: 2, connection: 1),
            bulk: .init(batch: 8, isConcurrent: isConcurrent))
    }

    /// A queue whose threads the test is.
    private final class Desk {
        var queue: LaneQueue<Int>

        init(_ queue: LaneQueue<Int>) { self.queue = queue }

        func submit(_ jobs: some Sequence<Int>, from sender: Sender) {
            for job in jobs {
                let isAccepted = queue.submit(job, work: 1, from: sender, isBulk: false)
                #expect(isAccepted)
            }
        }

        func take(_ seat: LaneSeat) -> [Int] { queue.take(seat) }

        /// Has a thread do its next batch.
        func serve(_ seat: LaneSeat) -> [Int] {
            defer { queue.finish(seat) }
            return queue.take(seat)
        }
    }

    private func desk(_ terms: LaneTerms = terms()) -> Desk {
        Desk(LaneQueue(terms, Activity { [instants] in instants.now }))
    }

    @Test func `who is alone has the first thread, whatever he sends ahead`() {
        let desk = desk()
        desk.submit(0...20, from: greedy)
        var batches: [[Int]] = []
        while case let batch = desk.serve(.front), !batch.isEmpty { batches.append(batch) }
        #expect(batches == [[0], Array(1...8), Array(9...16), Array(17...20)])
        #expect(!desk.queue.isBusy)
    }

    @Test func `what is sent ahead goes to the back while another waits for each answer`() {
        let desk = desk()
        desk.submit([-1], from: good)
        #expect(desk.serve(.front) == [-1])
        desk.submit(0...20, from: greedy)
        #expect(desk.queue.next(for: .back) == nil, "the others wait for the first, which is prompt")
        #expect(desk.serve(.front) == [0])
        #expect(desk.queue.next(for: .front) == nil)
        #expect(desk.take(.back) == Array(1...8))
        desk.submit([-1], from: good)
        #expect(desk.serve(.front) == [-1], "in the midst of a batch at the back")
        desk.queue.finish(.back)
        #expect(desk.serve(.back) == Array(9...16))
        #expect(desk.serve(.back) == Array(17...20))
        #expect(!desk.queue.isBusy)
    }

    @Test func `one who asks again between his answer and the end of its batch is prompt`() {
        let desk = desk()
        for job in 0..<100 {
            desk.submit([job], from: good)
            #expect(desk.queue.next(for: .front) == (job == 0 ? .prompt : nil))
            if job > 0 { desk.queue.finish(.front) }
            #expect(desk.take(.front) == [job])
            desk.queue.settle(.front)
        }
    }

    @Test func `who has sent ahead is prompt again once all of it is answered`() {
        let desk = desk()
        desk.submit([-1], from: good)
        #expect(desk.serve(.front) == [-1])
        desk.submit(0...1, from: greedy)
        #expect(desk.serve(.front) == [0])
        #expect(desk.take(.back) == [1])
        desk.queue.settle(.back)
        desk.submit([2], from: greedy)
        #expect(desk.take(.front) == [2])
    }

    @Test func `a connection's jobs stay in their order, and none is in work at two places`() throws {
        let desk = desk()
        desk.submit([-1], from: good)
        desk.submit(0...40, from: greedy)
        var (done, turn, inWork) = ([Int](), 0, Set<LaneSeat>())
        while desk.queue.isBusy {
            // Each thread in turn takes or finishes; the good one leaves meanwhile.
            let seat: LaneSeat = turn % 3 == 0 ? .front : .back
            turn += 1
            if turn == 9 { instants.advance(by: Activity.memory * 2) }
            if inWork.remove(seat) != nil { desk.queue.finish(seat) }
            let jobs = desk.take(seat)
            if !jobs.isEmpty { inWork.insert(seat) }
            done += jobs.filter { $0 >= 0 }
            try #require(turn < 1000)
        }
        #expect(done == Array(0...40))
    }

    @Test func `once nobody is there any more the first thread takes what was sent ahead`() {
        let desk = desk()
        desk.submit([-1], from: good)
        #expect(desk.serve(.front) == [-1])
        desk.submit(0...20, from: greedy)
        #expect(desk.serve(.front) == [0])
        #expect(desk.queue.next(for: .front) == nil)
        instants.advance(by: Activity.memory + .milliseconds(1))
        #expect(desk.queue.next(for: .back) == nil)
        #expect(desk.serve(.front) == Array(1...8))
    }

    @Test func `where one may be in work at once both kinds take turns`() {
        let desk = desk(Self.terms(isConcurrent: false))
        desk.submit([-1], from: good)
        desk.submit(0...40, from: greedy)
        #expect(desk.serve(.front) == [-1, 0])
        var served: [Int] = []
        for _ in 0..<5 {
            desk.submit([-1], from: good)
            #expect(desk.queue.next(for: .front) == nil, "it is the other's turn")
            served += desk.take(.back)
            #expect(desk.queue.next(for: .front) == nil, "one is in work")
            desk.queue.finish(.back)
            #expect(desk.serve(.front) == [-1])
        }
        #expect(served == Array(1...40))
    }

    @Test func `of a user with many connections only some are prompt while another user is there`() {
        let desk = desk()
        let many = (0..<4).map { Sender(1, $0) }
        for sender in many { desk.submit([1], from: sender) }
        #expect(desk.serve(.front) == [1, 1, 1, 1], "nobody else is there")
        desk.submit([2], from: Sender(2))
        for sender in many { desk.submit([1], from: sender) }
        #expect(desk.serve(.front) + desk.serve(.front) == [2, 1, 1])
        #expect(desk.queue.next(for: .front) == nil)
        #expect(desk.serve(.back) == [1, 1])
    }

    @Test func `what was accepted is done when the lane closes, in whatever place it waits`() {
        let desk = desk()
        desk.submit([-1], from: good)
        desk.submit(0...20, from: greedy)
        desk.queue.isOpen = false
        let isAccepted = desk.queue.submit(21, work: 1, from: greedy, isBulk: false)
        #expect(!isAccepted)
        #expect(desk.queue.isAtEnd(.back) && !desk.queue.isAtEnd(.front))
        var done: [Int] = []
        while case let batch = desk.serve(.front), !batch.isEmpty { done += batch }
        #expect(done == [-1] + Array(0...20))
        #expect(desk.queue.isAtEnd(.front))
    }

    @Test func `jobs that wait for one in work count against the room`() {
        let desk = desk(Self.terms(limit: 8))
        desk.submit(0...5, from: greedy)
        #expect(desk.queue.count == 6)
        let accepted = [greedy, good].map { desk.queue.submit(6, work: 1, from: $0, isBulk: false) }
        #expect(accepted == [false, true])
    }
}

/// A clock that a test moves on.
final class Instants: Sendable {
    private let instant: Mutex<ContinuousClock.Instant>

    init(_ start: ContinuousClock.Instant = .now) { instant = Mutex(start) }

    var now: ContinuousClock.Instant { instant.withLock { $0 } }

    func advance(by time: Duration) { instant.withLock { $0 = $0 + time } }
}
