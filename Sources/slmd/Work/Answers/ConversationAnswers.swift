import Assistant
import Foundation
import Wire

// Conversations in the words of the protocol.

extension TurnFilter {
    init(_ params: LogParams) {
        self.init(
            after: params.after, session: params.session, since: params.since.map { $0 * 1_000_000 },
            last: params.last)
    }
}

extension LogResult {
    /// - Parameter hasRecords: whether how each turn was understood is told, too.
    init(_ page: (turns: [SpokenTurn], hasMore: Bool), hasRecords: Bool = false) {
        self.init(
            turns: page.turns.map { TurnEntry($0, hasRecord: hasRecords) }, hasMore: page.hasMore)
    }
}

extension TranscribedTurn {
    init(_ line: TranscriptLine) {
        self.init(
            time: line.microseconds, text: line.text, context: line.context, intent: line.intent,
            confidence: line.confidence, isOutOfScope: line.isOutOfScope,
            outcome: line.outcome.map { Outcome(action: $0.action, reply: $0.reply, record: $0.record) })
    }
}

extension ImportSessionResult {
    init(_ state: DialogueSummary, turns: Int) {
        self.init(state: DialogueEntry(state), turns: turns)
    }
}

extension TurnEntry {
    init(_ turn: SpokenTurn, hasRecord: Bool = false, hasDecision: Bool = false) {
        self.init(
            turn: turn.turn, time: WireTime.text(turn.time), session: turn.session, uid: turn.uid,
            text: turn.text, context: turn.context, intent: turn.intent, confidence: Float(turn.confidence),
            isOutOfScope: turn.isOutOfScope, event: turn.event, action: turn.action, reply: turn.reply,
            decision: hasDecision ? turn.decision.map { DecisionEntry($0) } : nil,
            transcript: hasRecord ? TurnTranscript(microseconds: turn.time, record: turn.record) : nil)
    }
}

extension SessionsResult {
    init(_ sessions: [SpokenSession]) {
        self.init(sessions: sessions.map(SessionEntry.init))
    }
}

extension SessionEntry {
    fileprivate init(_ session: SpokenSession) {
        self.init(
            session: session.session, uid: session.uid, created: WireTime.text(session.createdAt),
            turns: session.turns, last: session.last.map(WireTime.text), goal: session.state?.goal,
            step: session.state?.step)
    }
}

extension ConversationsStatus {
    init(_ status: ConversationStatus) {
        self.init(isKept: status.isKept, waiting: status.waiting, lost: status.lost, fault: status.fault)
    }
}

enum WireTime {
    /// - Parameter microseconds: since 1970, UTC.
    static func text(_ microseconds: Int64) -> String {
        Date(timeIntervalSince1970: TimeInterval(microseconds) / 1e6).formatted(.iso8601)
    }
}
