import Testing

@testable import slmd

@Suite struct `Places for replies` {
    private func owner(_ sender: Sender) -> Sender { sender }

    @Test func `go to the user, then to the connection, that has the fewest`() {
        let places = ReplyPlaces([Sender(1), Sender(1), Sender(1, 1), Sender(2, 2)])
        let waiting = [Sender(1), Sender(1, 1), Sender(2, 2), Sender(1, 3), Sender(3)]
        #expect(
            places.inOrder(waiting, of: owner)
                == [Sender(3), Sender(2, 2), Sender(1, 3), Sender(1, 1), Sender(1)])
        // Of those who have as many, who waits first.
        #expect(ReplyPlaces([]).inOrder(waiting, of: owner) == waiting)
    }

    @Test func `are owed until one has no more than the other`() {
        for (mine, yours) in [(0, 0), (1, 0), (2, 0), (2, 1), (3, 1), (8, 7), (8, 6)] {
            let users = ReplyPlaces(
                Array(repeating: Sender(1), count: mine) + Array(repeating: Sender(2, 1), count: yours))
            #expect(users.owes(Sender(1), to: Sender(2, 1)) == (mine > yours + 1), "\(mine) \(yours)")
            let connections = ReplyPlaces(
                Array(repeating: Sender(1), count: mine) + Array(repeating: Sender(1, 1), count: yours))
            #expect(connections.owes(Sender(1), to: Sender(1, 1)) == (mine > yours + 1), "\(mine) \(yours)")
        }
    }

    @Test func `are given back by the newest of who has the most`() {
        let running = [
            (1, Sender(1)), (2, Sender(2, 1)), (3, Sender(1)), (4, Sender(1, 2)), (5, Sender(2, 1)),
        ]
        let places = ReplyPlaces(running.map(\.1))
        #expect(places.debtor(of: Sender(3, 3), among: running) { $0.1 }?.0 == 3)
        #expect(places.debtor(of: Sender(2, 1), among: running) { $0.1 } == nil)
        #expect(places.debtor(of: Sender(1, 3), among: running) { $0.1 }?.0 == 3)
    }
}
