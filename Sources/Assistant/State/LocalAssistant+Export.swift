internal import JSON
internal import Learning
internal import Logging
internal import Storage
internal import Synchronization

/// A snapshot that is ready to be taken away.
public struct SnapshotExport: Sendable {
    public let file: Download
    public let snapshot: SnapshotSummary
    /// Events in it.
    public let events: Int

    public init(file: Download, snapshot: SnapshotSummary, events: Int) {
        self.file = file
        self.snapshot = snapshot
        self.events = events
    }
}

extension LocalAssistant {
    /// One snapshot as a file for another machine: the events that it was made of, with their texts and
    /// teachers. Lessons go on meanwhile.
    ///
    /// - Parameter progress: what it throws ends it with `cancelled`.
    /// - Throws: `snapshotNotFound`, `badUpload` when nothing is learnt in it, `storage`.
    /// - Complexity: reads and writes the events since the last training that began anew.
    public func export(
        snapshot name: String, progress: (Progress) throws(CancellationError) -> Void
    ) throws(AssistantError) -> SnapshotExport {
        guard !snapshot().isClosed else { throw .closed }
        let (snapshot, made) = try onFiles { () throws(AssistantError) in
            let named = try storing { () throws(StorageError) in
                try checkpoints.named().first { $0.name == name }
            }
            guard let named else { throw .snapshotNotFound(name.cut(to: 64)) }
            return try copying { try export(named, progress) }
        }
        logger.notice("snapshot exported", metadata: ["name": "\(name)", "bytes": "\(made.file.count)"])
        return SnapshotExport(file: Download(file: made.file), snapshot: snapshot, events: made.events)
    }

    private func export(
        _ named: NamedCheckpoint, _ progress: (Progress) throws(CancellationError) -> Void
    ) throws -> (SnapshotSummary, (file: OutgoingFile, digest: String, events: Int)) {
        let erasures = try log.erasures()
        let plan = try log.sinceLastBeginning(try log.plan(through: named.event))
        let total = try log.count(in: plan)
        let made = try directory.export(
            named, isCurrent: try isCurrent(named), plan, of: log, madeWith: origin,
            time: clock.microseconds(),
            progress: { done throws(CancellationError) in
                if done % 64 == 0 { try progress(Progress(phase: .copying, done: done, total: total)) }
            }, digest: { copy in try learner(of: copy, progress).head.digest })
        // What is taken back meanwhile must not leave with it.
        guard try log.erasures() == erasures else { throw StorageError.busy(path: directory.path, .backUp) }
        return (SnapshotSummary(named, digest: made.digest), made)
    }

    /// Whether a replay would give the head in a snapshot: one of an earlier version, encoder or seed is of
    /// the same lessons, and another head.
    private func isCurrent(_ named: NamedCheckpoint) throws(StorageError) -> Bool {
        let checkpoint = try checkpoints.load(named: named.name)
        do throws(CheckpointError) {
            let settings = try IntentHead(decoding: checkpoint.head).settings
            return checkpoint.encoder == encoding.model.digest && settings == replayer.settings
        } catch {
            return false
        }
    }

    /// What a log makes by itself, from nothing.
    private func learner(
        of other: EventLog, _ progress: (Progress) throws(CancellationError) -> Void
    ) throws(AssistantError) -> Learner {
        let replayer = Replayer(
            log: other, checkpoints: checkpoints, model: replayer.model, settings: replayer.settings)
        let plan = try storing { () throws(StorageError) in try other.plan() }
        return try replayer.learner(after: plan, from: .nothing) { done, total throws(AssistantError) in
            try Self.report(done, total, to: progress)
        }
    }

