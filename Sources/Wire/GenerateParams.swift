public import JSON

/// Asks the language model for a reply.
public struct GenerateParams: Params {
    public typealias Answer = GenerateResult
    public static let method = Method.generate
    public static let usualTokens = 256
    /// How many stop strings there may be.
    public static let mostStops = 16
    /// UTF-8 bytes of a stop string.
    public static let longestStop = 256
    public static let mostChoices = 256
    /// UTF-8 bytes of a choice.
    public static let longestChoice = 1024
    /// An hour.
    public static let longestTimeout = 3_600_000

    public var prompt: Prompt
    /// What to do with messages that are more than the context has room for.
    public var overflow: Overflow
    /// Tokens of the reply, from 1.
    public var maximumTokens: Int
    public var sampling: Sampling
    /// The reply ends before the first of these that it would have: each of 1 to 256 bytes.
    public var stop: [String]
    /// When given, the reply is one of these, each of 1 to 1,024 bytes; what else bounds a reply counts for nothing then, but
    /// the timeout.
    public var choices: [String]?
    /// How long the whole may take, from 1 to 3,600,000.
    public var timeoutMilliseconds: Int?
    /// Whether the text is sent as it comes, in notifications `delta`.
    public var isStreamed: Bool

    /// What the reply continues or answers.
    public enum Prompt: Hashable, Sendable {
        /// As it is, outside of any conversation.
        case text(String)
        /// A conversation, one message at least, as the model's template writes it.
        case messages([Message])
    }

    public struct Message: Hashable, Sendable {
        public let role: Role
        public let text: String

        public init(role: Role, text: String) {
            self.role = role
            self.text = text
        }
    }

    /// Who says a message.
    public enum Role: String, CaseIterable, Sendable {
        case system, user, assistant
    }

    public enum Overflow: String, CaseIterable, Sendable {
        /// Refuse with `text_too_long`.
        case error
        /// Leave out the oldest messages but those of the system, and say in the answer how many.
        case dropOldest = "drop_oldest"
    }

    /// How the next token is chosen.
    public struct Sampling: Hashable, Sendable {
        /// From 0, which takes the likeliest token, to 100.
        public var temperature: Double
        /// Only so many of the likeliest tokens, from 1; `nil` for all.
        public var topK: Int?
        /// Only the likeliest tokens that together have this probability: above 0, to 1.
        public var topP: Double
        /// Only tokens at least this many times as likely as the likeliest: from 0 to 1.
        public var minP: Double
        /// From 0.01 to 100; above 1 makes tokens that have come already less likely.
        public var repetitionPenalty: Double
        /// From 0 to 2^53: the same seed gives the same text.
        public var seed: Int64

        public init(
            temperature: Double = 0, topK: Int? = nil, topP: Double = 1, minP: Double = 0,
            repetitionPenalty: Double = 1, seed: Int64 = 0
        ) {
            self.temperature = temperature
            self.topK = topK
            self.topP = topP
            self.minP = minP
            self.repetitionPenalty = repetitionPenalty
            self.seed = seed
        }
    }

    public init(
        _ prompt: Prompt, overflow: Overflow = .error, maximumTokens: Int = usualTokens,
        sampling: Sampling = Sampling(), stop: [String] = [], choices: [String]? = nil,
        timeoutMilliseconds: Int? = nil, isStreamed: Bool = true
    ) {
        self.prompt = prompt
        self.overflow = overflow
        self.maximumTokens = maximumTokens
        self.sampling = sampling
        self.stop = stop
        self.choices = choices
        self.timeoutMilliseconds = timeoutMilliseconds
        self.isStreamed = isStreamed
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            switch prompt {
            case .text(let text): json.field("prompt", text)
            case .messages(let messages):
                json.key("messages")
                json.array(messages) { $0.value($1) }
            }
            if overflow != .error { json.field("overflow", overflow.rawValue) }
            json.field("max_tokens", maximumTokens)
            sampling.writeFields(to: &json)
            if !stop.isEmpty {
                json.key("stop")
                json.array(stop) { $0.value($1) }
            }
            if let choices {
                json.key("choices")
                json.array(choices) { $0.value($1) }
            }
            if let timeoutMilliseconds { json.field("timeout_ms", timeoutMilliseconds) }
            if !isStreamed { json.field("stream", false) }
        }
    }
}

