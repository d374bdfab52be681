public import Dialogue
internal import Storage

/// A turn of a session.
public struct SpokenTurn: Sendable, Hashable {
    public let turn: Int64
    /// Microseconds since 1970, UTC.
    public let time: Int64
    public let session: String
    public let uid: UInt32
    public let text: String
    public let context: String?
    /// What it was taken for, or is by a correction; nil while nothing had been learnt.
    public let intent: String?
    public let confidence: Double
    public let isOutOfScope: Bool
    /// The lesson that a correction is.
    public let event: Int64?
    /// What was done after it, and what was said; nil but for what is said in a dialogue.
    public let action: String?
    public let reply: String?
    /// How it was understood and decided: JSON, from which the dialogue's state is made again.
    public let record: String?

    public init(
        turn: Int64, time: Int64, session: String, uid: UInt32, text: String, context: String?,
        intent: String?, confidence: Double, isOutOfScope: Bool, event: Int64?, action: String? = nil,
        reply: String? = nil, record: String? = nil
    ) {
        self.turn = turn
        self.time = time
        self.session = session
        self.uid = uid
        self.text = text
        self.context = context
        self.intent = intent
        self.confidence = confidence
        self.isOutOfScope = isOutOfScope
        self.event = event
        self.action = action
        self.reply = reply
        self.record = record
    }
}

extension SpokenTurn {
    /// What was decided after it, and how surely it was chosen; nil but for what is said in a dialogue.
    public var decision: Decision? { record.flatMap(DialogueRecord.init)?.decision }
}

/// A session, as a listing shows it.
public struct SpokenSession: Sendable, Hashable {
    public let session: String
    /// Who opened it.
    public let uid: UInt32
    /// Microseconds since 1970, UTC.
    public let createdAt: Int64
    public let turns: Int
    /// The time of its newest turn; nil while it has none.
    public let last: Int64?
    /// Where its dialogue stands; nil where it has none, or none any more.
    public let state: DialogueSummary?

    public init(
        session: String, uid: UInt32, createdAt: Int64, turns: Int, last: Int64?,
        state: DialogueSummary? = nil
    ) {
        self.session = session
        self.uid = uid
        self.createdAt = createdAt
        self.turns = turns
        self.last = last
        self.state = state
    }
}

/// Which turns are wanted, oldest first.
public struct TurnFilter: Sendable, Hashable {
    /// Only those after this one.
    public var after: Int64
    public var session: String?
    /// Only those from then on: microseconds since 1970, UTC.
    public var since: Int64?
    /// Only the newest so many.
    public var last: Int?

    public init(after: Int64 = 0, session: String? = nil, since: Int64? = nil, last: Int? = nil) {
        self.after = after
        self.session = session
        self.since = since
        self.last = last
    }
}

extension LocalAssistant {
    /// Turns read at once, and their bytes.
    private static let turnPage = (turns: 1000, bytes: 1 << 18)

    /// A page of turns, oldest first, all that was said before the call among them.
    ///
    /// - Parameter owner: only sessions of this user; of another's nobody is told whether it is there.
    /// - Returns: the turns, and whether more follow.
    /// - Throws: `sessionForbidden`, `sessionNotFound`, `storage`.
    public func turns(
        _ selection: TurnFilter, of owner: UInt32? = nil
    ) throws(AssistantError) -> (turns: [SpokenTurn], hasMore: Bool) {
        guard !snapshot().isClosed else { throw .closed }
        if let session = selection.session { try check(session, of: owner) }
        conversations.flush()
        return try storing { () throws(StorageError) in
            var query = TurnQuery(
                after: selection.after, session: selection.session, owner: owner, since: selection.since)
            if let last = selection.last {
                query.after = max(query.after, try log.position(beforeNewest: last, of: query))
            }
            let page = try log.turns(query, limit: Self.turnPage.turns, bytes: Self.turnPage.bytes)
            return (page.turns.map(SpokenTurn.init), page.hasMore)
        }
    }

    /// The newest sessions, the newest first.
    ///
    /// - Parameter owner: only those of this user.
    /// - Complexity: a look into memory for each with a dialogue met lately; for others O(turns).
    public func sessions(last count: Int, of owner: UInt32? = nil) throws(AssistantError) -> [SpokenSession] {
        guard !snapshot().isClosed else { throw .closed }
        conversations.flush()
        let sessions = try storing { () throws(StorageError) in try log.sessions(of: owner, limit: count) }
        let (book, time) = (tasks.book, clock.microseconds())
        return try sessions.map { session throws(AssistantError) in
            // What expired need not be read.
            let isOver =
                session.last.map { time - $0 > Int64(configuration.dialogueLifetime) * 1_000_000 } ?? true
            let state = isOver ? nil : try dialogues.state(of: session.session, in: book)
            return SpokenSession(
                session, state: state.flatMap { $0.turns > 0 ? DialogueSummary($0, in: book) : nil })
        }
    }

    /// How the writer of conversations gets on.
    public var writerPulse: WriterPulse { conversations.pulse }

    func check(_ session: String, of owner: UInt32?) throws(AssistantError) {
        let uid = try conversations.owners.owner(of: session)
        if let owner {
            guard uid == owner else { throw .sessionForbidden(session) }
        } else {
            guard uid != nil else { throw .sessionNotFound(session) }
        }
    }

    /// The turns that predictions were.
    func spoken(
        _ utterances: [Utterance], _ answers: [Result<Prediction, AssistantError>], _ speeches: [Speech?]
    ) -> [SpokenTurnContent] {
        let time = clock.microseconds()
        return zip(zip(utterances, answers), speeches).compactMap { asked, speech in
            let (utterance, answer) = asked
            guard let speaker = utterance.speaker, let session = speaker.session,
                case .success(let prediction) = answer
            else { return nil }
            let turn = TurnContent(
                session: session, uid: speaker.uid, time: time, text: utterance.text,
                context: utterance.context, intent: prediction.intent, confidence: prediction.confidence,
                isOutOfScope: prediction.isOutOfScope, event: nil)
            return (turn, speech)
        }
    }

    /// The turns that lessons were: corrections.
    func spoken(
        _ lessons: [Lesson], _ outcomes: [Result<TeachingOutcome, AssistantError>], _ speeches: [Speech?]
    ) -> [SpokenTurnContent] {
        let time = clock.microseconds()
        return zip(zip(lessons, outcomes), speeches).compactMap { taught, speech in
            let (lesson, outcome) = taught
            guard let session = lesson.contributor.session, case .success(let taught) = outcome else {
                return nil
            }
            let turn = TurnContent(
                session: session, uid: lesson.contributor.uid, time: time, text: lesson.utterance.text,
                context: lesson.utterance.context, intent: taught.intent, confidence: taught.after.confidence,
                isOutOfScope: false, event: EventID(rawValue: taught.event))
            return (turn, speech)
        }
    }
}

extension SpokenTurn {
    fileprivate init(_ turn: Turn) {
        let content = turn.content
        self.init(
            turn: turn.id, time: content.time, session: content.session, uid: content.uid, text: content.text,
            context: content.context, intent: content.intent, confidence: content.confidence,
            isOutOfScope: content.isOutOfScope, event: content.event?.rawValue,
            action: content.outcome?.action, reply: content.outcome?.reply, record: content.outcome?.record)
    }
}

extension SpokenSession {
    fileprivate init(_ session: SessionSummary, state: DialogueSummary?) {
        self.init(
            session: session.session, uid: session.uid, createdAt: session.createdAt, turns: session.turns,
            last: session.last, state: state)
    }
}
