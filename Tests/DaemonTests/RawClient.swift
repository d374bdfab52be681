import Glibc
import Wire

@testable import SLMClient

/// A client that sends any bytes, good or bad, and reads what comes back.
struct RawClient: ~Copyable {
    private let socket: UnixSocket
    private var frames = FrameDecoder()
    private static let patience = Duration.seconds(20)

    /// Connects, and reads the greeting.
    static func greeted(_ path: String) throws -> RawClient {
        var client = try RawClient(ungreeted: path)
        guard case .hello? = try client.next(StatusResult.self) else { throw UnexpectedMessage() }
        return client
    }

    /// - Parameter patience: how long to wait where too many wait to be accepted.
    init(ungreeted path: String, patience: Duration = patience) throws {
        socket = try UnixSocket.connected(to: path, timeout: patience)
    }

    func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            _ = try socket.wait(for: .writable, timeout: Self.patience)
            guard let count = try socket.write(rest) else { throw UnexpectedMessage() }
            rest = rest.dropFirst(count)
        }
    }

    /// Sends a body behind its length.
    func send(body: [UInt8]) throws {
        try send(Self.header(body.count) + body)
    }

    func send(_ params: some Params, id: Int64) throws {
        try send(Frame.encode(ClientMessage(id: .number(id), params)))
    }

    func cancel(_ id: Int64) throws {
        try send(Frame.encode(ClientMessage(id: nil, method: .cancel, params: CancelParams(id: .number(id)))))
    }

    /// Sends as much as the daemon takes without reading, and returns how many bytes that was.
    func sendUntilFull(_ bytes: [UInt8]) throws -> Int {
        var sent = 0
        while let count = try socket.write(bytes[sent...]), count > 0 { sent += count }
        return sent
    }

    func finishSending() {
        shutdown(socket.descriptor, Int32(SHUT_WR))
    }

    /// The next message, or nil at the end of the stream.
    mutating func next<Body: Decodable & Sendable>(_ type: Body.Type) throws -> Incoming<Body>? {
        while true {
            if let body = try frames.next() { return try Incoming(decoding: body) }
            _ = try socket.wait(for: .readable, timeout: Self.patience)
            guard let bytes = try socket.read() else { continue }
            guard !bytes.isEmpty else { return nil }
            frames.append(bytes)
        }
    }

    /// Whether something has arrived after at most that long.
    func hasNews(within time: Duration) throws -> Bool {
        do {
            return !(try socket.wait(for: .readable, timeout: time)).isEmpty
        } catch .silent {
            return false
        }
    }

    /// The error that comes next, whatever request it is about.
    mutating func nextError() throws -> ErrorReply {
        guard case .refusal(_, let error)? = try next(StatusResult.self) else { throw UnexpectedMessage() }
        return error
    }

    /// The answer that comes next, after any progress.
    mutating func nextAnswer<Body: Decodable & Sendable>(
        _ type: Body.Type
    ) throws -> (id: RequestID, body: Body) {
        while true {
            switch try next(type) {
            case .answer(let id, let body)?: return (id, body)
            case .progress?: continue
            default: throw UnexpectedMessage()
            }
        }
    }

    mutating func ask<P: Params>(_ params: P, id: Int64 = 1) throws -> P.Answer {
        try send(params, id: id)
        return try nextAnswer(P.Answer.self).body
    }

    /// Whether the daemon still answers on this connection.
    mutating func isServed() throws -> Bool {
        try ask(PredictParams(text: "still there"), id: 999_999).text == "still there"
    }

    mutating func isAtEnd() throws -> Bool {
        try next(StatusResult.self) == nil
    }

    static func header(_ length: Int) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) }
    }
}

struct UnexpectedMessage: Error {}
