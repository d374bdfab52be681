internal import Learning
internal import Storage

/// The head, the log and the order between them: durable first, then in force.
///
/// There is one, behind a lock: it is the head's only owner, so that the head is changed in place.
struct Learner {
    private(set) var head: IntentHead
    /// The last event the head has seen.
    private(set) var event: EventID
    /// The last event that a checkpoint on disk has seen.
    private(set) var checkpointed: EventID
    /// The last training the head has seen.
    private var trained = EventID.none
    /// Taken after each event, for the effects.
    private(set) var classifier: IntentClassifier
    /// Effects that are not in the log yet. They are written with the next events; a crash loses none for
    /// good, since a replay computes them again.
    private(set) var effects: [Effect] = []
    private let log: EventLog
    private let encoder: String

    init(head: IntentHead, at event: EventID, log: EventLog, encoder: String) {
        self.head = head
        self.event = event
        checkpointed = event
        classifier = head.classifier
        self.log = log
        self.encoder = encoder
    }

    /// Makes `events` durable in one commit, then applies them.
    ///
    /// - Returns: each event's place, and for a taught text what it did to its prediction.
    /// - Throws: what the log says; then nothing has changed.
    mutating func learn(
        _ events: [NewEvent], progress: (LearningProgress) -> Void = { _ in }
    ) throws(StorageError) -> [(event: EventID, effect: Effect?)] {
        guard !events.isEmpty else { return [] }
        let ids = try log.append(events, encoder: encoder, effects: effects)
        effects.removeAll()
        return zip(ids, events).map { id, event in
            let effect = apply(event.content, as: id, progress: progress)
            if let effect { effects.append(effect) }
            return (id, effect)
        }
    }

    /// Applies the events of the log that the head has not seen.
    ///
    /// - Parameter width: values in a block of the encoder's features.
    /// - Returns: how many they were.
    mutating func replay(width: Int) throws(StorageError) -> Int {
        var count = 0
        try log.forEach(after: event) { stored throws(StorageError) in
            try Self.check(stored, width: width)
            let effect = apply(stored.content, as: stored.id, measuring: stored.effect == nil)
            if let effect { effects.append(effect) }
            count += 1
        }
        classifier = head.classifier
        return count
    }

    /// Writes the effects that still wait to the log, and hands out a copy of the head. Whoever holds that
    /// copy when something is learnt makes the learner copy the head, once.
    mutating func settled() throws(StorageError) -> (head: IntentHead, event: EventID) {
        try log.record(effects)
        effects.removeAll()
        return (head, event)
    }

    /// Whether enough was learnt since the last checkpoint: so many events, or a training, whose replay takes as
    /// long as it did.
    func isCheckpointDue(every events: Int) -> Bool {
        trained > checkpointed || event.rawValue - checkpointed.rawValue >= events
    }

    /// Notes that a checkpoint of `event` is on the disk.
    mutating func wasCheckpointed(at event: EventID) {
        checkpointed = max(checkpointed, event)
    }

    private mutating func apply(
        _ content: EventContent, as id: EventID, measuring: Bool = true,
        progress: (LearningProgress) -> Void = { _ in }
    ) -> Effect? {
        event = id
        if case .trained = content { trained = id }
        guard measuring else {
            head.apply(content.learning, progress: progress)
            return nil
        }
        let before = head.classifier
        head.apply(content.learning, progress: progress)
        classifier = head.classifier
        guard case .taught(let stored, _) = content else { return nil }
        let features = stored.example.features
        return Effect(
            event: id, before: before.verdict(on: features), after: classifier.verdict(on: features))
    }

    private static func check(_ event: Event, width: Int) throws(StorageError) {
        guard let found = event.content.widths.first(where: { $0 != width }) else { return }
        throw .badEvent(
            id: event.id.rawValue, field: "features", reason: "are \(found) wide, the encoder's are \(width)")
    }
}

extension EventContent {
    /// Of all features in it.
    fileprivate var widths: [Int] {
        switch self {
        case .taught(let stored, let name):
            [stored.example.features.blockWidth] + (name.map { [$0.blockWidth] } ?? [])
        case .trained(let stored, let names, _):
            stored.map(\.example.features.blockWidth) + names.values.map(\.blockWidth)
        case .renamed(_, _, let name): name.map { [$0.blockWidth] } ?? []
        case .merged, .removed: []
        }
    }
}

extension IntentClassifier {
    fileprivate func verdict(on features: Features) -> Verdict {
        let ranking = rank(features)
        return Verdict(intent: ranking.best?.intent, confidence: ranking.confidence)
    }
}
