public import JSON

/// What a text was taken for.
public struct Guess: JSONWritable, Decodable, Hashable, Sendable {
    /// `nil` when nothing had been taught.
    public let intent: String?
    /// From 0 to 1.
    public let confidence: Float

    public init(intent: String?, confidence: Float) {
        self.intent = intent
        self.confidence = confidence
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field(orNull: "intent", intent)
            json.field("confidence", confidence)
        }
    }
}

/// The answer to `teach`: the example is durable, and in force unless it is held.
public struct TeachResult: JSONWritable, Decodable, Hashable, Sendable {
    /// The number of the event in the log.
    public let event: Int64
    public let intent: String
    public let before: Guess
    public let after: Guess
    /// Why it waits for approval, `contradiction` or `canary`; `nil` when it is in force.
    public let reason: String?

    /// Whether it waits for approval.
    public var isQuarantined: Bool { reason != nil }

    public init(event: Int64, intent: String, before: Guess, after: Guess, reason: String? = nil) {
        self.event = event
        self.intent = intent
        self.before = before
        self.after = after
        self.reason = reason
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("event", event)
            json.field("intent", intent)
            json.field("before", before)
            json.field("after", after)
            json.field("quarantined", isQuarantined)
            json.field(ifPresent: "reason", reason)
        }
    }
}

/// The answer to `examples.stage`.
public struct StageResult: JSONWritable, Decodable, Hashable, Sendable {
    /// How many samples are staged on this connection now.
    public let staged: Int

    public init(staged: Int) {
        self.staged = staged
    }

    public func write(to json: inout JSONWriter) {
        json.object { $0.field("staged", staged) }
    }
}

/// The answer to `train`.
public struct TrainResult: JSONWritable, Decodable, Hashable, Sendable {
    public let event: Int64
    /// How many examples were learnt.
    public let count: Int
    /// How many intents are known now.
    public let intents: Int
    public let seconds: Double

    public init(event: Int64, count: Int, intents: Int, seconds: Double) {
        self.event = event
        self.count = count
        self.intents = intents
        self.seconds = seconds
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("count", count)
            json.field("intents", intents)
            json.field("seconds", seconds)
            json.field("event", event)
        }
    }
}
