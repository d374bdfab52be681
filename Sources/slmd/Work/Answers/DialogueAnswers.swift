import Assistant
import Dialogue
import Entities
import Wire

// Dialogues in the words of the protocol.

extension SayResult {
    init(_ turn: DialogueTurn) {
        self.init(
            session: turn.session, turn: turn.number, intent: turn.prediction.intent,
            confidence: Float(turn.prediction.confidence),
            ranking: turn.prediction.ranked.map {
                IntentProbability(intent: $0.intent, probability: Float($0.probability))
            }, isOutOfScope: turn.prediction.isOutOfScope,
            entities: [EntityEntry](turn.prediction),
            state: DialogueEntry(turn.state),
            action: turn.decision.move.action.rawValue, decision: DecisionEntry(turn.decision),
            reply: turn.reply, learned: turn.learned, isTruncated: turn.prediction.tokens.isTruncated)
    }
}

extension DialogueEntry {
    init(_ state: DialogueSummary) {
        self.init(
            session: state.session, goal: state.goal, step: state.step,
            slots: state.filled.mapValues { SlotEntry($0) }, missing: state.missing,
            lastIntent: state.lastIntent, created: WireTime.text(state.createdAt), waiting: state.waiting)
    }
}

extension SlotEntry {
    fileprivate init(_ slot: FilledSlot) {
        self.init(value: slot.value, text: slot.text, turn: slot.turn, isConfirmed: slot.isConfirmed)
    }
}

extension DecisionEntry {
    init(_ decision: Decision) {
        self.init(
            rule: decision.rule.rawValue, admissible: decision.admissible.map(\.name),
            move: decision.move.name, propensity: decision.propensity, policy: decision.policy)
    }
}

extension Move {
    /// `confirm`, `ask_missing_info:date,time`, or `ask_missing_info:report_type:choices`.
    fileprivate var name: String {
        action.rawValue + (slots.isEmpty ? "" : ":" + slots.joined(separator: ","))
            + (namesChoices ? ":choices" : "")
    }
}

extension ShowSessionResult {
    init(_ state: DialogueSummary, _ page: (turns: [SpokenTurn], hasMore: Bool)) {
        self.init(state: DialogueEntry(state), turns: page.turns.map { TurnEntry($0, hasDecision: true) })
    }
}