extension GenerateParams.Message: JSONWritable {
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("role", role.rawValue)
            json.field("text", text)
        }
    }
}

extension GenerateParams.Sampling {
    public static let temperatures = 0.0...100.0
    public static let penalties = 0.01...100.0
    /// Every integer up to here is a number of JSON.
    public static let seeds: ClosedRange<Int64> = 0...(1 << 53)

    /// Writes those that are not the usual ones.
    fileprivate func writeFields(to json: inout JSONWriter) {
        let usual = Self()
        if temperature != usual.temperature { json.field("temperature", temperature) }
        if let topK { json.field("top_k", topK) }
        if topP != usual.topP { json.field("top_p", topP) }
        if minP != usual.minP { json.field("min_p", minP) }
        if repetitionPenalty != usual.repetitionPenalty {
            json.field("repetition_penalty", repetitionPenalty)
        }
        if seed != usual.seed { json.field("seed", seed) }
    }
}

extension GenerateParams {
    init(reading params: inout ParamsReader) throws(ErrorReply) {
        prompt = try Prompt(reading: &params)
        overflow = try params.choice("overflow") ?? .error
        if case .text = prompt, overflow == .dropOldest {
            throw ErrorReply(
                .invalidParams, "params.overflow", expected: "\"error\" with prompt, which has no messages",
                found: "\"\(overflow.rawValue)\"")
        }
        maximumTokens = Int(
            try params.integer("max_tokens", in: 1...Int64(Int32.max)) ?? Int64(Self.usualTokens))
        sampling = try Sampling(reading: &params)
        stop = try params.strings("stop", count: 0...Self.mostStops, longest: Self.longestStop) ?? []
        choices = try params.strings("choices", count: 1...Self.mostChoices, longest: Self.longestChoice)
        timeoutMilliseconds = try params.integer("timeout_ms", in: 1...Int64(Self.longestTimeout))
            .map(Int.init)
        isStreamed = try params.flag("stream", orElse: true)
    }
}

extension GenerateParams.Prompt {
    fileprivate init(reading params: inout ParamsReader) throws(ErrorReply) {
        let text = try params.optionalString("prompt")
        let messages = try params.objects("messages") { reader throws(ErrorReply) in
            try GenerateParams.Message(reading: &reader)
        }
        switch (text, messages) {
        case (let text?, nil): self = .text(text)
        case (nil, let messages?) where !messages.isEmpty: self = .messages(messages)
        case (nil, .some):
            throw ErrorReply(
                .invalidParams, "params.messages", expected: "one message at least", found: "none")
        default:
            throw ErrorReply(
                .invalidParams, "params", expected: "one of prompt and messages",
                found: text == nil ? "none" : "both")
        }
    }
}

extension GenerateParams.Message {
    fileprivate init(reading params: inout ParamsReader) throws(ErrorReply) {
        role = try params.requiredChoice("role")
        text = try params.string("text")
        try params.finish()
    }
}

extension GenerateParams.Sampling {
    fileprivate init(reading params: inout ParamsReader) throws(ErrorReply) {
        self.init()
        temperature = try params.number("temperature", in: Self.temperatures) ?? temperature
        topK = try params.integer("top_k", in: 1...Int64(Int32.max)).map(Int.init)
        // The least number above 0: of no tokens at all none can be drawn.
        topP = try params.number("top_p", in: .leastNonzeroMagnitude...1) ?? topP
        minP = try params.number("min_p", in: 0...1) ?? minP
        repetitionPenalty = try params.number("repetition_penalty", in: Self.penalties) ?? repetitionPenalty
        seed = try params.integer("seed", in: Self.seeds) ?? seed
    }
}
