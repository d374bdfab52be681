import Assistant
import Wire

/// Examples that a client sends in parts before it trains or evaluates with them.
struct Staging {
    private(set) var examples: [LabelledText] = []
    /// What they hold of the daemon's budget.
    private(set) var heldBytes = 0

    /// - Throws: `invalidParams` when there would be more than `limit` with these.
    func check(_ samples: [Sample], limit: Int) throws(ErrorReply) {
        guard samples.count <= limit - examples.count else {
            throw ErrorReply(
                .invalidParams, "params.examples", expected: "at most \(limit) staged",
                found: "\(examples.count + samples.count)")
        }
    }

    mutating func add(_ samples: [Sample], bytes: Int) {
        examples += samples.map { LabelledText($0) }
        heldBytes += bytes
    }
}

extension Sample {
    /// What the example takes in memory, more or less.
    var approximateBytes: Int {
        64 + text.utf8.count + intent.utf8.count + (context?.utf8.count ?? 0)
    }
}

extension LabelledText {
    init(_ sample: Sample) {
        self.init(
            text: sample.text, intent: sample.intent, context: sample.context,
            isMarked: sample.isMarked)
    }
}
