import Assistant
import Glibc
import JSON
import Synchronization
import Testing
import Wire

@testable import slmd

@Suite struct ConversationTests {
    /// A daemon to whom this process is an ordinary user.
    private func asUser(_ body: (TestDaemon<ScriptedService>) async throws -> Void) async throws {
        let access = Access(uid: geteuid() &+ 1, users: getegid())
        try await TestDaemon.with(access: access, service: ScriptedService(), body)
    }

    @Test func `a prediction tells who speaks, and in which session`() async throws {
        try await TestDaemon<ScriptedService>.with { daemon in
            var client = try daemon.client()
            _ = try client.ask(PredictParams(text: "a", session: "s"))
            _ = try client.ask(PredictParams(text: "b"))
            let speakers = daemon.service.script.withLock { $0.speakers }
            #expect(speakers.map { $0?.session } == ["s", nil])
            #expect(speakers.allSatisfy { $0?.uid == geteuid() && $0?.pid == getpid() })
        }
    }

    @Test func `log and sessions answer as the protocol says`() async throws {
        try await TestDaemon<ScriptedService>.with { daemon in
            var client = try daemon.client()
            let page = try client.ask(LogParams(after: 1, session: "s", since: 5, last: 9))
            #expect(page.hasMore && page.turns.map(\.turn) == [2])
            #expect(page.turns[0].time == "2023-11-14T22:13:20Z" && page.turns[0].kind == .predicted)
            let filter = daemon.service.script.withLock { $0.filters.last }
            #expect(filter == TurnFilter(after: 1, session: "s", since: 5_000_000, last: 9))
            #expect(try client.ask(SessionsParams(last: 3)).sessions.map(\.turns) == [3])
            #expect(daemon.service.script.withLock { $0.owners } == [nil, nil])
            #expect(try client.ask(StatusParams()).conversations.isKept)
        }
    }

    @Test func `a transcript opens a session, and what is wrong with it names the turn`() async throws {
        try await TestDaemon<ScriptedService>.with { daemon in
            var client = try daemon.client()
            let page = try client.ask(LogParams(session: "s", hasRecords: true))
            #expect(
                page.turns[0].transcript == TurnTranscript(microseconds: 1_700_000_000_000_000, record: nil))
            let good = try TranscriptLine(json: JSONWriter.encode(page.turns[0]))
            let answer = try client.ask(ImportSessionParams(session: "t", turns: [good, good]), id: 2)
            #expect(answer.turns == 2 && answer.state.session == "t")
            let bad = try TranscriptLine(json: Array(#"{"microseconds":1,"text":"bad","confidence":0}"#.utf8))
            try client.send(ImportSessionParams(session: "t", turns: [good, bad]), id: 3)
            let error = try client.nextError()
            #expect(error.kind == .invalidParams && error.item == 2 && error.message == "turn 2: it is bad")
            try client.send(ImportSessionParams(session: "there", turns: [good]), id: 4)
            #expect(try client.nextError().message == "there is a session 'there' already")
        }
    }

    @Test func `another's session is forbidden`() async throws {
        try await TestDaemon<ScriptedService>.with { daemon in
            var client = try daemon.client()
            try client.send(LogParams(session: "another's"), id: 1)
            let error = try client.nextError()
            #expect(error.kind == .forbidden)
        }
    }

    @Test(.enabled(if: geteuid() != 0, "root is nobody's ordinary user"))
    func `an ordinary user is shown what is theirs`() async throws {
        try await asUser { daemon in
            var client = try daemon.client()
            _ = try client.ask(LogParams())
            _ = try client.ask(SessionsParams())
            #expect(daemon.service.script.withLock { $0.owners } == [geteuid(), geteuid()])
        }
    }

    @Test func `a writer that stands still is found`() async throws {
        try await TestDaemon<ScriptedService>.with { daemon in
            var heartbeat = Heartbeat()
            func stuck(_ pulse: WriterPulse) throws -> [String] {
                daemon.service.script.withLock { $0.writerPulse = pulse }
                let stuck = heartbeat.stuck(among: daemon.listener.pulses())
                // The event loop has come round once this is answered.
                var client = try daemon.client()
                _ = try client.ask(IntentsParams())
                return stuck
            }
            let found = try [(true, 1), (true, 2), (true, 2), (false, 2)].map {
                try stuck(WriterPulse(isBusy: $0.0, steps: $0.1))
            }
            #expect(found == [[], [], ["conversations"], []])
        }
    }
}
