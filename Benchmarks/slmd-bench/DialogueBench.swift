import ArgumentParser
import Foundation
import Glibc
import SLMClient
import Storage
import Wire

/// What a turn of a dialogue takes, what live dialogues take of memory, and a start with many stored.
struct DialogueBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dialogue",
        abstract: "Measure dialogues: a turn, many live ones, and a start with many stored.",
        discussion: "Starts the slmd beside this program in a state of its own. SLMD_MODELS names the models."
    )

    @Option(help: "The daemon to measure.") var daemon: String?
    @Option(help: "Turns that are timed.") var turns = 3000
    @Option(help: "Live dialogues.") var live = 10_000
    @Option(help: "Stored sessions.") var stored = 100_000

    /// A dialogue, with a goal that is reached at its end.
    private static let sentences = [
        "I need my report", "How long do you keep reports?", "the blood test", "from yesterday",
        "no, the 3rd",
        "thank you, goodbye",
    ]

    func run() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "slmd-bench-\(getpid())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }  // best effort
        let me = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        let program = daemon ?? me.deletingLastPathComponent().appending(path: "slmd").path
        let arguments = try SocketLoad.withoutReplies(folder)
        var figures = AccuracyFigures()
        let daemon = try RunningDaemon(program, folder: folder, arguments: arguments)
        try measureTurns(daemon, into: &figures)
        try measureMemory(daemon, into: &figures)
        try daemon.stop()
        try store(in: "\(folder)/state/slmd.db")
        try measureStart(program, folder, arguments, into: &figures)
        guard figures.allReached else { throw ExitCode(1) }
    }

    private func measureTurns(_ daemon: RunningDaemon, into figures: inout AccuracyFigures) throws {
        var client = try Connection(socket: daemon.socket)
        var times = LatencySample()
        for turn in 0..<turns + 100 {
            let sentence = Self.sentences[turn % Self.sentences.count]
            let began = ContinuousClock.now
            _ = try client.say(sentence, session: "timed \(turn / Self.sentences.count)")
            if turn >= 100 { times.add(ContinuousClock.now - began) }
        }
        figures.add("a turn, p50 ms", asked: 3, measured: times.milliseconds(50), atMost: true)
        figures.add("a turn, p99 ms", asked: nil, measured: times.milliseconds(99), atMost: true)
    }

    private func measureMemory(_ daemon: RunningDaemon, into figures: inout AccuracyFigures) throws {
        var client = try Connection(socket: daemon.socket)
        let before = try daemon.residentBytes
        // Nobody waits for each answer here.
        let messages = (0..<live).flatMap { session in
            [Self.sentences[0], Self.sentences[2]].map { SayParams(text: $0, session: "live \(session)") }
        }
        var refused = 0
        try client.call(each: messages, window: 32) { result in
            if case .failure = result { refused += 1 }
        }
        guard refused == 0 else { throw RunningDaemon.Failure(description: "\(refused) turns were refused") }
        let grown = Double(try daemon.residentBytes - before) / 1e6
        figures.add("\(live) live dialogues, MB more", asked: 40, measured: grown, digits: 1, atMost: true)
    }

    /// Copies of the first dialogue, under other names.
    private func store(in path: String) throws {
        let log = try EventLog(path: path)
        let said = try log.turns(TurnQuery(session: "live 0"), limit: 10, bytes: 1 << 20).turns.map(\.content)
        guard !said.isEmpty else { throw RunningDaemon.Failure(description: "no turn is in \(path)") }
        for start in stride(from: 0, to: stored, by: 1000) {
            let copies = (start..<min(start + 1000, stored)).flatMap { session in
                said.map { turn in
                    TurnContent(
                        session: "stored \(session)", uid: turn.uid, time: turn.time, text: turn.text,
                        context: nil,
                        intent: turn.intent, confidence: turn.confidence, isOutOfScope: turn.isOutOfScope,
                        event: nil, outcome: turn.outcome)
                }
            }
            try log.append(copies)
        }
    }

    private func measureStart(
        _ program: String, _ folder: String, _ arguments: [String], into figures: inout AccuracyFigures
    ) throws {
        var times: [Double] = []
        for round in 0..<3 {
            let began = ContinuousClock.now
            let daemon = try RunningDaemon(program, folder: folder, arguments: arguments)
            var client = try Connection(socket: daemon.socket)
            let turn = try client.say("from yesterday", session: "stored \(stored - 1 - round)")
            times.append((ContinuousClock.now - began) / .seconds(1))
            // The dialogue goes on where the stored one was.
            guard turn.turn == 3 else {
                throw RunningDaemon.Failure(description: "turn \(turn.turn) came, not 3")
            }
            try daemon.stop()
        }
        figures.add(
            "start to first answer with \(stored) stored sessions, s", asked: 1, measured: times.sorted()[1],
            digits: 3, atMost: true)
    }
}
