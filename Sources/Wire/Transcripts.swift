public import JSON

/// A turn of a transcript: a line as `log` gives it with `records`.
public struct TranscriptLine: JSONWritable, Hashable, Sendable {
    public struct Outcome: Hashable, Sendable {
        public let action: String
        public let reply: String
        public let record: String
    }

    /// Since 1970, UTC.
    public let microseconds: Int64
    public let text: String
    public let context: String?
    public let intent: String?
    /// From 0 to 1.
    public let confidence: Double
    public let isOutOfScope: Bool
    /// What it led to; `nil` but for what was said in a dialogue.
    public let outcome: Outcome?
    /// Where it was said; nobody is bound to it.
    public let session: String?

    /// What says where the turn was kept before is known and passed over.
    init(reading params: inout ParamsReader) throws(ErrorReply) {
        microseconds = try params.required("microseconds", in: 0...(1 << 53))
        text = try params.string("text")
        context = try params.optionalString("context")
        intent = try params.optionalString("intent")
        confidence = try params.required("confidence", in: 0...1)
        isOutOfScope = try params.flag("out_of_scope")
        let (action, reply, record) = (
            try params.optionalString("action"), try params.optionalString("reply"),
            try params.optionalString("record")
        )
        session = try params.optionalString("session")
        if let action, let reply, let record {
            outcome = Outcome(action: action, reply: reply, record: record)
        } else if action == nil, reply == nil, record == nil {
            outcome = nil
        } else {
            let missing = [("action", action), ("reply", reply), ("record", record)].first { $0.1 == nil }
            throw params.missing(missing?.0 ?? "record", expected: "a string beside action, reply and record")
        }
        _ = try params.integer("turn", in: 0...Int64.max)
        _ = try params.optionalString("time")
        _ = try params.integer("uid", in: 0...Int64(UInt32.max))
        _ = try params.optionalString("kind")
        _ = try params.integer("event", in: 0...Int64.max)
        try params.finish()
    }

    /// Reads a line of a transcript.
    public init(json: [UInt8]) throws(ErrorReply) {
        self = try JSONText.decode(Line.self, from: json).turn.get()
    }

    private struct Line: Decodable {
        let turn: Result<TranscriptLine, ErrorReply>

        init(from decoder: any Decoder) throws {
            var reader = ParamsReader(line: try decoder.container(keyedBy: JSONKey.self))
            turn = Result { () throws(ErrorReply) in try TranscriptLine(reading: &reader) }
        }
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("microseconds", microseconds)
            json.field("text", text)
            json.field(ifPresent: "context", context)
            json.field(ifPresent: "intent", intent)
            json.field("confidence", confidence)
            json.field("out_of_scope", isOutOfScope)
            guard let outcome else { return }
            json.field("action", outcome.action)
            json.field("reply", outcome.reply)
            json.field("record", outcome.record)
        }
    }
}

/// Opens a session with the turns of a transcript.
public struct ImportSessionParams: Params {
    public typealias Answer = ImportSessionResult
    public static let method = Method.importSession
    /// Its name from now on.
    public var session: String
    /// Oldest first.
    public var turns: [TranscriptLine]

    public init(session: String, turns: [TranscriptLine]) {
        self.session = session
        self.turns = turns
    }

    init(reading params: inout ParamsReader) throws(ErrorReply) {
        session = try params.string("session")
        turns =
            try params.objects("turns") { reader throws(ErrorReply) in
                try TranscriptLine(reading: &reader)
            } ?? []
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("session", session)
            json.key("turns")
            json.array(turns) { $0.value($1) }
        }
    }
}

/// The answer to `session.import`.
public struct ImportSessionResult: JSONWritable, Decodable, Hashable, Sendable {
    public let state: DialogueEntry
    /// How many there are.
    public let turns: Int

    public init(state: DialogueEntry, turns: Int) {
        self.state = state
        self.turns = turns
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("state", state)
            json.field("turns", turns)
        }
    }
}
