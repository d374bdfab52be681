import ArgumentParser
import Foundation
import Glibc
import Learning
import SLMClient
import Wire

/// What a client waits for, predictions, lessons and the start, and what a daemon takes: memory, idle time.
struct SocketLoad: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure a daemon over its socket.",
        discussion: "Starts the slmd beside this program in a state of its own. SLMD_MODELS names the models."
    )

    @Option(help: "The daemon to measure.") var daemon: String?
    @Option(help: "Seconds of load with 32 clients.") var seconds = 5
    @Option(help: "Seconds without any client.") var idleSeconds = 15

    static let texts = [
        "I need my blood test results from yesterday", "Show me the sales figures for the last quarter",
        "What is the difference between a debit and a credit card?", "Can you explain that once more please",
        "No, I meant the other account, not this one", "Yes, that is exactly what I wanted to know",
        "Thank you very much, goodbye and see you tomorrow", "Is there a way to change my delivery address?",
    ]

    func run() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "slmd-bench-\(getpid())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }  // best effort
        let me = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        let program = daemon ?? me.deletingLastPathComponent().appending(path: "slmd").path
        var figures = AccuracyFigures()
        try measureStarts(program, folder, into: &figures)
        let daemon = try RunningDaemon(program, folder: folder, arguments: try Self.withoutReplies(folder))
        try measurePredictions(daemon, into: &figures)
        try measureLessons(daemon, into: &figures)
        try measureMemory("resident memory while it works, MB", asked: nil, daemon, into: &figures)
        figures.add(
            "idle, % of a core", asked: 0.1, measured: try daemon.idlePercent(seconds: idleSeconds),
            digits: 4,
            atMost: true)
        try measureMemory("resident memory, MB", daemon, into: &figures)
        try measureTrained(daemon, into: &figures)
        try daemon.stop()
        guard figures.allReached else { throw ExitCode(1) }
    }

    /// Settings under which no language model is loaded: what it takes is measured by `reply-load`.
    static func withoutReplies(_ folder: String) throws -> [String] {
        let file = "\(folder)/slmd.yaml"
        try Data("slm: none\n".utf8).write(to: URL(filePath: file))
        return ["--config", file]
    }

    private func measureMemory(
        _ what: String, asked: Double? = 80, _ daemon: RunningDaemon, into figures: inout AccuracyFigures
    ) throws {
        figures.add(
            what, asked: asked, measured: Double(try daemon.residentBytes) / 1e6, digits: 1, atMost: true)
    }

    /// 77 intents of 20 examples trained, and 600 texts evaluated; without SLMD_DATA that is said and left out.
    private func measureTrained(_ daemon: RunningDaemon, into figures: inout AccuracyFigures) throws {
        let set: LabelledSet
        do {
            set = try LabelledSet("banking77", validation: false)
        } catch BenchmarkError.notSet(let variable) {
            print("memory after training: left out, \(variable) is not set")
            return
        }
        var taken: [IntentName: Int] = [:]
        let lines = set.pool.filter { line in
            taken[line.intent, default: 0] += 1
            return taken[line.intent, default: 0] <= 20
        }
        var client = try Connection(socket: daemon.socket)
        let trained = try client.call(TrainParams(examples: lines.map(Sample.init)))
        figures.add("training \(trained.count) examples, s", asked: nil, measured: trained.seconds)
        _ = try client.call(EvaluateParams(examples: set.measured.prefix(600).map(Sample.init)))
        try measureMemory(
            "resident memory with 77 intents, just evaluated, MB", asked: nil, daemon, into: &figures)
        let began = ContinuousClock.now
        let head = try client.call(StatusParams()).learned.head
        figures.add(
            "status with 77 intents, ms", asked: nil,
            measured: (ContinuousClock.now - began) / .milliseconds(1))
        figures.add(
            "the head's weights for 77 intents, MB", asked: 1, measured: Double(head.bytes) / 1e6, digits: 3,
            atMost: true)
        sleep(2)  // what the last request left to do is not rest
        try measureMemory("resident memory with 77 intents trained, MB", daemon, into: &figures)
    }

    private func measureStarts(
        _ program: String, _ folder: String, into figures: inout AccuracyFigures
    ) throws {
        var times: [Double] = []
        for _ in 0..<6 {
            let began = ContinuousClock.now
            let daemon = try RunningDaemon(
                program, folder: folder, arguments: try Self.withoutReplies(folder))
            var client = try Connection(socket: daemon.socket)
            _ = try client.predict(Self.texts[0])
            times.append((ContinuousClock.now - began) / .seconds(1))
            try daemon.stop()
        }
        figures.add("first start to first answer, s", asked: nil, measured: times[0], digits: 3)
        figures.add(
            "start to first answer, s", asked: 0.5, measured: times.dropFirst().sorted()[2], digits: 3,
            atMost: true)
    }

    private func measurePredictions(_ daemon: RunningDaemon, into figures: inout AccuracyFigures) throws {
        var lone = try ClosedLoop(socket: daemon.socket, clients: 1)
        _ = try lone.run(requests: 200)
        let alone = try lone.run(requests: 3000)
        figures.add("lone client, p50 ms", asked: 1.5, measured: alone.milliseconds(50), atMost: true)
        figures.add("lone client, p99 ms", asked: 4, measured: alone.milliseconds(99), atMost: true)
        var many = try ClosedLoop(socket: daemon.socket, clients: 32)
        _ = try many.run(requests: 500)
        let began = ContinuousClock.now
        var crowd = LatencySample()
        while ContinuousClock.now - began < .seconds(seconds) { crowd.add(try many.run(requests: 500)) }
        let elapsed = (ContinuousClock.now - began) / .seconds(1)
        figures.add(
            "32 clients, predictions/s", asked: 1000, measured: Double(crowd.count) / elapsed, digits: 1)
        figures.add("32 clients, p50 ms", asked: nil, measured: crowd.milliseconds(50))
        figures.add("32 clients, p99 ms", asked: 40, measured: crowd.milliseconds(99), atMost: true)
    }

    private func measureLessons(_ daemon: RunningDaemon, into figures: inout AccuracyFigures) throws {
        var client = try Connection(socket: daemon.socket)
        var times = LatencySample()
        for lesson in 0..<500 {
            let began = ContinuousClock.now
            let text = "\(Self.texts[lesson % Self.texts.count]) \(lesson)"
            _ = try client.call(TeachParams(intent: "taught_\(lesson % 20)", text: text))
            times.add(ContinuousClock.now - began)
        }
        figures.add(
            "teach, durable and in force, p50 ms", asked: 5, measured: times.milliseconds(50), atMost: true)
        figures.add(
            "teach, durable and in force, p99 ms", asked: 20, measured: times.milliseconds(99), atMost: true)
    }
}

extension Sample {
    fileprivate init(_ line: LabelledLine) {
        self.init(text: line.text, intent: line.intent.description)
    }
}

/// Times, to take percentiles of.
struct LatencySample {
    private var nanoseconds: [Int64] = []
    var count: Int { nanoseconds.count }

    mutating func add(_ time: Duration) {
        nanoseconds.append(Int64(time / .nanoseconds(1)))
    }

    mutating func add(_ other: LatencySample) {
        nanoseconds += other.nanoseconds
    }

    /// - Precondition: there is a time.
    func milliseconds(_ percentile: Int) -> Double {
        Double(nanoseconds.sorted()[min(count - 1, count * percentile / 100)]) / 1e6
    }
}
