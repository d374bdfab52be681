internal import Dispatch
package import Tokenizers
package import Transformers

/// The frozen half of the pipeline: texts to token ids, and batches of ids to vectors.
package struct TextEncoding: Sendable {
    /// A text as the encoder reads it.
    package struct Tokens: Sendable, Hashable {
        package let ids: [TokenID]
        package let count: TokenCount
        package let words: [TokenizedWord]

        package init(ids: [TokenID], count: TokenCount, words: [TokenizedWord] = []) {
            self.ids = ids
            self.count = count
            self.words = words
        }
    }

    /// What is wanted of an encoding.
    package enum Depth: Sendable, Hashable {
        case text
        /// The vectors of its tokens, too.
        case tokens
    }

    package let model: AssistantStatus.Model
    /// Whole words the encoder knows, for the speller.
    package let words: [String]
    package let tokenize: @Sendable (String, Utterance.Overflow) throws(AssistantError) -> Tokens
    private let forward: @Sendable ([[TokenID]], Depth, SchedulingPolicy) -> [EncodedText]
    /// Gives back the memory of buffers that hold nothing between two passes.
    let releaseBuffers: @Sendable () -> Void
    /// Serves passes in the order they were asked for, so that training in chunks never starves a prediction.
    private let turns = DispatchQueue(label: "encoder")
    /// The same for passes on the threads that stand back.
    private let idleTurns = DispatchQueue(label: "idle encoder")

    /// - Parameters:
    ///   - tokenize: may throw `tooManyTokens` only.
    ///   - forward: one result a text, in order; a text's result does not depend on the others, nor on the policy. Called
    ///     on one thread at once for each policy.
    ///   - releaseBuffers: may be called at any time.
    package init(
        model: AssistantStatus.Model, words: [String],
        tokenize: @escaping @Sendable (String, Utterance.Overflow) throws(AssistantError) -> Tokens,
        forward: @escaping @Sendable ([[TokenID]], Depth, SchedulingPolicy) -> [EncodedText],
        releaseBuffers: @escaping @Sendable () -> Void = {}
    ) {
        self.model = model
        self.words = words
        self.tokenize = tokenize
        self.forward = forward
        self.releaseBuffers = releaseBuffers
    }

    /// Encodes a batch in one pass.
    ///
    /// - Parameter policy: of the threads that encode. A calling thread that stands back never takes the turn of others: on
    ///   a busy machine it might keep it for minutes.
    func encode(
        _ batch: [Tokens], _ policy: SchedulingPolicy = .normal, depth: Depth = .text
    ) -> [EncodedText] {
        guard !batch.isEmpty else { return [] }
        let policy = SchedulingPolicy.current == .idle ? .idle : policy
        let ids = batch.map(\.ids)
        return switch policy {
        case .normal: turns.sync { forward(ids, depth, policy) }
        case .idle: idleTurns.sync { forward(ids, depth, policy) }
        }
    }
}
