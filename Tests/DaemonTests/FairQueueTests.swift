import Testing

@testable import slmd

@Suite struct FairQueueTests {
    private let a = Sender(Int.self)
    private let b = Sender(Bool.self)
    private let c = Sender(String.self)

    @Test func `senders are served in turn, and each one's jobs in their order`() {
        var queue = FairQueue<String>()
        for job in ["a1", "a2", "a3"] { queue.append(job, from: a) }
        for job in ["b1", "b2"] { queue.append(job, from: b) }
        queue.append("c1", from: c)
        #expect(queue.count == 6)
        #expect(queue.senders == 3)
        #expect(queue.take(2, share: 1) == ["a1", "b1"])
        #expect(queue.take(10, share: 1) == ["c1", "a2", "b2"])
        #expect(!queue.holdsJobs(of: b))
        #expect(queue.take(10, share: 1) == ["a3"])
        #expect(queue.take(10, share: 1).isEmpty)
        #expect(queue.count == 0)
        #expect(queue.senders == 0)
    }

    @Test func `a share bounds what one sender gets of a batch, and the limit the batch`() {
        var queue = FairQueue<Int>()
        for job in 1...9 { queue.append(job, from: a) }
        for job in 11...13 { queue.append(job, from: b) }
        #expect(queue.take(8, share: 2) == [1, 11, 2, 12])
        #expect(queue.take(3, share: 8) == [3, 13, 4])
        #expect(queue.take(3, share: 8) == [5, 6, 7])
        queue.append(21, from: c)
        #expect(queue.take(8, share: 8) == [8, 21, 9])
    }
}
