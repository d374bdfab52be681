import Foundation
import Generation
import Synchronization
import Tensors
import Testing
import Wire

@testable import slmd

@Suite(.serialized) struct `Replies over the socket` {
    @Test func `come piece by piece, then whole`() async throws {
        try await Speaker().with { daemon, _ in
            var client = try daemon.client()
            let streamed = try client.reply(Speaker.params("the cat sat on the cat sat"))
            #expect(!streamed.pieces.isEmpty)
            #expect(streamed.pieces.joined() == streamed.result.text)
            #expect(streamed.result.usage.promptTokens == 26)
            var quiet = Speaker.params("the cat sat on the cat sat")
            quiet.isStreamed = false
            let whole = try client.reply(quiet)
            #expect(whole.pieces.isEmpty && whole.result.text == streamed.result.text)
            #expect(whole.result.usage.cachedTokens == 25)
            try daemon.wait { $0.generations == 2 && $0.running == 0 }
            let slm = try #require(try client.ask(StatusParams()).slm)
            #expect(slm.model.name == "llama" && slm.model.template == "chatml" && slm.model.context == 64)
            #expect(slm.work.cachedTokens == 25 && slm.work.promptTokens == 52)
        }
    }

    @Test func `are refused where there is no language model, and all else is served`() async throws {
        try await TestDaemon<ScriptedService>.with { daemon in
            var client = try daemon.client()
            try client.send(Speaker.params("a"), id: 1)
            #expect(try client.nextError().kind == .repliesOff)
            #expect(try client.isServed())
        }
    }

    @Test func `say what is wrong with a prompt`() async throws {
        try await Speaker().with { daemon, _ in
            var client = try daemon.client()
            try client.send(Speaker.params(String(repeating: "a", count: 64)), id: 1)
            let error = try client.nextError()
            #expect(error.kind == .textTooLong)
            #expect(error.expected == "at most 63 tokens" && error.found == "64")
            try client.send(Speaker.params(""), id: 2)
            #expect(try client.nextError().kind == .emptyText)
        }
    }

    @Test func `leave out old messages only when asked, and say how many`() async throws {
        try await Speaker().with { daemon, _ in
            var client = try daemon.client()
            let talk = (0..<4).flatMap { turn in
                [
                    GenerateParams.Message(role: .user, text: "u\(turn)"),
                    GenerateParams.Message(role: .assistant, text: "a\(turn)"),
                ]
            }
            let last = GenerateParams.Message(role: .user, text: "now")
            try client.send(GenerateParams(.messages(talk + [last])), id: 1)
            #expect(try client.nextError().kind == .textTooLong)
            let reply = try client.reply(
                GenerateParams(.messages(talk + [last]), overflow: .dropOldest, maximumTokens: 8))
            #expect(reply.result.droppedMessages.map { $0 > 0 && $0 < 8 } == true)
        }
    }

    // MARK: While none gets on

    @Test func `that wait are bounded, and who comes too many is told to try again`() async throws {
        let speaker = try Speaker(together: 1)
        try await speaker.with(queue: 2) { daemon, hold in
            var client = try daemon.client()
            hold.begin()
            try client.send(Speaker.params("x"), id: 1)
            // Until it is taken, it is one of those that wait.
            try daemon.wait { $0.running == 1 }
            for id in 2...3 { try client.send(Speaker.params("x"), id: Int64(id)) }
            try daemon.wait { $0.waiting == 2 }
            try client.send(Speaker.params("x"), id: 4)
            let error = try client.nextError()
            #expect(error.kind == .busy && error.isRetryable)
            hold.end()
            var answered: Set<RequestID> = []
            for _ in 1...3 { answered.insert(try client.reply().id) }
            #expect(answered == [.number(1), .number(2), .number(3)])
        }
    }

