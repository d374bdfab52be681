internal import Dispatch
internal import Learning
internal import Logging
internal import Storage
internal import Synchronization

extension LocalAssistant {
    /// Takes lessons back exactly: their events, texts and features leave the log, its file, the checkpoints
    /// and the snapshots, with them what was said where they were taught; and the head becomes what it would
    /// be had they never been. What a dialogue was taught by a mistake goes alone: what was said in it stays, and it is
    /// where it would be without that turn. What is said in a session that is forgotten, and is in work until this is done,
    /// is forgotten with it, and never recorded: it gets `forgotten` for an answer.
    ///
    /// - Parameters:
    ///   - owner: only what this user taught counts.
    ///   - isProved: whether to replay the whole log from nothing as well, for comparison.
    ///   - progress: of the replay; what it throws ends it with `cancelled`, and nothing is taken back.
    /// - Throws: `nothingToErase`, `storage`.
    /// - Complexity: a replay from the newest checkpoint before the first of them.
    public func erase(
        _ selection: LessonSelection, of owner: UInt32? = nil, isProved: Bool = false,
        progress: (Progress) throws(CancellationError) -> Void
    ) throws(AssistantError) -> ErasureOutcome {
        guard !snapshot().isClosed else { throw .closed }
        let taken = Result { () throws(AssistantError) in
            try atLength { () throws(AssistantError) in try takeOut(selection, of: owner, progress) }
        }
        if case .failure(let error) = taken, error != .nothingToErase(selection) { throw error }
        let sources = try takeOutSources(selection, of: owner)
        guard sources == 0 || (try? taken.get()) != nil else {  // sources alone are something, too
            let now = headSummary()
            return ErasureOutcome(
                events: [], turns: 0, sources: sources, checkpoints: 0, digest: now.digest,
                intents: snapshot().intents.count, replayedDigest: nil)
        }
        let erased = try taken.get()
        let checkpoints: Int
        do throws(AssistantError) {
            dialogues.lose(erased.events, selection, of: owner, taughtIn: erased.erasure.sessions)
            try policyLog.recall()
            erased.forgetting.end()
            checkpoints = try removeTraces(of: erased.erasure.stale, isSecret: !selection.isMistake) {
                try? progress($0)  // too late to stop: they are gone from the log
            }
        } catch {
            throw .storage(
                reason:
                    "the lessons count no more, but may still be in files, until the next start: \(error)",
                isRetryable: false)
        }
        let now = headSummary()
        let proof = isProved ? try replayed(through: nil, progress: progress).head.digest : nil
        logger.notice(
            "lessons taken back",
            metadata: [
                "events": "\(erased.events.count)", "turns": "\(erased.erasure.turns.count)",
                "digest": "\(now.digest)",
            ])
        return ErasureOutcome(
            events: erased.events.map(\.rawValue), turns: erased.erasure.turns.count,
            sources: sources, checkpoints: checkpoints,
            digest: now.digest,
            intents: snapshot().intents.count, replayedDigest: proof)
    }

    /// Leaves nothing in the files of what was just erased, or earlier and could not be finished then: that
    /// may be a secret.
    ///
    /// - Parameters:
    ///   - turns: what was said with it.
    ///   - isSecret: whether it goes from the state before a restoration, too, and the log's whole file is
    ///     written anew.
    ///   - rewriting: whether that is done in any case.
    ///   - progress: told now and then while snapshots are made anew.
    /// - Returns: how many checkpoints and snapshots were concerned.
    func removeTraces(
        of turns: [Int64], isSecret: Bool, rewriting: Bool = false,
        telling progress: (Progress) -> Void = { _ in }
    ) throws(AssistantError) -> Int {
        let others = try storing { () throws(StorageError) in try log.unsettled() } - 1
        let isSecret = isSecret || others > 0
        try conversations.withArchive { archive throws(StorageError) in
            try archive.remove(turns)
            if let left = try log.unsettledTurns() { try archive.remove(left) }
        }
        let count = try onCheckpointQueue { () throws(AssistantError) in
            let count = try replayer.renewCheckpoints(logger, telling: progress, score: heldBackScore)
            try storing { () throws(StorageError) in try writeCheckpoint() }
            return count
        }
        try storing { () throws(StorageError) in
            if isSecret { try directory.removePrevious(isForced: true) }
            try log.settle(rewriting: isSecret || rewriting)
        }
        return count
    }

