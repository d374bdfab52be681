public import Wire

/// Why a call did not get its answer.
public enum ClientError: Error, Hashable, Sendable {
    /// Nobody listens at the path.
    case notRunning(socket: String)
    /// The socket is there, and its permissions keep this user out.
    case permissionDenied(socket: String)
    /// A Unix socket's address is too short for the path.
    case pathTooLong(socket: String, limit: Int)
    /// Who listens there does not greet as slmd does.
    case notTheDaemon(socket: String, found: String)
    /// The daemon speaks another major version of the protocol.
    case otherProtocol(expected: Int, found: Int)
    /// The daemon refused the request.
    case refused(ErrorReply)
    /// A frame of the daemon is not a message of the protocol.
    case malformed(ErrorReply)
    /// The daemon announced a frame longer than this side accepts.
    case frameTooLarge(length: Int, limit: Int)
    /// The daemon ended, or closed the connection, before it answered.
    case closed(socket: String)
    /// Nothing came from the daemon for so long.
    case silent(for: Duration)
    case system(call: String, errno: Int32, message: String)
}

extension ClientError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notRunning(let socket):
            """
            no daemon listens at \(socket)
            start one with: slmd, or make chat in a checkout, or systemctl start slmd; slmctl doctor tells more
            """
        case .permissionDenied(let socket): "\(socket): permission denied; slmctl doctor says who may"
        case .pathTooLong(let socket, let limit):
            "\(socket): expected a socket path of at most \(limit) bytes, found \(socket.utf8.count)"
        case .notTheDaemon(let socket, let found): "\(socket): expected the greeting of slmd, found \(found)"
        case .otherProtocol(let expected, let found):
            "expected a daemon of protocol \(expected), found protocol \(found)"
        case .refused(let error): error.message
        case .malformed(let error): "the daemon sent what is not of the protocol: \(error.message)"
        case .frameTooLarge(let length, let limit):
            "the daemon announced a frame of \(length) bytes, expected at most \(limit)"
        case .closed(let socket): "the daemon at \(socket) closed the connection before it answered"
        case .silent(let duration): "the daemon was silent for \(duration)"
        case .system(let call, _, let message): "\(call): \(message)"
        }
    }
}
