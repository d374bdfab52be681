import ArgumentParser
import Foundation
import Glibc
import SLMClient
import Synchronization
import Wire

/// A daemon with both models: its start, its memory, and what predictions wait while it words replies.
struct ReplyLoad: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure a daemon that words replies, over its socket.",
        discussion: "Starts the slmd beside this program in a state of its own. SLMD_MODELS names the models."
    )

    @Option(help: "The daemon to measure.") var daemon: String?
    @Option(help: "Predictions while replies are worded.") var predictions = 2000
    @Option(help: "Generations with random ends.") var generations = 1000

    func run() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "slmd-bench-\(getpid())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }  // best effort
        let me = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        let program = daemon ?? me.deletingLastPathComponent().appending(path: "slmd").path
        var figures = AccuracyFigures()
        try measureStarts(program, folder, into: &figures)
        let daemon = try RunningDaemon(program, folder: folder)
        figures.add(
            "resident memory with both models, MB", asked: 250,
            measured: Double(try daemon.residentBytes) / 1e6, digits: 1, atMost: true)
        try measurePredictions(daemon, generating: 0, asked: nil, into: &figures)
        try measurePredictions(daemon, generating: 1, asked: 10, into: &figures)
        try measurePredictions(daemon, generating: 4, asked: nil, into: &figures)
        try measureEnds(daemon, into: &figures)
        try daemon.stop()
        guard figures.allReached else { throw ExitCode(1) }
    }

    /// From the start of the program to the first token of a reply, with the files in the page cache.
    private func measureStarts(
        _ program: String, _ folder: String, into figures: inout AccuracyFigures
    ) throws {
        var times: (ready: [Double], reply: [Double]) = ([], [])
        for _ in 0..<6 {
            let began = ContinuousClock.now
            let daemon = try RunningDaemon(program, folder: folder)
            var client = try Connection(socket: daemon.socket)
            times.ready.append((ContinuousClock.now - began) / .seconds(1))
            _ = try client.generate(GenerateParams(.messages([Self.task(0)]), maximumTokens: 1))
            times.reply.append((ContinuousClock.now - began) / .seconds(1))
            try daemon.stop()
        }
        let (ready, reply) = (times.ready.dropFirst().sorted()[2], times.reply.dropFirst().sorted()[2])
        figures.add(
            "start to ready with both models, s", asked: 0.8, measured: ready, digits: 3, atMost: true)
        figures.add("start to the first token, s", asked: nil, measured: reply, digits: 3)
    }

    private static func task(_ number: Int) -> GenerateParams.Message {
        GenerateParams.Message(role: .user, text: "Write a long story about house number \(number).")
    }

    private func measurePredictions(
        _ daemon: RunningDaemon, generating count: Int, asked: Double?, into figures: inout AccuracyFigures
    ) throws {
        let storytellers = (0..<count).map { Storyteller(Self.task($0), daemon.socket) }
        var lone = try ClosedLoop(socket: daemon.socket, clients: 1)
        _ = try lone.run(requests: 50)
        let times = try lone.run(requests: predictions)
        let tokens = try storytellers.map { try $0.stop() }.reduce(0, +)
        let beside = count == 0 ? "alone" : "beside \(count) \(count == 1 ? "reply" : "replies")"
        figures.add("predictions \(beside), p50 ms", asked: nil, measured: times.milliseconds(50))
        figures.add(
            "predictions \(beside), p99 ms", asked: asked, measured: times.milliseconds(99), atMost: true)
        if count > 0 {
            figures.add("tokens of \(count) meanwhile", asked: nil, measured: Double(tokens), digits: 1)
        }
    }

    /// Nobody is there for the answer.
    private static func askAndLeave(_ params: GenerateParams, _ socket: String) throws {
        let client = try Connection(socket: socket)
        let request = Frame.encode(ClientMessage(id: .number(1), params))
        let count = unsafe request.withUnsafeBytes { bytes in
            unsafe send(client.descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        }
        guard count == request.count else { throw ClosedLoop.Failure.connectionLost }
    }

    /// Generations that end by themselves, are cancelled, or whose client goes away. What is said is what is said alone, and
    /// nothing is left.
    private func measureEnds(_ daemon: RunningDaemon, into figures: inout AccuracyFigures) throws {
        var random = BenchmarkRandom(seed: 11)
        var client = try Connection(socket: daemon.socket)
        let params = (0..<4).map {
            GenerateParams(
                .messages([Self.task($0)]), maximumTokens: 16,
                sampling: .init(temperature: 0.8, topK: 40, seed: Int64($0)), isStreamed: false)
        }
        let alone = try params.map { try client.generate($0).text }
        var (mixedUp, whole) = (0, 0)
        var before: Int?
        for round in 0..<(generations / 4) {
            let tellers = params.map { Storyteller(once: $0, daemon.socket) }
            if random.below(2) == 0 { tellers[random.below(4)].giveUp() }
            if random.below(4) == 0 { try Self.askAndLeave(params[0], daemon.socket) }
            for (number, teller) in tellers.enumerated() {
                guard let text = try teller.finish() else { continue }
                whole += 1
                if text != alone[number] { mixedUp += 1 }
            }
            if round == generations / 8 { before = try daemon.residentBytes }
        }
        var status = try client.call(StatusParams()).slm
        while let work = status?.work, work.running + work.waiting > 0 {
            status = try client.call(StatusParams()).slm
        }
        let grown = Double(try daemon.residentBytes - (before ?? 0)) / 1e6
        figures.add("generations that ended whole, of \(generations)", asked: nil, measured: Double(whole))
        figures.add("texts that are not those said alone", asked: 0, measured: Double(mixedUp), atMost: true)
        figures.add("memory grown in the second half, MB", asked: 5, measured: grown, digits: 1, atMost: true)
    }
}

