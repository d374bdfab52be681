import Testing

@testable import slmd

extension Sender {
    /// Connections are told apart by types here, whose identities differ.
    static let connections: [ObjectIdentifier] = [
        ObjectIdentifier(Int.self), ObjectIdentifier(Bool.self), ObjectIdentifier(String.self),
        ObjectIdentifier(Double.self),
    ]

    init(_ uid: UInt32, _ connection: Int = 0) {
        self.init(uid: uid, connection: Self.connections[connection])
    }
}

@Suite struct FairQueueTests {
    private static let one = Shares(user: 1, connection: 1)

    @Test func `users are served in turn, and each one's jobs in their order`() {
        var queue = FairQueue<String>()
        for job in ["a1", "a2", "a3"] { queue.append(job, from: Sender(1)) }
        for job in ["b1", "b2"] { queue.append(job, from: Sender(2)) }
        queue.append("c1", from: Sender(3))
        #expect(queue.count == 6 && queue.users == 3 && !queue.isSharedWithinUser)
        #expect(queue.take(2, Self.one) == ["a1", "b1"])
        #expect(queue.take(10, Self.one) == ["c1", "a2", "b2"])
        #expect(!queue.holdsJobs(ofUser: 2))
        #expect(queue.take(10, Self.one) == ["a3"])
        #expect(queue.take(10, Self.one).isEmpty)
        #expect(queue.count == 0 && queue.users == 0)
    }

    @Test func `a user with many connections is served no more than one with one`() {
        var queue = FairQueue<String>()
        for connection in 0..<4 {
            for _ in 0..<9 { queue.append("many\(connection)", from: Sender(1, connection)) }
        }
        for _ in 0..<9 { queue.append("one", from: Sender(2)) }
        for turn in 0..<9 {
            #expect(queue.take(32, Self.one) == ["many\(turn % 4)", "one"])
        }
        #expect(queue.isSharedWithinUser && queue.users == 1)
        #expect(queue.holdsJobs(of: Sender(1, 3)) && !queue.holdsJobs(of: Sender(2)))
    }

    @Test func `a share bounds what one sender gets of a batch, and the limit the batch`() {
        var queue = FairQueue<Int>()
        for job in 1...9 { queue.append(job, from: Sender(1)) }
        for job in 11...13 { queue.append(job, from: Sender(1, 1)) }
        for job in 21...29 { queue.append(job, from: Sender(2)) }
        #expect(queue.take(32, Shares(user: 3, connection: 2)) == [1, 2, 11, 21, 22, 23])
        #expect(queue.take(4, Shares(user: 8, connection: 8)) == [3, 4, 5, 6])
        #expect(queue.take(32, .everything) == Array(24...29) + [12, 13, 7, 8, 9])
    }

    /// What each user or connection has had done of `works` (by sender, the work of each of its jobs), after each batch.
    private func served(
        _ works: [Sender: Int], _ shares: Shares, batches: Int
    ) -> [[Sender: Int]] {
        var queue = FairQueue<Sender>()
        for (sender, work) in works {
            for _ in 0..<2000 { queue.append(sender, work: work, from: sender) }
        }
        var done: [Sender: Int] = [:]
        return (0..<batches).map { _ in
            for sender in queue.take(32, shares) { done[sender, default: 0] += works[sender] ?? 0 }
            return done
        }
    }

    @Test(arguments: [(1, 1), (1, 17), (5, 17), (2, 400)], [Shares(user: 4, connection: 2), one])
    func `of users who always ask each gets as much work done, whatever a job of theirs takes`(
        works: (Int, Int), shares: Shares
    ) {
        let (a, b) = (Sender(1), Sender(2))
        for done in served([a: works.0, b: works.1], shares, batches: 300) {
            // A turn may be overdrawn by one job; so much one may be ahead.
            let (first, second) = (done[a] ?? 0, done[b] ?? 0)
            #expect(abs(first - second) <= max(works.0, works.1) + 2 * shares.user)
        }
    }

    @Test func `of a user's connections that always ask each gets as much work done`() {
        let (a, b) = (Sender(1, 0), Sender(1, 1))
        for done in served([a: 1, b: 16], Shares(user: .max, connection: 2), batches: 100) {
            #expect(abs((done[a] ?? 0) - (done[b] ?? 0)) <= 16 + 4)
        }
    }

    @Test func `who has overdrawn a turn is served at once where nobody else waits`() {
        var queue = FairQueue<Int>()
        for job in 1...3 { queue.append(job, work: 1000, from: Sender(1)) }
        for job in 1...3 { #expect(queue.take(32, Self.one) == [job]) }
    }
}
