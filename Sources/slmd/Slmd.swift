import ArgumentParser
import Assistant
import Foundation
import Generation
import Glibc
import Logging
import ServiceLifecycle
import Tensors
import UnixSignals
import Wire

@main
struct Slmd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slmd",
        abstract: "Turn messages into intents, and learn while doing it.",
        discussion: "Runs in the foreground, logs to standard error, and stops on SIGTERM or SIGINT.",
        version: Release.version)

    @Option(help: "Settings file; it may name a file of tasks.", completion: .file(extensions: ["yaml"]))
    var config: String?

    @Option(help: "Folder that holds what was learnt.", completion: .directory)
    var state: String?

    @Option(help: "Socket to listen at.", completion: .file())
    var socket: String?

    @Option(help: "Folder that holds the models.", completion: .directory)
    var models: String?

    @Flag(help: "Check settings, tasks and models, and exit.")
    var check = false

    func run() async throws {
        do {
            let configuration = try Configuration(places)
            if check { try verify(configuration) } else { try await serve(configuration) }
        } catch {
            FileHandle.standardError.write(Data("slmd: \(error)\n".utf8))
            throw ExitCode(ExitStatus(error).rawValue)
        }
    }

    private var places: PlaceFinder {
        PlaceFinder(
            flags: PlaceFlags(config: config, state: state, socket: socket, models: models),
            environment: ProcessInfo.processInfo.environment, uid: geteuid(),
            executableFolder: (CommandLine.executable as NSString).deletingLastPathComponent,
            exists: { FileManager.default.fileExists(atPath: $0) })
    }

    private func serve(_ configuration: Configuration) async throws {
        ProcessLimits.returnLargeBlocks()
        ProcessLimits.keepFilesPrivate()
        ProcessLimits.raiseOpenFiles()
        ProcessLimits.ignoreWriteSignals()
        let threshold = DaemonLog.Threshold(Logger.Level(configuration.settings.log.level))
        let logger = Logger(label: "slmd") { _ in DaemonLog(threshold) }
        let places = places
        let daemon = Daemon(
            configuration: configuration, version: Release.version, logger: logger, threshold: threshold
        ) { () throws(SettingsError) in try Configuration(places) }
        var quiet = logger
        quiet.logLevel = max(threshold.level, .warning)
        let group = ServiceGroup(
            services: [daemon], gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
        try await group.run()
    }

    /// Loads everything once, over a state of its own that is thrown away.
    private func verify(_ configuration: Configuration) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "slmd-check-\(getpid())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }  // what was checked stays true
        var assistant = configuration.assistant
        assistant.stateDirectory = folder
        try LocalAssistant(
            configuration: assistant, logger: Logger(label: "slmd") { _ in SwiftLogNoOpLogHandler() }
        )
        .close()
        if let languageModel = configuration.languageModel {
            _ = try LanguageModel(
                languageModel, pool: ComputePool(threads: configuration.settings.encoder.threads))
        }
        print(
            "\(configuration.file ?? "no settings file, every default"): settings, tasks and models are good")
    }
}

extension CommandLine {
    /// The path of the running executable.
    fileprivate static var executable: String {
        let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")  // no /proc
        return link ?? arguments[0]
    }
}
