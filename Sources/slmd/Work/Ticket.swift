import Assistant
internal import JSON
import NIOCore
import Synchronization
import Wire

/// A request on its way to its answer.
final class Ticket: Sendable {
    let id: RequestID
    let method: Wire.Method
    let peer: Peer
    let role: Role
    let received: ContinuousClock.Instant
    /// Bytes that the request holds of the daemon's budget until it is answered.
    let heldBytes: Int
    /// The connection it came over.
    let sender: Sender
    /// The file that goes over the connection in pieces.
    let transfer: TransferSlot
    private let connection: NIOLoopBound<Connection>
    private let refusal = Atomic<Int>(Ticket.notRefused)
    /// Of the reply, what is to be sent before its end.
    private let unsent = Mutex("")

    private static let notRefused = 0

    init(
        id: RequestID, method: Wire.Method, peer: Peer, role: Role, received: ContinuousClock.Instant,
        heldBytes: Int, transfer: TransferSlot, connection: NIOLoopBound<Connection>
    ) {
        self.id = id
        self.method = method
        self.peer = peer
        self.role = role
        self.received = received
        self.heldBytes = heldBytes
        sender = Sender(uid: peer.uid, connection: ObjectIdentifier(connection.value))
        self.transfer = transfer
        self.connection = connection
    }

    /// Where the answer goes; only to be used on the event loop.
    var origin: Connection { connection.value }

    /// Gives the request up: it is answered with `kind` unless its work is done before anyone looks.
    func giveUp(_ kind: ErrorKind) {
        refusal.store(kind.code, ordering: .relaxed)
    }

    /// Why the request was given up, if it was.
    var givenUp: ErrorReply? {
        switch refusal.load(ordering: .relaxed) {
        case Self.notRefused: nil
        case ErrorKind.shuttingDown.code: ErrorReply(.shuttingDown, "the daemon is stopping")
        default: ErrorReply(.cancelled, "the request was cancelled")
        }
    }

    /// Adds text to what is to be sent.
    ///
    /// - Returns: whether there was none: whoever takes it is still to be told.
    func addUnsent(_ text: Substring) -> Bool {
        unsent.withLock { unsent in
            defer { unsent += text }
            return unsent.isEmpty
        }
    }

    /// A framed piece of the reply; nil when all was sent.
    func takeDelta() -> [UInt8]? {
        let text = unsent.withLock { unsent in
            defer { unsent = "" }
            return unsent
        }
        return text.isEmpty ? nil : Frame.encode(Notification(Delta(id: id, text: text)))
    }

    /// The framed answer.
    func frame(_ result: Result<some JSONWritable, ErrorReply>) -> [UInt8] {
        switch result {
        case .success(let body): Frame.encode(Answer(id: id, result: body))
        case .failure(let error): Frame.encode(Refusal(id: id, error: error))
        }
    }

    func frame(_ error: ErrorReply) -> [UInt8] {
        Frame.encode(Refusal(id: id, error: error))
    }
}
