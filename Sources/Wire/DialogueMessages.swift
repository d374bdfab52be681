public import JSON

/// Says something in a dialogue.
public struct SayParams: Params {
    public typealias Answer = SayResult
    public static let method = Method.say
    public var text: String
    /// The conversation that the text is a turn of; `nil` opens a new one.
    public var session: String?
    /// Sets the session's clock and its distance from UTC: RFC 3339, with an offset, or a day.
    public var at: String?

    public init(text: String, session: String? = nil, at: String? = nil) {
        self.text = text
        self.session = session
        self.at = at
    }

    init(reading params: inout ParamsReader) throws(ErrorReply) {
        text = try params.string("text")
        session = try params.optionalString("session")
        at = try params.optionalString("at")
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("text", text)
            json.field(ifPresent: "session", session)
            json.field(ifPresent: "at", at)
        }
    }
}

/// A slot's value.
public struct SlotEntry: JSONWritable, Decodable, Hashable, Sendable {
    /// In its normal form.
    public let value: String
    /// As it was said.
    public let text: String
    /// The turn it was said in.
    public let turn: Int
    public let isConfirmed: Bool

    public init(value: String, text: String, turn: Int, isConfirmed: Bool) {
        self.value = value
        self.text = text
        self.turn = turn
        self.isConfirmed = isConfirmed
    }

    private enum CodingKeys: String, CodingKey {
        case value, text, turn
        case isConfirmed = "confirmed"
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("value", value)
            json.field("text", text)
            json.field("turn", turn)
            json.field("confirmed", isConfirmed)
        }
    }
}

/// Where a dialogue stands.
public struct DialogueEntry: JSONWritable, Decodable, Hashable, Sendable {
    public let session: String
    /// The current task, or the one that was just done; `nil` while there is none.
    public let goal: String?
    /// `idle`, `collecting`, `confirming`, `choosing` or `done`.
    public let step: String
    public let slots: [String: SlotEntry]
    /// Required slots without a value, in the task's order.
    public let missing: [String]
    public let lastIntent: String?
    /// When the session was opened, in UTC, as RFC 3339 writes it.
    public let created: String
    /// Tasks that wait, the first to be taken up again last.
    public let waiting: [String]

    public init(
        session: String, goal: String?, step: String, slots: [String: SlotEntry], missing: [String],
        lastIntent: String?, created: String, waiting: [String]
    ) {
        self.session = session
        self.goal = goal
        self.step = step
        self.slots = slots
        self.missing = missing
        self.lastIntent = lastIntent
        self.created = created
        self.waiting = waiting
    }

    private enum CodingKeys: String, CodingKey {
        case goal, slots, waiting
        case session = "session_id"
        case step = "current_step"
        case missing = "missing_slots"
        case lastIntent = "last_intent"
        case created = "created_at"
    }

    /// `filled_slots` has the values alone, `slots` all that is known of them.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("session_id", session)
            json.field(orNull: "goal", goal)
            json.field("current_step", step)
            let names = slots.keys.sorted()
            json.key("filled_slots")
            json.object { json in
                for name in names { json.field(orNull: name, slots[name]?.value) }
            }
            json.key("missing_slots")
            json.array(missing) { $0.value($1) }
            json.field(orNull: "last_intent", lastIntent)
            json.field("created_at", created)
            json.key("slots")
            json.object { json in
                for name in names { json.field(orNull: name, slots[name]) }
            }
            json.key("waiting")
            json.array(waiting) { $0.value($1) }
        }
    }
}

/// What was chosen, and from what.
public struct DecisionEntry: JSONWritable, Decodable, Hashable, Sendable {
    /// The rule that gave the choice.
    public let rule: String
    /// All that it admits, the usual one first; `ask_missing_info` with its slot: `ask_missing_info:date`.
    public let admissible: [String]
    /// The one that was chosen.
    public let move: String
    /// The probability it was chosen with, above 0 and up to 1.
    public let propensity: Double
    /// The version of the learned policy that chose; `nil` while the rules' usual moves are made.
    public let policy: Int?

    public init(rule: String, admissible: [String], move: String, propensity: Double, policy: Int?) {
        self.rule = rule
        self.admissible = admissible
        self.move = move
        self.propensity = propensity
        self.policy = policy
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("rule", rule)
            json.key("admissible")
            json.array(admissible) { $0.value($1) }
            json.field("move", move)
            json.field("propensity", propensity)
            json.field(orNull: "policy", policy)
        }
    }
}

