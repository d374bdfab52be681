internal import Dispatch
internal import Learning
internal import Logging
internal import Storage
internal import Synchronization

extension LocalAssistant {
    /// All of the state as one file, at one event. Lessons go on meanwhile.
    ///
    /// - Parameters:
    ///   - isProved: whether to replay the whole log of the backup from nothing, and compare.
    ///   - progress: what it throws ends the backup with `cancelled`.
    /// - Throws: `badBackup` when the replay gives another head; `storage`.
    /// - Complexity: reads the whole state twice and writes a copy of the log.
    public func backup(
        isProved: Bool = false, progress: (Progress) throws(CancellationError) -> Void = { _ in }
    ) throws(AssistantError) -> Backup {
        guard !snapshot().isClosed else { throw .closed }
        conversations.flush()
        let made = try onFiles { () throws(AssistantError) in try makeBackup(isProved, progress) }
        logger.notice(
            "backup made", metadata: ["event": "\(made.manifest.event)", "bytes": "\(made.file.count)"])
        return Backup(
            file: Download(file: made.file), event: made.manifest.event.rawValue,
            digest: made.manifest.digest)
    }

    private func makeBackup(
        _ isProved: Bool, _ progress: (Progress) throws(CancellationError) -> Void
    ) throws(AssistantError) -> (file: OutgoingFile, manifest: BackupManifest) {
        try copying {
            try directory.backup(
                of: log, madeWith: origin, time: clock.microseconds(), conversations: conversationParts,
                knowledge: knowledge.store,
                progress: { done, total throws(CancellationError) in
                    try progress(Progress(phase: .copying, done: done, total: total))
                }, digest: { copy in try digest(of: copy, isProved: isProved, progress) })
        }
    }

    /// The archive, without what was erased from the log.
    private func conversationParts() throws(AssistantError) -> BackupParts {
        try conversations.withArchive { archive throws(StorageError) in
            if let left = try log.unsettledTurns() { try archive.remove(left) }
            return try directory.conversationParts()
        }
    }

    var origin: BackupManifest.Origin {
        BackupManifest.Origin(encoder: encoding.model.digest, seed: replayer.settings.seed)
    }

    func copying<Value>(_ work: () throws -> Value) throws(AssistantError) -> Value {
        do {
            return try work()
        } catch let error as StorageError {
            throw AssistantError(error)
        } catch let error as AssistantError {
            throw error
        } catch is CancellationError {
            throw .cancelled
        } catch {
            throw .storage(reason: "\(error)", isRetryable: false)
        }
    }

    /// Of the head that a copy of the log makes, from the newest checkpoint and when asked for from nothing
    /// too.
    private func digest(
        of copy: EventLog, isProved: Bool, _ progress: (Progress) throws(CancellationError) -> Void
    ) throws(AssistantError) -> String {
        let replayer = Replayer(
            log: copy, checkpoints: checkpoints, model: replayer.model, settings: replayer.settings)
        let plan = try storing { () throws(StorageError) in try copy.plan() }
        let digest = try replayer.learner(after: plan) { done, total throws(AssistantError) in
            try Self.report(done, total, to: progress)
        }.head.digest
        guard isProved else { return digest }
        let proof = try replayer.learner(after: plan, from: .nothing) { done, total throws(AssistantError) in
            try Self.report(done, total, to: progress)
        }.head.digest
        guard proof == digest else {
            throw AssistantError(.badBackup(.differs(expected: digest, found: proof)))
        }
        return digest
    }

    /// A place for a file that a client brings.
    public func upload(size: Int) throws(AssistantError) -> Upload {
        guard !snapshot().isClosed else { throw .closed }
        return try storing { () throws(StorageError) in
            Upload(file: try IncomingFile(size: size, in: directory.path))
        }
    }

