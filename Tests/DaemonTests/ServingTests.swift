import Assistant
import Foundation
import Synchronization
import Testing
import Wire

@testable import slmd

@Suite struct ServingTests {
    @Test func `every method answers what the assistant said`() async throws {
        try await TestDaemon<ScriptedService>.with { daemon in
            var client = try daemon.client()
            let prediction = try client.ask(PredictParams(text: "hello"))
            #expect(prediction.intent == "echo")
            #expect(prediction.confidence == 0.75)
            #expect(prediction.ranking.map(\.intent) == ["echo", "other"])
            #expect(prediction.tokens == TokenCounts(read: 3, total: 3))
            #expect(try client.ask(EmbedParams(text: "hello")).embedding.count == 384)
            #expect(try client.ask(TeachParams(intent: "greet", text: "hello")).after.intent == "greet")
            let sample = Sample(text: "a", intent: "b")
            #expect(try client.ask(EvaluateParams(examples: [])).perIntent["echo"]?.recall == 0.5)
            #expect(try client.ask(StageParams(examples: [sample])).staged == 1)
            #expect(try client.ask(IntentsParams()).intents == [IntentEntry(intent: "echo", examples: 2)])
            #expect(try client.ask(MergeIntentParams(from: "a", into: "b")).event == 7)
            #expect(try client.ask(RemoveIntentParams(intent: "a")).event == 8)
            #expect(try client.ask(CreateSnapshotParams(name: "mine")).name == "mine")
            let listed = try client.ask(ListSnapshotsParams()).snapshots
            #expect(listed.map(\.createdAt) == ["2023-11-14T22:13:20Z"])
            let content = try client.ask(ShowSnapshotParams(name: "mine"))
            #expect(content.snapshot.name == "mine" && content.intents?.map(\.examples) == [2])
            #expect(try client.ask(RemoveSnapshotParams(name: "mine")).event == 8)
            #expect(try client.ask(VerifySnapshotParams()).isEqual == false)
            #expect(try client.ask(RestoreSnapshotParams(name: "mine")).position == 8)
            #expect(try client.ask(UndoParams(count: 2)).undone == [7, 8])
            #expect(try client.ask(UndoParams(isProved: true)).replayedDigest == "d1")
            let page = try client.ask(HistoryParams(after: 1))
            #expect(page.events.map(\.event) == [2] && page.hasMore)
            #expect(page.events.map(\.time) == ["2023-11-14T22:13:20Z"])
            for selection in [.session("s"), .user(7), .event(7)] as [ForgetParams.Selection] {
                try client.send(ForgetParams(selection), id: 9)
                #expect(try client.nextError().kind == .notFound)
            }
            try client.send(RenameIntentParams(from: "a", to: "b"), id: 9)
            #expect(try client.nextError().kind == .notFound)
        }
    }

    @Test func `status tells of the daemon, its model and how long requests took`() async throws {
        try await TestDaemon<ScriptedService>.with { daemon in
            var client = try daemon.client()
            for id in 1...5 { _ = try client.ask(PredictParams(text: "a"), id: Int64(id)) }
            let status = try client.ask(StatusParams())
            #expect(status.service.isReady)
            #expect(status.service.pid == getpid())
            #expect(status.service.connections == 1)
            #expect(status.service.memoryBytes > 1 << 20)
            #expect(status.service.socket == daemon.socket)
            #expect(status.model.name == "echo")
            #expect(status.slm == nil)
            #expect(status.queue == QueueStatus(waiting: 0, limit: 1024))
            let latency = try #require(status.latency["predict"])
            #expect(latency.count == 5)
            #expect(latency.p50Milliseconds > 0)
            #expect(latency.p50Milliseconds <= latency.maxMilliseconds)
        }
    }

