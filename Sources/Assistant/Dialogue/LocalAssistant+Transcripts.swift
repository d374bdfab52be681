internal import Dialogue
internal import Learning
internal import Storage

/// A turn that was said elsewhere.
public struct TranscribedTurn: Sendable, Hashable {
    /// Microseconds since 1970, UTC.
    public let time: Int64
    public let text: String
    public let context: String?
    /// Nil where nothing had been learnt.
    public let intent: String?
    /// From 0 to 1.
    public let confidence: Double
    public let isOutOfScope: Bool
    /// What was done after it, what was said, and how it was understood and decided; nil but for what was said in a
    /// dialogue.
    public let outcome: Outcome?

    public struct Outcome: Sendable, Hashable {
        public let action: String
        public let reply: String
        /// As `SpokenTurn.record`.
        public let record: String

        public init(action: String, reply: String, record: String) {
            self.action = action
            self.reply = reply
            self.record = record
        }
    }

    public init(
        time: Int64, text: String, context: String?, intent: String?, confidence: Double, isOutOfScope: Bool,
        outcome: Outcome?
    ) {
        self.time = time
        self.text = text
        self.context = context
        self.intent = intent
        self.confidence = confidence
        self.isOutOfScope = isOutOfScope
        self.outcome = outcome
    }
}

extension LocalAssistant {
    /// A turn may be so much ahead of the clock here, in microseconds: a day.
    private static let mostAhead: Int64 = 86_400 * 1_000_000

    /// Opens a session with the turns of a transcript, all or none. Lessons do not come with it.
    ///
    /// - Parameter speaker: whose session it will be; it names the session.
    /// - Returns: where its dialogue stands.
    /// - Throws: `badSession`, `sessionForbidden`, `sessionExists`, `badTurn`, `conversationsNotKept`, `storage`.
    public func importSession(
        _ turns: [TranscribedTurn], by speaker: Contributor
    ) throws(AssistantError) -> DialogueSummary {
        guard !snapshot().isClosed else { throw .closed }
        guard let session = speaker.session else { throw .badSession("") }
        guard conversations.status.isKept else { throw .conversationsNotKept }
        guard !turns.isEmpty else { throw .badTurn(number: 1, reason: "expected a turn, found none") }
        var contents: [TurnContent] = []
        var newest = 0
        for (index, turn) in turns.enumerated() {
            do throws(TranscriptFault) {
                contents.append(try content(turn, in: session, by: speaker, after: &newest))
            } catch {
                throw .badTurn(number: index + 1, reason: error.reason)
            }
        }
        try conversations.owners.admit(speaker)
        try dialogues.open(session) { () throws(AssistantError) in
            guard try storing({ () throws(StorageError) in try conversations.open(session, with: contents) })
            else { throw .sessionExists(session) }
        }
        return try dialogue(of: session)
    }

    private struct TranscriptFault: Error {
        let reason: String

        init(_ what: String, expected: String, found: String) {
            reason = "\(what): expected \(expected), found \(found)"
        }
    }

    /// - Parameter newest: the number of the dialogue's newest turn.
    private func content(
        _ turn: TranscribedTurn, in session: String, by speaker: Contributor, after newest: inout Int
    ) throws(TranscriptFault) -> TurnContent {
        try check(turn)
        let record = try turn.outcome.map { outcome throws(TranscriptFault) in
            try Self.record(outcome, of: turn, after: &newest)
        }
        return TurnContent(
            session: session, uid: speaker.uid, time: turn.time, text: turn.text, context: turn.context,
            intent: turn.intent, confidence: turn.confidence, isOutOfScope: turn.isOutOfScope, event: nil,
            outcome: turn.outcome.flatMap { outcome in
                record.map { TurnOutcome(action: outcome.action, reply: outcome.reply, record: $0.text) }
            })
    }

    private func check(_ turn: TranscribedTurn) throws(TranscriptFault) {
        let (now, days) = (clock.microseconds(), configuration.conversations.days)
        let latest = now + Self.mostAhead
        guard turn.time <= latest else {
            throw TranscriptFault("time", expected: "\(latest) at most", found: "\(turn.time)")
        }
        let oldest = Conversations.oldestKept(now, days: days)
        guard turn.time >= oldest else {
            throw TranscriptFault(
                "time", expected: "\(oldest) or later, as \(days) days are kept", found: "\(turn.time)")
        }
        let limits = configuration.limits
        let longest = max(turn.text.utf8.count, turn.context?.utf8.count ?? 0)
        guard longest <= limits.textBytes else {
            throw TranscriptFault("text", expected: "at most \(limits.textBytes) bytes", found: "\(longest)")
        }
        guard !turn.text.isEmpty else { throw TranscriptFault("text", expected: "a text", found: "none") }
        guard (0...1).contains(turn.confidence) else {
            throw TranscriptFault("confidence", expected: "0 to 1", found: "\(turn.confidence)")
        }
        guard let intent = turn.intent else { return }
        do throws(IntentNameError) {
            _ = try IntentName(intent)
        } catch {
            throw TranscriptFault("intent", expected: "the name of one", found: error.description)
        }
    }

    private static func record(
        _ outcome: TranscribedTurn.Outcome, of turn: TranscribedTurn, after newest: inout Int
    ) throws(TranscriptFault) -> DialogueRecord {
        guard let record = DialogueRecord(outcome.record) else {
            throw TranscriptFault("record", expected: "how the turn was understood", found: "something else")
        }
        let said = record.turn
        guard said.number > newest else {
            throw TranscriptFault("record", expected: "a turn after \(newest)", found: "turn \(said.number)")
        }
        newest = said.number
        let action = record.decision.move.action.rawValue
        guard outcome.action == action else {
            throw TranscriptFault("action", expected: action, found: outcome.action)
        }
        guard said.text == turn.text, said.time == turn.time, said.intent == turn.intent else {
            throw TranscriptFault(
                "record", expected: "the text, the time and the intent of its turn", found: "others")
        }
        return record
    }
}
