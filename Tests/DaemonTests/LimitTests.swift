import Assistant
import Foundation
import NIOCore
import Synchronization
import Testing
import Wire

@testable import slmd

/// Nothing a client does makes the daemon hold more than it was told to.
@Suite struct LimitTests {
    @Test func `a full queue refuses as busy, and what waited is still answered`() async throws {
        let gate = Gate(isOpen: false)
        try await TestDaemon<ScriptedService>.with(.with { $0.queue = 2 }, gate: gate) { daemon in
            var client = try daemon.client()
            try client.send(PredictParams(text: "in work"), id: 0)
            daemon.service.begun.wait()
            for id in 1...3 { try client.send(PredictParams(text: "\(id)"), id: Int64(id)) }
            let refusal = try client.next(PredictResult.self)
            guard case .refusal(let id, let error)? = refusal else { throw UnexpectedMessage() }
            #expect(id == .number(3))
            #expect(error.kind == .busy)
            #expect(error.kind.isRetryable)
            gate.open()
            for id in 0...2 { #expect(try client.nextAnswer(PredictResult.self).id == .number(Int64(id))) }
        }
    }

    @Test func `a connection over the limit is told so, and one that ends makes room`() async throws {
        try await TestDaemon<ScriptedService>.with(.with { $0.connections = 2 }) { daemon in
            var first = try daemon.client()
            do {
                var second = try daemon.client()
                var third = try RawClient(ungreeted: daemon.socket)
                #expect(try third.nextError().kind == .tooManyConnections)
                #expect(try third.isAtEnd())
                #expect(try second.isServed())
            }
            while try first.ask(StatusParams()).service.connections > 1 {}
            var next = try daemon.client()
            #expect(try next.isServed())
        }
    }

    @Test func `those who come in a storm wait to be accepted`() async throws {
        ProcessLimits.raiseOpenFiles()
        try await TestDaemon<ScriptedService>.with { daemon in
            let (held, gate) = (Gate(isOpen: false), Gate(isOpen: false))
            daemon.loop.execute {
                held.open()
                gate.pass()
            }
            held.pass()
            defer { gate.open() }
            var waiting = ClientList()
            // Of the 1,025 that the kernel lets wait; one turned away would fail with EAGAIN at once.
            for _ in 0..<1000 {
                waiting.keep(try RawClient(ungreeted: daemon.socket, patience: .milliseconds(1)))
            }
        }
    }

    @Test func `of 10,000 connections 1,024 are served and the others are told why not`() async throws {
        ProcessLimits.raiseOpenFiles()
        try await TestDaemon<ScriptedService>.with { daemon in
            var clients = ClientList()
            var served = 0
            for _ in 0..<10_000 {
                var client = try RawClient(ungreeted: daemon.socket)
                switch try client.next(StatusResult.self) {
                case .hello?: served += 1
                case .refusal(nil, let error)?: #expect(error.kind == .tooManyConnections)
                default: throw UnexpectedMessage()
                }
                clients.keep(client)
            }
            #expect(served == 1024)
            #expect(try clients.first?.isServed() == true)
        }
    }

    @Test func `a client with many requests unanswered is read from no more until they are`() async throws {
        let gate = Gate(isOpen: false)
        try await TestDaemon<ScriptedService>.with(gate: gate) { daemon in
            var client = try daemon.client()
            // In one write: the kernel counts many small ones as much more than their bytes.
            try client.send(
                (1...600).flatMap { id in
                    Frame.encode(ClientMessage(id: .number(Int64(id)), PredictParams(text: "\(id)")))
                })
            daemon.service.begun.wait()
            var other = try daemon.client()
            let waiting = try other.ask(StatusParams()).queue.waiting
            #expect(waiting < Connection.mostUnanswered)
            gate.open()
            // In whatever order: those that came while another asked may be answered by another thread.
            var answered: Set<RequestID> = []
            for _ in 1...600 { answered.insert(try client.nextAnswer(PredictResult.self).id) }
            #expect(answered == Set((1...600).map { RequestID.number($0) }))
        }
    }

    @Test func `a client that does not read is read from no more, and loses nothing`() async throws {
        try await TestDaemon<ScriptedService>.with { daemon in
            var client = try daemon.client()
            var other = try daemon.client()
            var requests: [UInt8] = []
            for id in 0..<20_000 {
                requests += Frame.encode(ClientMessage(id: .number(Int64(id)), EmbedParams(text: "vector")))
            }
            var sent = try client.sendUntilFull(requests)
            while try !client.hasNews(within: .milliseconds(1)) {}
            sent += try client.sendUntilFull(Array(requests[sent...]))
            #expect(sent < requests.count)
            #expect(try other.isServed())
            let whole = try Self.wholeFrames(in: requests[..<sent])
            var answered: Set<RequestID> = []
            for _ in 0..<whole { answered.insert(try client.nextAnswer(EmbedResult.self).id) }
            #expect(answered == Set((0..<whole).map { RequestID.number(Int64($0)) }))
        }
    }

    @Test func `who sends ahead while another waits for each answer loses nothing`() async throws {
        try await TestDaemon<ScriptedService>.with { daemon in
            var greedy = try daemon.client()
            var good = try daemon.client()
            try greedy.send(
                (1...600).flatMap { id in
                    Frame.encode(ClientMessage(id: .number(Int64(id)), PredictParams(text: "\(id)")))
                })
            for id in 1...100 { _ = try good.ask(PredictParams(text: "good"), id: Int64(id)) }
            var answered: Set<RequestID> = []
            for _ in 1...600 { answered.insert(try greedy.nextAnswer(PredictResult.self).id) }
            #expect(answered == Set((1...600).map { RequestID.number($0) }))
            #expect(try good.isServed())
        }
    }

    @Test func `who comes while another waits for answers is let in, each in his turn`() async throws {
        try await TestDaemon<ScriptedService>.with { daemon in
            var good = try daemon.client()
            for _ in 1...100 {
                _ = try RawClient(ungreeted: daemon.socket)  // leaves at once
                _ = try good.ask(PredictParams(text: "good"))
            }
            var late = try daemon.client()
            #expect(try late.isServed())
        }
    }

    @Test func `an id may not be used twice at once`() async throws {
        let gate = Gate(isOpen: false)
        try await TestDaemon<ScriptedService>.with(gate: gate) { daemon in
            var client = try daemon.client()
            try client.send(PredictParams(text: "first"), id: 1)
            try client.send(PredictParams(text: "second"), id: 1)
            #expect(try client.nextError().kind == .invalidRequest)
            gate.open()
            #expect(try client.nextAnswer(PredictResult.self).body.text == "first")
            #expect(try client.ask(PredictParams(text: "third"), id: 1).text == "third")
        }
    }

    @Test func `more staged examples than the limit are refused, and those before stay`() async throws {
        try await TestDaemon<ScriptedService>.with(.with { $0.examples = 2 }) { daemon in
            var client = try daemon.client()
            let sample = Sample(text: "a", intent: "b")
            #expect(try client.ask(StageParams(examples: [sample])).staged == 1)
            try client.send(StageParams(examples: [sample, sample]), id: 2)
            #expect(try client.nextError().kind == .invalidParams)
            #expect(try client.ask(StageParams(examples: [sample])).staged == 2)
        }
    }

    @Test func `staged examples and large frames share one budget, given back when a client goes`()
        async throws
    {
        try await TestDaemon<ScriptedService>.with(.with { $0.bufferedBytes = 200_000 }) { daemon in
            var other = try daemon.client()
            let large = PredictParams(text: String(repeating: "a", count: 150_000))
            do {
                var client = try daemon.client()
                let sample = Sample(text: String(repeating: "a", count: 50_000), intent: "b")
                #expect(try client.ask(StageParams(examples: [sample, sample])).staged == 2)
                try client.send(StageParams(examples: [sample, sample]), id: 2)
                #expect(try client.nextError().kind == .busy)
                var third = try daemon.client()
                try third.send(RawClient.header(150_000) + [UInt8](repeating: 0x20, count: 149_000))
                #expect(try third.nextError().kind == .busy)
                #expect(try other.isServed())
            }
            while try other.ask(StatusParams()).service.connections > 1 {}
            for id in 1...3 { #expect(try other.ask(large, id: Int64(id)).text == large.text) }
        }
    }

    @Test func `a cancelled request that waits is answered as cancelled`() async throws {
        let gate = Gate(isOpen: false)
        try await TestDaemon<ScriptedService>.with(gate: gate) { daemon in
            var client = try daemon.client()
            try client.send(PredictParams(text: "1"), id: 1)
            daemon.service.begun.wait()
            for id in 2...3 { try client.send(PredictParams(text: "\(id)"), id: Int64(id)) }
            for id in 2...3 { try client.cancel(Int64(id)) }
            _ = try client.ask(StatusParams(), id: 100)  // answered after the notifications were read
            gate.open()
            #expect(try client.nextAnswer(PredictResult.self).id == .number(1))
            #expect(try client.nextError().kind == .cancelled)
            #expect(try client.nextError().kind == .cancelled)
        }
    }

    @Test func `training stops when it is cancelled`() async throws {
        let gate = Gate(isOpen: false)
        try await TestDaemon<ScriptedService>.with(gate: gate) { daemon in
            var client = try daemon.client()
            try client.send(TrainParams(examples: [Sample(text: "a", intent: "b")]), id: 1)
            daemon.service.begun.wait()
            try client.cancel(1)
            _ = try client.ask(StatusParams(), id: 100)
            gate.open()
            #expect(try client.nextError().kind == .cancelled)
        }
    }

    @Test func `a connection that closes cancels its training`() async throws {
        let gate = Gate(isOpen: false)
        try await TestDaemon<ScriptedService>.with(gate: gate) { daemon in
            var other = try daemon.client()
            do {
                let client = try daemon.client()
                try client.send(TrainParams(examples: [Sample(text: "a", intent: "b")]), id: 1)
                daemon.service.begun.wait()
            }
            while try other.ask(StatusParams()).service.connections > 1 {}
            gate.open()
            daemon.service.cancelled.wait()
            #expect(try other.isServed())
        }
    }

    private static func wholeFrames(in bytes: ArraySlice<UInt8>) throws -> Int {
        var frames = FrameDecoder()
        frames.append(bytes)
        var count = 0
        while try frames.next() != nil { count += 1 }
        return count
    }
}

/// Keeps connections open; an array cannot hold what may not be copied.
struct ClientList: ~Copyable {
    private var clients: [Holder] = []

    final class Holder {
        var client: RawClient
        init(_ client: consuming RawClient) { self.client = client }
        func isServed() throws -> Bool { try client.isServed() }
    }

    var first: Holder? { clients.first }

    mutating func keep(_ client: consuming RawClient) {
        clients.append(Holder(client))
    }
}
