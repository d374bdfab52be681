import Foundation
import SLMClient
import Testing
import Wire

@testable import slmd

/// The program itself: its exit statuses, its signals, its disk.
@Suite struct ProcessTests {
    /// `slmd` as it was built beside the tests.
    private static let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appending(path: "slmd").path

    private func run(_ arguments: [String], program: String = Self.program) throws -> (
        status: Int32, says: String
    ) {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
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

    @Test func `a mistake in the tasks ends it with 78 and the line, and so do tasks that are not there`()
        async throws
    {
        try await Folder.temporary { folder in
            let (settings, tasks) = ("\(folder)/slmd.yaml", "\(folder)/tasks.yaml")
            try Data("bootstrap: none\n".utf8).write(to: URL(filePath: settings))
            try Data("tasks:\n  wave:\n    intent: [hello]\n    reply: Hi\n".utf8).write(
                to: URL(filePath: tasks))
            let arguments = ["--config", settings, "--state", "\(folder)/state", "--socket", "\(folder)/s"]
            let ended = try run(arguments)
            #expect(ended.status == 78)
            #expect(
                ended.says == """
                    slmd: \(tasks):2:3: tasks.wave: expected intents or examples that begin it, found neither
                    \(tasks):3:5: unknown key tasks.wave.intent; did you mean tasks.wave.intents?

                    """)
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/s"))
            try Data("bootstrap: none\ntasks: mine.yaml\n".utf8).write(to: URL(filePath: settings))
            let lost = try run(arguments)
            #expect(lost.status == 78)
            #expect(lost.says == "slmd: \(folder)/mine.yaml: no such file\n")
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

    @Test func `what a test has started ends with the test, whatever came of it`() throws {
        let number = try StartedProcess("/bin/sleep", ["600"]).processIdentifier
        #expect(kill(number, 0) == -1 && errno == ESRCH)
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
    func `a log that nobody reads ends nothing`() async throws {
        try await Folder.temporary { folder in
            // Each write of the log to a device that is full fails, as it does to a pipe without a reader.
            let process = try start(shell: "exec 2>/dev/full", try arguments(in: folder))
            var client = try await connect("\(folder)/s")
            #expect(try client.ask(TeachParams(intent: "greet", text: "hello")).event == 1)
            process.terminate()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
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
    func `when a write fails a lesson is refused and predictions go on`() async throws {
        try await Folder.temporary { folder in
            // Files may not grow past 2 MiB: SQLite cannot tell what was written, and the log is closed.
            let process = try start(shell: "ulimit -f 4096", try arguments(in: folder))
            var client = try await connect("\(folder)/s")
            var refusal: ErrorReply?
            for lesson in 0..<5000 where refusal == nil {
                try client.send(TeachParams(intent: "greet", text: "hello \(lesson)"), id: 1)
                if case .refusal(_, let error)? = try client.next(TeachResult.self) { refusal = error }
            }
            #expect(refusal?.kind == .storage)
            #expect(try client.ask(PredictParams(text: "hello")).intent == "greet")
            let status = try client.ask(StatusParams())
            #expect(status.learned.refusal?.contains("slmd.db") == true)
            let newest = try client.ask(HistoryParams(last: 1)).events
            #expect(newest.first?.after?.intent == "greet")
            process.terminate()
            process.waitUntilExit()
        }
    }

    @Test(
        .enabled(if: miniLM != nil, "skipped: SLMD_MODELS has no model, run `make models`"),
        .enabled("skipped: a file system cannot be mounted here") { mayMount() })
    func `on a full disk a lesson is refused as retryable, and learnt once there is room`() async throws {
        try await Folder.temporary { folder in
            let state = "\(folder)/state"
            try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: false)
            let process = try start(
                shell: "mount -t tmpfs -o size=16m none \(state)", try arguments(in: folder),
                in: ["unshare", "--mount"])
            var client = try await connect("\(folder)/s")
            #expect(try client.ask(TeachParams(intent: "greet", text: "hello 0")).event == 1)
            // What a process mounted for itself is seen through its root.
            let filler = "/proc/\(process.processIdentifier)/root\(state)/filler"
            let file = try #require(fopen(filler, "w"))
            setvbuf(file, nil, _IONBF, 0)
            let block = [UInt8](repeating: 1, count: 4096)
            while fwrite(block, 1, block.count, file) == block.count {}
            fclose(file)
            var refusal: ErrorReply?
            var learnt = 1
            while refusal == nil {
                try client.send(TeachParams(intent: "greet", text: "hello \(learnt)"), id: 1)
                switch try client.next(TeachResult.self) {
                case .refusal(_, let error)?: refusal = error
                default: learnt += 1
                }
            }
            #expect(refusal?.kind == .storage)
            #expect(refusal?.isRetryable == true)
            let newest = try client.ask(HistoryParams(last: 1)).events
            #expect(newest.map(\.event) == [Int64(learnt)])
            #expect(newest.first?.after?.intent == "greet")
            unlink(filler)
            #expect(try client.ask(TeachParams(intent: "greet", text: "hello")).event == Int64(learnt) + 1)
            process.terminate()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
        }
    }

    @Test(
        .enabled(if: miniLM != nil, "skipped: SLMD_MODELS has no model, run `make models`"),
        .enabled("skipped: a disk that turns read-only cannot be made here") { mayBreakADisk() })
    func `once the disk turns read-only it learns no more, answers on, and has lost nothing`() async throws {
        try await Folder.temporary { folder in
            let state = "\(folder)/state"
            try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: false)
            let mount = "mount -o loop,errors=remount-ro \(folder)/disk \(state)"
            let process = try start(
                shell: "truncate -s 32M \(folder)/disk && mkfs.ext4 -q -F \(folder)/disk && \(mount)",
                try arguments(in: folder), in: ["unshare", "--mount"])
            var client = try await connect("\(folder)/s")
            #expect(try client.ask(TeachParams(intent: "greet", text: "hello")).event == 1)
            let head = try client.ask(StatusParams()).learned.head
            let mounts = try String(
                contentsOfFile: "/proc/\(process.processIdentifier)/mounts", encoding: .utf8)
            let disk = try #require(mounts.split(separator: "\n").first { $0.contains(" \(state) ") })
            let device = try #require(disk.split(separator: " ").first).split(separator: "/").last ?? ""
            try Data("1".utf8).write(to: URL(filePath: "/sys/fs/ext4/\(device)/trigger_fs_error"))
            try client.send(TeachParams(intent: "greet", text: "hello there"), id: 1)
            guard case .refusal(_, let refusal)? = try client.next(TeachResult.self) else {
                Issue.record("a lesson was acknowledged that cannot be on disk")
                return
            }
            #expect(refusal.kind == .storage)
            #expect(try client.ask(PredictParams(text: "hello")).intent == "greet")
            #expect(try client.ask(StatusParams()).learned.refusal?.contains("slmd.db") == true)
            process.terminate()
            process.waitUntilExit()
            #expect(process.terminationStatus == 74)

            let restarted = try start(shell: mount, try arguments(in: folder), in: ["unshare", "--mount"])
            var again = try await connect("\(folder)/s")
            #expect(try again.ask(StatusParams()).learned.head == head)
            #expect(try again.ask(TeachParams(intent: "greet", text: "hello there")).event == 2)
            restarted.terminate()
            restarted.waitUntilExit()
            #expect(restarted.terminationStatus == 0)
        }
    }

    /// Whether a process may mount a file of ext4 for itself, and tell the kernel that it found an error there.
    private static func mayBreakADisk() -> Bool {
        FileManager.default.isWritableFile(atPath: "/dev/loop-control")
            && FileManager.default.fileExists(atPath: "/sys/fs/ext4") && mayMount()
    }

    /// Whether a process may mount a file system for itself, and it is seen through its root.
    private static func mayMount() -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }  // there is no env
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    @Test(.enabled(if: miniLM != nil, "skipped: SLMD_MODELS has no model, run `make models`"))
    func `what it acknowledged before it was killed is there afterwards, byte for byte`() async throws {
        try await Folder.temporary { folder in
            let arguments = try arguments(in: folder)
            let killed = try start(arguments)
            var client = try await connect("\(folder)/s")
            for lesson in 1...7 {
                #expect(
                    try client.ask(TeachParams(intent: "i\(lesson % 3)", text: "hello \(lesson)")).event
                        == lesson)
            }
            let before = try client.ask(StatusParams()).learned.head
            kill(killed.processIdentifier, SIGKILL)
            killed.waitUntilExit()
            let process = try start(arguments)
            var again = try await connect("\(folder)/s")
            #expect(try again.ask(StatusParams()).learned.head == before)
            process.terminate()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
        }
    }

    /// A training of minutes, by far more than systemd waits for.
    @Test(.enabled(if: miniLM != nil, "skipped: SLMD_MODELS has no model, run `make models`"))
    func `SIGTERM gives a training up, which leaves nothing`() async throws {
        try await Folder.temporary { folder in
            let arguments = try arguments(in: folder)
            let process = try start(arguments)
            var client = try await connect("\(folder)/s")
            #expect(try client.ask(TeachParams(intent: "greet", text: "hello")).event == 1)
            let before = try client.ask(StatusParams()).learned.head
            let examples = (0..<640).map { number in
                let (type, word) = (number % 64, number / 64)
                return Sample(
                    text: "show [item \(word)](t\(type)) of \(type)", intent: "i\(type)", isMarked: true)
            }
            try client.send(TrainParams(examples: examples), id: 2)
            while case .progress(let progress)? = try client.next(TrainResult.self) {
                if progress.phase == .learning { break }
            }
            process.terminate()
            var refusal: ErrorReply?
            while refusal == nil {
                switch try client.next(TrainResult.self) {
                case .refusal(_, let error)?: refusal = error
                case .progress?: continue
                default: throw UnexpectedMessage()
                }
            }
            #expect(refusal?.kind == .shuttingDown)
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
            let restarted = try start(arguments)
            var again = try await connect("\(folder)/s")
            #expect(try again.ask(StatusParams()).learned.head == before)
            #expect(try again.ask(HistoryParams(last: 2)).events.map(\.event) == [1])
            restarted.terminate()
            restarted.waitUntilExit()
        }
    }

    @Test(.enabled(if: miniLM != nil, "skipped: SLMD_MODELS has no model, run `make models`"))
    func `a state directory that is another's ends it with 74 and the path`() async throws {
        try await Folder.temporary { folder in
            let state = "\(folder)/state"
            try FileManager.default.createDirectory(
                atPath: state, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o500])
            defer { chmod(state, 0o700) }
            // Root may write anywhere, unless it gave that right up.
            let mortal =
                geteuid() == 0 ? "setpriv --bounding-set=-dac_override --inh-caps=-dac_override " : ""
            let ended = try run(
                ["-c", "exec \(mortal)\"$@\"", "sh", Self.program] + (try arguments(in: folder)),
                program: "/bin/sh")
            #expect(ended.status == 74)
            #expect(ended.says.contains(state))
        }
    }

