internal import Entities
internal import Learning
internal import Tensors
internal import Transformers

/// The way of a turn through the house, a line a stage:
///
///     text ─► corrected text ─► tokens ─► embedding ─► features ─► ranked intents ─► prediction
///      │                                      └─► features of words ─► slots ─────────────┤
///      └───────────────────────────────► entities ──────────────────────────────────────┘
///
/// A pipeline is a snapshot: what is learnt meanwhile does not change it.
struct TurnPipeline: Sendable {
    let reading: TurnReading
    let entities: EntitySearch
    let classifier: IntentClassifier
    let slotReading: SlotReading

    /// A text that cannot be read gets its own error and costs the others nothing.
    func predict(_ utterances: [Utterance]) -> [Result<Prediction, AssistantError>] {
        understand(utterances).map { understood in
            understood.map { $0.prediction(with: entities) }
        }
    }

    /// `predict` but for the entities, which may be relative to another clock.
    func understand(_ utterances: [Utterance]) -> [Result<Understanding, AssistantError>] {
        let admitted = utterances.map(reading.admit)
        let corrected = admitted.map { $0.map(reading.correct) }
        let tokens = corrected.map { $0.flatMap(reading.tokenize) }
        let embedded = reading.embed(tokens, depth: slotReading.depth)
        let features = embedded.map { $0.map(reading.features) }
        let ranked = features.map { $0.map(classifier.rank) }
        return zip(embedded, ranked).map { turn, ranking in
            Result { () throws(AssistantError) in
                let (turn, ranking) = (try turn.get(), try ranking.get())
                return Understanding(
                    turn: turn, ranking: ranking, slots: slotReading.slots(turn, ranking))
            }
        }
    }

    func embed(_ utterances: [Utterance]) -> [Result<TextEmbedding, AssistantError>] {
        let admitted = utterances.map(reading.admit)
        let tokens = admitted.map { $0.map(CorrectedTurn.init(asIs:)).flatMap(reading.tokenize) }
        return reading.embed(tokens).map { $0.map(TextEmbedding.init) }
    }
}

/// What a prediction is made from.
struct Understanding: Sendable {
    let turn: EmbeddedTurn
    let ranking: Ranking
    let slots: [PredictedSlot]

    /// The sentence vector, L2-normalised.
    var sentence: [Float] { turn.text.sentence.values }

    /// Every known intent, the most probable first.
    var ranked: [RankedLabel] {
        ranking.intents.map {
            RankedLabel(intent: $0.intent.description, probability: Double($0.probability))
        }
    }

    /// The cosine to another sentence's vector, L2-normalised.
    func nearness(to other: [Float]) -> Float { Self.nearness(sentence, other) }

    /// The cosine of two vectors, L2-normalised.
    static func nearness(_ first: [Float], _ second: [Float]) -> Float {
        var sum: Float = 0
        for (a, b) in zip(first, second) { sum += a * b }
        return sum
    }

    /// Whether its intent is likelier than all others together, and known.
    var isClear: Bool { !ranking.isOutOfScope && (ranking.intents.first?.probability ?? 0) > 0.5 }

    /// Nil while nothing has been learnt.
    var intent: String? { ranking.intents.first?.intent.description }

    func prediction(with entities: EntitySearch) -> Prediction {
        Prediction(
            text: turn.utterance.text, ranked: ranked, confidence: Double(ranking.confidence),
            isOutOfScope: ranking.isOutOfScope, tokens: turn.tokens,
            entities: entities.found(in: turn.utterance.text), now: entities.now, slots: slots)
    }
}

extension TextEmbedding {
    fileprivate init(_ turn: EmbeddedTurn) {
        self.init(text: turn.utterance.text, values: turn.text.sentence.values, tokens: turn.tokens)
    }
}
