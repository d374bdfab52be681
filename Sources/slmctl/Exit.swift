internal import JSON
import SLMClient
import Wire

/// The exit codes of sysexits.h that slmctl uses, and that of a program which a signal ended.
enum Exit: Int32 {
    /// Nothing that may be said answers the question.
    case declined = 3
    case usage = 64
    case data = 65
    case noInput = 66
    case unavailable = 69
    case software = 70
    case cannotCreate = 73
    case io = 74
    case temporary = 75
    case protocolError = 76
    case permission = 77
    /// By Ctrl-C: 128 and the number of the signal.
    case interrupted = 130
}

/// What ends a command, or spoils one line of its input.
struct Failure: Error, Hashable {
    let exit: Exit
    /// One word for programs: the daemon's, or one of slmctl's own.
    let kind: String
    private(set) var message: String
    /// The JSON-RPC code, when the daemon said it.
    let code: Int?
    /// Whether people know it already: the answer that was printed says it, or they did it.
    private(set) var isKnown = false

    init(_ exit: Exit, _ kind: String, _ message: String) {
        self.exit = exit
        self.kind = kind
        self.message = message
        code = nil
    }

    /// - Parameter line: the line of the input the error is about, from 1.
    init(_ error: ErrorReply, line: Int? = nil) {
        exit = Self.exit(for: error.kind)
        kind = error.kind.rawValue
        message = (line.map { "line \($0): " } ?? "") + error.message
        code = error.kind.code
    }

    init(_ error: ClientError) {
        switch error {
        case .refused(let reply): self.init(reply)
        case .notRunning, .closed: self.init(.unavailable, "unavailable", error.description)
        case .silent: self.init(.temporary, "silent", error.description)
        case .permissionDenied: self.init(.permission, "permission", error.description)
        case .pathTooLong: self.init(.usage, "path_too_long", error.description)
        case .notTheDaemon, .otherProtocol, .malformed, .frameTooLarge:
            self.init(.protocolError, "protocol", error.description)
        case .system: self.init(.io, "io", error.description)
        }
    }

    /// A lesson that is held; nil for one that is in force.
    init?(_ answer: TeachResult) {
        guard let reason = answer.reason else { return nil }
        self.init(
            known: .permission, "held",
            """
            event \(answer.event) is held: \(Rendering.objection(reason)); \
            an administrator can approve it: slmctl approve \(answer.event)
            """)
    }

    /// What the answer that was printed says already.
    init(known exit: Exit, _ kind: String, _ message: String) {
        self.init(exit, kind, message)
        isKnown = true
    }

    /// The same, its message behind what it is about.
    func about(_ subject: String) -> Failure {
        var failure = self
        failure.message = "\(subject): \(message)"
        return failure
    }

    /// What was said already.
    var asKnown: Failure {
        var failure = self
        failure.isKnown = true
        return failure
    }

    /// Ctrl-C.
    static var interrupted: Failure {
        Failure(known: .interrupted, "interrupted", "interrupted")
    }

    /// The value, or the failure that a client's error is.
    static func wrapping<Value: ~Copyable>(
        _ body: () throws(ClientError) -> Value
    ) throws(Failure) -> Value {
        do {
            return try body()
        } catch {
            throw Failure(error)
        }
    }

    private static func exit(for kind: ErrorKind) -> Exit {
        switch kind {
        case .busy, .shuttingDown, .timeout, .tooManyConnections, .tooManyLessons, .cancelled: .temporary
        case .forbidden: .permission
        case .storage: .io
        case .internalError: .software
        case .unavailable, .repliesOff: .unavailable
        case .parse, .invalidRequest, .unknownMethod: .protocolError
        case .invalidParams, .frameTooLarge, .textTooLong, .badLabel, .notFound, .emptyText: .data
        }
    }
}

extension Failure {
    /// Says it on standard error, in the form the user asked for.
    func report(asJSON json: Bool) {
        guard json || !isKnown else { return }
        // Behind wrong usage comes how it is right, which reads better as it is.
        let lines = exit == .usage ? [message[...]] : message.split(separator: "\n")
        let plain = lines.map { "slmctl: \(Rendering.shown(String($0), keeping: ["\n"]))" }.joined(
            separator: "\n")
        let text = json ? String(decoding: JSONWriter.encode(self), as: UTF8.self) : plain
        try? Terminal.error.write(line: text)  // there is nowhere left to say it
    }
}

extension Failure: JSONWritable {
    func write(to json: inout JSONWriter) {
        write(to: &json, line: nil)
    }

    /// - Parameter line: the line of the input this is about, from 1.
    func write(to json: inout JSONWriter, line: Int?) {
        json.object { json in
            json.key("error")
            json.object { json in
                if let code { json.field("code", code) }
                json.field("kind", kind)
                json.field("message", message)
            }
            if let line { json.field("line", line) }
        }
    }
}

/// A failure in the place of one line's answer.
struct LineFailure: JSONWritable {
    let failure: Failure
    let line: Int

    func write(to json: inout JSONWriter) {
        failure.write(to: &json, line: line)
    }
}