    @Test(
        .enabled(if: miniLM != nil, "skipped: SLMD_MODELS has no model, run `make models`"),
        .enabled("skipped: this user cannot run slmd as another one") { mayBeNobody() })
    func `another user may read the state, and cannot run a daemon on it or change it`() async throws {
        try await Folder.temporary { folder in
            chmod(folder, 0o755)
            let state = "\(folder)/state"
            let arguments = try arguments(in: folder)
            let owner = try start(arguments)
            var client = try await connect("\(folder)/s")
            #expect(try client.ask(TeachParams(intent: "greet", text: "hello")).event == 1)
            owner.terminate()
            owner.waitUntilExit()
            for path in [state, "\(state)/heads"] { chmod(path, 0o755) }
            for file in try FileManager.default.contentsOfDirectory(atPath: state) {
                chmod("\(state)/\(file)", file == "heads" ? 0o755 : 0o644)
            }
            chmod("\(folder)/slmd.yaml", 0o644)
            let log = try Data(contentsOf: URL(filePath: "\(state)/slmd.db"))
            let other = arguments.map { $0 == "\(folder)/s" ? "/tmp/slmd-test-\(getpid())" : $0 }
            let ended = try run(Self.asNobody + [Self.program] + other, program: "/usr/bin/env")
            #expect(ended.status == 74)
            #expect(ended.says.contains(state))
            #expect(try Data(contentsOf: URL(filePath: "\(state)/slmd.db")) == log)
        }
    }

