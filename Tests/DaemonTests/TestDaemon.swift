import Dispatch
import Foundation
import Generation
import Logging
import NIOCore
import NIOPosix
import Synchronization
import Wire

@testable import slmd

/// A listener with its loop on a socket of its own, in this process.
struct TestDaemon<Service: IntentService> {
    let socket: String
    let service: Service
    let listener: Listener
    /// What the connections are served on.
    let loop: any EventLoop
    private let end = TestDaemonEnd()

    func client() throws -> RawClient {
        try RawClient.greeted(socket)
    }

    /// Begins to stop the listener; where it is stopping, that goes on.
    func stop(patience: Duration = LookupLane.patience) -> Task<Void, any Error> {
        end.begin { [listener] in try await listener.stop(patience: patience) }
    }
}

/// The end of a daemon, which comes once, on a thread of its own: the threads that tests share may all be waiting for what it
/// does.
private final class TestDaemonEnd: TaskExecutor {
    private let queue = DispatchQueue(label: "the daemon's end")
    private let end = Mutex<Task<Void, any Error>?>(nil)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
    }

    func begin(_ body: @escaping @Sendable () async throws -> Void) -> Task<Void, any Error> {
        end.withLock { end in
            let begun = end ?? Task(executorPreference: self) { try await body() }
            end = begun
            return begun
        }
    }
}

extension TestDaemon<ScriptedService> {
    /// Runs `body` beside a daemon, and stops the daemon after it.
    static func with(
        _ limits: Settings.Limits = Settings.Limits(), gate: Gate = Gate(isOpen: true),
        _ body: (TestDaemon) async throws -> Void
    ) async throws {
        let service = ScriptedService(ScriptedService.Script(gate: gate))
        // What a test left waiting must not hold up the end.
        try await with(limits, service: service, ending: { gate.open() }, body)
    }
}

extension TestDaemon {
    static func with(
        _ limits: Settings.Limits = Settings.Limits(), access: Access = Access(uid: geteuid()),
        transfers: TransferDesk = TransferDesk(), service: Service,
        slm: (model: LanguageModel, queue: Int)? = nil, ending: () -> Void = {},
        _ body: (TestDaemon) async throws -> Void
    ) async throws {
        try await Folder.temporary { folder in
            let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            let reloader = Reloader(try Configuration.test(folder)) { () throws(SettingsError) in
                try Configuration.test(folder)
            }
            let desk = Desk(
                version: "0.0.0", socket: "\(folder)/s", state: folder, reloader: reloader,
                transfers: transfers)
            let entrance = try await Entrance.open("\(folder)/s", inherited: [], uid: geteuid(), group: group)
            let listener = try await Listener.open(
                entrance, group: group, service: service, slm: slm,
                terms: .init(limits: limits, access: access), desk: desk, logger: .silent,
                log: RequestLog(.silent, showsTexts: false))
            let daemon = TestDaemon(
                socket: "\(folder)/s", service: service, listener: listener, loop: group.any())
            let outcome: Result<Void, any Error>
            do { outcome = .success(try await body(daemon)) } catch { outcome = .failure(error) }
            ending()
            let stop = await daemon.stop().result
            try await group.shutdownGracefully()
            try outcome.get()
            try stop.get()
        }
    }
}

enum Folder {
    /// A new folder with a short name, removed at the end.
    static func temporary(_ body: (String) async throws -> Void) async throws {
        let folder = "/tmp/slmd-test-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }  // best effort
        try await body(folder)
    }
}

extension Logger {
    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}

extension Settings.Limits {
    /// The shipped limits with some changed.
    static func with(_ change: (inout Settings.Limits) -> Void) -> Settings.Limits {
        var limits = Settings.Limits()
        change(&limits)
        return limits
    }
}

extension Configuration {
    /// With `folder`/slmd.yaml if there is one, and everything else in `folder`, too.
    static func test(_ folder: String) throws(SettingsError) -> Configuration {
        let file = "\(folder)/slmd.yaml"
        return try Configuration(
            PlaceFinder(
                flags: PlaceFlags(
                    config: FileManager.default.fileExists(atPath: file) ? file : nil, state: folder,
                    socket: "\(folder)/s", models: folder),
                environment: [:], uid: geteuid(), executableFolder: folder,
                exists: { FileManager.default.fileExists(atPath: $0) }))
    }
}