    /// The head without the lessons is made first; then they leave the log, and it takes its place.
    private func takeOut(
        _ selection: LessonSelection, of owner: UInt32?,
        _ progress: (Progress) throws(CancellationError) -> Void
    ) throws(AssistantError) -> (events: [EventID], erasure: Erasure, forgetting: Forgetting) {
        // A disk that fails is known before the long replay.
        try flushConversations()
        let turns = TurnSelection(selection, of: owner)
        return try learner.withLock { learner throws(AssistantError) in
            let events = try storing { () throws(StorageError) in
                _ = try learner.settled()
                return try log.events(
                    ErasureSelection(selection), of: owner, beside: try checkpoints.named().map(\.event))
            }
            guard !events.isEmpty else {
                let forgetting = try forget(selection, events, of: owner)
                return (events, try takeOut(turns, selection, of: owner, forgetting), forgetting)
            }
            let omitting = Set(events)
            let plan = try storing { () throws(StorageError) in try log.plan(omitting: omitting) }
            let successor = try replayer.learner(after: plan, omitting: omitting) {
                done, total throws(AssistantError) in
                try Self.report(done, total, to: progress)
            }
            let forgetting = try forget(selection, events, of: owner)
            let erasure = try storing { () throws(StorageError) in
                try log.erase(
                    events, turns: turns, revising: selection.isMistake ? .takingBack : .forgetting,
                    time: clock.microseconds())
            }
            install(successor, of: learner.count - events.count, in: &learner)
            return (events, erasure, forgetting)
        }
    }

    /// Has what is in work forgotten with what goes from the log, and writes what waits: it goes, too.
    private func forget(
        _ selection: LessonSelection, _ events: [EventID], of owner: UInt32?
    ) throws(AssistantError) -> Forgetting {
        let sessions = try storing { () throws(StorageError) in try log.sessions(taughtIn: events) }
        let forgetting = conversations.speeches.forget(
            SpeechSelection(lessons: selection, owner: owner, sessions: sessions))
        try flushConversations()
        return forgetting
    }

    /// What waits for a better disk would come back after it was erased.
    func flushConversations() throws(AssistantError) {
        guard let fault = conversations.flush() else { return }
        throw .storage(reason: "what was said last is not written yet: \(fault)", isRetryable: true)
    }

    /// With a user go the sources that nobody else could see.
    ///
    /// - Returns: how many.
    private func takeOutSources(
        _ selection: LessonSelection, of owner: UInt32?
    ) throws(AssistantError) -> Int {
        guard case .user(let uid) = selection, owner == nil || owner == uid else { return 0 }
        let count = try knowledge.forget(user: uid)
        // A state before a restoration may hold them, too.
        if count > 0 {
            try storing { () throws(StorageError) in try directory.removePrevious(isForced: true) }
        }
        return count
    }

    /// Where nothing was taught, what was said goes alone.
    private func takeOut(
        _ turns: TurnSelection, _ selection: LessonSelection, of owner: UInt32?, _ forgetting: Forgetting
    ) throws(AssistantError) -> Erasure {
        guard turns != .ofEvents else { throw .nothingToErase(selection) }
        let erasure = try storing { () throws(StorageError) in
            try log.erase([], turns: turns, time: clock.microseconds())
        }
        // Where turns are not kept, a dialogue may be in memory alone; what is in work always is.
        guard !erasure.turns.isEmpty || forgetting.count > 0 || dialogues.hold(selection, of: owner) else {
            throw .nothingToErase(selection)
        }
        return erasure
    }

