internal import Learning
internal import Logging
internal import Storage

/// The state as it was left: the newest checkpoint, and the events after it replayed.
struct Opening {
    let directory: StateDirectory
    let log: EventLog
    let checkpoints: CheckpointStore
    let learner: Learner
    let speller: SpellingCorrector?
    let summary: AssistantStatus.Head
    /// True when nothing was ever learnt here.
    let isNew: Bool

    /// Rows embedded again in one commit.
    private static let rowsOfACommit = 256

    init(_ configuration: AssistantConfiguration, _ encoding: TextEncoding, _ logger: Logger)
        throws(AssistantError)
    {
        do throws(StorageError) {
            directory = try StateDirectory(path: configuration.stateDirectory)
            log = try EventLog(path: directory.log)
            checkpoints = CheckpointStore(
                directory: directory.heads, kept: configuration.checkpoints.keep, logger: logger)
            let last = try log.last()
            isNew = last == .none
            let reading = TurnReading(
                encoding: encoding, contextWeight: configuration.learning.contextWeight,
                limits: configuration.limits)
            try Self.embedAgain(log, reading, logger)
            (learner, summary) = try Self.restore(
                log, checkpoints, encoding.model, HeadSettings(configuration.learning), last, logger)
            speller = configuration.learning.correctsSpelling ? try Self.speller(encoding.words, log) : nil
        } catch {
            throw AssistantError(error)
        }
    }

    private static func restore(
        _ log: EventLog, _ checkpoints: CheckpointStore, _ model: AssistantStatus.Model,
        _ settings: HeadSettings,
        _ last: EventID, _ logger: Logger
    ) throws(StorageError) -> (Learner, AssistantStatus.Head) {
        let newest = try checkpoints.loadNewest(encoder: model.digest, atMost: last) {
            bytes throws(CheckpointError) in try IntentHead(decoding: bytes)
        }
        // Another seed gives another head: the whole log is replayed with it.
        let usable = newest.flatMap { $0.head.settings == settings ? $0 : nil }
        var learner = Learner(
            head: usable?.head ?? IntentHead(settings: settings), at: usable?.checkpoint.event ?? .none,
            log: log,
            encoder: model.digest)
        let replayed = try learner.replay(width: model.dimension)
        logger.info(
            "state restored",
            metadata: [
                "events": "\(last)", "checkpoint": "\(usable?.checkpoint.event ?? .none)",
                "replayed": "\(replayed)",
                "intents": "\(learner.head.intents.count)",
            ])
        let summary =
            usable.map {
                AssistantStatus.Head($0.head, digest: $0.checkpoint.digest, at: $0.checkpoint.event)
            }
            ?? AssistantStatus.Head(digest: "", bytes: 0, event: 0)
        return (learner, summary)
    }

    /// Embeds every text again whose features came from another encoder. Stopped on the way, it goes on from
    /// there: each row names its encoder.
    private static func embedAgain(
        _ log: EventLog, _ reading: TurnReading, _ logger: Logger
    ) throws(StorageError) {
        let encoder = reading.encoding.model.digest
        var count = 0
        while case let rows = try log.staleRows(encoder: encoder, limit: rowsOfACommit), !rows.isEmpty {
            try log.replace(reading.fresh(rows), encoder: encoder)
            count += rows.count
        }
        guard count > 0 else { return }
        try log.forgetEncoders(except: encoder)
        logger.notice(
            "the encoder has changed: stored texts were embedded again", metadata: ["texts": "\(count)"])
    }

    private static func speller(_ words: [String], _ log: EventLog) throws(StorageError) -> SpellingCorrector
    {
        var speller = SpellingCorrector(words: words)
        try log.forEachText(after: .none) { speller.learn($0) }
        return speller
    }
}

extension HeadSettings {
    init(_ settings: LearningSettings) {
        self.init(seed: settings.seed)
    }
}

extension TurnReading {
    /// Texts that were once admitted are not judged again; one that cannot be read any more keeps its row
    /// empty of features and is reported by the replay.
    fileprivate func fresh(_ rows: [StaleRow]) -> [FreshFeatures] {
        let names = features(of: rows.compactMap(\.name))
        let turns = rows.map { row in
            tokenize(CorrectedTurn(asIs: Utterance(row.text ?? "", context: row.context)))
        }
        return zip(rows, embed(turns)).map { row, turn in
            let embedded = try? turn.get()  // truncating never fails
            let features = row.text == nil ? nil : embedded.map(self.features)
            return FreshFeatures(place: row.place, features: features, name: row.name.flatMap { names[$0] })
        }
    }
}
