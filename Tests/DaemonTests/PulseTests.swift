import Foundation
import Testing
import Wire

@testable import slmd

@Suite struct PulseTests {
    @Test func `a worker that is busy and gets no step on is stuck, one that is idle is not`() {
        var heartbeat = Heartbeat()
        let first = [
            "idle": Pulse(isBusy: false, steps: 4), "slow": Pulse(isBusy: true, steps: 4),
            "stuck": Pulse(isBusy: true, steps: 4), "new": Pulse(isBusy: false, steps: 4),
        ]
        #expect(heartbeat.stuck(among: first).isEmpty)
        var second = first
        second["slow"] = Pulse(isBusy: true, steps: 5)
        second["new"] = Pulse(isBusy: true, steps: 4)
        #expect(heartbeat.stuck(among: second) == ["stuck"])
        #expect(heartbeat.stuck(among: second) == ["new", "slow", "stuck"])
    }

    @Test func `a daemon whose work hangs is told from one that idles`() async throws {
        let gate = Gate(isOpen: false)
        try await TestDaemon.with(gate: gate) { daemon in
            var heartbeat = Heartbeat()
            func stuck() throws -> [String] {
                let stuck = heartbeat.stuck(among: daemon.listener.pulses())
                // The event loop has come round once this is answered.
                var client = try daemon.client()
                _ = try client.ask(IntentsParams())
                return stuck
            }
            #expect(try stuck().isEmpty)
            #expect(try stuck().isEmpty)
            var client = try daemon.client()
            try client.send(TeachParams(intent: "a", text: "b"), id: 1)
            daemon.service.begun.wait()
            _ = try stuck()
            #expect(try stuck() == ["learn"])
            gate.open()
            _ = try client.nextAnswer(TeachResult.self)
            // The thread goes on to its next job, or to sleep, after the answer.
            while try !stuck().isEmpty {}
        }
    }
}
