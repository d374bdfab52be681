import Glibc
import NIOCore
import NIOPosix
import SystemPackage
import Systemd
import Wire

/// Where clients come in: a socket made here, or one that the service manager made and keeps.
enum Entrance: Sendable {
    case own(SocketFile)
    case inherited(Int32)

    /// Takes the socket that the service manager listens at for us, else makes one at `path`.
    static func open(
        _ path: String, inherited: [InheritedDescriptor], uid: UInt32, group: any EventLoopGroup
    ) async throws -> Entrance {
        if let socket = inherited.first(where: \.isListeningSocket) { return .inherited(socket.descriptor) }
        return .own(try await SocketFile(path: path, uid: uid, group: group))
    }

    func bind(_ bootstrap: ServerBootstrap) async throws -> any Channel {
        switch self {
        case .inherited(let descriptor): return try await bootstrap.withBoundSocket(descriptor).get()
        case .own(let file):
            let channel = try await bootstrap.bind(unixDomainSocketPath: file.path).get()
            // The process's umask has kept others out since the bind; this holds whatever that umask is.
            guard unsafe chmod(file.path, 0o600) == 0 else {
                throw SocketError.notBound(file.path, reason: "chmod: \(Errno(rawValue: errno))")
            }
            return channel
        }
    }

    /// Gives the place free; an inherited socket stays, and clients may go on connecting to it.
    func release() throws {
        if case .own(let file) = self { try file.release() }
    }

    /// Tells everyone who waits at an inherited socket why there will be no answer. Left waiting, they would have
    /// the service manager start the daemon again, at once and in vain.
    func turnAway(_ reply: ErrorReply) {
        guard case .inherited(let descriptor) = self else { return }
        let frame = Frame.encode(Refusal(id: nil, error: reply))
        // Nobody waiting is no reason to wait.
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        while case let client = accept(descriptor, nil, nil), client >= 0 {
            _ = unsafe send(client, frame, frame.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
            close(client)
        }
    }
}
