public import JSON

/// The answer to `undo`.
public struct UndoResult: JSONWritable, Decodable, Hashable, Sendable {
    /// The events that were taken back, oldest first.
    public let undone: [Int64]
    /// SHA-256 of the head now, in hexadecimal.
    public let digest: String
    /// How many intents are known now.
    public let intents: Int
    /// SHA-256 of the head that a replay from nothing gives; `nil` unless it was asked for.
    public let replayedDigest: String?

    public init(undone: [Int64], digest: String, intents: Int, replayedDigest: String?) {
        self.undone = undone
        self.digest = digest
        self.intents = intents
        self.replayedDigest = replayedDigest
    }

    private enum CodingKeys: String, CodingKey {
        case undone, digest, intents
        case replayedDigest = "replayed_digest"
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("undone")
            json.array(undone) { $0.value($1) }
            json.field("digest", digest)
            json.field("intents", intents)
            json.field(ifPresent: "replayed_digest", replayedDigest)
        }
    }
}

/// The answer to `forget`.
public struct ForgetResult: JSONWritable, Decodable, Hashable, Sendable {
    /// How much of each kind was erased.
    public struct Erased: JSONWritable, Decodable, Hashable, Sendable {
        public let events: Int
        /// Of conversations.
        public let turns: Int
        /// Of the knowledge base: those that only the user could see. 0 from a daemon that does not tell.
        public let sources: Int
        /// Removed, or made anew without what was erased.
        public let checkpoints: Int

        public init(events: Int, turns: Int, sources: Int = 0, checkpoints: Int) {
            self.events = events
            self.turns = turns
            self.sources = sources
            self.checkpoints = checkpoints
        }

        private enum CodingKeys: String, CodingKey { case events, turns, sources, checkpoints }

        public init(from decoder: any Decoder) throws {
            let object = try decoder.container(keyedBy: CodingKeys.self)
            events = try object.decode(Int.self, forKey: .events)
            turns = try object.decode(Int.self, forKey: .turns)
            sources = try object.decodeIfPresent(Int.self, forKey: .sources) ?? 0
            checkpoints = try object.decode(Int.self, forKey: .checkpoints)
        }

        public func write(to json: inout JSONWriter) {
            json.object { json in
                json.field("events", events)
                json.field("turns", turns)
                json.field("sources", sources)
                json.field("checkpoints", checkpoints)
            }
        }
    }

    public let erased: Erased
    /// SHA-256 of the head now, in hexadecimal.
    public let digest: String
    /// How many intents are known now.
    public let intents: Int
    /// SHA-256 of the head that a replay from nothing gives; `nil` unless it was asked for.
    public let replayedDigest: String?

    public init(erased: Erased, digest: String, intents: Int, replayedDigest: String?) {
        self.erased = erased
        self.digest = digest
        self.intents = intents
        self.replayedDigest = replayedDigest
    }

    private enum CodingKeys: String, CodingKey {
        case erased, digest, intents
        case replayedDigest = "replayed_digest"
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("erased", erased)
            json.field("digest", digest)
            json.field("intents", intents)
            json.field(ifPresent: "replayed_digest", replayedDigest)
        }
    }
}

/// The answer to `snapshot.verify`.
public struct VerifyResult: JSONWritable, Decodable, Hashable, Sendable {
    /// SHA-256 of the head that was verified, in hexadecimal.
    public let digest: String
    /// Of the head that a replay of the log from nothing gives.
    public let replayedDigest: String
    /// Events that made it.
    public let events: Int
    /// What else the replay gives another of: `words`, `answers`, `policy`.
    public let differing: [String]

    public var isEqual: Bool { digest == replayedDigest && differing.isEmpty }

    public init(digest: String, replayedDigest: String, events: Int, differing: [String] = []) {
        self.digest = digest
        self.replayedDigest = replayedDigest
        self.events = events
        self.differing = differing
    }

    private enum CodingKeys: String, CodingKey {
        case digest, events, differing
        case replayedDigest = "replayed_digest"
    }

    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            digest: try fields.decode(String.self, forKey: .digest),
            replayedDigest: try fields.decode(String.self, forKey: .replayedDigest),
            events: try fields.decode(Int.self, forKey: .events),
            differing: try fields.decodeIfPresent([String].self, forKey: .differing) ?? [])
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("digest", digest)
            json.field("replayed_digest", replayedDigest)
            json.field("equal", isEqual)
            json.field("events", events)
            if !differing.isEmpty {
                json.key("differing")
                json.array(differing) { $0.value($1) }
            }
        }
    }
}

