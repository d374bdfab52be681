internal import Learning
internal import Storage

/// The head, the log and the order between them: what is durable is in force, and what is not is neither.
///
/// A lesson is made durable first, and takes milliseconds to be in force. A training may take minutes: it is learnt apart
/// first, and then durable and in force together, so that whoever gives it up, and a daemon that is killed, leaves nothing.
///
/// There is one, behind a lock: it is the head's only owner, so that the head is changed in place.
struct Learner {
    private(set) var head: IntentHead
    /// Of the texts the head was taught, for the speller.
    private(set) var words: TaughtWords
    /// What people said of answers. It is made of the log alone, whatever checkpoint the head begins with.
    private(set) var answers: AnswerLessons
    /// The last event the head has seen.
    private(set) var event: EventID
    /// The last event that a checkpoint on disk has seen.
    private(set) var checkpointed: EventID
    /// The event after which a checkpoint is wanted at once: what lies before it takes long to replay.
    private var costly = EventID.none
    /// Events in the log.
    private(set) var count: Int
    /// Changes of the log's past so far, in this process: numbers taken before one hold no more.
    private(set) var generation = 0
    /// SHA-256 of the head while it is as a checkpoint has it; nil once it has changed.
    private(set) var digest: String?
    /// Taken after each event, for the effects.
    private(set) var classifier: IntentClassifier
    /// Effects that are not in the log yet. They are written with the next events; a crash loses none for
    /// good, since a replay computes them again.
    private(set) var effects: [Effect] = []
    /// Lessons of the log that are applied together.
    private static let longestRun = 128
    private let log: EventLog
    private let encoder: String

    /// - Parameters:
    ///   - digest: of the head, where it is known.
    ///   - count: events in the log.
    init(
        head: IntentHead, words: TaughtWords, answers: AnswerLessons, digest: String?, at event: EventID,
        count: Int, log: EventLog, encoder: String
    ) {
        self.head = head
        self.words = words
        self.answers = answers
        self.digest = digest
        self.event = event
        self.count = count
        checkpointed = event
        classifier = head.classifier
        self.log = log
        self.encoder = encoder
    }

    /// Makes `events` durable in one commit, then applies them; none is a training.
    ///
    /// - Parameters:
    ///   - names: features of the names of the intents that the head does not know. Those that the log has
    ///     already come from there: another build of the encoder may have made them, and a replay knows no
    ///     others.
    ///   - accounts: what the guard knows of the teachers now; durable with the events.
    /// - Returns: each event's place, and for a taught text what it did to its prediction.
    /// - Throws: what the log says; then nothing has changed.
    mutating func learn(
        _ events: [NewEvent], names: [IntentName: Features], accounts: [GuardAccount] = []
    ) throws(StorageError) -> [(event: EventID, effect: Effect?)] {
        guard !events.isEmpty else { return [] }
        let names = try keeping(names)
        let ids = try append(events, names: names, accounts: accounts)
        return zip(ids, events).map { id, event in
            let effect = apply(event.content, as: id, names: names)
            if let effect { effects.append(effect) }
            return (id, effect)
        }
    }

    /// Learns a training apart, then makes it durable and puts it in force.
    ///
    /// - Parameters:
    ///   - event: a training.
    ///   - names: as above.
    ///   - progress: called many times a second until it is durable.
    /// - Throws: what `progress` throws, and `storage`; then nothing has changed.
    mutating func train(
        _ event: NewEvent, names: [IntentName: Features],
        progress: (LearningProgress) throws(AssistantError) -> Void
    ) throws(AssistantError) -> EventID {
        if let cause = log.refusal { throw AssistantError(.refusing(after: cause)) }
        let names = try storing { () throws(StorageError) in try keeping(names) }
        guard let learning = event.content.learning(names: names) else {
            preconditionFailure("train: an event of another kind")
        }
        var trained = head
        try trained.apply(learning, progress: progress)
        let id = try storing { () throws(StorageError) in try append([event], names: names)[0] }
        note(event.content, as: id)
        head = trained
        classifier = head.classifier
        return id
    }

