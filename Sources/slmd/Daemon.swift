import Assistant
import Foundation
import Generation
import Glibc
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Systemd
import Tensors
import UnixSignals
import Wire

/// The daemon from its start to its end: takes its socket, loads the assistant, serves, and stops gracefully.
struct Daemon: Service {
    let configuration: Configuration
    let version: String
    let logger: Logger
    /// The level below which nothing is logged.
    let threshold: DaemonLog.Threshold
    /// Reads the settings again.
    let read: @Sendable () throws(SettingsError) -> Configuration
    let manager = ServiceManager()

    func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            try await serve(group)
        } catch {
            try await group.shutdownGracefully()
            throw error
        }
        try await group.shutdownGracefully()
    }

    private func serve(_ group: MultiThreadedEventLoopGroup) async throws {
        let inherited = InheritedDescriptor.takeAll()
        // The socket first: a second daemon is told at once, before it loads anything.
        let entrance = try await Entrance.open(
            configuration.socket, inherited: inherited, uid: geteuid(), group: group)
        let assistant: LocalAssistant
        let model: LanguageModel?
        do {
            let pool = ComputePool(threads: configuration.settings.encoder.threads)
            assistant = try loadAssistant(on: pool)
            model = try loadLanguageModel(on: pool)
        } catch {
            entrance.turnAway(ErrorReply(.unavailable, "slmd cannot start: \(error)"))
            throw error
        }
        let reloader = Reloader(configuration, manager: manager, read: read)
        let desk = Desk(
            version: version, socket: configuration.socket,
            state: configuration.assistant.stateDirectory, missingModel: configuration.missingModel,
            reloader: reloader)
        let handover = Handover(manager: manager)
        let log = RequestLog(logger, showsTexts: configuration.settings.log.texts)
        let listener = try await Listener.open(
            entrance, clients: handover.receive(inherited, logger: logger), group: group, service: assistant,
            slm: model.map { ($0, configuration.settings.slm?.queue ?? 1) },
            terms: Listener.Terms(configuration.settings), desk: desk, logger: logger, log: log)
        reloader.tell { [threshold] settings in
            threshold.level = Logger.Level(settings.log.level)
            log.follow(settings.log)
            listener.use(Listener.Terms(settings))
        }
        logger.info("listening", metadata: ["socket": "\(desk.socket)", "state": "\(desk.state)"])
        ProcessLimits.releaseUnused()
        manager.tell(.ready, .status("answering"))
        handover.accepted()
        try await untilStopped(listener, reloader)
        logger.info("stopping")
        SchedulingPolicy.recallIdle()
        manager.tell(.stopping, .status("finishing what is in hand"))
        try await listener.stop(handover: manager.isPresent ? handover : nil)
        try entrance.release()
        try listener.scheduler.serving.service.close()
        logger.info("stopped")
    }

    /// nil when the settings say so, or when none was fetched.
    private func loadLanguageModel(on pool: ComputePool) throws(LanguageModelError) -> LanguageModel? {
        guard let settings = configuration.languageModel else {
            let reason =
                configuration.missingModel.map { "\($0) is not there: run models/fetch" } ?? "slm is none"
            logger.notice("replies are off", metadata: ["reason": "\(reason)"])
            return nil
        }
        manager.tell(.moreTime(.seconds(30)), .status("loading the language model"))
        let model = try LanguageModel(settings, pool: pool)
        logger.info(
            "language model loaded",
            metadata: ["model": "\(model.name)", "context": "\(model.context)"])
        if model.isBoundByCache {
            logger.notice("the context is what slm.cache_mb holds", metadata: ["context": "\(model.context)"])
        }
        return model
    }

    private func loadAssistant(on pool: ComputePool) throws(AssistantError) -> LocalAssistant {
        manager.tell(.status("loading the encoder and what was learnt"))
        return try LocalAssistant(configuration: configuration.assistant, pool: pool, logger: logger) {
            progress in
            let of = progress.phase == .replaying ? " of \(progress.total)" : ""
            manager.tell(
                .moreTime(.seconds(30)), .status("\(progress.phase.rawValue) \(progress.done)\(of) events"))
        }
    }

    private func untilStopped(_ listener: Listener, _ reloader: Reloader) async throws {
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { try await gracefulShutdown() }
            tasks.addTask { await reload(at: .sighup, listener.scheduler, reloader) }
            if let interval = manager.watchdogInterval {
                tasks.addTask { try await feedWatchdog(every: interval / 3, listener) }
            }
            try await tasks.next()
            tasks.cancelAll()
        }
    }

    /// Says that the daemon is alive as long as none of its workers stands still.
    private func feedWatchdog(every interval: Duration, _ listener: Listener) async throws {
        var heartbeat = Heartbeat()
        while true {
            let stuck = heartbeat.stuck(among: listener.pulses())
            if stuck.isEmpty {
                manager.tell(.alive)
            } else {
                logger.error("workers stand still", metadata: ["workers": "\(stuck.joined(separator: ", "))"])
            }
            try await Task.sleep(for: interval)
        }
    }

    private func reload(at signal: UnixSignal, _ scheduler: Scheduler, _ reloader: Reloader) async {
        for await _ in await UnixSignalsSequence(trapping: signal) {
            let isAccepted = scheduler.maintain { [logger] service in
                do throws(ErrorReply) {
                    let result = try reloader.reload(service)
                    logger.notice(
                        "settings read again",
                        metadata: [
                            "applied": "\(result.applied.joined(separator: ", "))",
                            "needs_restart": "\(result.needsRestart.joined(separator: ", "))",
                        ])
                } catch {
                    logger.error("the old settings stay", metadata: ["reason": "\(error.message)"])
                }
            }
            if !isAccepted { logger.error("too much waits to read the settings again") }
        }
    }
}

extension Listener.Terms {
    init(_ settings: Settings) {
        self.init(limits: settings.limits, access: Access(settings.access, uid: geteuid()))
    }
}
