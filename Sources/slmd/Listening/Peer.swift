import Assistant
import Glibc
import NIOCore

/// The process at the other end of a connection, as the kernel names it.
struct Peer: Sendable, Hashable {
    let uid: UInt32
    let pid: Int32

    /// Asks the kernel who opened `channel`.
    static func of(_ channel: any Channel) -> EventLoopFuture<Peer> {
        guard let socket = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
        }
        let credentials: EventLoopFuture<Credentials> = socket.unsafeGetSocketOption(
            level: SocketOptionLevel(SOL_SOCKET), name: SocketOptionName(SO_PEERCRED))
        return credentials.map { Peer(uid: $0.uid, pid: $0.pid) }
    }
}

/// The kernel's `struct ucred`, which Glibc's module leaves out: three 32-bit integers, see unix(7).
private struct Credentials: Sendable {
    var pid: Int32 = 0
    var uid: UInt32 = 0
    var gid: UInt32 = 0
}

extension Contributor {
    init(_ peer: Peer, session: String? = nil) {
        self.init(uid: peer.uid, pid: peer.pid, session: session)
    }
}