    /// Puts the state of a backup in the place of this one, once everything in it is verified.
    ///
    /// This assistant goes on predicting until `takeOver` is handed its successor, and is closed then. It
    /// must not meet learning.
    ///
    /// - Parameters:
    ///   - takeOver: called once, also when the files could not be put in place; then with the old state.
    ///   - progress: what it throws ends it with `cancelled`, and nothing has changed.
    /// - Throws: `badBackup`, `storage`.
    /// - Complexity: reads and writes the backup, and replays its log from its newest checkpoint.
    public func restore(
        _ upload: Upload, _ terms: RestoreTerms, takeOver: (LocalAssistant) -> Void,
        progress: (Progress) throws(CancellationError) -> Void
    ) throws(AssistantError) -> RestoredBackup {
        guard !snapshot().isClosed else { throw .closed }
        // What is on the disk is unknown: a start must look first.
        if let cause = log.refusal { throw AssistantError(.refusing(after: cause)) }
        let manifest = try copying {
            try directory.unpack(upload.file) { done, total throws(CancellationError) in
                try progress(Progress(phase: .copying, done: done, total: total))
            }
        }
        let replayedDigest: String?
        do throws(AssistantError) {
            replayedDigest = try examine(manifest, terms, progress)
        } catch {
            try storing { () throws(StorageError) in try directory.abandonIncoming() }
            throw error
        }
        let successor = try swap(terms, takeOver)
        let status = successor.status()
        logger.notice(
            "backup restored", metadata: ["event": "\(manifest.event)", "digest": "\(status.head.digest)"])
        return RestoredBackup(
            event: manifest.event.rawValue, digest: status.head.digest, intents: status.intents,
            events: status.events, replayedDigest: replayedDigest, previous: directory.previous)
    }

    /// Opens the state of a backup where it was unpacked, as a start would, and compares.
    ///
    /// - Returns: the digest of a replay from nothing, when that was asked for.
    private func examine(
        _ manifest: BackupManifest, _ terms: RestoreTerms,
        _ progress: (Progress) throws(CancellationError) -> Void
    ) throws(AssistantError) -> String? {
        try storing { () throws(StorageError) in
            try EventLog.foreign(at: "\(directory.incoming)/slmd.db").close()
            try KnowledgeStore.checkForeign(at: "\(directory.incoming)/knowledge.db")
        }
        var configuration = configuration
        configuration.stateDirectory = directory.incoming
        configuration.bootstrap = .none
        configuration.heldBack = nil
        let candidate = try LocalAssistant(
            configuration: configuration, encoding: encoding, logger: logger, clock: clock,
            progress: { try? progress($0) })  // whoever gave up is heard below
        let result = Result { () throws(AssistantError) in
            try judge(candidate, manifest, terms, progress)
        }
        // Its checkpoints and log are shut before the folder goes or is moved, whatever was found.
        try candidate.close()
        try candidate.leaveFiles()
        return try result.get()
    }

    private func judge(
        _ candidate: LocalAssistant, _ manifest: BackupManifest, _ terms: RestoreTerms,
        _ progress: (Progress) throws(CancellationError) -> Void
    ) throws(AssistantError) -> String? {
        let digest = candidate.headSummary().digest
        if manifest.origin == origin, digest != manifest.digest {
            throw AssistantError(.badBackup(.differs(expected: manifest.digest, found: digest)))
        }
        let replayed = terms.isProved ? try candidate.verify(snapshot: nil, progress: progress) : nil
        if let replayed, replayed.replayedDigest != digest {
            throw AssistantError(.badBackup(.differs(expected: digest, found: replayed.replayedDigest)))
        }
        return replayed?.replayedDigest
    }

    /// Closes the log, exchanges the files and opens what is there then.
    private func swap(
        _ terms: RestoreTerms, _ takeOver: (LocalAssistant) -> Void
    ) throws(AssistantError) -> LocalAssistant {
        try onFiles { () throws(AssistantError) in
            checkpointQueue.sync {}
            conversations.hold()
            var failure: StorageError?
            do throws(StorageError) {
                try learner.withLock { learner throws(StorageError) in _ = try learner.settled() }
                try conversations.owners.close()
                try knowledge.close()
                try log.close()
                try directory.commitIncoming(keepsPrevious: terms.keepsPrevious)
            } catch {
                failure = error
            }
            // Where a start must put things right nothing more is learnt or read here.
            if let failure, failure.needsStart || log.refusal != nil {
                published.withLock { $0.isClosed = true }
                logger.critical("slmd must be restarted", metadata: ["reason": "\(failure)"])
                throw AssistantError(failure)
            }
            let successor = try LocalAssistant(
                configuration: configuration, encoding: encoding, logger: logger, clock: clock,
                directory: directory)
            takeOver(successor)
            conversations.handOver(to: successor.conversations)
            published.withLock { $0.isClosed = true }
            if let failure { throw AssistantError(failure) }
            return successor
        }
    }

    /// Closes the log of an assistant that is closed.
    private func leaveFiles() throws(AssistantError) {
        try storing { () throws(StorageError) in
            try conversations.owners.close()
            try knowledge.close()
            try log.close()
        }
    }

    /// Does what must not meet another backup or restoration.
    func onFiles<Value: Sendable>(
        _ work: () throws(AssistantError) -> Value
    ) throws(AssistantError) -> Value {
        try files.withLock { _ throws(AssistantError) in try work() }
    }
}
