import Glibc
import Wire

/// A connected Unix stream socket that does not block. Everything unsafe of this library is here.
struct UnixSocket: ~Copyable {
    let descriptor: CInt

    struct Readiness: OptionSet {
        let rawValue: CShort
        static var readable: Readiness { Readiness(rawValue: CShort(POLLIN)) }
        static var writable: Readiness { Readiness(rawValue: CShort(POLLOUT)) }
        /// Something can be read from another descriptor.
        static var other: Readiness { Readiness(rawValue: 1 << 14) }
    }

    /// - Parameter timeout: how long to wait when the daemon's queue of new connections is full.
    static func connected(to path: String, timeout: Duration?) throws(ClientError) -> UnixSocket {
        guard path.utf8.count <= SocketPath.longestPath else {
            throw .pathTooLong(socket: path, limit: SocketPath.longestPath)
        }
        let descriptor = try unconnected()
        let socket = UnixSocket(descriptor: descriptor)
        try socket.limitConnecting(to: timeout)
        try socket.connect(to: path)
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0, fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0 else { throw .failed("fcntl") }
        return socket
    }

    /// A socket that is not standard input, output or error: in a program that was started with one of those
    /// closed it would take its place, and the daemon's bytes would be read as input.
    private static func unconnected() throws(ClientError) -> CInt {
        let lowest = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard lowest >= 0 else { throw .failed("socket") }
        guard lowest <= STDERR_FILENO else { return lowest }
        defer { close(lowest) }
        let descriptor = fcntl(lowest, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
        guard descriptor >= 0 else { throw .failed("fcntl") }
        return descriptor
    }

    private init(descriptor: CInt) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Waits until one of `events` may go on without blocking, or there is something to read from `other`; a peer that
    /// has gone counts as readable.
    func wait(
        for events: Readiness, orInput other: CInt? = nil, timeout: Duration?
    ) throws(ClientError) -> Readiness {
        var entries = [
            pollfd(fd: descriptor, events: events.rawValue, revents: 0),
            pollfd(fd: other ?? -1, events: CShort(POLLIN), revents: 0),  // less than 0: never ready
        ]
        let count = unsafe poll(&entries, nfds_t(entries.count), timeout.map(Self.milliseconds) ?? -1)
        if count < 0 {
            if errno == EINTR { return [] }
            throw .failed("poll")
        }
        if count == 0, let timeout { throw .silent(for: timeout) }
        let gone = entries[0].revents & CShort(POLLHUP | POLLERR) != 0
        return Readiness(rawValue: entries[0].revents).intersection(events).union(gone ? .readable : [])
            .union(entries[1].revents != 0 ? .other : [])
    }

    /// What has arrived, at most 64 KiB; empty at the end of the stream, `nil` when there is nothing yet.
    func read() throws(ClientError) -> [UInt8]? {
        var status = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
            status = unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0)
            count = max(status, 0)
        }
        if status >= 0 { return bytes }
        switch errno {
        case EAGAIN, EINTR: return nil
        case ECONNRESET: return []
        default: throw .failed("recv")
        }
    }

    /// How many of the bytes were taken; 0 when none can be now, `nil` when the peer has gone.
    func write(_ bytes: ArraySlice<UInt8>) throws(ClientError) -> Int? {
        let count = unsafe bytes.withUnsafeBytes { buffer in
            unsafe send(descriptor, buffer.baseAddress, buffer.count, CInt(MSG_NOSIGNAL))
        }
        if count >= 0 { return count }
        switch errno {
        case EAGAIN, EINTR: return 0
        case EPIPE, ECONNRESET: return nil
        default: throw .failed("send")
        }
    }

    private func limitConnecting(to timeout: Duration?) throws(ClientError) {
        guard let timeout else { return }
        let parts = timeout.components
        var limit = timeval(tv_sec: Int(parts.seconds), tv_usec: Int(parts.attoseconds / 1_000_000_000_000))
        let size = socklen_t(MemoryLayout<timeval>.size)
        guard unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size) == 0 else {
            throw .failed("setsockopt")
        }
    }

    private func connect(to path: String) throws(ClientError) {
        var address = Self.address(of: path)
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let status = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { base in
                unsafe Glibc.connect(descriptor, base, size)
            }
        }
        guard status == 0 else { throw Self.connectError(errno, path) }
    }

    private static func address(of path: String) -> sockaddr_un {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        return address
    }

    private static func connectError(_ code: Int32, _ path: String) -> ClientError {
        switch code {
        case ENOENT, ECONNREFUSED, ENOTDIR: .notRunning(socket: path)
        case EACCES, EPERM: .permissionDenied(socket: path)
        default: .failed("connect to \(path)", code)
        }
    }

    private static func milliseconds(_ duration: Duration) -> CInt {
        let milliseconds = duration / .milliseconds(1)
        return CInt(clamping: Int64(milliseconds.rounded(.up)))
    }
}

extension ClientError {
    fileprivate static func failed(_ call: String, _ code: Int32 = errno) -> ClientError {
        .system(call: call, errno: code, message: unsafe String(cString: strerror(code)))
    }
}
