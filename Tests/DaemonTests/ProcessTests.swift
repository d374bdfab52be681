import Foundation
import Testing
import Wire

@testable import slmd

/// The program itself: its exit statuses, its signals, its disk.
@Suite struct ProcessTests {
    /// `slmd` as it was built beside the tests.
    private static let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appending(path: "slmd").path

    private func run(_ arguments: [String], environment: [String: String] = [:]) throws -> (
        status: Int32, says: String
    ) {
        let process = Process()
        process.executableURL = URL(filePath: Self.program)
        process.arguments = arguments
        process.environment = environment
        let pipe = Pipe()
        process.standardError = pipe
        process.standardOutput = pipe
        try process.run()
        let said = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: said, as: UTF8.self))
    }

    @Test func `a mistake in the settings ends it with 78 and the line`() async throws {
        try await Folder.temporary { folder in
            let file = "\(folder)/slmd.yaml"
            try Data("limits:\n  queu: 3\n".utf8).write(to: URL(filePath: file))
            let ended = try run(["--config", file, "--state", folder, "--check"])
            #expect(ended.status == 78)
            #expect(ended.says == "slmd: \(file):2:3: unknown key limits.queu; did you mean limits.queue?\n")
        }
    }

    @Test func `a missing model ends it with 78 and the command that gets it`() async throws {
        try await Folder.temporary { folder in
            let manifest = URL(filePath: #filePath).deletingLastPathComponent()
                .appending(path: "../../models/manifest.json").standardizedFileURL
            try FileManager.default.copyItem(at: manifest, to: URL(filePath: "\(folder)/manifest.json"))
            let ended = try run([
                "--config", try settings(in: folder), "--state", "\(folder)/state", "--socket", "\(folder)/s",
                "--models", folder,
            ])
            #expect(ended.status == 78)
            #expect(ended.says.contains("make models"))
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/s"))
        }
    }

    @Test func `a socket's path that is too long ends it with 78`() async throws {
        try await Folder.temporary { folder in
            let ended = try run([
                "--config", try settings(in: folder), "--state", folder, "--socket",
                "\(folder)/" + String(repeating: "x", count: 108),
            ])
            #expect(ended.status == 78)
            #expect(ended.says.contains("at most 107 bytes"))
        }
    }

    @Test(.enabled(if: miniLM != nil, "skipped: SLMD_MODELS has no model, run `make models`"))
    func `it answers, refuses a second daemon with 75, and ends on SIGTERM with 0`() async throws {
        try await Folder.temporary { folder in
            let arguments = try arguments(in: folder)
            let process = try start(arguments)
            var client = try await connect("\(folder)/s")
            #expect(try client.ask(TeachParams(intent: "greet", text: "hello")).event == 1)
            #expect(try client.ask(StatusParams()).service.state == "\(folder)/state")
            let second = try run(arguments)
            #expect(second.status == 75)
            #expect(second.says.contains("another daemon"))
            let elsewhere = try run(arguments.map { $0 == "\(folder)/s" ? "\(folder)/t" : $0 })
            #expect(elsewhere.status == 75)
            #expect(try client.isServed())
            process.terminate()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/s"))
        }
    }

    @Test(.enabled(if: miniLM != nil, "skipped: SLMD_MODELS has no model, run `make models`"))
    func `a state that cannot be written ends it with 74 and the path`() async throws {
        try await Folder.temporary { folder in
            let ended = try run(try arguments(in: folder).map { $0 == "\(folder)/state" ? "/proc/slmd" : $0 })
            #expect(ended.status == 74)
            #expect(ended.says.contains("/proc/slmd"))
        }
    }

    @Test(.enabled(if: miniLM != nil, "skipped: SLMD_MODELS has no model, run `make models`"))
    func `a check of good settings and a good model ends with 0 and touches no state`() async throws {
        try await Folder.temporary { folder in
            let checked = try run(try arguments(in: folder) + ["--check"])
            #expect(checked.status == 0)
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/state"))
        }
    }

    @Test(.enabled(if: miniLM != nil, "skipped: SLMD_MODELS has no model, run `make models`"))
    func `on a full disk a lesson is refused and predictions go on`() async throws {
        try await Folder.temporary { folder in
            // Files may not grow past 256 KiB: the log's writes fail as they do on a full disk.
            let process = Process()
            process.executableURL = URL(filePath: "/bin/sh")
            process.arguments =
                ["-c", "ulimit -f 512; exec \"$@\"", "sh", Self.program] + (try arguments(in: folder))
            process.standardError = FileHandle.nullDevice
            try process.run()
            var client = try await connect("\(folder)/s")
            var refusal: ErrorReply?
            for lesson in 0..<2000 where refusal == nil {
                try client.send(TeachParams(intent: "greet", text: "hello \(lesson)"), id: 1)
                if case .refusal(_, let error)? = try client.next(TeachResult.self) { refusal = error }
            }
            #expect(refusal?.kind == .storage)
            #expect(try client.ask(PredictParams(text: "hello")).intent == "greet")
            process.terminate()
            process.waitUntilExit()
        }
    }

    private func settings(in folder: String) throws -> String {
        let file = "\(folder)/slmd.yaml"
        try Data("bootstrap: none\n".utf8).write(to: URL(filePath: file))
        return file
    }

    private func arguments(in folder: String) throws -> [String] {
        let models = ProcessInfo.processInfo.environment["SLMD_MODELS"] ?? ""
        return [
            "--config", try settings(in: folder), "--state", "\(folder)/state", "--socket", "\(folder)/s",
            "--models", models,
        ]
    }

    private func start(_ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: Self.program)
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// Tries until the daemon listens, for at most 30 s.
    private func connect(_ socket: String) async throws -> RawClient {
        let end = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < end, !FileManager.default.fileExists(atPath: socket) {
            await Task.yield()
        }
        return try RawClient.greeted(socket)
    }
}
