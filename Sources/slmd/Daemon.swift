import Assistant
import Foundation
import Glibc
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Wire

/// The daemon from its start to its end: takes its socket, loads the assistant, serves, and stops gracefully.
struct Daemon: Service {
    let configuration: Configuration
    let version: String
    let logger: Logger

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
        // The socket first: a second daemon is told at once, before it loads anything.
        let socket = try await SocketFile(path: configuration.socket, uid: geteuid(), group: group)
        let assistant = try LocalAssistant(configuration: configuration.assistant, logger: logger)
        let desk = Desk(
            version: version, socket: socket.path, state: configuration.assistant.stateDirectory)
        let listener = try await Listener.open(
            socket.path, group: group, service: assistant, limits: configuration.settings.limits, desk: desk,
            logger: logger)
        logger.info("listening", metadata: ["socket": "\(socket.path)", "state": "\(desk.state)"])
        ProcessLimits.releaseUnused()
        try await gracefulShutdown()
        logger.info("stopping")
        try await listener.stop()
        try socket.release()
        try assistant.close()
        logger.info("stopped")
    }
}
