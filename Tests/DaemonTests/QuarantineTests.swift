import Assistant
import Synchronization
import Testing
import Wire

@testable import slmd

@Suite struct QuarantineTests {
    @Test func `what is held is approved and rejected, and what is not is not found`() async throws {
        try await TestDaemon<ScriptedService>.with { daemon in
            var client = try daemon.client()
            #expect(try client.ask(ApproveParams(events: [3, 5])).approved.map(\.event) == [4, 6])
            #expect(try client.ask(RejectParams(events: [3])).rejected == [3])
            _ = try client.ask(HistoryParams(isQuarantined: true))
            _ = try client.ask(ExplainParams(text: "hello"))
            #expect(daemon.service.script.withLock { $0.quarantined } == [true])
            try client.send(ApproveParams(events: [404]), id: 9)
            #expect(try client.nextError().kind == .notFound)
            for body in [
                #"{"jsonrpc":"2.0","id":1,"method":"approve"}"#,
                #"{"jsonrpc":"2.0","id":1,"method":"approve","params":{"events":[]}}"#,
                #"{"jsonrpc":"2.0","id":1,"method":"reject","params":{"events":"1"}}"#,
                #"{"jsonrpc":"2.0","id":1,"method":"reject","params":{"events":[1.5]}}"#,
                #"{"jsonrpc":"2.0","id":1,"method":"reject","params":{"events":[99999999999999999999]}}"#,
                #"{"jsonrpc":"2.0","id":1,"method":"explain","params":{}}"#,
            ] {
                try client.send(body: Array(body.utf8))
                #expect(try client.nextError().kind == .invalidParams)
            }
        }
    }

    @Test func `only administrators approve and reject, and only owners are believed without question`() {
        let events: [Call] = [.approve(ApproveParams(events: [1])), .reject(RejectParams(events: [1]))]
        #expect(events.allSatisfy { $0.isAdministrative })
        #expect(!Call.explain(ExplainParams(text: "x")).isAdministrative)
        #expect(Lesson.Standing(.owner) == .owner)
        #expect(Lesson.Standing(.administrator) == .ordinary && Lesson.Standing(.user) == .ordinary)
    }

    @Test func `lessons of the owner are believed, and too many of others are refused for a while`()
        async throws
    {
        var script = ScriptedService.Script()
        script.failure = .tooManyLessons(retryAfter: .milliseconds(1500))
        try await TestDaemon.with(service: ScriptedService(script)) { daemon in
            var client = try daemon.client()
            try client.send(TeachParams(intent: "a", text: "b"), id: 1)
            let error = try client.nextError()
            #expect(error.kind == .tooManyLessons && error.isRetryable && error.retryAfter == 1.5)
            #expect(error.message == "too many lessons of this user; try again in 2 s")
            #expect(daemon.service.script.withLock { $0.taught[0][0].standing } == .owner)
        }
    }
}
