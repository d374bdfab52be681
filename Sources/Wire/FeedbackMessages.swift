public import JSON

/// Says of the answer to a question that it is right or wrong; learnt, durable and in force for the next question when it is
/// answered.
public struct FeedbackParams: Params {
    public typealias Answer = FeedbackResult
    public static let method = Method.judgeAnswer
    /// Sentences at most.
    public static let mostCitations = 8

    /// The question.
    public var text: String
    public var isRight: Bool
    /// Where the sentences stand that it is about, as `ask` cites them; none for what the question gets now.
    public var citations: [CitedPlace]
    /// How many passages the answer is drawn from, as with `ask`.
    public var limit: Int
    /// Which passages may be found, as with `ask`.
    public var filter: PassageFilter
    /// The session that it belongs to.
    public var session: String?

    public init(
        text: String, isRight: Bool, citations: [CitedPlace] = [], limit: Int = AskParams.usual,
        filter: PassageFilter = PassageFilter(), session: String? = nil
    ) {
        self.text = text
        self.isRight = isRight
        self.citations = citations
        self.limit = limit
        self.filter = filter
        self.session = session
    }

    init(reading params: inout ParamsReader) throws(ErrorReply) {
        text = try params.string("text")
        isRight = try params.requiredFlag("right")
        citations =
            try params.objects("citations") { reader throws(ErrorReply) in try CitedPlace(reading: &reader) }
            ?? []
        guard citations.count <= Self.mostCitations else {
            throw ErrorReply(
                .invalidParams, "params.citations", expected: "at most \(Self.mostCitations)",
                found: "\(citations.count)")
        }
        guard Set(citations).count == citations.count else {
            throw ErrorReply(
                .invalidParams, "params.citations", expected: "each once", found: "one more than once")
        }
        limit = Int(
            try params.integer("limit", in: 1...Int64(AskParams.most)) ?? Int64(AskParams.usual))
        filter = try PassageFilter(reading: &params)
        session = try params.optionalString("session")
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("text", text)
            json.field("right", isRight)
            if !citations.isEmpty {
                json.key("citations")
                json.array(citations) { $0.value($1) }
            }
            if limit != AskParams.usual { json.field("limit", limit) }
            filter.writeFields(to: &json)
            json.field(ifPresent: "session", session)
        }
    }
}

/// Where a sentence stands.
public struct CitedPlace: JSONWritable, Hashable, Sendable {
    public var passage: Int64
    /// In the passage, in bytes of UTF-8.
    public var span: Range<Int>

    public init(passage: Int64, span: Range<Int>) {
        self.passage = passage
        self.span = span
    }

    public init(_ citation: CitationEntry) {
        self.init(passage: citation.passage, span: citation.start..<max(citation.start, citation.end))
    }

    init(reading params: inout ParamsReader) throws(ErrorReply) {
        passage = try params.required("passage", in: 1...(1 << 53))
        let start = Int(try params.required("start", in: 0...(1 << 31)))
        let end = Int(try params.required("end", in: Int64(start + 1)...(1 << 31 + 1)))
        span = start..<end
        try params.finish()
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("passage", passage)
            json.field("start", span.lowerBound)
            json.field("end", span.upperBound)
        }
    }
}

/// The answer to `answer.feedback`.
public struct FeedbackResult: JSONWritable, Decodable, Hashable, Sendable {
    /// A sentence, and what is known of it from now on.
    public struct Judged: JSONWritable, Decodable, Hashable, Sendable {
        public let event: Int64
        /// Whether it answers the question.
        public let isAnswer: Bool
        public let citation: CitationEntry

        public init(event: Int64, isAnswer: Bool, citation: CitationEntry) {
            self.event = event
            self.isAnswer = isAnswer
            self.citation = citation
        }

        private enum CodingKeys: String, CodingKey {
            case event, citation
            case isAnswer = "answers"
        }

        public func write(to json: inout JSONWriter) {
            json.object { json in
                json.field("event", event)
                json.field("answers", isAnswer)
                json.field("citation", citation)
            }
        }
    }

    public let judged: [Judged]
    /// Whether it counts for everybody's answers, and not only for those of who said it.
    public let isForAll: Bool

    public init(judged: [Judged], isForAll: Bool) {
        self.judged = judged
        self.isForAll = isForAll
    }

    private enum CodingKeys: String, CodingKey {
        case judged
        case isForAll = "for_all"
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("judged")
            json.array(judged) { $0.value($1) }
            json.field("for_all", isForAll)
        }
    }
}
