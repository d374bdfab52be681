public import JSON

/// What the daemon says without being asked.
public protocol ServerNotification: JSONWritable, Decodable, Hashable, Sendable {
    static var method: String { get }
}

/// The greeting: who answers, in which version of the protocol, and within which limits.
public struct Hello: ServerNotification {
    public static let method = "hello"
    public static let server = "slmd"

    public let server: String
    public let version: String
    public let `protocol`: ProtocolVersion
    public let limits: Limits

    public init(version: String, limits: Limits) {
        server = Self.server
        self.version = version
        self.protocol = .current
        self.limits = limits
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("server", server)
            json.field("version", version)
            json.field("protocol", self.protocol)
            json.field("limits", limits)
        }
    }
}

/// A client understands a daemon with the same major version.
public struct ProtocolVersion: JSONWritable, Decodable, Hashable, Sendable {
    public static let current = ProtocolVersion(major: 1, minor: 0)

    public let major: Int
    public let minor: Int

    public init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("major", major)
            json.field("minor", minor)
        }
    }
}

/// What the daemon accepts.
public struct Limits: JSONWritable, Decodable, Hashable, Sendable {
    /// Bytes of a frame's body.
    public let frameBytes: Int
    /// UTF-8 bytes of a text.
    public let textBytes: Int
    /// UTF-8 bytes of an intent's name.
    public let labelBytes: Int
    /// Samples of one training or test set, staged ones included.
    public let examples: Int

    public init(frameBytes: Int, textBytes: Int, labelBytes: Int, examples: Int) {
        self.frameBytes = frameBytes
        self.textBytes = textBytes
        self.labelBytes = labelBytes
        self.examples = examples
    }

    private enum CodingKeys: String, CodingKey {
        case frameBytes = "frame_bytes"
        case textBytes = "text_bytes"
        case labelBytes = "label_bytes"
        case examples
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("frame_bytes", frameBytes)
            json.field("text_bytes", textBytes)
            json.field("label_bytes", labelBytes)
            json.field("examples", examples)
        }
    }
}

/// How far a request that takes seconds has come.
public struct Progress: ServerNotification {
    public static let method = "progress"

    public enum Phase: String, Decodable, Sendable {
        case copying, embedding, learning, predicting, replaying
    }

    /// The request this is about.
    public let id: RequestID
    public let phase: Phase
    /// Steps done, in `0...total`.
    public let done: Int
    public let total: Int

    public init(id: RequestID, phase: Phase, done: Int, total: Int) {
        self.id = id
        self.phase = phase
        self.done = done
        self.total = total
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("id", id)
            json.field("phase", phase.rawValue)
            json.field("done", done)
            json.field("total", total)
        }
    }
}

/// A piece of a reply, behind those that came before. Together they are the reply.
public struct Delta: ServerNotification {
    public static let method = "delta"

    /// The request that is being answered.
    public let id: RequestID
    /// Whole characters.
    public let text: String
    /// Of `ask`, whose pieces are sentences: what this one rests on.
    public let mark: SentenceMark?

    public init(id: RequestID, text: String, mark: SentenceMark? = nil) {
        self.id = id
        self.text = text
        self.mark = mark
    }

    private enum CodingKeys: String, CodingKey {
        case id, grounded
        case text = "delta"
    }

    public init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: CodingKeys.self)
        id = try object.decode(RequestID.self, forKey: .id)
        text = try object.decode(String.self, forKey: .text)
        mark = object.contains(.grounded) ? try SentenceMark(from: decoder) : nil
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("id", id)
            json.field("delta", text)
            mark?.writeFields(to: &json)
        }
    }
}