    @Test func `of one client give places to another, and go on when there are some`() async throws {
        try await Speaker(together: 2, context: 2048).with { daemon, hold in
            var many = try daemon.client()
            var one = try daemon.client()
            hold.begin()
            let longer = GenerateParams(.text("x"), maximumTokens: 1200)
            for id in 1...4 { try many.send(longer, id: Int64(id)) }
            try daemon.wait { $0.running + $0.waiting == 4 }
            try one.send(Speaker.params("x"), id: 9)
            try daemon.wait { $0.running + $0.waiting == 5 }
            hold.end()
            // None of the others has ended: each takes many times as long.
            #expect(try one.reply().id == .number(9))
            let slm = try #require(try one.ask(StatusParams()).slm?.work)
            #expect(slm.generations == 1 && slm.running + slm.waiting == 4)
            var (texts, told) = (Set<String>(), 0)
            for _ in 1...4 {
                let (_, result, pieces) = try many.reply()
                texts.insert(result.text)
                told += pieces.joined().utf8.count
            }
            #expect(texts.count == 1)
            #expect(told == 4 * (texts.first?.utf8.count ?? 0), "nothing is told twice")
        }
    }

    @Test func `without room for a long prompt let some pass, but not all`() async throws {
        try await Speaker(together: 3, context: 2048, pages: 20).with(queue: 64) { daemon, hold in
            var first = try daemon.client()
            var long = try daemon.client()
            var short = try daemon.client()
            hold.begin()
            try first.send(Speaker.long, id: 1)
            try daemon.wait { $0.running == 1 }
            // Its prompt takes 19 of 20 pages, and the first has some.
            let prompt = String(repeating: "ab", count: 300)
            try long.send(GenerateParams(.text(prompt), maximumTokens: 4), id: 2)
            try daemon.wait { $0.running + $0.waiting == 2 }
            for id in 1...30 { try short.send(Speaker.params("x"), id: Int64(id)) }
            try daemon.wait { $0.running + $0.waiting == 32 }
            hold.end()
            for _ in 1...ReplyAdmission.mostPassing { _ = try short.reply() }
            try daemon.wait { $0.generations >= ReplyAdmission.mostPassing && $0.running == 1 }
            _ = try first.reply()
            _ = try long.reply()
            var other = try daemon.client()
            let after = try #require(try other.ask(StatusParams()).slm?.work)
            #expect(after.generations < 32)
            for _ in ReplyAdmission.mostPassing..<30 { _ = try short.reply() }
        }
    }

    @Test func `that are cancelled end, and others go on`() async throws {
        try await Speaker().with { daemon, hold in
            var client = try daemon.client()
            hold.begin()
            try client.send(Speaker.params("abc"), id: 1)
            try client.send(Speaker.params("abcd"), id: 2)
            try daemon.wait { $0.running + $0.waiting == 2 }
            try client.cancel(1)
            // Whatever is sent later on one connection is seen later.
            try client.send(StatusParams(), id: 3)
            var isRefused = false
            // One that had not begun is refused at once.
            while case .refusal(let id, _)? = try client.next(StatusResult.self) {
                #expect(id == .number(1) && !isRefused)
                isRefused = true
            }
            hold.end()
            if !isRefused {
                let (id, outcome) = try client.outcome()
                #expect(id == .number(1))
                #expect(throws: ErrorReply.self) { try outcome.get() }
            }
            #expect(try client.reply().id == .number(2))
        }
    }

    @Test func `of a client that is gone end`() async throws {
        try await Speaker().with { daemon, hold in
            hold.begin()
            do {
                let client = try daemon.client()
                for id in 1...4 { try client.send(Speaker.params("abc"), id: Int64(id)) }
                try daemon.wait { $0.running + $0.waiting == 4 }
            }
            var other = try daemon.client()
            while try other.ask(StatusParams()).service.connections > 2 {}
            hold.end()
            try daemon.wait { $0.running == 0 && $0.waiting == 0 }
        }
    }

    @Test func `end at their deadline`() async throws {
        try await Speaker(context: 2048).with { daemon, _ in
            var client = try daemon.client()
            var params = Speaker.long
            params.timeoutMilliseconds = 1
            #expect(try client.reply(params).result.stopReason == .deadline)
        }
    }

