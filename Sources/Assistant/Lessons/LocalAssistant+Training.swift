internal import Dispatch
internal import Learning
internal import Storage
internal import Synchronization
internal import Transformers

extension LocalAssistant {
    /// Learns all examples at once: in place of everything learnt so far, or with `keepingBase` beside it.
    ///
    /// - Parameter progress: called on this thread, many times a second, until all is learnt: durable and in force
    ///   together. What it throws before that ends the training with `cancelled`, and nothing has changed.
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
        let published = snapshot()
        guard !published.isClosed else { throw .closed }
        let known = training == .adding ? published.tagger?.types ?? [] : []
        let examples = try check(examples, besides: Set(known))
        let reading = self.reading(published.speller).knowing(examples.lazy.map(\.utterance.text))
        var stored: [StoredExample] = []
        stored.reserveCapacity(examples.count)
        try forEachTurn(of: examples, reading, phase: .embedding, learnsSlots: true, progress) {
            number, turn throws(AssistantError) in
            stored.append(try reading.stored(examples[number], turn))
        }
        let intents = Set(examples.map(\.intent))
        let names = self.reading(nil).features(of: intents.sorted())
        let event = NewEvent(
            .trained(stored, training), origin: Origin(contributor), time: clock.microseconds())
        let id = try atLength { () throws(AssistantError) in try learn(event, names: names, progress) }
        writeCheckpointIfDue()
        // The checkpoint that follows is part of the work: its memory is free again when this returns.
        checkpointQueue.sync {}
        return TrainingSummary(
            event: id.rawValue, count: examples.count, intents: snapshot().intents.count,
            seconds: start.secondsSince)
    }

    /// - Parameter event: a training.
    private func learn(
        _ event: NewEvent, names: [IntentName: Features],
        _ progress: (Progress) throws(CancellationError) -> Void
    ) throws(AssistantError) -> EventID {
        guard !snapshot().isClosed else { throw .closed }
        return try learner.withLock { learner throws(AssistantError) in
            let id = try learner.train(event, names: names) { learnt throws(AssistantError) in
                do throws(CancellationError) {
                    try progress(Progress(phase: .learning, done: learnt.done, total: learnt.total))
                } catch {
                    throw .cancelled
                }
            }
            publish(learner, after: event.content.startsAgain ? nil : event.content.texts)
            examples.drop()
            return id
        }
    }

    /// Predicts the examples and compares.
    ///
    /// - Parameter progress: called on this thread, about every 32 texts; what it throws ends the evaluation
    ///   with `cancelled`.
    public func evaluate(
        _ examples: [LabelledText], progress: (Progress) throws(CancellationError) -> Void
    ) throws(AssistantError) -> Evaluation {
        let start = ContinuousClock.now
        let examples = try check(examples)
        let published = snapshot()
        guard !published.isClosed else { throw .closed }
        let reading = self.reading(published.speller)
        var rankings: [Ranking] = []
        rankings.reserveCapacity(examples.count)
        try forEachTurn(of: examples, reading, phase: .predicting, progress) { _, turn in
            rankings.append(published.classifier.rank(reading.features(turn)))
        }
        return Evaluation(
            Learning.Evaluation(truths: examples.map(\.intent), rankings: rankings),
            seconds: start.secondsSince)
    }

    /// The examples as they are read.
    ///
    /// - Parameter known: the types of slots that stay.
    /// - Throws: `noExamples`, `tooManyExamples`, and `badExample` for the first that cannot be read.
    func check(
        _ examples: [LabelledText], besides known: Set<SlotName> = []
    ) throws(AssistantError) -> [AdmittedExample] {
        var known = known
        guard !examples.isEmpty else { throw .noExamples }
        guard examples.count <= configuration.limits.examples else {
            throw .tooManyExamples(limit: configuration.limits.examples, found: examples.count)
        }
        let reading = self.reading(nil)
        var admitted: [AdmittedExample] = []
        admitted.reserveCapacity(examples.count)
        for (index, example) in examples.enumerated() {
            do throws(AssistantError) {
                let (utterance, slots) = try example.read()
                try Self.admit(slots, to: &known)
                admitted.append(
                    AdmittedExample(
                        utterance: try reading.admit(utterance).get(),
                        intent: try intentName(example.intent), slots: slots))
            } catch {
                throw .badExample(number: index + 1, error)
            }
        }
        return admitted
    }

    /// Lets slots in, and their types among those known.
    ///
    /// - Throws: `badSlots` where those would be too many.
    static func admit(_ slots: [SlotSpan]?, to known: inout Set<SlotName>) throws(AssistantError) {
        for type in slots?.map(\.type) ?? [] where !known.contains(type) {
            guard known.count < SlotTagger.mostTypes else {
                throw .badSlots(
                    "type '\(type)': expected at most \(SlotTagger.mostTypes) types of slots in all, found one more"
                )
            }
            known.insert(type)
        }
    }

    /// Embeds checked examples in small passes, so that predictions get their turn between two of them.
    ///
    /// - Parameter learnsSlots: whether the words of those with slots are embedded, too.
    func forEachTurn(
        of examples: [AdmittedExample], _ reading: TurnReading, phase: Progress.Phase,
        learnsSlots: Bool = false, _ progress: (Progress) throws(CancellationError) -> Void,
        _ body: (Int, EmbeddedTurn) throws(AssistantError) -> Void
    ) throws(AssistantError) {
        var done = 0
        while done < examples.count {
            let turns = Self.pass(of: examples[done...], reading)
            let hasSlots = examples[done..<done + turns.count].contains { $0.slots != nil }
            for turn in reading.embed(turns, depth: learnsSlots && hasSlots ? .tokens : .text) {
                do throws(AssistantError) {
                    try body(done, try turn.get())
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
        of examples: ArraySlice<AdmittedExample>, _ reading: TurnReading
    ) -> [Result<TokenizedTurn, AssistantError>] {
        var turns: [Result<TokenizedTurn, AssistantError>] = []
        var tokens = 0
        for example in examples.prefix(32) where tokens < 512 {
            let turn = reading.tokenize(reading.correct(example.utterance))
            if case .success(let turn) = turn {
                tokens += turn.text.count.used + (turn.context?.count.used ?? 0)
            }
            turns.append(turn)
        }
        return turns
    }
}

/// An example that may be learnt.
struct AdmittedExample: Sendable {
    /// Without the marks of slots.
    let utterance: Utterance
    let intent: IntentName
    /// Nil when nobody says which slots the text has.
    let slots: [SlotSpan]?
}

extension TurnReading {
    /// What is kept of an example.
    ///
    /// - Throws: `badSlots`.
    fileprivate func stored(
        _ example: AdmittedExample, _ turn: EmbeddedTurn
    ) throws(AssistantError) -> StoredExample {
        let slots = try slotLesson(example.slots, in: turn)
        return StoredExample(
            text: example.utterance.text, context: example.utterance.context,
            example: Example(intent: example.intent, features: features(turn), slots: slots?.example),
            slots: example.slots ?? [])
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

    /// Of two names that differ in their form alone, as an old log may have them, one stays.
    private static func keyed<Value, Result>(
        _ values: [IntentName: Value], _ transform: (Value) -> Result
    ) -> [String: Result] {
        Dictionary(values.map { ($0.key.description, transform($0.value)) }) { first, _ in first }
    }
}
