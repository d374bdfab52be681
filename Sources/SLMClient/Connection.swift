public import Wire

/// A connection to the daemon.
///
/// It has one user at a time: it cannot be copied, and each call that talks needs it exclusively. To talk from
/// several threads, give each a connection of its own; to overlap requests on one, use `send` and `receive`, or
/// `predict` with many texts. Calls wait for their answers.
public struct Connection: ~Copyable {
    /// The path connected to.
    public let socket: String
    /// What the daemon said of itself.
    public let hello: Hello
    /// How long the daemon may be silent while something is awaited; `nil` for ever.
    public var timeout: Duration?

    private let stream: UnixSocket
    private var frames: FrameDecoder
    private var isEnded = false
    private var lastID: Int64 = 0
    private var cancellation: Cancellation?

    /// How the request under way is given up.
    private struct Cancellation {
        /// Readable when it is to be.
        let descriptor: Int32
        let request: RequestID
    }

    /// How long the answer to a request that was given up is awaited.
    private static let patience = Duration.seconds(30)

    /// Connects and reads the greeting.
    ///
    /// - Parameters:
    ///   - socket: the path of the daemon's socket; `SocketPath.forClient` finds it.
    ///   - frameLimit: the longest answer accepted, in bytes.
    public init(
        socket: String, timeout: Duration? = .seconds(30), frameLimit: Int = 64 << 20
    ) throws(ClientError) {
        let stream = try UnixSocket.connected(to: socket, timeout: timeout)
        var frames = FrameDecoder(limit: frameLimit)
        let hello = try Self.greeting(stream, &frames, socket, timeout)
        guard hello.protocol.major == ProtocolVersion.current.major else {
            throw .otherProtocol(expected: ProtocolVersion.current.major, found: hello.protocol.major)
        }
        self.socket = socket
        self.timeout = timeout
        self.stream = stream
        self.frames = frames
        self.hello = hello
    }

    /// To be polled for input, together with other descriptors; look at `hasPendingBytes` first.
    public var descriptor: Int32 { stream.descriptor }

    /// Whether bytes that `receive` has not used yet have been read from the socket.
    public var hasPendingBytes: Bool { frames.pendingBytes > 0 }

    /// Sends a request and waits for its answer.
    ///
    /// - Parameters:
    ///   - descriptor: once it is readable, the request is given up; it is not read.
    ///   - progress: called for each notification of progress.
    ///   - delta: called for each piece of a reply, in order.
    /// - Throws: `refused` with the daemon's reason, or why there is no answer.
    public mutating func call<P: Params>(
        _ params: P, cancelledBy descriptor: Int32? = nil, progress: (Progress) -> Void = { _ in },
        delta: (Delta) -> Void = { _ in }
    ) throws(ClientError) -> P.Answer {
        let id = try send(params)
        cancellation = descriptor.map { Cancellation(descriptor: $0, request: id) }
        defer { cancellation = nil }
        while true {
            let reply = try receive(P.self, progress: progress) { if $0.id == id { delta($0) } }
            guard reply.id == id else { continue }  // the answer to a request given up earlier
            do {
                return try reply.result.get()
            } catch {
                throw .refused(error)
            }
        }
    }

    /// Sends a request and does not wait.
    ///
    /// While the socket takes no more, what arrives is read and kept, so neither side can block the other.
    public mutating func send<P: Params>(_ params: P) throws(ClientError) -> RequestID {
        lastID += 1
        let id = RequestID.number(lastID)
        try write(Frame.encode(ClientMessage(id: id, params)))
        return id
    }

    /// Asks the daemon to give up a request sent before. It is still answered: with `cancelled`, or with its
    /// result when that came first.
    public mutating func cancel(_ id: RequestID) throws(ClientError) {
        try write(Frame.encode(ClientMessage(id: nil, method: .cancel, params: CancelParams(id: id))))
    }