    @Test func `end at their deadline while they wait, too`() async throws {
        try await Speaker(together: 1).with { daemon, hold in
            var client = try daemon.client()
            hold.begin()
            try client.send(Speaker.params("abc"), id: 1)
            try daemon.wait { $0.running == 1 }
            var params = Speaker.params("abc")
            params.timeoutMilliseconds = 1
            try client.send(params, id: 2)
            try daemon.wait { $0.waiting == 1 }
            hold.end()
            var ends: [RequestID: GenerateResult.StopReason] = [:]
            for _ in 0..<2 {
                let reply = try client.reply()
                ends[reply.id] = reply.result.stopReason
            }
            #expect(ends[.number(2)] == .deadline && ends[.number(1)] != .deadline)
        }
    }

    @Test func `are given up when the daemon stops`() async throws {
        try await Speaker().with { daemon, hold in
            var client = try daemon.client()
            hold.begin()
            try client.send(Speaker.params("abc"), id: 1)
            try daemon.wait { $0.running == 1 }
            var other = try daemon.client()
            let stop = daemon.stop()
            // All that runs is given up when the first request is refused.
            while (try? other.ask(StatusParams())) != nil {}
            hold.end()
            try await stop.value
            guard case .failure(let error) = try client.outcome().outcome else { throw UnexpectedMessage() }
            #expect(error.kind == .shuttingDown)
        }
    }

    /// A thousand replies on changing connections, of which some are cancelled and some left by their clients.
    @Test func `lose nothing and mix nothing up`() async throws {
        try await Speaker(together: 4).with(queue: 64) { daemon, _ in
            var alone: [Int: String] = [:]
            var first = try daemon.client()
            for number in 0..<8 { alone[number] = try first.reply(Speaker.numbered(number)).result.text }
            var chance = SystemRandomNumberGenerator()
            var (whole, cancelled, left) = (0, 0, 0)
            while whole + cancelled + left < 1000 {
                var client = try daemon.client()
                let count = Int.random(in: 1...8, using: &chance)
                for number in 0..<count { try client.send(Speaker.numbered(number), id: Int64(number)) }
                if Int.random(in: 0..<4, using: &chance) == 0 {
                    left += count
                    continue
                }
                let given = Int.random(in: 0..<2 * count, using: &chance)
                if given < count { try client.cancel(Int64(given)) }
                for _ in 0..<count {
                    let (id, outcome) = try client.outcome()
                    guard case .number(let number) = id else { throw UnexpectedMessage() }
                    switch outcome {
                    case .success(let result):
                        #expect(result.text == alone[Int(number)])
                        whole += 1
                    case .failure(let error):
                        // Those who left may still fill the queue.
                        #expect(error.kind == .busy || error.kind == .cancelled && Int(number) == given)
                        cancelled += 1
                    }
                }
            }
            #expect(whole > 200 && left > 50)
            try daemon.wait { $0.running == 0 && $0.waiting == 0 }
            let slm = try #require(try first.ask(StatusParams()).slm)
            #expect(slm.cache.tokens <= slm.cache.limitTokens)
        }
    }
}

/// A daemon with a small language model whose passes a test can hold up.
private struct Speaker {
    private let model: LanguageModel
    private let pool = ComputePool(threads: 2)

    /// - Parameters:
    ///   - context: as in the file, or some other one.
    ///   - pages: of 32 tokens; nil: more than are ever needed.
    init(together: Int = 8, context: UInt32 = 64, pages: Int? = nil) throws {
        let path = context == 64 ? Self.path : try Self.copy(context: context)
        defer { if path != Self.path { try? FileManager.default.removeItem(atPath: path) } }  // best effort
        var settings = LanguageModelSettings(path: path, together: together)
        if let pages {
            let model = try LanguageModel(settings, pool: pool)
            settings.cacheBytes = pages * (model.cacheBytes / (model.cacheTokens / 32))
        }
        model = try LanguageModel(settings, pool: pool)
    }

