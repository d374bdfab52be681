/// What was said in a session, and what it was taken for.
public struct TurnContent: Sendable, Hashable {
    /// More of a text is not kept, in bytes of UTF-8.
    public static let longestText = 64 << 10

    public let session: String
    public let uid: UInt32
    /// Microseconds since 1970, UTC.
    public let time: Int64
    public let text: String
    public let context: String?
    /// Nil while nothing is known.
    public let intent: String?
    /// From 0 to 1.
    public let confidence: Double
    public let isOutOfScope: Bool
    /// The lesson that a correction is; nil for a turn that was predicted.
    public let event: EventID?
    /// What it led to; nil for a turn that asked for no reply.
    public let outcome: TurnOutcome?

    public init(
        session: String, uid: UInt32, time: Int64, text: String, context: String?, intent: String?,
        confidence: Double, isOutOfScope: Bool, event: EventID?, outcome: TurnOutcome? = nil
    ) {
        self.session = session
        self.uid = uid
        self.time = time
        self.text = Self.kept(text)
        self.context = context.map(Self.kept)
        self.intent = intent
        self.confidence = confidence
        self.isOutOfScope = isOutOfScope
        self.event = event
        self.outcome = outcome
    }

    /// What is kept of a text: all of it, or its beginning up to a whole character.
    static func kept(_ text: String) -> String {
        let text = withoutNUL(text)
        guard text.utf8.count > longestText else { return text }
        var end = text.utf8.index(text.utf8.startIndex, offsetBy: longestText)
        while end.samePosition(in: text.unicodeScalars) == nil { end = text.utf8.index(before: end) }
        return String(text[..<end])
    }

    /// About what it takes of memory.
    public var bytes: Int {
        256 + text.utf8.count + (context?.utf8.count ?? 0) + session.utf8.count + (outcome?.bytes ?? 0)
    }
}

/// What was done after a turn of a dialogue, and what was said.
public struct TurnOutcome: Sendable, Hashable {
    public let action: String
    public let reply: String
    /// How the turn was understood and decided: JSON, from which the dialogue's state is made again.
    public let record: String
    /// What it gave the policy to learn from; kept in the policy's log, and not with the turn.
    public let episodes: [StoredEpisode]
    /// When the episodes that go on are over if nothing more is said, in microseconds since 1970, UTC; nil when none
    /// does.
    public let episodesEnd: Int64?

    public init(
        action: String, reply: String, record: String, episodes: [StoredEpisode] = [],
        episodesEnd: Int64? = nil
    ) {
        self.action = action
        self.reply = reply
        self.record = record
        self.episodes = episodes
        self.episodesEnd = episodesEnd
    }

    fileprivate var bytes: Int {
        action.utf8.count + reply.utf8.count + record.utf8.count
            + episodes.reduce(0) { $0 + $1.content.utf8.count }
    }
}

/// What is kept of a session's dialogue.
public struct StoredDialogue: Sendable, Hashable {
    /// When the session was opened, in microseconds since 1970, UTC.
    public let createdAt: Int64
    /// Of its turns, oldest first.
    public let records: [String]
    /// As `TurnOutcome.episodesEnd`, of the newest turn; nil when they were ended since.
    public let episodesEnd: Int64?
}

/// A turn as the database keeps it.
public struct Turn: Sendable, Hashable {
    /// Its place among all turns: 1 for the first, never used twice.
    public let id: Int64
    public let content: TurnContent
}

/// A session, as a listing shows it.
public struct SessionSummary: Sendable, Hashable {
    public let session: String
    /// Who opened it.
    public let uid: UInt32
    /// Microseconds since 1970, UTC.
    public let createdAt: Int64
    public let turns: Int
    /// The time of its newest turn; nil while it has none.
    public let last: Int64?
}
