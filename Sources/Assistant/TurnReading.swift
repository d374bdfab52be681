internal import Learning
internal import Tensors
internal import Tokenizers
internal import Transformers

/// A text with its mistyped words put right.
struct CorrectedTurn: Sendable {
    let utterance: Utterance
    let text: String
    let corrections: [Correction]

    init(utterance: Utterance, _ corrected: CorrectedText) {
        self.utterance = utterance
        text = corrected.text
        corrections = corrected.corrections
    }

    init(asIs utterance: Utterance) {
        self.init(utterance: utterance, CorrectedText(asIs: utterance.text))
    }
}

struct TokenizedTurn: Sendable {
    let utterance: Utterance
    let text: TextEncoding.Tokens
    let corrections: [Correction]
    let context: TextEncoding.Tokens?
}

struct EmbeddedTurn: Sendable {
    let utterance: Utterance
    let tokens: TokenCount
    /// Of the text as it was read.
    let words: [TokenizedWord]
    let corrections: [Correction]
    let text: EncodedText
    let context: EncodedText?
}

/// The stages before anything learnt by the head: from a text to its features.
struct TurnReading: Sendable {
    let encoding: TextEncoding
    /// Nil when spelling is left alone.
    var speller: SpellingCorrector?
    let contextWeight: Float
    let limits: TextLimits
    /// Of the threads that encode.
    var policy = SchedulingPolicy.normal

    /// Refuses what is empty or too long.
    func admit(_ utterance: Utterance) -> Result<Utterance, AssistantError> {
        let longest = max(utterance.text.utf8.count, utterance.context?.utf8.count ?? 0)
        guard longest <= limits.textBytes else {
            return .failure(.textTooLong(limitBytes: limits.textBytes, foundBytes: longest))
        }
        return Self.isBlank(utterance.text) ? .failure(.emptyText) : .success(utterance)
    }

    func correct(_ utterance: Utterance) -> CorrectedTurn {
        CorrectedTurn(
            utterance: utterance,
            speller?.correction(of: utterance.text) ?? CorrectedText(asIs: utterance.text))
    }

    func tokenize(_ turn: CorrectedTurn) -> Result<TokenizedTurn, AssistantError> {
        Result { () throws(AssistantError) in
            let context = turn.utterance.context.flatMap { Self.isBlank($0) ? nil : $0 }
            return TokenizedTurn(
                utterance: turn.utterance,
                text: try encoding.tokenize(turn.text, turn.utterance.overflow),
                corrections: turn.corrections,
                context: try context.map { text throws(AssistantError) in
                    try encoding.tokenize(text, .truncate)
                })
        }
    }

    /// Embeds the texts and contexts that can be read in one pass of the encoder.
    func embed(
        _ turns: [Result<TokenizedTurn, AssistantError>], depth: TextEncoding.Depth = .text
    ) -> [Result<EmbeddedTurn, AssistantError>] {
        let readable = turns.compactMap { try? $0.get() }  // the errors stay in `turns`
        let texts = readable.flatMap { [$0.text] + ($0.context.map { [$0] } ?? []) }
        var vectors = encoding.encode(texts, policy, depth: depth)[...]
        return turns.map { turn in
            turn.map {
                EmbeddedTurn(
                    utterance: $0.utterance, tokens: $0.text.count, words: $0.text.words,
                    corrections: $0.corrections, text: vectors.removeFirst(),
                    context: $0.context == nil ? nil : vectors.removeFirst())
            }
        }
    }

    /// The same in passes of some `tokens` each, so that others get their turn at the encoder between two.
    func embed(
        _ turns: [Result<TokenizedTurn, AssistantError>], tokens: Int, depth: TextEncoding.Depth = .text
    ) -> [Result<EmbeddedTurn, AssistantError>] {
        var embedded: [Result<EmbeddedTurn, AssistantError>] = []
        var (start, size) = (turns.startIndex, 0)
        for (index, turn) in turns.enumerated() {
            // What cannot be read takes nothing.
            size += (try? turn.get()).map { $0.text.count.used + ($0.context?.count.used ?? 0) } ?? 0
            guard size >= tokens || index == turns.count - 1 else { continue }
            embedded += embed(Array(turns[start...index]), depth: depth)
            (start, size) = (index + 1, 0)
        }
        return embedded
    }

    func features(_ turn: EmbeddedTurn) -> Features {
        Features(
            EncodedPools(turn.text), context: turn.context.map(EncodedPools.init),
            contextWeight: contextWeight)
    }

    /// The features of intents' names, each read as words.
    func features(of names: [IntentName]) -> [IntentName: Features] {
        let tokens = names.map { name in
            tokenize(CorrectedTurn(asIs: Utterance(name.phrase.isEmpty ? name.description : name.phrase)))
        }
        let embedded = embed(tokens)
        return zip(names, embedded).reduce(into: [:]) { features, pair in
            if case .success(let turn) = pair.1 { features[pair.0] = self.features(turn) }
        }
    }

    /// True for texts of which the tokenizer would keep nothing.
    static func isBlank(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0.properties.isWhitespace || $0.value == 0 }
    }
}

extension EncodedPools {
    fileprivate init(_ text: EncodedText) {
        self.init(sentence: text.sentence.values, layerPools: text.layerPools)
    }
}