    /// The features of names, as the log has those that it knows.
    private func keeping(
        _ names: [IntentName: Features]
    ) throws(StorageError) -> [IntentName: Features] {
        names.merging(try log.names(of: Set(names.keys))) { _, kept in kept }
    }

    private mutating func append(
        _ events: [NewEvent], names: [IntentName: Features], accounts: [GuardAccount] = []
    ) throws(StorageError) -> [EventID] {
        let ids = try log.append(events, names: names, encoder: encoder, effects: effects, accounts: accounts)
        effects.removeAll()
        count += ids.count
        answers = answers.after(events.compactMap { AnswerLessons.Entry($0) })
        return ids
    }

    /// Applies the events of the log that `plan` counts.
    ///
    /// - Parameters:
    ///   - omitting: events that are passed over.
    ///   - width: values in a block of the encoder's features.
    ///   - progress: called with the events so far, after each few, and many times a second while a training is
    ///     learnt. What it throws ends the replay.
    mutating func replay(
        _ plan: ReplayPlan, omitting: Set<EventID> = [], width: Int,
        progress: (Int) throws(AssistantError) -> Void = { _ in }
    ) throws(AssistantError) {
        var done = 0
        var run: [Event] = []
        var failure: AssistantError?
        do throws(StorageError) {
            try log.forEach(in: plan) { stored throws(StorageError) in
                guard failure == nil, !omitting.contains(stored.id) else { return }
                done += 1
                if isFurtherLesson(stored) {
                    try Self.check(stored, [:], width: width)
                    run.append(stored)
                    guard run.count == Self.longestRun else { return }
                    apply(&run)
                } else {
                    apply(&run)
                    let names = try names(for: stored)
                    try Self.check(stored, names, width: width)
                    do throws(AssistantError) {
                        let effect = try apply(
                            stored.content, as: stored.id, names: names, measuring: stored.effect == nil
                        ) { _ throws(AssistantError) in try progress(done - 1) }
                        if let effect { effects.append(effect) }
                    } catch {
                        failure = error
                    }
                }
                guard failure == nil else { return }
                do throws(AssistantError) { try progress(done) } catch { failure = error }
            }
        } catch {
            throw AssistantError(error)
        }
        if let failure { throw failure }
        if !run.isEmpty {
            apply(&run)
            try progress(done)
        }
        classifier = head.classifier
    }

    /// Whether `stored` is one lesson more of an intent that the head knows, and its effect is known too.
    private func isFurtherLesson(_ stored: Event) -> Bool {
        stored.effect != nil && stored.content.lesson.map { head.contains($0.example.intent) } ?? false
    }

    /// Applies such lessons together, and empties `run`.
    private mutating func apply(_ run: inout [Event]) {
        guard let last = run.last else { return }
        for stored in run {
            for text in stored.content.texts { words.learn(text) }
        }
        head.apply(run.compactMap { $0.content.learning(names: [:]) })
        event = last.id
        digest = nil
        run.removeAll(keepingCapacity: true)
    }

    /// The features of the names that the head would learn from an event of the log.
    private func names(for event: Event) throws(StorageError) -> [IntentName: Features] {
        let intents = event.content.intentsToName
        return try log.names(
            of: event.content.startsAgain ? intents : intents.filter { !head.contains($0) }, at: event.id)
    }

    /// Lessons that nothing was learnt from have left the log.
    mutating func forget(unlearnt number: Int) { count -= number }

    /// Events from elsewhere have come into the log; nothing was learnt from them.
    mutating func note(imported number: Int) { count += number }

    /// Takes the place of `former` after a change of the log's past.
    mutating func succeed(_ former: borrowing Learner, count: Int) {
        generation = former.generation + 1
        self.count = count
        costly = event
    }

    /// Writes the effects that still wait to the log, and hands out a copy of the head. Whoever holds that
    /// copy when something is learnt makes the learner copy the head, once.
    mutating func settled() throws(StorageError) -> Settled {
        try log.record(effects)
        effects.removeAll()
        return Settled(head: head, words: words, answers: answers, event: event, generation: generation)
    }