/// The answer to `say`: the turn that the text was.
public struct SayResult: JSONWritable, Decodable, Hashable, Sendable {
    public let session: String
    /// Its place in the session, from 1.
    public let turn: Int
    /// `nil` while nothing has been learnt.
    public let intent: String?
    /// From 0 to 1.
    public let confidence: Float
    /// Every intent, the most probable first.
    public let ranking: [IntentProbability]
    public let isOutOfScope: Bool
    public let entities: [EntityEntry]
    public let state: DialogueEntry
    public let action: String
    public let decision: DecisionEntry
    public let reply: String
    /// The events of the lessons that it taught.
    public let learned: [Int64]
    /// The encoder read a part of the text only.
    public let isTruncated: Bool

    public init(
        session: String, turn: Int, intent: String?, confidence: Float, ranking: [IntentProbability],
        isOutOfScope: Bool, entities: [EntityEntry], state: DialogueEntry, action: String,
        decision: DecisionEntry, reply: String,
        learned: [Int64], isTruncated: Bool
    ) {
        self.session = session
        self.turn = turn
        self.intent = intent
        self.confidence = confidence
        self.ranking = ranking
        self.isOutOfScope = isOutOfScope
        self.entities = entities
        self.state = state
        self.action = action
        self.decision = decision
        self.reply = reply
        self.learned = learned
        self.isTruncated = isTruncated
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("session_id", session)
            json.field("turn", turn)
            json.field(orNull: "intent", intent)
            json.field("confidence", confidence)
            json.key("all_probs")
            json.object { json in
                for entry in ranking { json.field(entry.intent, entry.probability) }
            }
            json.field("out_of_scope", isOutOfScope)
            json.key("entities")
            json.array(entities) { $0.value($1) }
            json.field("state", state)
            json.field("action", action)
            json.field("decision", decision)
            json.field("reply", reply)
            json.key("learned")
            json.array(learned) { $0.value($1) }
            json.field("truncated", isTruncated)
        }
    }
}

extension SayResult {
    private enum Keys: String, CodingKey {
        case turn, intent, confidence, entities, state, action, decision, reply, learned
        case session = "session_id"
        case probabilities = "all_probs"
        case isOutOfScope = "out_of_scope"
        case isTruncated = "truncated"
    }

    public init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: Keys.self)
        self.init(
            session: try object.decode(String.self, forKey: .session),
            turn: try object.decode(Int.self, forKey: .turn),
            intent: try object.decodeIfPresent(String.self, forKey: .intent),
            confidence: try object.decode(Float.self, forKey: .confidence),
            ranking: try IntentProbability.ranking(
                object.decode([String: Float].self, forKey: .probabilities)),
            isOutOfScope: try object.decode(Bool.self, forKey: .isOutOfScope),
            entities: try object.decode([EntityEntry].self, forKey: .entities),
            state: try object.decode(DialogueEntry.self, forKey: .state),
            action: try object.decode(String.self, forKey: .action),
            decision: try object.decode(DecisionEntry.self, forKey: .decision),
            reply: try object.decode(String.self, forKey: .reply),
            learned: try object.decode([Int64].self, forKey: .learned),
            isTruncated: try object.decode(Bool.self, forKey: .isTruncated))
    }
}

/// Asks where a session's dialogue stands, and for its turns.
public struct ShowSessionParams: Params {
    public typealias Answer = ShowSessionResult
    public static let method = Method.showSession
    /// Of its turns the newest so many are told.
    public static let mostTurns = 1000
    public var session: String

    public init(session: String) { self.session = session }

    init(reading params: inout ParamsReader) throws(ErrorReply) {
        session = try params.string("session")
    }

    public func write(to json: inout JSONWriter) {
        json.object { $0.field("session", session) }
    }
}

/// The answer to `session.show`.
public struct ShowSessionResult: JSONWritable, Decodable, Hashable, Sendable {
    public let state: DialogueEntry
    /// The newest, oldest first.
    public let turns: [TurnEntry]

    public init(state: DialogueEntry, turns: [TurnEntry]) {
        self.state = state
        self.turns = turns
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("state", state)
            json.key("turns")
            json.array(turns) { $0.value($1) }
        }
    }
}
