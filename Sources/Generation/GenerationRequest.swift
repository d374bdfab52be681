internal import Tokenizers

/// A reply that is wanted.
public struct GenerationRequest: Sendable {
    let prompt: EncodedPrompt
    /// Whose it is: what is kept of one owner's conversations is never used for another's, but for what the system says.
    let owner: UInt32
    let maximumTokens: Int
    let choices: [String]
    /// Whether the context holds fewer tokens than were asked for.
    let isBoundByContext: Bool
    let sampling: Sampling
    let stops: [String]
    let choice: TokenChoice?
    let deadline: ContinuousClock.Instant?

    /// - Parameters:
    ///   - owner: the user whose it is.
    ///   - maximumTokens: of the reply; 1 or more. A choice is never cut.
    ///   - stops: strings that end the reply; they are no part of it.
    ///   - choices: when there are any, the reply is one of them.
    ///   - deadline: when the reply ends, whatever there is of it.
    /// - Throws: for choices that cannot be made, or do not fit behind the prompt.
    public init(
        _ prompt: EncodedPrompt, for model: LanguageModel, owner: UInt32 = 0, maximumTokens: Int,
        sampling: Sampling = Sampling(), stops: [String] = [], choices: [String] = [],
        deadline: ContinuousClock.Instant? = nil
    ) throws(PromptError) {
        precondition(maximumTokens > 0, "generation: of \(maximumTokens) tokens")
        let room = model.context - prompt.count
        choice = try model.tokens(of: choices, room: room)
        self.choices = choices
        self.owner = owner
        self.prompt = prompt
        self.maximumTokens = choice.map { $0.longest } ?? min(maximumTokens, room)
        isBoundByContext = choice == nil && maximumTokens > room
        self.sampling = sampling
        self.stops = stops
        self.deadline = deadline
    }

    public func isExpired(at now: ContinuousClock.Instant) -> Bool { deadline.map { now >= $0 } ?? false }

    /// Positions that it may come to fill.
    var positions: Int { prompt.count + maximumTokens }
}

/// Why a reply ended.
public enum StopReason: Sendable, Hashable {
    /// The model ended it, or it is one of the choices.
    case end
    /// One of the strings that stop it came.
    case stop
    /// It has as many tokens as were asked for.
    case length
    /// The context has no room left.
    case context
    case deadline
    /// It was given up.
    case cancelled
}

/// A reply, and what it took.
public struct GenerationResult: Sendable, Hashable {
    public let text: String
    public let reason: StopReason
    public let usage: GenerationUsage

    /// Of a reply whose deadline came before it began.
    public static func expired(_ request: GenerationRequest) -> GenerationResult {
        GenerationResult(
            text: "", reason: .deadline,
            usage: GenerationUsage(
                promptTokens: request.prompt.count, cachedTokens: 0, generatedTokens: 0, promptTime: .zero,
                generationTime: .zero))
    }
}

public struct GenerationUsage: Sendable, Hashable {
    /// Of the prompt, and of those the ones that a cache held.
    public let promptTokens: Int
    public let cachedTokens: Int
    /// What ends a reply is one of them.
    public let generatedTokens: Int
    /// From the beginning to the first token of the reply, and from there to its end.
    public let promptTime: Duration
    public let generationTime: Duration
}