    private static let asNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]

    /// Whether this process may become another user, who may then run the program and read the models.
    private static func mayBeNobody() -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            asNobody + ["sh", "-c", "test -r \(miniLM ?? "")/config.json && \(program) --version"]
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }  // there is no env
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    @Test(.enabled(if: miniLM != nil, "skipped: SLMD_MODELS has no model, run `make models`"))
    func `out of descriptors, it serves whom it has and goes on when one leaves`() async throws {
        try await Folder.temporary { folder in
            let process = try start(shell: "ulimit -n 48", try arguments(in: folder))
            var first = try await connect("\(folder)/s")
            // The kernel takes these; beyond its descriptors the daemon cannot.
            do {
                var others = ClientList()
                for _ in 0..<60 { others.keep(try RawClient(ungreeted: "\(folder)/s")) }
                #expect(try first.isServed())
                #expect(try first.ask(StatusParams()).service.connections < 48)
                _ = consume others
            }
            var late = try RawClient.greeted("\(folder)/s")
            #expect(try late.isServed())
            #expect(try late.ask(TeachParams(intent: "greet", text: "hello")).event == 1)
            process.terminate()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
        }
    }

    /// Starts it from a shell that runs `command` first, and that itself runs in `wrapper`.
    private func start(shell command: String, _ arguments: [String], in wrapper: [String] = []) throws
        -> StartedProcess
    {
        let script = ["sh", "-c", "\(command) && exec \"$@\"", "sh"]
        return try start(wrapper + script + [Self.program] + arguments, program: "/usr/bin/env")
    }

    private func settings(in folder: String) throws -> String {
        let file = "\(folder)/slmd.yaml"
        try Data("bootstrap: none\nslm: none\n".utf8).write(to: URL(filePath: file))
        return file
    }

    private func arguments(in folder: String) throws -> [String] {
        let models = ProcessInfo.processInfo.environment["SLMD_MODELS"] ?? ""
        return [
            "--config", try settings(in: folder), "--state", "\(folder)/state", "--socket", "\(folder)/s",
            "--models", models,
        ]
    }

    private func start(_ arguments: [String], program: String = Self.program) throws -> StartedProcess {
        try StartedProcess(program, arguments)
    }

    /// Tries until the daemon listens, for at most 30 s: a daemon that was killed leaves its socket behind.
    private func connect(_ socket: String) async throws -> RawClient {
        let end = ContinuousClock.now + .seconds(30)
        while true {
            do {
                return try RawClient.greeted(socket)
            } catch ClientError.notRunning where ContinuousClock.now < end {
                await Task.yield()
            }
        }
    }
}