/// The answer to `snapshot.restore`.
public struct RestoreResult: JSONWritable, Decodable, Hashable, Sendable {
    public let event: Int64
    /// The event after which the head is what it was.
    public let position: Int64
    /// SHA-256 of the head now, in hexadecimal.
    public let digest: String
    /// How many intents are known now.
    public let intents: Int

    public init(event: Int64, position: Int64, digest: String, intents: Int) {
        self.event = event
        self.position = position
        self.digest = digest
        self.intents = intents
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("event", event)
            json.field("position", position)
            json.field("digest", digest)
            json.field("intents", intents)
        }
    }
}

/// What happened at one event.
public struct HistoryEntry: JSONWritable, Decodable, Hashable, Sendable {
    public let event: Int64
    /// `taught`, `held`, `approved`, `trained`, `trained_keeping_base`, `bootstrapped`, `renamed`, `merged`, `removed`, `restored`, `imported` or `judged`.
    public let kind: String
    /// In UTC, as RFC 3339 writes it.
    public let time: String
    public let intent: String?
    /// The new name of an intent, or the one it was merged into.
    public let target: String?
    /// The event after which a restored head is what it was, that of the held lesson that was approved, or
    /// the one before those that an import brought.
    public let position: Int64?
    public let text: String?
    /// How many a training learnt, or events an import brought.
    public let examples: Int?
    public let uid: UInt32
    public let session: String?
    /// What the text was taken for before and after; `nil` for events that are not about one text.
    public let before: Guess?
    public let after: Guess?
    /// Whether it waits for approval.
    public let isQuarantined: Bool
    /// Why it was held: `contradiction` or `canary`; what was said of an answer: `right`, `wrong`, `right_for_all` or
    /// `wrong_for_all`.
    public let reason: String?
    /// Whether it came with a snapshot from elsewhere: its user and session are another machine's.
    public let isImported: Bool
    /// Whether it was taken from what was said in a dialogue, and nobody gave the intent.
    public let isSelfCorrection: Bool

    public init(
        event: Int64, kind: String, time: String, intent: String?, target: String?, position: Int64?,
        text: String?, examples: Int?, uid: UInt32, session: String?, before: Guess?, after: Guess?,
        isQuarantined: Bool = false, reason: String? = nil, isImported: Bool = false,
        isSelfCorrection: Bool = false
    ) {
        self.event = event
        self.kind = kind
        self.time = time
        self.intent = intent
        self.target = target
        self.position = position
        self.text = text
        self.examples = examples
        self.uid = uid
        self.session = session
        self.before = before
        self.after = after
        self.isQuarantined = isQuarantined
        self.reason = reason
        self.isImported = isImported
        self.isSelfCorrection = isSelfCorrection
    }

    private enum CodingKeys: String, CodingKey {
        case event, kind, time, intent, target, position, text, examples, uid, session, before, after, reason
        case isQuarantined = "quarantined"
        case isImported = "imported"
        case isSelfCorrection = "self_correction"
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("event", event)
            json.field("kind", kind)
            json.field("time", time)
            json.field(orNull: "intent", intent)
            json.field(ifPresent: "target", target)
            if let position { json.field("position", position) }
            json.field(orNull: "text", text)
            if let examples { json.field("examples", examples) }
            json.field("uid", uid)
            json.field(orNull: "session", session)
            json.field(orNull: "before", before)
            json.field(orNull: "after", after)
            json.field("quarantined", isQuarantined)
            json.field(ifPresent: "reason", reason)
            json.field("imported", isImported)
            json.field("self_correction", isSelfCorrection)
        }
    }
}

/// The answer to `history`: a page of events, oldest first.
public struct HistoryResult: JSONWritable, Decodable, Hashable, Sendable {
    public let events: [HistoryEntry]
    /// Whether there are more after the last of them.
    public let hasMore: Bool

    public init(events: [HistoryEntry], hasMore: Bool) {
        self.events = events
        self.hasMore = hasMore
    }

    private enum CodingKeys: String, CodingKey {
        case events
        case hasMore = "more"
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("events")
            json.array(events) { $0.value($1) }
            json.field("more", hasMore)
        }
    }
}
