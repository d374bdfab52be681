import Glibc
import SLMClient
import Wire

/// Clients that each ask again as soon as they are answered, all on one thread, to cost the daemon little.
struct ClosedLoop: ~Copyable {
    private final class Client {
        let connection: Connection
        var frames = FrameDecoder()
        var asked = ContinuousClock.now

        init(_ connection: consuming Connection) { self.connection = connection }
    }

    enum Failure: Error {
        case connectionLost
        case refused(String)
    }

    private let clients: [Client]
    private let requests: [[UInt8]]

    /// - Parameter session: of which every request is a turn; nil for none.
    init(socket: String, clients count: Int, session: String? = nil) throws {
        var clients: [Client] = []
        for _ in 0..<count { clients.append(Client(try Connection(socket: socket))) }
        self.clients = clients
        requests = SocketLoad.texts.map {
            Frame.encode(ClientMessage(id: .number(1), PredictParams(text: $0, session: session)))
        }
    }

    /// Asks that many times in all, and waits for every answer.
    mutating func run(requests count: Int) throws -> LatencySample {
        var times = LatencySample()
        var sent = 0
        for client in clients where sent < count {
            try send(client, sent)
            sent += 1
        }
        var entries = clients.map { pollfd(fd: $0.connection.descriptor, events: Int16(POLLIN), revents: 0) }
        while times.count < count {
            guard unsafe poll(&entries, nfds_t(entries.count), 10_000) > 0 else {
                throw Failure.connectionLost
            }
            for (client, entry) in zip(clients, entries) where entry.revents != 0 {
                guard try receive(client) else { continue }
                times.add(ContinuousClock.now - client.asked)
                if sent < count {
                    try send(client, sent)
                    sent += 1
                }
            }
        }
        return times
    }

    private func send(_ client: Client, _ number: Int) throws {
        let request = requests[number % requests.count]
        client.asked = .now
        let count = unsafe request.withUnsafeBytes { bytes in
            unsafe Glibc.send(
                client.connection.descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        }
        guard count == request.count else { throw Failure.connectionLost }
    }

    /// - Returns: whether an answer has arrived whole.
    private func receive(_ client: Client) throws -> Bool {
        var status = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 1 << 14) { buffer, count in
            status = unsafe recv(client.connection.descriptor, buffer.baseAddress, buffer.count, 0)
            count = max(0, status)
        }
        guard status > 0 else { throw Failure.connectionLost }
        client.frames.append(bytes)
        guard let body = try client.frames.next() else { return false }
        let text = String(decoding: body.prefix(40), as: UTF8.self)
        guard text.contains("\"result\"") else {
            throw Failure.refused(String(decoding: body, as: UTF8.self))
        }
        return true
    }
}
