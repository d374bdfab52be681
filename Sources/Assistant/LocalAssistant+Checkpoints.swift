internal import Dispatch
internal import Learning
internal import Logging
internal import Storage
internal import Synchronization

extension LocalAssistant {
    /// Writes a checkpoint under a name; without one it is called after the newest event, and the same state is
    /// written once.
    ///
    /// - Throws: `badSnapshotName`, `snapshotExists`, `storage`.
    public func snapshot(named name: String?) throws(AssistantError) -> SnapshotSummary {
        guard !snapshot().isClosed else { throw .closed }
        return try storing { () throws(StorageError) in
            let checkpoint = try takeCheckpoint()
            if let name { return SnapshotSummary(try checkpoints.save(checkpoint, named: name)) }
            let written = try checkpoints.named()
            let name = Self.name(for: checkpoint, beside: written)
            if let same = written.first(where: { $0.name == name }) { return SnapshotSummary(same) }
            return SnapshotSummary(try checkpoints.save(checkpoint, named: name))
        }
    }

    /// The named snapshots, the oldest first.
    public func snapshots() throws(AssistantError) -> [SnapshotSummary] {
        try storing { () throws(StorageError) in try checkpoints.named().map(SnapshotSummary.init) }
    }

    /// Has a checkpoint written off this thread when enough was learnt since the last one.
    func writeCheckpointIfDue() {
        let isDue = learner.withLock { $0.isCheckpointDue(every: configuration.checkpoints.everyEvents) }
        guard isDue else { return }
        checkpointQueue.async { [self] in
            do throws(StorageError) {
                try writeCheckpoint()
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
        let bytes = try checkpoints.save(checkpoint)
        learner.withLock { $0.wasCheckpointed(at: checkpoint.event) }
        logger.debug("checkpoint written", metadata: ["event": "\(checkpoint.event)", "bytes": "\(bytes)"])
    }

    /// The learner's state as a checkpoint, its digest noted for the status. Learning is held up for a moment
    /// only: the head is encoded after its lock is free again.
    private func takeCheckpoint() throws(StorageError) -> Checkpoint {
        let (head, event) = try learner.withLock { learner throws(StorageError) in try learner.settled() }
        let bytes = head.encoded()
        let digest = Checkpoint.digest(ofHead: bytes)
        note(AssistantStatus.Head(head, digest: digest, at: event))
        return Checkpoint(
            event: event, encoder: encoding.model.digest, digest: digest, createdAt: clock.microseconds(),
            head: bytes)
    }

    /// The digest of the head as it is now, or while something is being learnt the last one known.
    func headSummary() -> AssistantStatus.Head {
        let known = snapshot().head
        let current = learner.withLockIfAvailable { learner in
            learner.event.rawValue == known.event && !known.digest.isEmpty
                ? nil : (head: learner.head, event: learner.event)
        }
        guard let changed = current ?? nil else { return known }
        let head = AssistantStatus.Head(changed.head, digest: changed.head.digest, at: changed.event)
        note(head)
        return head
    }

    private func note(_ head: AssistantStatus.Head) {
        published.withLock { if head.event >= $0.head.event { $0.head = head } }
    }

    /// The name without which a snapshot was asked for: of the snapshot of this state that is there already, or
    /// one that is free.
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

extension AssistantStatus.Head {
    init(_ head: IntentHead, digest: String, at event: EventID) {
        self.init(digest: digest, bytes: head.classifier.weightBytes, event: event.rawValue)
    }
}

extension SnapshotSummary {
    fileprivate init(_ named: NamedCheckpoint) {
        self.init(
            name: named.name, event: named.event.rawValue, digest: named.digest, bytes: named.bytes,
            createdAt: named.createdAt / 1_000_000)
    }
}