    /// Takes the events of another machine's snapshot into the log, and keeps what they make under a name.
    /// What is learnt here changes only once that is restored. It must not meet learning.
    ///
    /// - Parameters:
    ///   - wanted: its name here; nil for the one it had.
    ///   - progress: what it throws ends it with `cancelled`, and nothing has changed.
    /// - Throws: `badUpload`, `badSnapshotName`, `snapshotExists`, `storage`.
    /// - Complexity: replays all its events, and appends them in one commit.
    public func importSnapshot(
        _ upload: Upload, named wanted: String?, by contributor: Contributor,
        progress: (Progress) throws(CancellationError) -> Void
    ) throws(AssistantError) -> SnapshotSummary {
        guard !snapshot().isClosed else { throw .closed }
        if let cause = log.refusal { throw AssistantError(.refusing(after: cause)) }
        let summary = try onFiles { () throws(AssistantError) in
            let result = Result { () throws(AssistantError) in
                try take(upload, named: wanted, by: contributor, progress)
            }
            try storing { () throws(StorageError) in try directory.abandonIncoming() }
            return try result.get()
        }
        logger.notice(
            "snapshot imported", metadata: ["name": "\(summary.name)", "digest": "\(summary.digest)"])
        return summary
    }

    private func take(
        _ upload: Upload, named wanted: String?, by contributor: Contributor,
        _ progress: (Progress) throws(CancellationError) -> Void
    ) throws(AssistantError) -> SnapshotSummary {
        let manifest = try copying {
            try directory.unpack(upload.file, expecting: .snapshot) { done, total throws(CancellationError) in
                try progress(Progress(phase: .copying, done: done, total: total))
            }
        }
        let name = wanted ?? manifest.name ?? ""
        try storing { () throws(StorageError) in
            try checkpoints.checkNew(name)
            try origin.check(manifest.origin)
        }
        let source = try storing { () throws(StorageError) in
            try EventLog.foreign(at: "\(directory.incoming)/slmd.db")
        }
        let result = Result { () throws(AssistantError) in
            let made = try replay(source, manifest, progress)
            return try append(source, made, as: name, by: contributor, progress)
        }
        try storing { () throws(StorageError) in try source.close() }
        return try result.get()
    }

    /// What a log from elsewhere makes, which is what its file says.
    private func replay(
        _ source: EventLog, _ manifest: BackupManifest,
        _ progress: (Progress) throws(CancellationError) -> Void
    ) throws(AssistantError) -> Learner {
        let limits = configuration.limits
        try storing { () throws(StorageError) in
            try source.checkExport(textBytes: limits.textBytes, labelBytes: limits.labelBytes)
        }
        var learner = try learner(of: source, progress)
        // The effects go along.
        _ = try storing { () throws(StorageError) in try learner.settled() }
        let digest = learner.head.digest
        guard digest == manifest.digest || manifest.origin.head != origin.head else {
            throw AssistantError(.badBackup(.differs(expected: manifest.digest, found: digest)))
        }
        return learner
    }

    private func append(
        _ source: EventLog, _ made: Learner, as name: String, by contributor: Contributor,
        _ progress: (Progress) throws(CancellationError) -> Void
    ) throws(AssistantError) -> SnapshotSummary {
        let bytes = made.head.encoded()
        let digest = Checkpoint.digest(ofHead: bytes)
        let obstacle = heldBack.withLock { $0 }.obstacle
        let score = heldBackScore(of: made.classifier, digest: digest)
        let (run, revision) = try learner.withLock { learner throws(AssistantError) in
            let (run, revision) = try storing { () throws(StorageError) in
                (
                    try log.append(
                        allOf: source, as: name, by: Origin(contributor), encoder: encoding.model.digest,
                        time: clock.microseconds()), try log.erasures().last?.revision ?? 0
                )
            }
            learner.note(imported: run.count)
            publish(learner, after: [])
            return (run, revision)
        }
        let checkpoint = Checkpoint(
            event: run.last, revision: revision, encoder: encoding.model.digest,
            digest: digest, createdAt: clock.microseconds(), head: bytes,
            words: made.words.encoded(), score: score, isImported: true)
        do throws(StorageError) {
            return SnapshotSummary(try checkpoints.save(checkpoint, named: name), obstacle: obstacle)
        } catch {
            try dropImport(with: run.last, of: name) { try? progress($0) }  // the import has failed already
            throw AssistantError(error)
        }
    }
}

extension BackupManifest.Origin {
    /// Refuses what makes another head of the same events here.
    fileprivate func check(_ other: Self) throws(StorageError) {
        guard other.encoder == encoder else {
            throw .badBackup(.otherEncoder(expected: encoder, found: other.encoder.cut(to: 64)))
        }
        guard other.seed == seed else {
            throw .badBackup(.otherSeed(expected: seed, found: other.seed))
        }
    }
}
