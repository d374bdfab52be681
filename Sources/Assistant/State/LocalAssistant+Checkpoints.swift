internal import Dispatch
internal import JSON
internal import Learning
internal import Logging
internal import Storage
internal import Synchronization

extension LocalAssistant {
    /// Writes a checkpoint under a name; without one it is called after the newest event, and the same state
    /// is written once.
    ///
    /// - Throws: `badSnapshotName`, `snapshotExists`, `storage`.
    public func snapshot(named name: String?) throws(AssistantError) -> SnapshotSummary {
        guard !snapshot().isClosed else { throw .closed }
        let obstacle = heldBack.withLock { $0 }.obstacle
        let made = try storing { () throws(StorageError) in
            let checkpoint = try takeCheckpoint(isMeasured: true)
            if let name { return try checkpoints.save(checkpoint, named: name) }
            let written = try checkpoints.named()
            let name = Self.name(for: checkpoint, beside: written)
            if let same = written.first(where: { $0.name == name }) { return same }
            return try checkpoints.save(checkpoint, named: name)
        }
        if let obstacle, made.score == nil {
            logger.notice(
                "a snapshot without its accuracy",
                metadata: ["name": "\(made.name)", "reason": "\(obstacle)"])
        }
        return SnapshotSummary(made, obstacle: obstacle)
    }

    /// The named snapshots, the oldest first.
    public func snapshots() throws(AssistantError) -> [SnapshotSummary] {
        try storing { () throws(StorageError) in
            try checkpoints.named().map { SnapshotSummary($0) }
        }
    }

    /// A snapshot and its intents; without a name what is learnt now, which has no name and no file. Of a
    /// head of another version the intents are not known.
    ///
    /// - Throws: `snapshotNotFound`, `storage`.
    public func content(ofSnapshot name: String?) throws(AssistantError) -> SnapshotContent {
        guard let name else { return try contentNow() }
        let summary = try summary(ofSnapshot: name)
        return try storing { () throws(StorageError) in
            let checkpoint = try checkpoints.load(named: name)
            do throws(CheckpointError) {
                let head = try IntentHead(decoding: checkpoint.head)
                return SnapshotContent(
                    summary: summary, version: Int(IntentHead.version),
                    intents: head.intents.map(IntentSummary.init))
            } catch .unknownVersion(let found, _) {
                return SnapshotContent(summary: summary, version: Int(found), intents: nil)
            } catch {
                throw .badSnapshot(name, .badHead(error.description))
            }
        }
    }

    /// Of the head that is in force: it holds up no lesson and waits for no training.
    private func contentNow() throws(AssistantError) -> SnapshotContent {
        guard !snapshot().isClosed else { throw .closed }
        let obstacle = heldBack.withLock { $0 }.obstacle
        let (head, classifier, intents) = current()
        let score = heldBackScore(of: classifier, digest: head.digest)
        let summary = SnapshotSummary(
            name: "", event: head.event, digest: head.digest, bytes: 0,
            createdAt: clock.microseconds() / 1_000_000, accuracy: score?.accuracy, heldBack: score?.count,
            unmeasured: score == nil ? obstacle : nil)
        return SnapshotContent(summary: summary, version: Int(IntentHead.version), intents: intents)
    }

    /// Removes a snapshot; what it holds stays learnt. What was imported with it goes too, unless it was ever
    /// restored.
    ///
    /// - Parameter progress: told now and then while other snapshots are made anew; it is too late to stop
    ///   then.
    /// - Throws: `snapshotNotFound`, `storage`.
    public func removeSnapshot(
        _ name: String, progress: (Progress) throws(CancellationError) -> Void = { _ in }
    ) throws(AssistantError) -> SnapshotSummary {
        let summary = try summary(ofSnapshot: name)
        // The events of an import first: once they have left the log, a start removes the snapshot too.
        try dropImport(with: EventID(rawValue: summary.event), of: name) { try? progress($0) }  // too late
        try storing { () throws(StorageError) in try checkpoints.remove(named: name) }
        return summary
    }

    func summary(ofSnapshot name: String) throws(AssistantError) -> SnapshotSummary {
        guard let summary = try snapshots().first(where: { $0.name == name }) else {
            throw .snapshotNotFound(name.cut(to: 64))
        }
        return summary
    }

    /// Has a checkpoint written off this thread when enough was learnt since the last one, and a snapshot
    /// when the last automatic one is old.
    func writeCheckpointIfDue() {
        let isDue = learner.withLock { $0.isCheckpointDue(every: configuration.checkpoints.everyEvents) }
        // One that waits will find what was learnt until its turn.
        guard isDue || isSnapshotDue(), !published.withLock({ $0.noteCheckpointAsked() }) else { return }
        checkpointQueue.async { [self] in
            published.withLock { $0.isCheckpointAsked = false }
            do throws(StorageError) {
                if isDue { try writeCheckpoint() }
                try writeSnapshotIfDue()
            } catch {
                // Nothing is lost: the log has every event.
                logger.error("checkpoint not written", metadata: ["reason": "\(error)"])
            }
        }
    }

