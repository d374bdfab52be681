import Assistant
import Glibc
import NIOCore

/// The process at the other end of a connection, as the kernel names it.
struct Peer: Sendable, Hashable {
    let uid: UInt32
    let pid: Int32
    /// Its own group and its supplementary groups.
    var groups: Set<UInt32> = []

    /// Asks the kernel who opened `channel`.
    static func of(_ channel: any Channel) -> EventLoopFuture<Peer> {
        guard let socket = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
        }
        let credentials: EventLoopFuture<Credentials> = socket.unsafeGetSocketOption(
            level: SocketOptionLevel(SOL_SOCKET), name: SocketOptionName(SO_PEERCRED))
        let groups: EventLoopFuture<GroupList> = socket.unsafeGetSocketOption(
            level: SocketOptionLevel(SOL_SOCKET), name: SocketOptionName(SO_PEERGROUPS))
        // One with more groups than the list holds counts by its own group alone.
        return credentials.and(groups.recover { _ in GroupList() }).map { credentials, groups in
            Peer(
                uid: credentials.uid, pid: credentials.pid,
                groups: groups.members.union([credentials.gid]))
        }
    }
}

/// The kernel's `struct ucred`, which Glibc's module leaves out: three 32-bit integers, see unix(7).
private struct Credentials: Sendable {
    var pid: Int32 = 0
    var uid: UInt32 = 0
    var gid: UInt32 = 0
}

/// Room for supplementary groups. What the kernel does not fill stays 0, and group 0 is nothing one gains by.
private struct GroupList: Sendable {
    var slots = InlineArray<1024, UInt32>(repeating: 0)

    var members: Set<UInt32> {
        // Through the span: each look at `slots` itself may copy all of them.
        let span = slots.span
        var members: Set<UInt32> = []
        for index in span.indices where span[index] != 0 { members.insert(span[index]) }
        return members
    }
}

extension Contributor {
    init(_ peer: Peer, session: String? = nil) {
        self.init(uid: peer.uid, pid: peer.pid, session: session)
    }
}
