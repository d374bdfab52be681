public import JSON

/// Asks for turns of sessions.
public struct LogParams: Params {
    public typealias Answer = LogResult
    public static let method = Method.log
    /// Only turns after this one.
    public var after: Int64
    public var session: String?
    /// Only turns from then on: seconds since 1970, UTC.
    public var since: Int64?
    /// Only the newest so many, from 1.
    public var last: Int?
    /// Whether each turn has what `session.import` needs of it.
    public var hasRecords: Bool

    public init(
        after: Int64 = 0, session: String? = nil, since: Int64? = nil, last: Int? = nil,
        hasRecords: Bool = false
    ) {
        self.after = after
        self.session = session
        self.since = since
        self.last = last
        self.hasRecords = hasRecords
    }

    init(reading params: inout ParamsReader) throws(ErrorReply) {
        after = try params.integer("after", in: 0...Int64.max) ?? 0
        session = try params.optionalString("session")
        since = try params.integer("since", in: 0...(1 << 40))
        last = try params.integer("last", in: 1...Int64(Int32.max)).map(Int.init)
        hasRecords = try params.flag("records")
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("after", after)
            json.field(ifPresent: "session", session)
            if let since { json.field("since", since) }
            if let last { json.field("last", last) }
            if hasRecords { json.field("records", true) }
        }
    }
}

/// What was said, and what it was taken for.
public struct TurnEntry: JSONWritable, Decodable, Hashable, Sendable {
    public enum Kind: String, Decodable, Sendable {
        case predicted
        /// A lesson, with the intent that was taught.
        case corrected
        /// In a dialogue, with what was done and replied.
        case said
    }

    public let turn: Int64
    /// In UTC, as RFC 3339 writes it.
    public let time: String
    public let session: String
    /// Who opened the session, and so speaks in it.
    public let uid: UInt32
    public let kind: Kind
    public let text: String
    public let context: String?
    /// `nil` while nothing had been taught.
    public let intent: String?
    /// From 0 to 1.
    public let confidence: Float
    public let isOutOfScope: Bool
    /// The lesson that a correction is.
    public let event: Int64?
    /// What was done after it, and what was said; `nil` but for what is said in a dialogue.
    public let action: String?
    public let reply: String?
    /// What that was chosen from, and how; `nil` but for what is said in a dialogue, where it is shown.
    public let decision: DecisionEntry?
    /// What `session.import` needs beside; `nil` unless it was asked for.
    public let transcript: TurnTranscript?

    public init(
        turn: Int64, time: String, session: String, uid: UInt32, text: String, context: String?,
        intent: String?, confidence: Float, isOutOfScope: Bool, event: Int64?, action: String? = nil,
        reply: String? = nil, decision: DecisionEntry? = nil, transcript: TurnTranscript? = nil
    ) {
        self.turn = turn
        self.time = time
        self.session = session
        self.uid = uid
        kind = reply != nil ? .said : event == nil ? .predicted : .corrected
        self.text = text
        self.context = context
        self.intent = intent
        self.confidence = confidence
        self.isOutOfScope = isOutOfScope
        self.event = event
        self.action = action
        self.reply = reply
        self.decision = decision
        self.transcript = transcript
    }

    private enum CodingKeys: String, CodingKey {
        case turn, time, session, uid, kind, text, context, intent, confidence, event, action, reply, decision
        case microseconds, record
        case isOutOfScope = "out_of_scope"
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("turn", turn)
            json.field("time", time)
            json.field("session", session)
            json.field("uid", uid)
            json.field("kind", kind.rawValue)
            json.field("text", text)
            json.field(orNull: "context", context)
            json.field(orNull: "intent", intent)
            json.field("confidence", confidence)
            json.field("out_of_scope", isOutOfScope)
            json.key("event")
            if let event { json.value(event) } else { json.null() }
            json.field(ifPresent: "action", action)
            json.field(ifPresent: "reply", reply)
            if let decision { json.field("decision", decision) }
            guard let transcript else { return }
            json.field("microseconds", transcript.microseconds)
            json.field(ifPresent: "record", transcript.record)
        }
    }
}

