import ArgumentParser
import Foundation
import Glibc
import Logging
import SLMClient
import Storage
import Wire

/// How small conversations become, how fast, and whether anybody waits for it.
struct ArchiveBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive",
        abstract: "Measure the archive of conversations, and predictions while it is written.",
        discussion: "Reads sgd in the folder named by SLMD_DATA; starts the slmd beside this program.")

    @Option(help: "The daemon to measure.") var daemon: String?
    @Option(help: "Rounds with conversations kept, and as many without.") var rounds = 5

    func run() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "slmd-bench-\(getpid())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }  // best effort
        var figures = AccuracyFigures()
        try measureSize(folder, into: &figures)
        try measureWaiting(folder, into: &figures)
        guard figures.allReached else { throw ExitCode(1) }
    }

    // MARK: Size

    /// Writes the dialogues as the daemon does: to the database, from there to a file that is appended to whenever 64 KiB
    /// wait, and at the end of the day to a closed one.
    private func measureSize(_ folder: String, into figures: inout AccuracyFigures) throws {
        let turns = try Self.turns()
        let place = "\(folder)/conversations"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
        let log = try EventLog(path: "\(folder)/turns.db")
        let archive = ConversationArchive(
            directory: place, log: log, logger: Logger(label: "") { _ in SwiftLogNoOpLogHandler() })
        let today = ArchivedTurn.day(turns[0].time)
        var waiting = 0
        for batch in stride(from: 0, to: turns.count, by: 16).map({ turns[$0..<min($0 + 16, turns.count)] }) {
            try log.append(Array(batch))
            waiting += batch.reduce(0) { $0 + $1.bytes }
            guard waiting >= 64 << 10 else { continue }
            try archive.catchUp(today: today)
            waiting = 0
        }
        try archive.catchUp(today: today)
        let (open, json) = try Self.read(place)
        try archive.catchUp(today: "9999-12-31")
        let closing = try ContinuousClock().measure { try archive.closeFiles() }
        let (closed, _) = try Self.read(place)
        let reading = try ContinuousClock().measure { _ = try Self.read(place) }
        figures.add("turns of real dialogues", asked: nil, measured: Double(turns.count), digits: 1)
        figures.add(
            "their JSON, bytes a turn", asked: nil, measured: Double(json) / Double(turns.count), digits: 1)
        figures.add("JSON / file that is appended to", asked: nil, measured: Double(json) / Double(open))
        figures.add("JSON / closed file", asked: 8, measured: Double(json) / Double(closed))
        figures.add(
            "closing, MB/s of JSON", asked: nil, measured: Double(json) / 1e6 / (closing / .seconds(1)))
        figures.add(
            "reading and checking, MB/s of JSON", asked: nil,
            measured: Double(json) / 1e6 / (reading / .seconds(1)))
    }

    /// Bytes of the files, and of the JSON in them.
    private static func read(_ folder: String) throws -> (files: Int, json: Int) {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        return try names.reduce(into: (0, 0)) { sum, name in
            let bytes = [UInt8](try Data(contentsOf: URL(filePath: "\(folder)/\(name)")))
            sum.0 += bytes.count
            sum.1 += ArchiveReader().beginning(of: bytes).content
        }
    }

    /// What users say in the dialogues, each with the system's words before it: a new dialogue every half minute, ten
    /// seconds a turn, give or take.
    private static func turns() throws -> [TurnContent] {
        var random = SplitMix(state: 1)
        var start: Int64 = 1_760_000_000_000_000
        var turns: [TurnContent] = []
        for dialogue in try Dialogue.all() {
            start += Int64.random(in: 5_000_000...60_000_000, using: &random)
            let session = (0..<2).map { _ in String(random.next() | 1 << 63, radix: 16) }.joined()
            var (time, context) = (start, String?.none)
            for turn in dialogue.turns {
                guard turn.speaker == "USER" else {
                    context = turn.utterance
                    continue
                }
                time += Int64.random(in: 3_000_000...15_000_000, using: &random)
                // Most answers are sure ones.
                let doubt = pow(Double.random(in: 0..<1, using: &random), 3)
                turns.append(
                    TurnContent(
                        session: session, uid: 1000, time: time, text: turn.utterance, context: context,
                        intent: turn.frames.first?.state?.intent, confidence: 1 - doubt / 2,
                        isOutOfScope: doubt > 0.9, event: nil))
            }
        }
        return turns.sorted { $0.time < $1.time }
    }

    // MARK: Waiting

    /// The same load on two daemons by turns, one of which keeps what is said.
    private func measureWaiting(_ folder: String, into figures: inout AccuracyFigures) throws {
        let me = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        let program = daemon ?? me.deletingLastPathComponent().appending(path: "slmd").path
        let daemons = try ["true", "false"].map { keep in
            let place = "\(folder)/\(keep)"
            try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
            let settings = "bootstrap: none\nconversations:\n  keep: \(keep)\n"
            try settings.write(toFile: "\(place)/slmd.yaml", atomically: false, encoding: .utf8)
            let daemon = try RunningDaemon(
                program, folder: place, arguments: ["--config", "\(place)/slmd.yaml"])
            var client = try Connection(socket: daemon.socket)
            for intent in 0..<20 {
                _ = try client.call(TeachParams(intent: "i\(intent)", text: SocketLoad.texts[intent % 8]))
            }
            return daemon
        }
        var samples = [[LatencySample]](repeating: [], count: 2)
        for round in 0..<2 * rounds {
            let which = round % 2
            var load = try ClosedLoop(socket: daemons[which].socket, clients: 8, session: "bench")
            _ = try load.run(requests: 200)
            samples[which].append(try load.run(requests: 12_000))
        }
        for daemon in daemons { try daemon.stop() }
        for percentile in [50, 99] {
            let (kept, not) = (median(samples[0], percentile), median(samples[1], percentile))
            figures.add("8 clients, kept, p\(percentile) ms", asked: nil, measured: kept)
            figures.add("8 clients, not kept, p\(percentile) ms", asked: nil, measured: not)
            figures.add(
                "kept / not kept, p\(percentile)", asked: percentile == 50 ? 1.05 : 1.15,
                measured: kept / not,
                atMost: true)
        }
    }

    private func median(_ samples: [LatencySample], _ percentile: Int) -> Double {
        samples.map { $0.milliseconds(percentile) }.sorted()[samples.count / 2]
    }
}

/// A dialogue of the Schema-Guided Dialogue data.
private struct Dialogue: Decodable {
    struct Turn: Decodable {
        struct Frame: Decodable {
            struct State: Decodable {
                let intent: String

                private enum CodingKeys: String, CodingKey { case intent = "active_intent" }
            }

            let state: State?
        }

        let speaker: String
        let utterance: String
        let frames: [Frame]
    }

    let turns: [Turn]

    static func all() throws -> [Dialogue] {
        guard let data = unsafe getenv("SLMD_DATA").map({ unsafe String(cString: $0) }) else {
            throw BenchmarkError.notSet("SLMD_DATA")
        }
        let decoder = JSONDecoder()
        return try String(contentsOfFile: "\(data)/sgd/dialogues.jsonl", encoding: .utf8)
            .split(separator: "\n").map { try decoder.decode(Dialogue.self, from: Data($0.utf8)) }
    }
}

/// Steele, Lea and Flood, 2014: the same numbers everywhere.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
