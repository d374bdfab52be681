public import JSON

/// The answer to `generate`.
public struct GenerateResult: JSONWritable, Decodable, Hashable, Sendable {
    public enum StopReason: String, CaseIterable, Decodable, Sendable {
        /// The model ended the reply.
        case end
        /// A stop string would have come.
        case stop
        /// It has as many tokens as were asked for.
        case length
        /// The context has no room left.
        case context
        /// The time that it may take is over.
        case deadline
    }

    /// The whole reply, streamed or not.
    public let text: String
    public let stopReason: StopReason
    public let usage: TokenUsage
    /// How many messages were left out; `nil` where none may be.
    public let droppedMessages: Int?

    public init(text: String, stopReason: StopReason, usage: TokenUsage, droppedMessages: Int? = nil) {
        self.text = text
        self.stopReason = stopReason
        self.usage = usage
        self.droppedMessages = droppedMessages
    }

    private enum CodingKeys: String, CodingKey {
        case text, usage
        case stopReason = "stop_reason"
        case droppedMessages = "dropped_messages"
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("text", text)
            json.field("stop_reason", stopReason.rawValue)
            json.field("usage", usage)
            if let droppedMessages { json.field("dropped_messages", droppedMessages) }
        }
    }
}

/// What a reply took.
public struct TokenUsage: JSONWritable, Decodable, Hashable, Sendable {
    public let promptTokens: Int
    /// Those of the prompt that need not be read again.
    public let cachedTokens: Int
    public let generatedTokens: Int
    /// From the start of the work to the first token.
    public let promptSeconds: Double
    /// From the first token to the last.
    public let generateSeconds: Double

    public init(
        promptTokens: Int, cachedTokens: Int, generatedTokens: Int, promptSeconds: Double,
        generateSeconds: Double
    ) {
        self.promptTokens = promptTokens
        self.cachedTokens = cachedTokens
        self.generatedTokens = generatedTokens
        self.promptSeconds = promptSeconds
        self.generateSeconds = generateSeconds
    }

    private enum CodingKeys: String, CodingKey {
        case promptTokens = "prompt_tokens"
        case cachedTokens = "cached_tokens"
        case generatedTokens = "generated_tokens"
        case promptSeconds = "prompt_seconds"
        case generateSeconds = "generate_seconds"
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("prompt_tokens", promptTokens)
            json.field("cached_tokens", cachedTokens)
            json.field("generated_tokens", generatedTokens)
            json.field("prompt_seconds", promptSeconds)
            json.field("generate_seconds", generateSeconds)
        }
    }
}
