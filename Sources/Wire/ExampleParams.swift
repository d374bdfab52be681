public import JSON

/// A text and the intent it has: one line of a training or test file.
public struct Sample: JSONWritable, Hashable, Sendable {
    public var text: String
    public var intent: String
    /// The turn of the system before this text.
    public var context: String?
    /// Whether the slots of the text are marked: `show my [blood test](report_type)`.
    public var isMarked: Bool

    public init(text: String, intent: String, context: String? = nil, isMarked: Bool = false) {
        self.text = text
        self.intent = intent
        self.context = context
        self.isMarked = isMarked
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("text", text)
            json.field("intent", intent)
            json.field(ifPresent: "context", context)
            if isMarked { json.field("marked", true) }
        }
    }
}

/// Adds samples to those staged on this connection, for `train` and `eval` of more than one frame holds.
public struct StageParams: Params {
    public typealias Answer = StageResult
    public static let method = Method.stageExamples
    public var examples: [Sample]

    public init(examples: [Sample]) {
        self.examples = examples
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("examples")
            json.array(examples) { $0.value($1) }
        }
    }
}

public struct TrainParams: Params {
    public typealias Answer = TrainResult
    public static let method = Method.train
    public var examples: [Sample]
    /// Whether to use, and clear, the samples staged on this connection, before `examples`.
    public var usesStaged: Bool
    /// Whether what was learnt before is kept.
    public var keepsBase: Bool

    public init(examples: [Sample] = [], usesStaged: Bool = false, keepsBase: Bool = false) {
        self.examples = examples
        self.usesStaged = usesStaged
        self.keepsBase = keepsBase
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.samples(examples, usesStaged: usesStaged)
            if keepsBase { json.field("add", true) }
        }
    }
}

public struct EvaluateParams: Params {
    public typealias Answer = EvaluateResult
    public static let method = Method.evaluate
    public var examples: [Sample]
    /// Whether to use, and clear, the samples staged on this connection, before `examples`.
    public var usesStaged: Bool

    public init(examples: [Sample] = [], usesStaged: Bool = false) {
        self.examples = examples
        self.usesStaged = usesStaged
    }

    public func write(to json: inout JSONWriter) {
        json.object { $0.samples(examples, usesStaged: usesStaged) }
    }
}

extension JSONWriter {
    fileprivate mutating func samples(_ examples: [Sample], usesStaged: Bool) {
        if !examples.isEmpty {
            key("examples")
            array(examples) { $0.value($1) }
        }
        if usesStaged { field("staged", true) }
    }
}
