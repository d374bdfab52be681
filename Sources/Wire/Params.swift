public import JSON

/// The parameters of one method, and the type of its answer.
public protocol Params: JSONWritable, Hashable, Sendable {
    associatedtype Answer: JSONWritable & Decodable & Sendable
    static var method: Method { get }
}

/// What to do with a text of more tokens than the encoder has positions for.
public enum OverflowRule: String, CaseIterable, Sendable {
    /// Read the beginning, and say so in the answer.
    case truncate
    /// Refuse with `text_too_long`.
    case error
}

public struct PredictParams: Params {
    public typealias Answer = PredictResult
    public static let method = Method.predict
    public var text: String
    /// The turn of the system before this text.
    public var context: String?
    public var session: String?
    public var overflow: OverflowRule

    public init(
        text: String, context: String? = nil, session: String? = nil, overflow: OverflowRule = .truncate
    ) {
        self.text = text
        self.context = context
        self.session = session
        self.overflow = overflow
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("text", text)
            json.field(ifPresent: "context", context)
            json.field(ifPresent: "session", session)
            if overflow != .truncate { json.field("overflow", overflow.rawValue) }
        }
    }
}

public struct EmbedParams: Params {
    public typealias Answer = EmbedResult
    public static let method = Method.embed
    public var text: String
    public var overflow: OverflowRule

    public init(text: String, overflow: OverflowRule = .truncate) {
        self.text = text
        self.overflow = overflow
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("text", text)
            if overflow != .truncate { json.field("overflow", overflow.rawValue) }
        }
    }
}

public struct TeachParams: Params {
    public typealias Answer = TeachResult
    public static let method = Method.teach
    public var intent: String
    public var text: String
    public var context: String?
    public var session: String?
    /// Whether the slots of the text are marked: `show my [blood test](report_type)`.
    public var isMarked: Bool

    public init(
        intent: String, text: String, context: String? = nil, session: String? = nil, isMarked: Bool = false
    ) {
        self.intent = intent
        self.text = text
        self.context = context
        self.session = session
        self.isMarked = isMarked
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("intent", intent)
            json.field("text", text)
            json.field(ifPresent: "context", context)
            json.field(ifPresent: "session", session)
            if isMarked { json.field("marked", true) }
        }
    }
}

public struct StatusParams: Params {
    public typealias Answer = StatusResult
    public static let method = Method.status
    public init() {}
    public func write(to json: inout JSONWriter) { json.object { _ in } }
}

public struct ReloadParams: Params {
    public typealias Answer = ReloadResult
    public static let method = Method.reload
    public init() {}
    public func write(to json: inout JSONWriter) { json.object { _ in } }
}

/// The parameters of the notification `cancel`.
public struct CancelParams: JSONWritable, Hashable, Sendable {
    public var id: RequestID

    public init(id: RequestID) {
        self.id = id
    }

    public func write(to json: inout JSONWriter) {
        json.object { $0.field("id", id) }
    }
}
