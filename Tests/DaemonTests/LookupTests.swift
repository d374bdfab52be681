import Foundation
import Synchronization
import Testing
import Wire

@testable import slmd

/// Messages that wait for data of somebody else's.
@Suite struct LookupTests {
    /// - Parameter gate: closed; messages that say "look" wait for it.
    private static func with(
        _ limits: Settings.Limits = Settings.Limits(), gate: Gate,
        _ body: (TestDaemon<ScriptedService>, _ looked: DispatchSemaphore) async throws -> Void
    ) async throws {
        let looked = DispatchSemaphore(value: 0)
        let service = ScriptedService(
            ScriptedService.Script(lookups: [
                "look": { _ in
                    looked.signal()
                    gate.pass()
                    return true
                },
                "look for long": { isGivenUp in
                    looked.signal()
                    while !isGivenUp() { sched_yield() }
                    return false
                },
            ]))
        try await TestDaemon.with(limits, service: service, ending: gate.open) { daemon in
            try await body(daemon, looked)
        }
    }

    private static let look = SayParams(text: "look", session: "s")

    @Test func `who waits for data keeps nobody waiting, and his own messages stay in order`() async throws {
        let gate = Gate(isOpen: false)
        try await Self.with(gate: gate) { daemon, looked in
            var client = try daemon.client()
            for id in 1...3 { try client.send(Self.look, id: Int64(id)) }
            looked.wait()
            var other = try daemon.client()
            for id in 1...100 {
                #expect(try other.ask(PredictParams(text: "a"), id: Int64(id)).intent == "echo")
            }
            let elsewhere = SayParams(text: "hello", session: "t")
            #expect(try client.ask(elsewhere, id: 4).session == "t")
            #expect(try other.ask(StatusParams()).queue.waiting == 2)
            gate.open()
            for id in 1...3 {
                #expect(try client.nextAnswer(SayResult.self).id == .number(Int64(id)))
            }
            #expect(try client.isServed())
        }
    }

    @Test func `one session is looked after by one thread, and a user leaves places to others`() async throws
    {
        let gate = Gate(isOpen: false)
        try await Self.with(gate: gate) { daemon, looked in
            var client = try daemon.client()
            for session in 1...10 {
                let params = SayParams(text: "look", session: "s\(session)")
                for turn in 1...2 { try client.send(params, id: Int64(10 * session + turn)) }
            }
            for _ in 1...LookupLane.places.ofUser { looked.wait() }
            // Whatever is asked after them has found them as they stay.
            #expect(try client.ask(PredictParams(text: "a"), id: 999).intent == "echo")
            var other = try daemon.client()
            #expect(try other.ask(StatusParams()).queue.waiting == 20 - LookupLane.places.ofUser)
            #expect(looked.wait(timeout: .now()) == .timedOut)
            gate.open()
            for _ in 1...20 { _ = try client.nextAnswer(SayResult.self) }
        }
    }

    @Test func `who cancels does not wait for the data`() async throws {
        let gate = Gate(isOpen: false)
        try await Self.with(gate: gate) { daemon, looked in
            var client = try daemon.client()
            try client.send(SayParams(text: "look for long", session: "s"), id: 1)
            looked.wait()
            try client.send(Self.look, id: 2)
            try client.cancel(2)
            try client.cancel(1)
            #expect(try client.nextError().kind == .cancelled)
            #expect(try client.nextError().kind == .cancelled)
            #expect(try client.isServed())
        }
    }

    @Test func `no more wait than may`() async throws {
        let gate = Gate(isOpen: false)
        try await Self.with(.with { $0.queue = 4 }, gate: gate) { daemon, looked in
            var client = try daemon.client()
            try client.send(Self.look, id: 1)
            looked.wait()
            var other = try daemon.client()
            for id in 2...4 {
                try client.send(Self.look, id: Int64(id))
                while try other.ask(StatusParams()).queue.waiting < id - 1 {}
            }
            try client.send(Self.look, id: 5)
            let error = try client.nextError()
            #expect(error.kind == .busy && error.isRetryable)
            gate.open()
            for id in 1...4 {
                #expect(try client.nextAnswer(SayResult.self).id == .number(Int64(id)))
            }
        }
    }

    @Test func `a daemon that stops answers what waits, and ends what is in work`() async throws {
        let gate = Gate(isOpen: false)
        try await Self.with(gate: gate) { daemon, looked in
            var client = try daemon.client()
            for id in 1...2 { try client.send(Self.look, id: Int64(id)) }
            looked.wait()
            var other = try daemon.client()
            while try other.ask(StatusParams()).queue.waiting < 1 {}
            let stop = daemon.stop(patience: .seconds(60))
            #expect(try client.nextError().kind == .shuttingDown)
            gate.open()
            #expect(try client.nextAnswer(SayResult.self).id == .number(1))
            try await stop.value
        }
    }

    @Test func `a daemon that stops does not wait for a disk that does not answer`() async throws {
        let gate = Gate(isOpen: false)
        try await Self.with(gate: gate) { daemon, looked in
            var client = try daemon.client()
            try client.send(Self.look, id: 1)
            looked.wait()
            let stop = daemon.stop()
            #expect(try client.nextError().kind == .shuttingDown)
            // While it still hangs.
            try await stop.value
            // What comes of it then is nobody's.
            gate.open()
        }
    }
}
