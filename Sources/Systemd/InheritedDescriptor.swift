internal import CSystemd
internal import Glibc

/// A descriptor that the service manager handed over at the start, see sd_listen_fds(3).
public struct InheritedDescriptor: Sendable, Hashable {
    public let descriptor: Int32
    public let name: String

    public init(descriptor: Int32, name: String) {
        self.descriptor = descriptor
        self.name = name
    }

    /// All of them, closed in programs this process starts. The environment tells of them once: a second call
    /// returns none.
    public static func takeAll() -> [InheritedDescriptor] {
        var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        let count = unsafe sd_listen_fds_with_names(1, &names)
        defer { unsafe free(names) }
        guard count > 0 else { return [] }
        return (0..<Int(count)).map { index in
            let name = unsafe names?[index].map { unsafe String(cString: $0) } ?? ""
            unsafe free(names?[index])
            return InheritedDescriptor(descriptor: SD_LISTEN_FDS_START + Int32(index), name: name)
        }
    }

    /// Whether it is a Unix stream socket that clients connect to.
    public var isListeningSocket: Bool { sd_is_socket_unix(descriptor, SOCK_STREAM.asInt32, 1, nil, 0) > 0 }

    /// Whether it is a Unix stream socket with a peer.
    public var isConnection: Bool { sd_is_socket_unix(descriptor, SOCK_STREAM.asInt32, 0, nil, 0) > 0 }
}

extension __socket_type {
    fileprivate var asInt32: Int32 { Int32(rawValue) }
}