/// A client on a thread of its own that has replies worded.
private final class Storyteller: Sendable {
    private struct State {
        var tokens = 0
        var text: String?
        var failure: ClientError?
    }

    private let state = Mutex(State())
    private let isStopped = Atomic<Bool>(false)
    private let ended = DispatchSemaphore(value: 0)
    private let pipe = Pipe()

    /// Asks again and again; the first reply has begun.
    init(_ task: GenerateParams.Message, _ socket: String) {
        let begun = DispatchSemaphore(value: 0)
        run { [self] () throws(ClientError) in
            defer { begun.signal() }
            var client = try Connection(socket: socket)
            while !isStopped.load(ordering: .relaxed) {
                let params = GenerateParams(.messages([task]), maximumTokens: 400)
                let usage = try client.generate(params, delta: { _ in begun.signal() }).usage
                state.withLock { $0.tokens += usage.generatedTokens }
            }
        }
        begun.wait()
    }

    init(once params: GenerateParams, _ socket: String) {
        run { [self] () throws(ClientError) in
            var client = try Connection(socket: socket)
            let end = pipe.fileHandleForReading.fileDescriptor
            let text = try client.generate(params, cancelledBy: end).text
            state.withLock { $0.text = text }
        }
    }

    private func run(_ work: @escaping @Sendable () throws(ClientError) -> Void) {
        Thread.detachNewThread { [self] in
            do throws(ClientError) {
                try work()
            } catch {
                state.withLock { $0.failure = error }
            }
            ended.signal()
        }
    }

    /// - Returns: how many tokens came.
    func stop() throws -> Int {
        isStopped.store(true, ordering: .relaxed)
        ended.wait()
        let (tokens, failure) = state.withLock { ($0.tokens, $0.failure) }
        if let failure { throw failure }
        return tokens
    }

    func giveUp() { pipe.fileHandleForWriting.write(Data([0])) }

    /// What was said; nil when it was given up.
    func finish() throws -> String? {
        ended.wait()
        let (text, failure) = state.withLock { ($0.text, $0.failure) }
        if let failure, text == nil {
            guard case .refused(let error) = failure, error.kind == .cancelled else { throw failure }
        }
        return text
    }
}