    @Test func `what waits is predicted in batches, in the order it came`() async throws {
        let gate = Gate(isOpen: false)
        try await TestDaemon<ScriptedService>.with(gate: gate) { daemon in
            var client = try daemon.client()
            try client.send(PredictParams(text: "0"), id: 0)
            daemon.service.begun.wait()
            for id in 1...40 { try client.send(PredictParams(text: "\(id)"), id: Int64(id)) }
            var other = try daemon.client()
            while try other.ask(StatusParams()).queue.waiting < 40 {}
            gate.open()
            // The first may be done on one thread, and those that were sent ahead on the other.
            var order: [Int] = []
            for _ in 0...40 {
                let answer = try client.nextAnswer(PredictResult.self)
                let id = try #require(Int(answer.body.text))
                #expect(answer.id == .number(Int64(id)))
                order.append(id)
            }
            #expect(order.filter { $0 > 0 } == Array(1...40))
            let batches = daemon.service.script.withLock { $0.predicted }
            #expect(batches.sorted() == [1] + [Int](repeating: 4, count: 10))
        }
    }

    @Test func `lessons that wait share one commit, and keep their order and their teacher`() async throws {
        let gate = Gate(isOpen: false)
        try await TestDaemon<ScriptedService>.with(gate: gate) { daemon in
            var client = try daemon.client()
            try client.send(TeachParams(intent: "a", text: "0", session: "s1"), id: 0)
            daemon.service.begun.wait()
            for id in 1...5 { try client.send(TeachParams(intent: "a", text: "\(id)"), id: Int64(id)) }
            while try client.ask(StatusParams(), id: 100).queue.waiting < 5 {}
            gate.open()
            for id in 0...5 {
                #expect(try client.nextAnswer(TeachResult.self).id == .number(Int64(id)))
            }
            let taught = daemon.service.script.withLock { $0.taught }
            #expect(taught.map { $0.map(\.utterance.text) } == [["0"], ["1", "2", "3", "4", "5"]])
            #expect(taught[0][0].contributor == Contributor(uid: getuid(), pid: getpid(), session: "s1"))
        }
    }

    @Test func `predictions are answered while training runs`() async throws {
        try await TestDaemon<ScriptedService>.with { daemon in
            let teacher = try daemon.client()
            var client = try daemon.client()
            // More steps than the test takes; the daemon's stop gives the training up.
            let examples = Array(repeating: Sample(text: "a", intent: "b"), count: 100_000)
            try teacher.send(TrainParams(examples: examples), id: 1)
            daemon.service.begun.wait()
            #expect(try client.isServed())
        }
    }

    @Test func `progress is told with the request's id, up to its last step`() async throws {
        try await TestDaemon<ScriptedService>.with { daemon in
            var client = try daemon.client()
            try client.send(TrainParams(examples: [Sample(text: "a", intent: "b")]), id: 42)
            var told: [Wire.Progress] = []
            while case .progress(let progress)? = try client.next(TrainResult.self) {
                told.append(progress)
                if progress.done == progress.total { break }
            }
            #expect(told.last == Wire.Progress(id: .number(42), phase: .embedding, done: 1, total: 1))
            #expect(try client.nextAnswer(TrainResult.self).body.count == 1)
        }
    }

    @Test func `all that makes snapshots anew tells how far it is, and is seen to get on`() async throws {
        try await TestDaemon<ScriptedService>.with { daemon in
            var client = try daemon.client()
            func told<P: Params>(_ params: P) throws -> [Int] {
                try client.send(params, id: 1)
                var steps: [Int] = []
                while case .progress(let progress)? = try client.next(P.Answer.self) {
                    #expect(progress.phase == .replaying && progress.total == 3)
                    steps.append(progress.done)
                }
                return steps
            }
            let before = daemon.listener.scheduler.pulses["learn"]?.steps ?? 0
            #expect(try told(RejectParams(events: [1])).last == 3)
            #expect(try told(RemoveSnapshotParams(name: "kept")).last == 3)
            #expect(try told(RestoreSnapshotParams(name: "kept")).last == 3)
            #expect((daemon.listener.scheduler.pulses["learn"]?.steps ?? 0) >= before + 12)
        }
    }

