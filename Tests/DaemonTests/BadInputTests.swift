import Assistant
import Foundation
import Synchronization
import Testing
import Wire

@testable import slmd

/// Each lie a client can tell, the error it gets, and that the daemon goes on.
@Suite struct BadInputTests {
    struct Case: CustomTestStringConvertible {
        let name: String
        let body: [UInt8]
        let kind: ErrorKind
        var testDescription: String { name }

        init(_ name: String, _ body: String, _ kind: ErrorKind) {
            (self.name, self.body, self.kind) = (name, Array(body.utf8), kind)
        }

        init(_ name: String, bytes: [UInt8], _ kind: ErrorKind) {
            (self.name, self.body, self.kind) = (name, bytes, kind)
        }
    }

    static let cases: [Case] = [
        Case("an empty body", "", .parse),
        Case("no JSON", "predict me", .parse),
        Case("half an object", #"{"jsonrpc":"2.0","id":1"#, .parse),
        Case(
            "invalid UTF-8",
            bytes: Array(#"{"jsonrpc":"2.0","id":1,"method":""#.utf8) + [0xC3, 0x28, 0x22, 0x7D], .parse),
        Case(
            "a NUL byte",
            bytes: Array(#"{"jsonrpc":"2.0","#.utf8) + [0] + Array(#""id":1,"method":"status"}"#.utf8), .parse
        ),
        Case(
            "arrays 10,000 deep",
            String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000), .parse),
        Case(
            "objects 10,000 deep in the parameters",
            #"{"jsonrpc":"2.0","id":1,"method":"predict","params":"#
                + String(repeating: #"{"text":"#, count: 10_000) + "1"
                + String(repeating: "}", count: 10_001), .parse),
        Case("a number", "17", .invalidRequest),
        Case("a batch", #"[{"jsonrpc":"2.0","id":1,"method":"status"}]"#, .invalidRequest),
        Case("no version", #"{"id":1,"method":"status"}"#, .invalidRequest),
        Case("an object as id", #"{"jsonrpc":"2.0","id":{},"method":"status"}"#, .invalidRequest),
        Case(
            "cancel as a request", #"{"jsonrpc":"2.0","id":1,"method":"cancel","params":{"id":1}}"#,
            .invalidRequest),
        Case("an unknown method", #"{"jsonrpc":"2.0","id":1,"method":"predicate"}"#, .unknownMethod),
        Case(
            "parameters by position", #"{"jsonrpc":"2.0","id":1,"method":"predict","params":["a"]}"#,
            .invalidParams),
        Case("no text", #"{"jsonrpc":"2.0","id":1,"method":"predict","params":{}}"#, .invalidParams),
        Case(
            "a number as text", #"{"jsonrpc":"2.0","id":1,"method":"predict","params":{"text":1}}"#,
            .invalidParams),
        Case(
            "an unknown parameter",
            #"{"jsonrpc":"2.0","id":1,"method":"predict","params":{"text":"a","txt":"b"}}"#,
            .invalidParams),
    ]

    @Test(arguments: cases)
    func `a bad message gets its error and the connection goes on`(bad: Case) async throws {
        try await TestDaemon<ScriptedService>.with { daemon in
            var client = try daemon.client()
            try client.send(body: bad.body)
            let error = try client.nextError()
            #expect(error.kind == bad.kind)
            #expect(!error.message.isEmpty)
            #expect(try client.isServed())
        }
    }

    @Test func `a notification with faults gets no answer`() async throws {
        try await TestDaemon<ScriptedService>.with { daemon in
            var client = try daemon.client()
            try client.send(body: Array(#"{"jsonrpc":"2.0","method":"predicate"}"#.utf8))
            #expect(try client.isServed())
        }
    }

    @Test(arguments: [4097, Int(UInt32.max)])
    func `a frame over the limit is refused at its header and the connection ends`(length: Int) async throws {
        try await TestDaemon<ScriptedService>.with(.with { $0.frameBytes = 4096 }) { daemon in
            var other = try daemon.client()
            var client = try daemon.client()
            try client.send(RawClient.header(length))
            let error = try client.nextError()
            #expect(error.kind == .frameTooLarge)
            #expect(error.expected == "at most 4096 bytes")
            #expect(error.found == "\(length) bytes")
            #expect(try client.isAtEnd())
            #expect(try other.isServed())
        }
    }

    @Test func `a client that sends on after a frame over the limit can still read why it is cut off`()
        async throws
    {
        try await TestDaemon<ScriptedService>.with(.with { $0.frameBytes = 4096 }) { daemon in
            var client = try daemon.client()
            let body = [UInt8](repeating: 0x20, count: 1 << 20)
            try client.send(RawClient.header(body.count) + body)
            #expect(try client.nextError().kind == .frameTooLarge)
            #expect(try client.isAtEnd())
        }
    }

    @Test func `who sends what is no request is read from a hundred times a second`() async throws {
        try await TestDaemon<ScriptedService>.with { daemon in
            var client = try daemon.client()
            let started = ContinuousClock.now
            try client.send((0..<12).flatMap { _ in RawClient.header(1) + [0x20] })
            for _ in 0..<12 { #expect(try client.nextError().kind == .parse) }
            #expect(try client.isServed())
            // Between each two, and before the request behind them, lie 10 ms.
            #expect(ContinuousClock.now - started >= .milliseconds(120))
        }
    }

    @Test func `who sends much that is no request stands back for those who are there`() async throws {
        let nonsense =
            Array(#"{"id":["#.utf8) + [UInt8](repeating: UInt8(ascii: "1"), count: 60_000) + "]}".utf8
        let numbers = Array(#"{"id":[1"#.utf8) + (0..<20_000).flatMap { _ in ",1".utf8 } + "]}".utf8
        for body in [nonsense, numbers] {
            try await TestDaemon<ScriptedService>.with { daemon in
                var good = try daemon.client()
                var hostile = try daemon.client()
                let times = (0..<5).map { _ in
                    let begun = ThreadTime.now
                    _ = Request.result(decoding: body)
                    return ThreadTime.now - begun
                }
                let time = times.min() ?? .zero
                // Who has asked counts as there for two seconds.
                _ = try good.ask(PredictParams(text: "good"))
                try hostile.send(body: body)
                #expect(try hostile.nextError().kind == .invalidRequest)
                let started = ContinuousClock.now
                #expect(try hostile.isServed())
                // Two hundred times what it took to read, less the 20 ms that are free; the daemon may read faster.
                #expect(ContinuousClock.now - started >= time * 100 - .milliseconds(20))
                #expect(ContinuousClock.now - started >= .milliseconds(10))
            }
        }
    }

    @Test func `a length with no body times out, and others are served meanwhile`() async throws {
        try await TestDaemon<ScriptedService>.with(.with { $0.frameTime = .milliseconds(100) }) { daemon in
            var other = try daemon.client()
            var client = try daemon.client()
            try client.send(RawClient.header(100))
            #expect(try other.isServed())
            #expect(try client.nextError().kind == .timeout)
            #expect(try client.isAtEnd())
            #expect(try other.isServed())
        }
    }

    @Test func `bytes that drip in do not put off the end of the time`() async throws {
        try await TestDaemon<ScriptedService>.with(.with { $0.frameTime = .milliseconds(200) }) { daemon in
            var client = try daemon.client()
            try client.send(RawClient.header(1_000_000))
            var dripped = 0
            while try !client.hasNews(within: .milliseconds(10)) {
                try client.send([0x20])
                dripped += 1
            }
            #expect(dripped > 1)
            #expect(try client.nextError().kind == .timeout)
            #expect(try client.isAtEnd())
        }
    }

    @Test func `a frame that arrives byte by byte within the time is served`() async throws {
        try await TestDaemon<ScriptedService>.with { daemon in
            var client = try daemon.client()
            for byte in Frame.encode(ClientMessage(id: .number(1), PredictParams(text: "slowly"))) {
                try client.send([byte])
            }
            #expect(try client.nextAnswer(PredictResult.self).body.text == "slowly")
        }
    }

    @Test func `a client that is silent between frames is not cut off`() async throws {
        try await TestDaemon<ScriptedService>.with(.with { $0.frameTime = .milliseconds(20) }) { daemon in
            var client = try daemon.client()
            #expect(try client.isServed())
            #expect(try !client.hasNews(within: .milliseconds(100)))
            #expect(try client.isServed())
        }
    }

    @Test func `an error of the assistant reaches the client as its kind, and the daemon goes on`()
        async throws
    {
        try await TestDaemon<ScriptedService>.with { daemon in
            var client = try daemon.client()
            daemon.service.script.withLock {
                $0.failure = .storage(reason: "no space left on device", isRetryable: true)
            }
            try client.send(TeachParams(intent: "a", text: "b"), id: 1)
            let error = try client.nextError()
            #expect(error.kind == .storage)
            #expect(error.message.contains("no space left"))
            daemon.service.script.withLock { $0.failure = nil }
            #expect(try client.isServed())
        }
    }
}
