public import JSON

/// An intent and how probable it is.
public struct IntentProbability: Hashable, Sendable {
    public let intent: String
    /// From 0 to 1.
    public let probability: Float

    public init(intent: String, probability: Float) {
        self.intent = intent
        self.probability = probability
    }

    /// The most probable first.
    static func ranking(_ probabilities: [String: Float]) -> [IntentProbability] {
        probabilities.map { IntentProbability(intent: $0.key, probability: $0.value) }
            .sorted { ($1.probability, $0.intent) < ($0.probability, $1.intent) }
    }
}

public enum PredictionStatus: String, Decodable, Sendable {
    case ok
    /// Nothing has been taught yet, so there is no intent to name.
    case notTrained = "not_trained"
}

/// How many tokens of a text were read, and how many it has.
public struct TokenCounts: Hashable, Sendable {
    public let read: Int
    public let total: Int
    public var isTruncated: Bool { read < total }

    public init(read: Int, total: Int) {
        self.read = read
        self.total = total
    }
}

/// The answer to `predict`.
public struct PredictResult: JSONWritable, Hashable, Sendable {
    public let text: String
    /// `nil` when nothing has been taught.
    public let intent: String?
    /// The calibrated probability that `intent` is right, from 0 to 1.
    public let confidence: Float
    /// Every intent, the most probable first.
    public let ranking: [IntentProbability]
    /// In the text's order; a slot that was taught may lie over what a recogniser found.
    public let entities: [EntityEntry]
    public let isOutOfScope: Bool
    public let status: PredictionStatus
    public let tokens: TokenCounts

    /// - Parameter ranking: in the order it is to be written.
    public init(
        text: String, intent: String?, confidence: Float, ranking: [IntentProbability],
        entities: [EntityEntry] = [], isOutOfScope: Bool, status: PredictionStatus, tokens: TokenCounts
    ) {
        self.text = text
        self.intent = intent
        self.confidence = confidence
        self.ranking = ranking
        self.entities = entities
        self.isOutOfScope = isOutOfScope
        self.status = status
        self.tokens = tokens
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("text", text)
            json.field(orNull: "intent", intent)
            json.field("confidence", confidence)
            json.key("all_probs")
            json.object { json in
                for entry in ranking { json.field(entry.intent, entry.probability) }
            }
            json.key("entities")
            json.array(entities) { $0.value($1) }
            json.field("out_of_scope", isOutOfScope)
            json.field("status", status.rawValue)
            json.field("truncated", tokens.isTruncated)
            json.field("tokens", tokens.read)
            json.field("tokens_total", tokens.total)
        }
    }
}

extension PredictResult: Decodable {
    private enum Keys: String, CodingKey {
        case text, intent, confidence, entities, status, tokens
        case probabilities = "all_probs"
        case isOutOfScope = "out_of_scope"
        case tokensTotal = "tokens_total"
    }

    public init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: Keys.self)
        text = try object.decode(String.self, forKey: .text)
        intent = try object.decodeIfPresent(String.self, forKey: .intent)
        confidence = try object.decode(Float.self, forKey: .confidence)
        ranking = try IntentProbability.ranking(object.decode([String: Float].self, forKey: .probabilities))
        entities = try object.decode([EntityEntry].self, forKey: .entities)
        isOutOfScope = try object.decode(Bool.self, forKey: .isOutOfScope)
        status = try object.decode(PredictionStatus.self, forKey: .status)
        tokens = TokenCounts(
            read: try object.decode(Int.self, forKey: .tokens),
            total: try object.decode(Int.self, forKey: .tokensTotal))
    }
}

/// The answer to `embed`.
public struct EmbedResult: JSONWritable, Hashable, Sendable {
    public let text: String
    /// The sentence vector, L2-normalised.
    public let embedding: [Float]
    public let tokens: TokenCounts

    public init(text: String, embedding: [Float], tokens: TokenCounts) {
        self.text = text
        self.embedding = embedding
        self.tokens = tokens
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("text", text)
            json.key("embedding")
            json.array(embedding) { $0.value($1) }
            json.field("tokens", tokens.read)
            json.field("tokens_total", tokens.total)
            json.field("truncated", tokens.isTruncated)
        }
    }
}

extension EmbedResult: Decodable {
    private enum Keys: String, CodingKey {
        case text, embedding, tokens
        case tokensTotal = "tokens_total"
    }

    public init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: Keys.self)
        text = try object.decode(String.self, forKey: .text)
        embedding = try object.decode([Float].self, forKey: .embedding)
        tokens = TokenCounts(
            read: try object.decode(Int.self, forKey: .tokens),
            total: try object.decode(Int.self, forKey: .tokensTotal))
    }
}
