public import JSON

/// What went wrong with a request, as the protocol names it.
public enum ErrorKind: String, CaseIterable, Sendable {
    case parse
    case invalidRequest = "invalid_request"
    case unknownMethod = "unknown_method"
    case invalidParams = "invalid_params"
    case internalError = "internal"
    case frameTooLarge = "frame_too_large"
    case busy
    case textTooLong = "text_too_long"
    case badLabel = "bad_label"
    case notFound = "not_found"
    case storage
    case forbidden
    case shuttingDown = "shutting_down"
    case cancelled
    case emptyText = "empty_text"
    case timeout
    case tooManyConnections = "too_many_connections"
    case unavailable
    case tooManyLessons = "too_many_lessons"
    case repliesOff = "replies_off"

    /// The JSON-RPC error code.
    public var code: Int {
        switch self {
        case .parse: -32700
        case .invalidRequest: -32600
        case .unknownMethod: -32601
        case .invalidParams: -32602
        case .internalError: -32603
        case .frameTooLarge: -32000
        case .busy: -32001
        case .textTooLong: -32002
        case .badLabel: -32003
        case .notFound: -32004
        case .storage: -32005
        case .forbidden: -32006
        case .shuttingDown: -32007
        case .cancelled: -32008
        case .emptyText: -32009
        case .timeout: -32010
        case .tooManyConnections: -32011
        case .unavailable: -32012
        case .tooManyLessons: -32013
        case .repliesOff: -32014
        }
    }

    /// Whether the same request may succeed a moment later, unless the reply knows better.
    public var isRetryable: Bool {
        switch self {
        case .busy, .shuttingDown, .timeout, .tooManyConnections, .tooManyLessons: true
        default: false
        }
    }
}

/// The error object of a reply: `{"code", "message", "data": {"kind", "retryable", …}}`.
public struct ErrorReply: Error, Hashable, Sendable {
    public let kind: ErrorKind
    /// A sentence for people.
    public let message: String
    /// The field, value or thing that is wrong, such as `params.text`.
    public let subject: String?
    public let expected: String?
    public let found: String?
    /// Whether the same request may succeed a moment later.
    public let isRetryable: Bool
    /// After so many seconds, where that is known.
    public let retryAfter: Double?
    /// Which of many examples or turns is wrong, from 1.
    public let item: Int?

    /// - Parameter isRetryable: when nil, what is true of the kind.
    public init(
        _ kind: ErrorKind, _ message: String, subject: String? = nil, expected: String? = nil,
        found: String? = nil, isRetryable: Bool? = nil, retryAfter: Double? = nil, item: Int? = nil
    ) {
        self.kind = kind
        self.item = item
        self.retryAfter = retryAfter
        self.isRetryable = isRetryable ?? kind.isRetryable
        self.message = message
        self.subject = subject
        self.expected = expected
        self.found = found
    }

    /// An error whose message is made of what was expected and what was found.
    public init(_ kind: ErrorKind, _ subject: String, expected: String, found: String) {
        self.init(
            kind, "\(subject): expected \(expected), found \(found)", subject: subject, expected: expected,
            found: found)
    }

    /// The same with another name for what its message begins with.
    public func replacing(_ name: String, by other: String) -> ErrorReply {
        guard message.hasPrefix(name) else { return self }
        return ErrorReply(
            kind, other + message.dropFirst(name.count), subject: subject, expected: expected, found: found,
            isRetryable: isRetryable, retryAfter: retryAfter, item: item)
    }
}

extension ErrorReply: JSONWritable, Decodable {
    private enum Keys: String, CodingKey { case code, message, data }
    private enum DataKeys: String, CodingKey {
        case kind, retryable, subject, expected, found, item
        case retryAfter = "retry_after"
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("code", kind.code)
            json.field("message", message)
            json.key("data")
            json.object { json in
                json.field("kind", kind.rawValue)
                json.field("retryable", isRetryable)
                if let retryAfter { json.field("retry_after", retryAfter) }
                json.field(ifPresent: "subject", subject)
                json.field(ifPresent: "expected", expected)
                json.field(ifPresent: "found", found)
                if let item { json.field("item", item) }
            }
        }
    }

    /// A kind this version does not know is taken by its code, and as `internal` when the code is unknown too.
    public init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: Keys.self)
        let code = try object.decode(Int.self, forKey: .code)
        message = try object.decode(String.self, forKey: .message)
        let byCode = ErrorKind.allCases.first { $0.code == code } ?? .internalError
        guard object.contains(.data) else {
            (kind, subject, expected, found) = (byCode, nil, nil, nil)
            (isRetryable, retryAfter, item) = (byCode.isRetryable, nil, nil)
            return
        }
        let data = try object.nestedContainer(keyedBy: DataKeys.self, forKey: .data)
        kind = ErrorKind(rawValue: try data.decodeIfPresent(String.self, forKey: .kind) ?? "") ?? byCode
        isRetryable = try data.decodeIfPresent(Bool.self, forKey: .retryable) ?? kind.isRetryable
        retryAfter = try data.decodeIfPresent(Double.self, forKey: .retryAfter)
        subject = try data.decodeIfPresent(String.self, forKey: .subject)
        expected = try data.decodeIfPresent(String.self, forKey: .expected)
        found = try data.decodeIfPresent(String.self, forKey: .found)
        item = try data.decodeIfPresent(Int.self, forKey: .item)
    }
}