    private static let path =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(
            separator: "/") + "/TransformersTests/Goldens/llama.gguf"

    /// The file with another value of the key that says how many tokens the model was trained for.
    private static func copy(context: UInt32) throws -> String {
        var file = try Data(contentsOf: URL(filePath: path))
        let key = try #require(file.range(of: Data("llama.context_length".utf8)))
        // Behind the key four bytes say of which type its value is.
        let value = key.upperBound + 4..<key.upperBound + 8
        file.replaceSubrange(value, with: withUnsafeBytes(of: context.littleEndian) { Data($0) })
        let copy = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).gguf")
        try file.write(to: copy)
        return copy.path
    }

    func with(
        queue: Int = 16, _ body: (TestDaemon<ScriptedService>, Hold) async throws -> Void
    ) async throws {
        let hold = Hold(pool)
        func run(_ daemon: TestDaemon<ScriptedService>) async throws { try await body(daemon, hold) }
        try await TestDaemon.with(
            service: ScriptedService(), slm: (model, queue), ending: { hold.end() }, run)
    }

    /// It does not end by itself.
    static let long = GenerateParams(.text("x"), maximumTokens: 400)

    static func params(_ prompt: String) -> GenerateParams {
        GenerateParams(.text(prompt), maximumTokens: 20)
    }

    static func numbered(_ number: Int) -> GenerateParams {
        GenerateParams(
            .text("number \(number) of many"), maximumTokens: 12 + number,
            sampling: .init(temperature: 1, seed: Int64(number)))
    }
}

/// Waits, in the place of work.
private struct Idling: StepWork {
    let begun: DispatchSemaphore
    let release: DispatchSemaphore
    let steps = 1

    func work(_ share: Int, step: Int) {
        guard share == 0 else { return }
        begun.signal()
        release.wait()
    }
}

/// Keeps the threads that compute busy.
private final class Hold: Sendable {
    private let pool: ComputePool
    private let isHeld = Mutex(false)
    private let release = DispatchSemaphore(value: 0)

    init(_ pool: ComputePool) { self.pool = pool }

    /// Returns once the threads are held.
    func begin() {
        isHeld.withLock { $0 = true }
        let begun = DispatchSemaphore(value: 0)
        let (pool, release) = (pool, release)
        Thread.detachNewThread { pool.run(Idling(begun: begun, release: release)) }
        begun.wait()
    }

    func end() {
        let wasHeld = isHeld.withLock { isHeld in
            defer { isHeld = false }
            return isHeld
        }
        if wasHeld { release.signal() }
    }
}

extension TestDaemon {
    /// Asks until the language model's work is as it should be.
    fileprivate func wait(until isReached: (SLMStatus.Work) -> Bool) throws {
        var client = try client()
        while let work = try client.ask(StatusParams()).slm?.work, !isReached(work) {}
    }
}

extension RawClient {
    /// What comes of the reply that is finished next.
    fileprivate mutating func outcome(
        _ piece: (String) -> Void = { _ in }
    ) throws -> (id: RequestID, outcome: Result<GenerateResult, ErrorReply>) {
        while true {
            switch try next(GenerateResult.self) {
            case .delta(let delta)?: piece(delta.text)
            case .answer(let id, let result)?: return (id, .success(result))
            case .refusal(let id?, let error)?: return (id, .failure(error))
            default: throw UnexpectedMessage()
            }
        }
    }

    /// The next reply, after asking for one where `params` are given.
    fileprivate mutating func reply(
        _ params: GenerateParams? = nil
    ) throws -> (id: RequestID, result: GenerateResult, pieces: [String]) {
        if let params { try send(params, id: 1) }
        var pieces: [String] = []
        let (id, outcome) = try outcome { pieces.append($0) }
        return (id, try outcome.get(), pieces)
    }
}
