import CGlibc
import Foundation
import Glibc
import Logging
import NIOCore
import Systemd

/// Connections on their way from one process of the service to the next.
///
/// The service manager keeps their descriptors in between, and a note in memory that has what was read of requests
/// that had not fully arrived. When the service is not started again, it closes them.
struct Handover {
    /// A client as the next process finds it.
    struct Client {
        let descriptor: Int32
        /// What was read and not yet understood.
        let pending: [UInt8]
    }

    private static let client = "client"
    private static let note = "note"

    /// Bytes read, by the number the kernel gives the socket.
    private struct Note: Codable {
        var pending: [UInt64: Data]
    }

    let manager: ServiceManager

    /// The clients among what was inherited. Until `accepted()` the service manager keeps duplicates.
    func receive(_ inherited: [InheritedDescriptor], logger: Logger) -> [Client] {
        let notes = inherited.filter { $0.name == Self.note }
        var pending: [UInt64: Data] = [:]
        for note in notes {
            let file = FileHandle(fileDescriptor: note.descriptor, closeOnDealloc: true)
            do {
                try file.seek(toOffset: 0)
                let read = try JSONDecoder().decode(Note.self, from: try file.readToEnd() ?? Data())
                pending.merge(read.pending) { $1 }
            } catch {
                logger.warning("what clients had begun to send is lost", metadata: ["reason": "\(error)"])
            }
        }
        return inherited.filter { $0.name == Self.client && $0.isConnection }.map { client in
            Client(
                descriptor: client.descriptor,
                pending: Self.cookie(client.descriptor).flatMap { pending[$0] }.map(Array.init) ?? [])
        }
    }

    /// The clients are this process's own now.
    func accepted() {
        manager.drop(Self.client)
        manager.drop(Self.note)
    }

    /// Gives clients to the service manager; each is `pending` bytes by the number of its socket.
    func give(_ clients: [UInt64: [UInt8]], logger: Logger) {
        guard !clients.isEmpty else { return }
        let descriptors = Self.descriptors(of: Set(clients.keys))
        manager.keep(descriptors, named: Self.client)
        let begun = clients.filter { !$0.value.isEmpty }
        if !begun.isEmpty, let note = write(Note(pending: begun.mapValues { Data($0) }), logger: logger) {
            manager.keep([note], named: Self.note)
        }
        manager.waitUntilHeard(atMost: .milliseconds(500))
        logger.info("clients are kept for the next start", metadata: ["clients": "\(descriptors.count)"])
    }

    private func write(_ note: Note, logger: Logger) -> Int32? {
        let descriptor = unsafe memfd_create("slmd-note", CGlibc.closesOnExec)
        guard descriptor >= 0 else { return nil }
        do {
            try FileHandle(fileDescriptor: descriptor).write(contentsOf: JSONEncoder().encode(note))
            return descriptor
        } catch {
            logger.warning("what clients had begun to send is lost", metadata: ["reason": "\(error)"])
            return nil
        }
    }

    /// NIO does not tell a channel's descriptor: they are found among all of the process.
    private static func descriptors(of sockets: Set<UInt64>) -> [Int32] {
        // Without /proc none is kept.
        let open = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        return (open ?? []).compactMap { Int32($0) }.filter { descriptor in
            cookie(descriptor).map(sockets.contains) ?? false
        }
    }

    /// A number that the kernel gives to no other socket; nil for what is none.
    static func cookie(_ descriptor: Int32) -> UInt64? {
        var cookie: UInt64 = 0
        var length = socklen_t(MemoryLayout<UInt64>.size)
        guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_COOKIE, &cookie, &length) == 0 else { return nil }
        return cookie
    }
}

extension Channel {
    /// The number of its socket, as `Handover.cookie` has it.
    var socketCookie: EventLoopFuture<UInt64> {
        guard let socket = self as? any SocketOptionProvider else {
            return eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
        }
        return socket.unsafeGetSocketOption(
            level: SocketOptionLevel(SOL_SOCKET), name: SocketOptionName(SO_COOKIE))
    }
}