    /// Replays the log from nothing up to a snapshot, or up to now, and compares the head and the words that were taught; now also
    /// what was said of answers and the policy, which snapshots do not hold.
    ///
    /// - Parameter progress: of the replay; what it throws ends it with `cancelled`.
    /// - Throws: `snapshotNotFound`, `storage`.
    public func verify(
        snapshot name: String?, progress: (Progress) throws(CancellationError) -> Void
    ) throws(AssistantError) -> Verification {
        guard !snapshot().isClosed else { throw .closed }
        let (checkpoint, answers) = try storing { () throws(StorageError) -> (Checkpoint, AnswerLessons?) in
            if let name { return (try checkpoints.load(named: name), nil) }
            return try takeState()
        }
        let plan = try storing { () throws(StorageError) in try log.plan(through: checkpoint.event) }
        let learner = try replayed(through: checkpoint.event, progress: progress)
        var differing: [Verification.Part] = []
        if checkpoint.words != learner.words.encoded() { differing.append(.words) }
        if let answers, !answers.isSame(as: learner.answers) { differing.append(.answers) }
        if name == nil, try !policyLog.isReplayed() { differing.append(.policy) }
        return Verification(
            digest: Checkpoint.digest(ofHead: checkpoint.head), replayedDigest: learner.head.digest,
            events: try storing { () throws(StorageError) in try log.count(in: plan) }, differing: differing)
    }

    /// Makes the head again what it was in a snapshot: an event like any other, which can be taken back.
    ///
    /// - Parameter progress: of the replay that a snapshot of another version or encoder needs; what it
    ///   throws ends it with `cancelled`, and nothing has changed.
    /// - Throws: `snapshotNotFound`, `storage`.
    public func restore(
        snapshot name: String, by contributor: Contributor,
        progress: (Progress) throws(CancellationError) -> Void = { _ in }
    ) throws(AssistantError) -> Restoration {
        guard !snapshot().isClosed else { throw .closed }
        let restoration = try learner.withLock { learner throws(AssistantError) in
            let position = try storing { () throws(StorageError) in try checkpoints.load(named: name).event }
            let plan = try storing { () throws(StorageError) in
                _ = try learner.settled()
                return try log.plan(through: position)
            }
            // The snapshot itself is where this replay begins, unless the encoder has changed since.
            let successor = try replayer.learner(after: plan) { done, total throws(AssistantError) in
                try Self.report(done, total, to: progress)
            }
            let event = NewEvent(
                .restored(position), origin: Origin(contributor), time: clock.microseconds())
            let learnt = try storing { () throws(StorageError) in try learner.learn([event], names: [:]) }
            install(successor, of: learner.count, in: &learner)
            return Restoration(
                event: (learnt.first?.event ?? .none).rawValue, position: position.rawValue,
                digest: learner.digest ?? learner.head.digest, intents: learner.head.intents.count)
        }
        writeCheckpointIfDue()
        return restoration
    }

    /// Puts another learner in the place of this one, and in force.
    func install(_ successor: consuming Learner, of count: Int, in learner: inout Learner) {
        successor.succeed(learner, count: count)
        learner = successor
        publish(learner, after: nil)
        examples.drop()
    }

    private func replayed(
        through end: EventID?, progress: (Progress) throws(CancellationError) -> Void
    ) throws(AssistantError) -> Learner {
        let plan = try storing { () throws(StorageError) in try log.plan(through: end) }
        return try replayer.learner(after: plan, from: .nothing) { done, total throws(AssistantError) in
            try Self.report(done, total, to: progress)
        }
    }

    static func report(
        _ done: Int, _ total: Int, to progress: (Progress) throws(CancellationError) -> Void
    ) throws(AssistantError) {
        do {
            try progress(Progress(phase: .replaying, done: done, total: total))
        } catch {
            throw .cancelled
        }
    }

    /// Does what must not meet the writing of a checkpoint.
    func onCheckpointQueue<Value>(
        _ work: () throws(AssistantError) -> Value
    ) throws(AssistantError) -> Value {
        try checkpointQueue.sync {
            Result { () throws(AssistantError) in try work() }
        }.get()
    }
}