    /// Writes a checkpoint unless the newest one is of the same event.
    func writeCheckpoint() throws(StorageError) {
        let isCurrent = learner.withLock { $0.event == $0.checkpointed && $0.effects.isEmpty }
        guard !isCurrent else { return }
        let checkpoint = try takeCheckpoint()
        let bytes = try checkpoints.save(
            checkpoint, keeping: CheckpointRetention(configuration.checkpoints))
        learner.withLock { $0.wasCheckpointed(at: checkpoint.event) }
        logger.debug("checkpoint written", metadata: ["event": "\(checkpoint.event)", "bytes": "\(bytes)"])
    }

    /// The learner's state as a checkpoint, its digest noted for the status. Learning is held up for a moment
    /// only: the head is encoded after its lock is free again.
    ///
    /// - Parameter isMeasured: whether it says how the head does on the held-back examples.
    func takeCheckpoint(isMeasured: Bool = false) throws(StorageError) -> Checkpoint {
        try takeState(isMeasured: isMeasured).checkpoint
    }

    /// The same, with what was said of answers by then.
    func takeState(
        isMeasured: Bool = false
    ) throws(StorageError) -> (checkpoint: Checkpoint, answers: AnswerLessons) {
        let (taken, revision) = try learner.withLock { learner throws(StorageError) in
            (try learner.settled(), try log.erasures().last?.revision ?? 0)
        }
        let bytes = taken.head.encoded()
        let digest = Checkpoint.digest(ofHead: bytes)
        note(AssistantStatus.Head(taken.head, digest: digest, at: taken.event), taken.generation)
        let checkpoint = Checkpoint(
            event: taken.event, revision: revision, encoder: encoding.model.digest, digest: digest,
            createdAt: clock.microseconds(), head: bytes, words: taken.words.encoded(),
            score: isMeasured ? heldBackScore(of: taken.head.classifier, digest: digest) : nil)
        return (checkpoint, taken.answers)
    }

    /// The digest of the head as it is now, or while a lengthy change is at work of the one before it.
    func headSummary() -> AssistantStatus.Head { current().head }

    /// The head as it is now, of one moment, or while a lengthy change is at work the one before it.
    func current() -> (
        head: AssistantStatus.Head, classifier: IntentClassifier, intents: [IntentSummary]
    ) {
        let published = snapshot()
        let known = (published.head, published.classifier, published.intents)
        if published.isDigestKnown, published.lengthyChanges > 0 { return known }
        let current = learner.withLock { learner in
            published.isDigestKnown && learner.event == published.event
                && learner.generation == published.generation
                ? nil : (head: learner.head, event: learner.event, generation: learner.generation)
        }
        guard let current else { return known }
        let head = AssistantStatus.Head(current.head, digest: current.head.digest, at: current.event)
        note(head, current.generation)
        return (head, current.head.classifier, current.head.intents.map(IntentSummary.init))
    }

    /// Keeps the newest digest; one taken before the log's past was changed holds no more.
    private func note(_ head: AssistantStatus.Head, _ generation: Int) {
        published.withLock { published in
            guard generation == published.generation, head.event >= published.head.event else { return }
            published.head = head
        }
    }

    /// The name without which a snapshot was asked for: of the snapshot of this state that is there already,
    /// or one that is free.
    private static func name(for checkpoint: Checkpoint, beside written: [NamedCheckpoint]) -> String {
        let taken = Dictionary(uniqueKeysWithValues: written.map { ($0.name, $0.digest) })
        var (name, number) = ("event-\(checkpoint.event)", 1)
        while let digest = taken[name], digest != checkpoint.digest {
            number += 1
            name = "event-\(checkpoint.event)-\(number)"
        }
        return name
    }
}

extension CheckpointRetention {
    fileprivate init(_ settings: CheckpointSettings) {
        self.init(kept: settings.keep, distance: settings.everyEvents / 2)
    }
}

extension AssistantStatus.Head {
    init(_ head: IntentHead, digest: String, at event: EventID) {
        self.init(digest: digest, bytes: head.classifier.weightBytes, event: event.rawValue)
    }
}

extension SnapshotSummary {
    /// - Parameters:
    ///   - digest: of its head where that is another by now.
    ///   - obstacle: why it could not be measured, if it was not.
    init(_ named: NamedCheckpoint, digest: String? = nil, obstacle: String? = nil) {
        self.init(
            name: named.name, event: named.event.rawValue, digest: digest ?? named.digest,
            bytes: named.bytes,
            createdAt: named.createdAt / 1_000_000, accuracy: named.score?.accuracy,
            heldBack: named.score?.count, unmeasured: named.score == nil ? obstacle : nil)
    }
}
