public import JSON

/// How well one intent is recognised.
public struct IntentScore: JSONWritable, Decodable, Hashable, Sendable {
    /// Of the texts taken for this intent, the part that is right; from 0 to 1.
    public let precision: Double
    /// Of the texts that have this intent, the part recognised; from 0 to 1.
    public let recall: Double
    public let f1: Double
    /// How many texts have this intent.
    public let support: Int

    public init(precision: Double, recall: Double, f1: Double, support: Int) {
        self.precision = precision
        self.recall = recall
        self.f1 = f1
        self.support = support
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("precision", precision)
            json.field("recall", recall)
            json.field("f1", f1)
            json.field("support", support)
        }
    }
}

/// The answer to `eval`.
public struct EvaluateResult: JSONWritable, Decodable, Hashable, Sendable {
    public let count: Int
    /// From 0 to 1.
    public let accuracy: Double
    /// Expected calibration error, from 0 to 1.
    public let ece: Double
    public let perIntent: [String: IntentScore]
    /// How often a text of the outer intent was taken for the inner one.
    public let confusion: [String: [String: Int]]
    public let seconds: Double

    public init(
        count: Int, accuracy: Double, ece: Double, perIntent: [String: IntentScore],
        confusion: [String: [String: Int]], seconds: Double
    ) {
        self.count = count
        self.accuracy = accuracy
        self.ece = ece
        self.perIntent = perIntent
        self.confusion = confusion
        self.seconds = seconds
    }

    private enum CodingKeys: String, CodingKey {
        case count, accuracy, ece, confusion, seconds
        case perIntent = "per_intent"
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("count", count)
            json.field("accuracy", accuracy)
            json.field("ece", ece)
            json.key("per_intent")
            json.object { json in
                for (intent, score) in perIntent.sorted(by: { $0.key < $1.key }) { json.field(intent, score) }
            }
            json.key("confusion")
            json.object { json in
                for (intent, row) in confusion.sorted(by: { $0.key < $1.key }) {
                    json.key(intent)
                    json.object { json in
                        for (taken, count) in row.sorted(by: { $0.key < $1.key }) { json.field(taken, count) }
                    }
                }
            }
            json.field("seconds", seconds)
        }
    }
}
