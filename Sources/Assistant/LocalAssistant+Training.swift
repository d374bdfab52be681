internal import Dispatch
internal import Learning
internal import Storage
internal import Transformers

extension LocalAssistant {
    /// Learns all examples at once: in place of everything learnt so far, or with `keepingBase` beside it.
    ///
    /// - Parameter progress: called on this thread, about every 32 texts. What it throws while texts are
    ///   embedded ends the training with `cancelled` and nothing learnt; once the event is durable, training
    ///   goes on.
    public func train(
        _ examples: [LabelledText], keepingBase: Bool, by contributor: Contributor,
        progress: (Progress) throws(CancellationError) -> Void
    ) throws(AssistantError) -> TrainingSummary {
        try train(examples, keepingBase ? .adding : .replacing, by: contributor, progress: progress)
    }

    func train(
        _ examples: [LabelledText], _ training: Training, by contributor: Contributor,
        progress: (Progress) throws(CancellationError) -> Void
    ) throws(AssistantError) -> TrainingSummary {
        let start = ContinuousClock.now
        let intents = try check(examples)
        let published = snapshot()
        guard !published.isClosed else { throw .closed }
        let reading = self.reading(published.speller).knowing(examples.lazy.map(\.text))
        var stored: [StoredExample] = []
        stored.reserveCapacity(examples.count)
        try forEachTurn(of: examples, reading, phase: .embedding, progress) { number, turn in
            let example = Example(intent: intents[number], features: reading.features(turn))
            stored.append(
                StoredExample(
                    text: examples[number].text, context: examples[number].context, example: example))
        }
        let names = self.reading(nil).features(of: Set(intents).sorted())
        let event = try atLength { () throws(AssistantError) in
            try learn(
                .trained(stored, training), names: names, by: contributor,
                progress: { learnt in
                    let progressed = Progress(phase: .learning, done: learnt.done, total: learnt.total)
                    try? progress(progressed)  // too late to stop: the event is durable
                })
        }
        // The checkpoint that follows is part of the work: its memory is free again when this returns.
        checkpointQueue.sync {}
        return TrainingSummary(
            event: event.event, count: examples.count, intents: Set(intents).count,
            seconds: start.secondsSince)
    }

    /// Predicts the examples and compares.
    ///
    /// - Parameter progress: called on this thread, about every 32 texts; what it throws ends the evaluation
    ///   with `cancelled`.
    public func evaluate(
        _ examples: [LabelledText], progress: (Progress) throws(CancellationError) -> Void
    ) throws(AssistantError) -> Evaluation {
        let start = ContinuousClock.now
        let intents = try check(examples)
        let published = snapshot()
        guard !published.isClosed else { throw .closed }
        let reading = self.reading(published.speller)
        var rankings: [Ranking] = []
        rankings.reserveCapacity(examples.count)
        try forEachTurn(of: examples, reading, phase: .predicting, progress) { _, turn in
            rankings.append(published.classifier.rank(reading.features(turn)))
        }
        return Evaluation(
            Learning.Evaluation(truths: intents, rankings: rankings), seconds: start.secondsSince)
    }

    func check(_ examples: [LabelledText]) throws(AssistantError) -> [IntentName] {
        guard !examples.isEmpty else { throw .noExamples }
        guard examples.count <= configuration.limits.examples else {
            throw .tooManyExamples(limit: configuration.limits.examples, found: examples.count)
        }
        let reading = self.reading(nil)
        var intents: [IntentName] = []
        intents.reserveCapacity(examples.count)
        for (index, example) in examples.enumerated() {
            do throws(AssistantError) {
                _ = try reading.admit(Utterance(example.text, context: example.context)).get()
                intents.append(try intentName(example.intent))
            } catch {
                throw .badExample(number: index + 1, error)
            }
        }
        return intents
    }

    /// Embeds checked examples in small passes, so that predictions get their turn between two of them.
    func forEachTurn(
        of examples: [LabelledText], _ reading: TurnReading, phase: Progress.Phase,
        _ progress: (Progress) throws(CancellationError) -> Void, _ body: (Int, EmbeddedTurn) -> Void
    ) throws(AssistantError) {
        var done = 0
        while done < examples.count {
            let turns = Self.pass(of: examples[done...], reading)
            for turn in reading.embed(turns) {
                do throws(AssistantError) {
                    body(done, try turn.get())
                } catch {
                    throw .badExample(number: done + 1, error)
                }
                done += 1
            }
            do {
                try progress(Progress(phase: phase, done: done, total: examples.count))
            } catch {
                throw .cancelled
            }
        }
    }

    /// The first few examples: at most 32, and about 512 tokens.
    private static func pass(
        of examples: ArraySlice<LabelledText>, _ reading: TurnReading
    ) -> [Result<TokenizedTurn, AssistantError>] {
        var turns: [Result<TokenizedTurn, AssistantError>] = []
        var tokens = 0
        for example in examples.prefix(32) where tokens < 512 {
            let turn = reading.tokenize(reading.correct(Utterance(example.text, context: example.context)))
            if case .success(let turn) = turn {
                tokens += turn.text.count.used + (turn.context?.count.used ?? 0)
            }
            turns.append(turn)
        }
        return turns
    }
}

extension ContinuousClock.Instant {
    fileprivate var secondsSince: Double {
        (ContinuousClock.now - self) / .seconds(1)
    }
}

extension Evaluation {
    fileprivate init(_ evaluation: Learning.Evaluation, seconds: Double) {
        self.init(
            count: evaluation.count, accuracy: evaluation.accuracy,
            expectedCalibrationError: evaluation.calibrationError,
            perIntent: Self.keyed(evaluation.perIntent) {
                Score(precision: $0.precision, recall: $0.recall, f1: $0.f1, support: $0.support)
            },
            confusion: Self.keyed(evaluation.confusion) { row in Self.keyed(row) { $0 } }, seconds: seconds)
    }

    private static func keyed<Value, Result>(
        _ values: [IntentName: Value], _ transform: (Value) -> Result
    ) -> [String: Result] {
        Dictionary(uniqueKeysWithValues: values.map { ($0.key.description, transform($0.value)) })
    }
}