    /// What a checkpoint is made of, and what is made of the log alone.
    struct Settled {
        let head: IntentHead
        let words: TaughtWords
        let answers: AnswerLessons
        let event: EventID
        let generation: Int
    }

    /// Whether enough was learnt since the last checkpoint: so many events, or a training, whose replay takes
    /// as long as it did.
    func isCheckpointDue(every events: Int) -> Bool {
        costly > checkpointed || event.rawValue - checkpointed.rawValue >= events
    }

    /// Notes that a checkpoint of `event` is on the disk.
    mutating func wasCheckpointed(at event: EventID) {
        checkpointed = max(checkpointed, event)
    }

    /// What an event changes beside the head.
    private mutating func note(_ content: EventContent, as id: EventID) {
        event = id
        digest = nil
        if content.startsAgain { words = TaughtWords() }
        for text in content.texts { words.learn(text) }
        if case .trained = content { costly = id }
    }

    private mutating func apply(
        _ content: EventContent, as id: EventID, names: [IntentName: Features]
    ) -> Effect? {
        apply(content, as: id, names: names) { _ in }
    }

    private mutating func apply<Failure: Error>(
        _ content: EventContent, as id: EventID, names: [IntentName: Features], measuring: Bool = true,
        progress: (LearningProgress) throws(Failure) -> Void
    ) throws(Failure) -> Effect? {
        note(content, as: id)
        guard let learning = content.learning(names: names) else {
            guard measuring, case .held(let stored, _) = content else { return nil }
            let verdict = head.classifier.verdict(on: stored.example.features)
            return Effect(event: id, before: verdict, after: verdict)
        }
        guard measuring else {
            try head.apply(learning, progress: progress)
            return nil
        }
        let before = head.classifier
        try head.apply(learning, progress: progress)
        classifier = head.classifier
        guard let stored = content.lesson else { return nil }
        let features = stored.example.features
        return Effect(
            event: id, before: before.verdict(on: features), after: classifier.verdict(on: features))
    }

    private static func check(
        _ event: Event, _ names: [IntentName: Features], width: Int
    ) throws(StorageError) {
        let widths = event.content.widths + names.values.map(\.blockWidth)
        guard let found = widths.first(where: { $0 != width }) else { return }
        throw .badEvent(
            id: event.id.rawValue, field: "features", reason: "are \(found) wide, the encoder's are \(width)")
    }
}

extension EventContent {
    /// Of all features in it.
    fileprivate var widths: [Int] {
        switch self {
        case .taught(let stored), .held(let stored, _), .approved(_, let stored):
            stored.example.widths
        case .trained(let stored, _): stored.flatMap(\.example.widths)
        case .renamed, .merged, .removed, .restored, .imported, .judged: []
        }
    }

    /// The one text that it taught.
    fileprivate var lesson: StoredExample? {
        switch self {
        case .taught(let stored), .approved(_, let stored): stored
        case .held, .trained, .renamed, .merged, .removed, .restored, .imported, .judged: nil
        }
    }

    /// The texts it taught.
    var texts: [String] {
        switch self {
        case .taught(let stored), .approved(_, let stored): [stored.text]
        case .trained(let stored, _): stored.map(\.text)
        case .held, .renamed, .merged, .removed, .restored, .imported, .judged: []
        }
    }

    /// Whether the head forgets everything before it.
    var startsAgain: Bool {
        switch self {
        case .trained(_, .replacing), .trained(_, .bootstrap): true
        default: false
        }
    }
}

extension Example {
    fileprivate var widths: [Int] { [features.blockWidth] + (slots.map { [$0.features.width] } ?? []) }
}

extension IntentClassifier {
    fileprivate func verdict(on features: Features) -> Verdict {
        let ranking = rank(features)
        return Verdict(intent: ranking.best?.intent, confidence: ranking.confidence)
    }
}