    @Test func `staged examples are used once, before the request's own`() async throws {
        try await TestDaemon<ScriptedService>.with { daemon in
            var client = try daemon.client()
            _ = try client.ask(
                StageParams(examples: [Sample(text: "1", intent: "a"), Sample(text: "2", intent: "a")]))
            let staged = try client.ask(StageParams(examples: [Sample(text: "3", intent: "b", context: "c")]))
            #expect(staged.staged == 3)
            for _ in 0..<2 {
                try client.send(
                    TrainParams(examples: [Sample(text: "4", intent: "b")], usesStaged: true), id: 5)
                while case .progress? = try client.next(TrainResult.self) {}
            }
            let trained = daemon.service.script.withLock { $0.trained }
            #expect(trained.map { $0.map(\.text) } == [["1", "2", "3", "4"], ["4"]])
            #expect(trained[0][2].context == "c")
        }
    }

    @Test func `a large frame is served in its turn`() async throws {
        try await TestDaemon<ScriptedService>.with { daemon in
            var client = try daemon.client()
            // On the event loop, and on the thread of short questions.
            for (number, bytes) in [40_000, 250_000].enumerated() {
                let long = String(repeating: "long ", count: bytes / 5)
                try client.send(PredictParams(text: long), id: Int64(2 * number))
                try client.send(PredictParams(text: "short"), id: Int64(2 * number + 1))
                #expect(try client.nextAnswer(PredictResult.self).body.text == long)
                #expect(try client.nextAnswer(PredictResult.self).body.text == "short")
            }
        }
    }

    @Test func `what is learnt now is measured where evaluations are, and holds up no short question`()
        async throws
    {
        let gate = Gate(isOpen: false)
        try await TestDaemon<ScriptedService>.with(gate: gate) { daemon in
            let evaluator = try daemon.client()
            try evaluator.send(EvaluateParams(examples: [Sample(text: "a", intent: "b")]), id: 1)
            daemon.service.begun.wait()
            var client = try daemon.client()
            try client.send(ShowSnapshotParams(), id: 1)
            try client.send(ShowSnapshotParams(name: "kept"), id: 2)
            #expect(try client.nextAnswer(SnapshotContentResult.self).id == .number(2))
            gate.open()
            #expect(try client.nextAnswer(SnapshotContentResult.self).id == .number(1))
        }
    }

    @Test func `a client that has sent its last byte still gets its answers`() async throws {
        let gate = Gate(isOpen: false)
        try await TestDaemon<ScriptedService>.with(gate: gate) { daemon in
            var client = try daemon.client()
            for id in 1...3 { try client.send(PredictParams(text: "\(id)"), id: Int64(id)) }
            client.finishSending()
            daemon.service.begun.wait()
            gate.open()
            for id in 1...3 { #expect(try client.nextAnswer(PredictResult.self).id == .number(Int64(id))) }
            #expect(try client.isAtEnd())
        }
    }

    @Test func `stopping answers what is in hand, gives long work up, and takes nothing new`() async throws {
        let gate = Gate(isOpen: false)
        try await TestDaemon<ScriptedService>.with(gate: gate) { daemon in
            var client = try daemon.client()
            var trainer = try daemon.client()
            try client.send(PredictParams(text: "in hand"), id: 1)
            daemon.service.begun.wait()
            try trainer.send(TrainParams(examples: [Sample(text: "a", intent: "b")]), id: 1)
            daemon.service.begun.wait()
            let stop = daemon.stop()
            // The daemon refuses new work from the moment it stops; the socket may take a request until then.
            var refused = false
            while !refused {
                try client.send(StatusParams(), id: 2)
                if case .refusal(_, let error)? = try client.next(StatusResult.self) {
                    #expect(error.kind == .shuttingDown)
                    refused = true
                }
            }
            gate.open()
            #expect(try client.nextAnswer(PredictResult.self).body.text == "in hand")
            #expect(try client.isAtEnd())
            #expect(try trainer.nextError().kind == .shuttingDown)
            #expect(try trainer.isAtEnd())
            try await stop.value
            #expect(throws: (any Error).self) { _ = try RawClient(ungreeted: daemon.socket) }
        }
    }
}