extension TurnEntry {
    public init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: CodingKeys.self)
        let record = try object.decodeIfPresent(String.self, forKey: .record)
        self.init(
            turn: try object.decode(Int64.self, forKey: .turn),
            time: try object.decode(String.self, forKey: .time),
            session: try object.decode(String.self, forKey: .session),
            uid: try object.decode(UInt32.self, forKey: .uid),
            text: try object.decode(String.self, forKey: .text),
            context: try object.decodeIfPresent(String.self, forKey: .context),
            intent: try object.decodeIfPresent(String.self, forKey: .intent),
            confidence: try object.decode(Float.self, forKey: .confidence),
            isOutOfScope: try object.decode(Bool.self, forKey: .isOutOfScope),
            event: try object.decodeIfPresent(Int64.self, forKey: .event),
            action: try object.decodeIfPresent(String.self, forKey: .action),
            reply: try object.decodeIfPresent(String.self, forKey: .reply),
            decision: try object.decodeIfPresent(DecisionEntry.self, forKey: .decision),
            transcript: try object.decodeIfPresent(Int64.self, forKey: .microseconds).map {
                TurnTranscript(microseconds: $0, record: record)
            })
    }
}

/// What `session.import` needs of a turn beside what `log` tells of each.
public struct TurnTranscript: Hashable, Sendable {
    /// When it was said: since 1970, UTC.
    public let microseconds: Int64
    /// How it was understood and decided, from which the dialogue's state is made again; `nil` but for what is said in a
    /// dialogue.
    public let record: String?

    public init(microseconds: Int64, record: String?) {
        self.microseconds = microseconds
        self.record = record
    }
}

/// The answer to `log`: a page of turns, oldest first.
public struct LogResult: JSONWritable, Decodable, Hashable, Sendable {
    public let turns: [TurnEntry]
    /// Whether there are more after the last of them.
    public let hasMore: Bool

    public init(turns: [TurnEntry], hasMore: Bool) {
        self.turns = turns
        self.hasMore = hasMore
    }

    private enum CodingKeys: String, CodingKey {
        case turns
        case hasMore = "more"
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("turns")
            json.array(turns) { $0.value($1) }
            json.field("more", hasMore)
        }
    }
}

/// Asks which sessions there are.
public struct SessionsParams: Params {
    public typealias Answer = SessionsResult
    public static let method = Method.sessions
    public static let most = 1000
    /// At most so many, the newest.
    public var last: Int

    public init(last: Int = most) {
        self.last = last
    }

    init(reading params: inout ParamsReader) throws(ErrorReply) {
        last = Int(try params.integer("last", in: 1...Int64(Self.most)) ?? Int64(Self.most))
    }

    public func write(to json: inout JSONWriter) {
        json.object { $0.field("last", last) }
    }
}

/// A session.
public struct SessionEntry: JSONWritable, Decodable, Hashable, Sendable {
    public let session: String
    /// Who opened it.
    public let uid: UInt32
    /// When it was opened, in UTC, as RFC 3339 writes it.
    public let created: String
    public let turns: Int
    /// When its newest turn was said; `nil` while it has none.
    public let last: String?
    /// The task at hand, or the one that was just done; `nil` while there is none.
    public let goal: String?
    /// As `DialogueEntry.step`; `nil` where nothing was said in a dialogue, or it has expired.
    public let step: String?

    public init(
        session: String, uid: UInt32, created: String, turns: Int, last: String?, goal: String? = nil,
        step: String? = nil
    ) {
        self.session = session
        self.uid = uid
        self.created = created
        self.turns = turns
        self.last = last
        self.goal = goal
        self.step = step
    }

    private enum CodingKeys: String, CodingKey {
        case session, uid, created, turns, last, goal
        case step = "current_step"
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("session", session)
            json.field("uid", uid)
            json.field("created", created)
            json.field("turns", turns)
            json.field(orNull: "last", last)
            json.field(orNull: "goal", goal)
            json.field(orNull: "current_step", step)
        }
    }
}

/// The answer to `sessions`: the newest first.
public struct SessionsResult: JSONWritable, Decodable, Hashable, Sendable {
    public let sessions: [SessionEntry]

    public init(sessions: [SessionEntry]) {
        self.sessions = sessions
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("sessions")
            json.array(sessions) { $0.value($1) }
        }
    }
}

/// How the writing of conversations gets on.
public struct ConversationsStatus: JSONWritable, Decodable, Hashable, Sendable {
    /// Whether turns are kept at all.
    public let isKept: Bool
    /// Turns that are not written yet.
    public let waiting: Int
    /// Turns that were never written, since the start.
    public let lost: Int
    /// Why they are not written at the moment; `nil` while all is well.
    public let fault: String?

    public init(isKept: Bool, waiting: Int, lost: Int, fault: String?) {
        self.isKept = isKept
        self.waiting = waiting
        self.lost = lost
        self.fault = fault
    }

    private enum CodingKeys: String, CodingKey {
        case waiting, lost, fault
        case isKept = "kept"
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("kept", isKept)
            json.field("waiting", waiting)
            json.field("lost", lost)
            json.field(orNull: "fault", fault)
        }
    }
}
