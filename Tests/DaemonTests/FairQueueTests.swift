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
        #expect(queue.count == 6 && queue.usersWaiting == 3 && !queue.isSharedWithinUser)
        #expect(queue.take(2, Self.one) == ["a1", "b1"])
        #expect(queue.take(10, Self.one) == ["c1"])
        #expect(queue.take(10, Self.one) == ["a2", "b2"])
        #expect(!queue.holdsJobs(ofUser: 2))
        #expect(queue.take(10, Self.one) == ["a3"])
        #expect(queue.take(10, Self.one).isEmpty)
        #expect(queue.count == 0 && queue.usersWaiting == 0)
    }

    @Test func `jobs that are taken out are gone, and the others keep their turns`() {
        var queue = FairQueue<String>()
        for job in ["a1", "a2", "a3"] { queue.append(job, from: Sender(1)) }
        for job in ["a4", "a5"] { queue.append(job, from: Sender(1, 1)) }
        for job in ["b1", "b2"] { queue.append(job, from: Sender(2)) }
        #expect(queue.removeAll { ["a1", "a3", "a4", "a5", "b1", "b2"].contains($0) }.count == 6)
        #expect(queue.count == 1 && queue.usersWaiting == 1 && !queue.holdsJobs(ofUser: 2))
        #expect(!queue.holdsJobs(of: Sender(1, 1)))
        queue.append("b3", from: Sender(2))
        queue.append("a6", from: Sender(1, 1))
        #expect(queue.take(10, .everything).sorted() == ["a2", "a6", "b3"])
        #expect(queue.removeAll { _ in true }.isEmpty)
        #expect(queue.take(10, .everything).isEmpty && queue.count == 0)
    }

    @Test func `a job may be taken before its turn, and the others keep theirs`() {
        var queue = FairQueue<String>()
        for job in ["a1", "a2"] { queue.append(job, from: Sender(1)) }
        queue.append("a3", from: Sender(1, 1))
        for job in ["b1", "b2"] { queue.append(job, from: Sender(2)) }
        #expect(queue.heads == ["a1", "a3", "b1"])
        #expect(queue.take(of: Sender(1, 1)) == "a3")
        #expect(queue.take(of: Sender(1, 1)) == nil)
        // The user has had one done: the other's comes first now.
        #expect(queue.heads == ["b1", "a1"])
        #expect(queue.take(of: Sender(1)) == "a1")
        #expect(queue.count == 3 && queue.heads == ["b1", "a2"])
        #expect(queue.take(10, .everything) == ["b1", "b2", "a2"])
        #expect(queue.heads.isEmpty)
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
        #expect(queue.isSharedWithinUser && queue.usersWaiting == 1)
        #expect(queue.holdsJobs(of: Sender(1, 3)) && !queue.holdsJobs(of: Sender(2)))
    }

    @Test func `a share bounds what one sender gets of a batch, and the limit the batch`() {
        var queue = FairQueue<Int>()
        for job in 1...9 { queue.append(job, from: Sender(1)) }
        for job in 11...13 { queue.append(job, from: Sender(1, 1)) }
        for job in 21...29 { queue.append(job, from: Sender(2)) }
        #expect(queue.take(32, Shares(user: 3, connection: 1)).sorted() == [1, 2, 11, 21, 22, 23])
        #expect(queue.take(4, Shares(user: 8, connection: 8)).sorted() == [3, 12, 24, 25])
        #expect(queue.take(32, .everything).sorted() == Array(4...9) + [13] + Array(26...29))
    }

    @Test func `of a user whom nobody bounds each connection gets its share of a batch`() {
        var queue = FairQueue<Int>()
        for job in 1...9 { queue.append(job, from: Sender(1)) }
        queue.append(11, from: Sender(1, 1))
        let shares = Shares(user: .max, connection: 3)
        #expect(queue.take(32, shares).sorted() == [1, 2, 3, 11])
        #expect(queue.take(32, shares) == [4, 5, 6])
    }

    @Test func `a batch ends with the job with which its work has come to the most`() {
        var queue = FairQueue<Int>()
        for job in 1...3 { queue.append(job, work: 17, from: Sender(1)) }
        for job in 4...9 { queue.append(job, work: 180, from: Sender(1)) }
        #expect(queue.take(32, most: 32, .everything) == [1, 2])
        #expect(queue.take(32, most: 32, .everything) == [3, 4])
        #expect(queue.take(32, most: 32, .everything) == [5])
    }

    @Test func `who asks one at a time is in debt, until nobody asks`() {
        var queue = FairQueue<String>()
        queue.append("long", work: 9, from: Sender(1))
        #expect(queue.take(32, Self.one) == ["long"])
        // While that is in work both ask, and the other many times.
        queue.append("long", work: 9, from: Sender(1))
        for _ in 0..<9 { queue.append("short", from: Sender(2)) }
        for _ in 0..<9 { #expect(queue.take(32, Self.one) == ["short"]) }
        #expect(queue.take(32, Self.one) == ["long"])
        #expect(queue.take(32, Self.one).isEmpty)
        queue.append("long", work: 9, from: Sender(1))
        queue.append("short", from: Sender(2))
        #expect(queue.take(32, Self.one) == ["short", "long"])
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

    /// Greedy senders that ask again as soon as they are answered, each with one job of that much work.
    struct Greed: Sendable {
        let senders: [Sender]
        let work: Int
        /// Whether they ask again before the next batch begins; otherwise right after.
        let isQuick: Bool

        static let all: [Greed] = [1, 2, 4].flatMap { connections in
            [1, 5, 17, 180].flatMap { work in
                [true, false].map { isQuick in
                    Greed(senders: (0..<connections).map { Sender(1, $0) }, work: work, isQuick: isQuick)
                }
            }
        }
    }

    /// Works for greedy senders and a modest one, who asks for 1 and then does nothing for a while, a thousand times.
    ///
    /// - Returns: the longest time from a request of the modest one to its answer, where work takes a time of 1.
    private func longestAnswer(_ greed: Greed, to modest: Sender, most: Int) -> Int {
        var queue = FairQueue<Sender>()
        var (time, longest, due, asked) = (0, 0, 3, 0)
        var answered = greed.senders
        for number in 0..<3000 {
            func askAgain() {
                for sender in answered { queue.append(sender, work: greed.work, from: sender) }
            }
            if greed.isQuick { askAgain() }
            let batch = queue.take(32, most: most, .init(user: 2, connection: 1))
            if !greed.isQuick { askAgain() }
            let end = time + max(1, batch.reduce(0) { $0 + ($1 == modest ? 1 : greed.work) })
            if batch.contains(modest) {
                longest = max(longest, end - asked)
                due = end + number * 7 % 61
            }
            // Asked in the middle of a batch, of which the answers come at its end.
            if due < end {
                queue.append(modest, from: modest)
                (asked, due) = (max(due, time), .max)
            }
            answered = batch.filter { $0 != modest }
            time = end
        }
        return longest
    }

    @Test(arguments: Greed.all)
    func `who asks for little waits for what is in work, and for nothing else of one who asks for much`(
        greed: Greed
    ) {
        let longest = longestAnswer(greed, to: Sender(2), most: 32)
        // What is in work, its own, and what may be in its batch as no debt to speak of.
        #expect(longest <= max(greed.work, 2) + 1 + 2)
    }

    @Test func `the same among connections of one user`() {
        for work in [5, 17, 180] {
            let greed = Greed(senders: [Sender(1, 0)], work: work, isQuick: true)
            #expect(longestAnswer(greed, to: Sender(1, 1), most: 32) <= work + 1)
        }
    }

    @Test func `who has overdrawn a turn is served at once where nobody else waits`() {
        var queue = FairQueue<Int>()
        for job in 1...3 { queue.append(job, work: 1000, from: Sender(1)) }
        for job in 1...3 { #expect(queue.take(32, Self.one) == [job]) }
    }
}
