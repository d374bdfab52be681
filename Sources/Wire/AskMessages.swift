public import JSON

/// Asks a question, to be answered from the knowledge base and from nothing else.
public struct AskParams: Params {
    public typealias Answer = AskResult
    public static let method = Method.ask
    /// Passages that the answer may be drawn from.
    public static let most = 20
    public static let usual = 4

    public var text: String
    /// How many passages the answer is drawn from, from 1 to `most`.
    public var limit: Int
    /// Which passages may be found.
    public var filter: PassageFilter
    /// What "yesterday" is relative to, as RFC 3339 writes it, or a day; nil for now.
    public var at: String?
    /// Whether sentences are sent as they pass, in notifications `delta`.
    public var isStreamed: Bool
    /// How long the whole may take, from 1 to 3,600,000.
    public var timeoutMilliseconds: Int?

    public init(
        text: String, limit: Int = Self.usual, filter: PassageFilter = PassageFilter(), at: String? = nil,
        isStreamed: Bool = true, timeoutMilliseconds: Int? = nil
    ) {
        self.text = text
        self.limit = limit
        self.filter = filter
        self.at = at
        self.isStreamed = isStreamed
        self.timeoutMilliseconds = timeoutMilliseconds
    }

    init(reading params: inout ParamsReader) throws(ErrorReply) {
        text = try params.string("text")
        limit = Int(try params.integer("limit", in: 1...Int64(Self.most)) ?? Int64(Self.usual))
        filter = try PassageFilter(reading: &params)
        at = try params.optionalString("at")
        isStreamed = try params.flag("stream", orElse: true)
        timeoutMilliseconds = try params.integer("timeout_ms", in: 1...Int64(GenerateParams.longestTimeout))
            .map(Int.init)
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("text", text)
            if limit != Self.usual { json.field("limit", limit) }
            filter.writeFields(to: &json)
            json.field(ifPresent: "at", at)
            if !isStreamed { json.field("stream", false) }
            if let timeoutMilliseconds { json.field("timeout_ms", timeoutMilliseconds) }
        }
    }
}

/// What a reply rests on.
public enum Grounding: Hashable, Sendable {
    /// Every sentence is the model's, and a passage supports it.
    case supported
    /// Words of the passages stand for a sentence that none supports.
    case extractive
    /// The passages do not answer the question.
    case declined
}

extension Grounding: Decodable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let isSupported = try? container.decode(Bool.self), isSupported {
            self = .supported
            return
        }
        switch try container.decode(String.self) {
        case "extractive": self = .extractive
        case "declined": self = .declined
        default:
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "expected true, \"extractive\" or \"declined\"")
        }
    }
}

extension JSONWriter {
    /// `true`, `"extractive"` or `"declined"`.
    fileprivate mutating func field(_ name: String, _ grounding: Grounding) {
        switch grounding {
        case .supported: field(name, true)
        case .extractive: field(name, "extractive")
        case .declined: field(name, "declined")
        }
    }
}

/// Where a passage says what a sentence of a reply says.
public struct CitationEntry: JSONWritable, Decodable, Hashable, Sendable {
    public let passage: Int64
    /// The name of the source that the passage is of.
    public let source: String
    /// The number of its source: sources of different owners may have one name.
    public let sourceID: Int64
    /// Whose source it is, by uid.
    public let owner: UInt32
    /// In the passage, in bytes of UTF-8.
    public let start: Int
    public let end: Int
    /// The passage from `start` to `end`.
    public let text: String

    private enum CodingKeys: String, CodingKey {
        case passage, source, owner, start, end, text
        case sourceID = "source_id"
    }

    public init(
        passage: Int64, source: String, sourceID: Int64, owner: UInt32, start: Int, end: Int, text: String
    ) {
        self.passage = passage
        self.source = source
        self.sourceID = sourceID
        self.owner = owner
        self.start = start
        self.end = end
        self.text = text
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("passage", passage)
            json.field("source", source)
            json.field("source_id", sourceID)
            json.field("owner", Int(owner))
            json.field("start", start)
            json.field("end", end)
            json.field("text", text)
        }
    }
}

/// What a sentence that is sent ahead of its reply rests on.
public struct SentenceMark: Decodable, Hashable, Sendable {
    public let grounding: Grounding
    public let citation: CitationEntry

    public init(grounding: Grounding, citation: CitationEntry) {
        self.grounding = grounding
        self.citation = citation
    }

    private enum CodingKeys: String, CodingKey {
        case citation
        case grounding = "grounded"
    }

    func writeFields(to json: inout JSONWriter) {
        json.field("grounded", grounding)
        json.field("citation", citation)
    }
}

/// The answer to `ask`.
public struct AskResult: JSONWritable, Decodable, Hashable, Sendable {
    public let reply: String
    public let grounding: Grounding
    /// One for each sentence of the reply; none where it is declined.
    public let citations: [CitationEntry]
    /// What the reply was drawn from, the best first.
    public let passages: [PassageEntry]
    /// What the model took; nil where it was not asked.
    public let usage: TokenUsage?

    public init(
        reply: String, grounding: Grounding, citations: [CitationEntry], passages: [PassageEntry],
        usage: TokenUsage?
    ) {
        self.reply = reply
        self.grounding = grounding
        self.citations = citations
        self.passages = passages
        self.usage = usage
    }

    private enum CodingKeys: String, CodingKey {
        case reply, citations, passages, usage
        case grounding = "grounded"
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("reply", reply)
            json.field("grounded", grounding)
            json.key("citations")
            json.array(citations) { $0.value($1) }
            json.key("passages")
            json.array(passages) { $0.value($1) }
            json.field(orNull: "usage", usage)
        }
    }
}
