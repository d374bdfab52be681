import Testing

@testable import slmd

@Suite struct PaceTests {
    private let start = ContinuousClock.now

    @Test func `who does little never waits`() {
        var pace = Pace(tolerance: .milliseconds(2))
        for request in 0..<1000 {
            let now = start + .milliseconds(2 * request)
            #expect(pace.wait(at: now) == .zero)
            pace.spend(Pace.Cost.frame + Pace.Cost.byte * 200, at: now)
        }
    }

    @Test(arguments: [Pace.Cost.frame, Pace.Cost.byte * 65_536, Pace.Cost.connection, Pace.Cost.cutOff])
    func `who does all he may has a twentieth of the time`(cost: Duration) {
        var (pace, now, spent) = (Pace(tolerance: .milliseconds(2)), start, Duration.zero)
        while now < start + .seconds(2) {
            pace.spend(cost, at: now)
            spent += cost
            now = now + pace.wait(at: now)
        }
        #expect(spent > .milliseconds(98) && spent < .milliseconds(103))
    }

    @Test func `time in which nothing was done is not saved up`() {
        var pace = Pace(tolerance: .milliseconds(2))
        pace.spend(.milliseconds(1), at: start)
        let later = start + .seconds(3600)
        #expect(pace.wait(at: later) == .zero)
        pace.spend(.milliseconds(1), at: later)
        #expect(pace.wait(at: later) == .milliseconds(18))
    }
}

@Suite struct ActivityTests {
    @Test func `somebody else is there for some seconds after a request`() {
        let instants = Instants()
        let activity = Activity { instants.now }
        let (me, other) = (Sender(1), Sender(1, 1))
        func isAnotherThere(than sender: Sender) -> Bool {
            activity.hasOthers { $0 == sender.connection }
        }
        #expect(!isAnotherThere(than: me))
        activity.note(me)
        #expect(!isAnotherThere(than: me) && isAnotherThere(than: other))
        activity.note(other)
        #expect(isAnotherThere(than: me) && isAnotherThere(than: other))
        for _ in 0..<100 { activity.note(me) }
        #expect(isAnotherThere(than: me), "however much one asks himself")
        instants.advance(by: Activity.memory + .milliseconds(1))
        activity.note(me)
        #expect(!isAnotherThere(than: me) && isAnotherThere(than: other))
        #expect(!activity.hasOthers(thanUser: 1) && activity.hasOthers(thanUser: 2))
    }
}