    /// The next answer, of requests that are all of one method. Answers may come in another order than their
    /// requests.
    ///
    /// - Throws: `refused` only when the daemon could not tell which request the error is about.
    public mutating func receive<P: Params>(
        _ method: P.Type, progress: (Progress) -> Void = { _ in }, delta: (Delta) -> Void = { _ in }
    ) throws(ClientError) -> Reply<P.Answer> {
        while true {
            switch try Self.message(P.Answer.self, try nextFrame()) {
            case .answer(let id, let answer): return Reply(id: id, result: .success(answer))
            case .refusal(let id?, let error): return Reply(id: id, result: .failure(error))
            case .refusal(nil, let error): throw .refused(error)
            case .progress(let step): progress(step)
            case .delta(let piece): delta(piece)
            case .hello, .unknown: continue
            }
        }
    }

    private static func message<Body>(_ type: Body.Type, _ frame: [UInt8]) throws(ClientError) -> Incoming<
        Body
    > {
        do {
            return try Incoming(decoding: frame)
        } catch {
            throw .malformed(error)
        }
    }

    /// Gives the connection up: what it has staged must not slip into the next training set.
    mutating func abandon() { isEnded = true }

    private mutating func nextFrame() throws(ClientError) -> [UInt8] {
        while true {
            if let frame = try Self.frame(&frames) { return frame }
            guard !isEnded else { throw .closed(socket: socket) }
            let ready = try stream.wait(
                for: .readable, orInput: cancellation?.descriptor, timeout: timeout)
            if ready.contains(.other) { try giveUp() }
            if ready.contains(.readable) { try readMore() }
        }
    }

    /// From now on an answer is near.
    private mutating func giveUp() throws(ClientError) {
        guard let request = cancellation?.request else { return }
        cancellation = nil
        timeout = timeout ?? Self.patience
        try cancel(request)
    }

    private mutating func readMore() throws(ClientError) {
        guard let bytes = try stream.read() else { return }
        if bytes.isEmpty { isEnded = true } else { frames.append(bytes) }
    }

    private mutating func write(_ frame: [UInt8]) throws(ClientError) {
        var rest = frame[...]
        while !rest.isEmpty {
            // When the peer has gone, its last words may say why: the next `receive` reads them.
            guard let count = try stream.write(rest) else { return }
            rest = rest.dropFirst(count)
            guard !rest.isEmpty else { return }
            let events: UnixSocket.Readiness = isEnded ? .writable : [.writable, .readable]
            if try stream.wait(for: events, timeout: timeout).contains(.readable), !isEnded { try readMore() }
        }
    }

    private static func frame(_ frames: inout FrameDecoder) throws(ClientError) -> [UInt8]? {
        do {
            return try frames.next()
        } catch {
            switch error {
            case .tooLarge(let length, let limit): throw .frameTooLarge(length: length, limit: limit)
            }
        }
    }

    private static func greeting(
        _ stream: borrowing UnixSocket, _ frames: inout FrameDecoder, _ socket: String, _ timeout: Duration?
    ) throws(ClientError) -> Hello {
        do {
            while true {
                if let frame = try frames.next() { return try greeting(in: frame, socket) }
                guard try stream.wait(for: .readable, timeout: timeout).contains(.readable) else { continue }
                guard let bytes = try stream.read() else { continue }
                guard !bytes.isEmpty else { throw ClientError.closed(socket: socket) }
                frames.append(bytes)
            }
        } catch let error as ClientError {
            throw error
        } catch {
            throw .notTheDaemon(socket: socket, found: "something else than a frame")
        }
    }

    private static func greeting(in frame: [UInt8], _ socket: String) throws(ClientError) -> Hello {
        let message: Incoming<StatusResult>
        do {
            message = try Incoming(decoding: frame)
        } catch {
            throw .notTheDaemon(socket: socket, found: error.message)
        }
        switch message {
        case .hello(let hello) where hello.server == Hello.server: return hello
        case .refusal(_, let error): throw .refused(error)
        default: throw .notTheDaemon(socket: socket, found: "another message")
        }
    }
}

/// The answer to one of several requests under way.
public struct Reply<Answer: Sendable>: Sendable {
    public let id: RequestID
    public let result: Result<Answer, ErrorReply>
}
