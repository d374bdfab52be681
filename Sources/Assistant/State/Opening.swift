internal import Learning
internal import Logging
internal import Storage

/// The state as it was left: the newest checkpoint, and the events after it replayed.
struct Opening {
    let directory: StateDirectory
    let log: EventLog
    let knowledge: KnowledgeStore
    let checkpoints: CheckpointStore
    let conversations: Conversations
    let policy: LearnedPolicy
    let replayer: Replayer
    let learner: Learner
    let speller: SpellingCorrector?
    let accounts: [GuardAccount]
    /// True when nothing was ever learnt here.
    let isNew: Bool

    /// Rows embedded again in one commit.
    private static let rowsOfACommit = 256

    init(
        _ configuration: AssistantConfiguration, _ encoding: TextEncoding, _ clock: WallClock,
        _ logger: Logger, directory held: StateDirectory?, progress: (Progress) -> Void
    ) throws(AssistantError) {
        do throws(StorageError) {
            directory = if let held { held } else { try StateDirectory(path: configuration.stateDirectory) }
            log = try EventLog(path: directory.log)
            knowledge = try KnowledgeStore(path: directory.knowledge)
            checkpoints = CheckpointStore(directory: directory.heads, logger: logger)
            policy = LearnedPolicy(configuration.policy, log: log, logger: logger)
            conversations = try Conversations(
                configuration.conversations, directory: directory, log: log, policy: policy, clock: clock,
                logger: logger)
            isNew = try log.newestEver() == .none
            accounts = try log.accounts()
            let reading = TurnReading(
                encoding: encoding, contextWeight: configuration.learning.contextWeight,
                limits: configuration.limits)
            try Self.embedAgain(log, reading, logger, progress)
        } catch {
            throw AssistantError(error)
        }
        replayer = Replayer(
            log: log, checkpoints: checkpoints, model: encoding.model,
            settings: HeadSettings(configuration.learning))
        try Self.finishErasing(
            replayer, conversations, in: directory, isHeld: held != nil, logger, progress)
        learner = try Self.restore(replayer, logger, progress)
        speller =
            configuration.learning.correctsSpelling
            ? SpellingCorrector(words: encoding.words, taught: learner.words) : nil
    }

    private static func restore(
        _ replayer: Replayer, _ logger: Logger, _ progress: (Progress) -> Void
    ) throws(AssistantError) -> Learner {
        let plan = try storing { () throws(StorageError) in try replayer.log.plan() }
        let (learner, replayed) = try replayer.learner(after: plan, telling: progress, logger)
        logger.info(
            "state restored",
            metadata: [
                "events": "\(learner.count)", "replayed": "\(replayed)", "position": "\(learner.event)",
                "intents": "\(learner.head.intents.count)",
            ])
        return learner
    }

    /// An erasure that a crash cut short is finished before anything else is learnt.
    ///
    /// - Parameter isHeld: whether the state takes the place of another, which is to stay for now.
    private static func finishErasing(
        _ replayer: Replayer, _ conversations: Conversations, in directory: StateDirectory, isHeld: Bool,
        _ logger: Logger, _ progress: (Progress) -> Void
    ) throws(AssistantError) {
        guard try storing({ () throws(StorageError) in try replayer.log.unsettled() }) > 0 else { return }
        logger.notice("an erasure was cut short; it is finished now")
        do throws(AssistantError) {
            _ = try replayer.renewCheckpoints(logger, telling: progress)
            try conversations.withArchive { archive throws(StorageError) in
                if let turns = try replayer.log.unsettledTurns() { try archive.remove(turns) }
            }
            try storing { () throws(StorageError) in
                if !isHeld { try directory.removePrevious(isForced: true) }
                try replayer.log.settle(rewriting: true)
            }
        } catch {
            // What was erased counts no more in any case; a full disk must not keep the daemon from
            // answering.
            logger.error(
                "erased lessons may still be in files; the next start tries again",
                metadata: ["reason": "\(error)"])
        }
    }

    /// Embeds every text again whose features came from another encoder. Stopped on the way, it goes on from
    /// there: each row names its encoder.
    private static func embedAgain(
        _ log: EventLog, _ reading: TurnReading, _ logger: Logger, _ progress: (Progress) -> Void
    ) throws(StorageError) {
        let encoder = reading.encoding.model.digest
        var count = 0
        while case let rows = try log.staleRows(encoder: encoder, limit: rowsOfACommit), !rows.isEmpty {
            try log.replace(reading.fresh(rows), encoder: encoder)
            count += rows.count
            progress(Progress(phase: .embedding, done: count, total: count))
        }
        guard count > 0 else { return }
        try log.forgetEncoders(except: encoder)
        logger.notice(
            "the encoder has changed: stored texts were embedded again", metadata: ["texts": "\(count)"])
    }
}

extension Replayer {
    /// The learner after a replay that nobody gives up: told every two seconds.
    func learner(
        after plan: ReplayPlan, telling progress: (Progress) -> Void, _ logger: Logger
    ) throws(AssistantError) -> (learner: Learner, replayed: Int) {
        var replayed = 0
        var told = ContinuousClock.now
        let learner = try learner(after: plan) { done, total in
            replayed = done
            guard ContinuousClock.now - told >= .seconds(2) else { return }
            told = .now
            progress(Progress(phase: .replaying, done: done, total: total))
            logger.info("replaying the log", metadata: ["done": "\(done)", "of": "\(total)"])
        }
        return (learner, replayed)
    }
}

extension HeadSettings {
    init(_ settings: LearningSettings) {
        self.init(seed: settings.seed)
    }
}

extension TurnReading {
    /// Texts that were once admitted are not judged again.
    fileprivate func fresh(_ rows: [StaleRow]) -> [FreshFeatures] {
        let turns = rows.map { tokenize(CorrectedTurn(asIs: Utterance($0.text, context: $0.context))) }
        let depth: TextEncoding.Depth = rows.contains { $0.slots != nil } ? .tokens : .text
        return zip(rows, embed(turns, depth: depth)).compactMap { row, turn in
            guard let embedded = try? turn.get() else { return nil }  // truncating never fails
            // Slots that the new encoder cannot read are as if they had not been taught.
            let slots = try? slotLesson(row.slots, in: embedded)
            return FreshFeatures(place: row.place, features: features(embedded), slots: slots)
        }
    }
}
