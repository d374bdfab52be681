public import JSON

public struct ExplainParams: Params {
    public typealias Answer = ExplainResult
    public static let method = Method.explain
    public var text: String
    /// The turn of the system before this text.
    public var context: String?

    public init(text: String, context: String? = nil) {
        self.text = text
        self.context = context
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("text", text)
            json.field(ifPresent: "context", context)
        }
    }
}

extension ExplainParams {
    init(reading params: inout ParamsReader) throws(ErrorReply) {
        text = try params.string("text")
        context = try params.optionalString("context")
    }
}

/// A taught example beside a text.
public struct NearExample: JSONWritable, Decodable, Hashable, Sendable {
    public let event: Int64
    public let intent: String
    /// The cosine of the sentence vectors, from -1 to 1.
    public let similarity: Float
    /// `nil` where it is not the asker's to read.
    public let text: String?
    public let uid: UInt32
    public let session: String?
    /// In UTC, as RFC 3339 writes it.
    public let time: String

    public init(
        event: Int64, intent: String, similarity: Float, text: String?, uid: UInt32, session: String?,
        time: String
    ) {
        self.event = event
        self.intent = intent
        self.similarity = similarity
        self.text = text
        self.uid = uid
        self.session = session
        self.time = time
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("event", event)
            json.field("intent", intent)
            json.field("similarity", similarity)
            json.field(orNull: "text", text)
            json.field("uid", uid)
            json.field(orNull: "session", session)
            json.field("time", time)
        }
    }
}

/// What one voice of the head says of a text, by itself.
public struct VoiceSaying: JSONWritable, Decodable, Hashable, Sendable {
    public struct Label: JSONWritable, Decodable, Hashable, Sendable {
        public let intent: String
        /// Before it is multiplied with the voice's weight.
        public let logit: Float
        /// By this voice alone, from 0 to 1.
        public let probability: Float

        public init(intent: String, logit: Float, probability: Float) {
            self.intent = intent
            self.logit = logit
            self.probability = probability
        }

        public func write(to json: inout JSONWriter) {
            json.object { json in
                json.field("intent", intent)
                json.field("logit", logit)
                json.field("probability", probability)
            }
        }
    }

    public let voice: String
    /// How much its logits count in the sum; the weights of all need not sum to 1.
    public let weight: Float
    /// The likeliest few, the likeliest first.
    public let ranking: [Label]

    public init(voice: String, weight: Float, ranking: [Label]) {
        self.voice = voice
        self.weight = weight
        self.ranking = ranking
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("voice", voice)
            json.field("weight", weight)
            json.key("ranking")
            json.array(ranking) { $0.value($1) }
        }
    }
}

/// The answer to `explain`.
public struct ExplainResult: JSONWritable, Decodable, Hashable, Sendable {
    public let text: String
    public let prediction: PredictResult
    /// The text as it was read; `nil` when no word of it was corrected.
    public let corrected: String?
    /// How near the text lies to all that was taught.
    public let familiarity: Float
    /// Below this it is out of scope; `nil` while that is unknown.
    public let leastFamiliarity: Float?
    /// The nearest first.
    public let nearest: [NearExample]
    public let voices: [VoiceSaying]

    public init(
        text: String, prediction: PredictResult, corrected: String?, familiarity: Float,
        leastFamiliarity: Float?, nearest: [NearExample], voices: [VoiceSaying]
    ) {
        self.text = text
        self.prediction = prediction
        self.corrected = corrected
        self.familiarity = familiarity
        self.leastFamiliarity = leastFamiliarity
        self.nearest = nearest
        self.voices = voices
    }

    private enum CodingKeys: String, CodingKey {
        case text, prediction, corrected, familiarity, nearest, voices
        case leastFamiliarity = "least_familiarity"
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("text", text)
            json.field("prediction", prediction)
            json.field(orNull: "corrected", corrected)
            json.field("familiarity", familiarity)
            if let leastFamiliarity { json.field("least_familiarity", leastFamiliarity) }
            json.key("nearest")
            json.array(nearest) { $0.value($1) }
            json.key("voices")
            json.array(voices) { $0.value($1) }
        }
    }
}
