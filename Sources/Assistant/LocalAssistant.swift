internal import Dispatch
internal import Learning
public import Logging
internal import Storage
internal import Synchronization

/// Understands texts and learns while it runs.
///
/// Every method may be called from any thread and blocks until it is done. Predictions use a snapshot of what
/// was learnt and never wait for learning; what is taught is durable and in force when the call returns.
public final class LocalAssistant: Sendable {
    let configuration: AssistantConfiguration
    let logger: Logger
    let clock: WallClock
    let encoding: TextEncoding
    let log: EventLog
    let checkpoints: CheckpointStore
    /// Held while an event is made durable and applied.
    let learner: Mutex<Learner>
    /// Held only to copy it or to put a new one in its place.
    let published: Mutex<Published>
    /// Checkpoint files are written here, one after another, off the path of replies.
    let checkpointQueue = DispatchQueue(label: "checkpoints")
    private let directory: StateDirectory

    /// Opens the model and the state, and comes back with exactly what was acknowledged before.
    ///
    /// - Throws: `model`, `bootstrap`, `stateInUse` or `storage`.
    public convenience init(
        configuration: AssistantConfiguration, logger: Logger, clock: WallClock = .system
    ) throws(AssistantError) {
        try self.init(
            configuration: configuration, encoding: TextEncoding(opening: configuration.encoder),
            logger: logger,
            clock: clock)
    }

    /// With an encoder that is open already.
    package init(
        configuration: AssistantConfiguration, encoding: TextEncoding, logger: Logger,
        clock: WallClock = .system
    ) throws(AssistantError) {
        let opening = try Opening(configuration, encoding, logger)
        self.configuration = configuration
        self.logger = logger
        self.clock = clock
        self.encoding = encoding
        directory = opening.directory
        log = opening.log
        checkpoints = opening.checkpoints
        published = Mutex(
            Published(
                opening.learner.classifier, intents: opening.learner.head.intents, at: opening.learner.event,
                speller: opening.speller, head: opening.summary))
        learner = Mutex(opening.learner)
        if opening.isNew, case .file(let path) = configuration.bootstrap { try begin(with: path) }
        writeCheckpointIfDue()
    }

    /// Predicts each text's intent, all in one pass of the encoder.
    public func predict(_ utterances: [Utterance]) -> [Result<Prediction, AssistantError>] {
        let published = snapshot()
        guard !published.isClosed else { return utterances.map { _ in .failure(.closed) } }
        return pipeline(published).predict(utterances)
    }

    /// Embeds each text as it is written, all in one pass of the encoder.
    public func embed(_ utterances: [Utterance]) -> [Result<TextEmbedding, AssistantError>] {
        let published = snapshot()
        guard !published.isClosed else { return utterances.map { _ in .failure(.closed) } }
        return pipeline(published).embed(utterances)
    }

    /// The intents known now, by name.
    public func intents() -> [IntentSummary] {
        snapshot().intents
    }

    /// The head's digest trails while something is being learnt; nothing here waits for it.
    public func status() -> AssistantStatus {
        let head = headSummary()
        let published = snapshot()
        return AssistantStatus(
            model: encoding.model, head: head, intents: published.intents.count,
            events: published.event.rawValue, learningRefused: log.refusal?.description)
    }

    /// Writes a last checkpoint. Afterwards every call answers `closed`; closing again does nothing.
    public func close() throws(AssistantError) {
        let wasOpen = published.withLock { published in
            defer { published.isClosed = true }
            return !published.isClosed
        }
        guard wasOpen else { return }
        checkpointQueue.sync {}
        try storing { () throws(StorageError) in try writeCheckpoint() }
    }

    func snapshot() -> Published {
        published.withLock { $0 }
    }

    func reading(_ speller: SpellingCorrector?) -> TurnReading {
        TurnReading(
            encoding: encoding, speller: speller, contextWeight: configuration.learning.contextWeight,
            limits: configuration.limits)
    }

    func pipeline(_ published: Published) -> TurnPipeline {
        TurnPipeline(reading: reading(published.speller), classifier: published.classifier)
    }
}

/// What predictions need, at one moment.
struct Published: Sendable {
    var classifier: IntentClassifier
    var intents: [IntentSummary]
    var event: EventID
    var speller: SpellingCorrector?
    /// The last digest that was computed.
    var head: AssistantStatus.Head
    var isClosed = false

    init(
        _ classifier: IntentClassifier, intents: [IntentCount], at event: EventID,
        speller: SpellingCorrector?,
        head: AssistantStatus.Head
    ) {
        self.classifier = classifier
        self.intents = intents.map(IntentSummary.init)
        self.event = event
        self.speller = speller
        self.head = head
    }

    /// Takes over what the learner has become, and knows the words of `texts` from now on.
    mutating func take(
        _ classifier: IntentClassifier, _ intents: [IntentCount], at event: EventID, texts: [String]
    ) {
        self.classifier = classifier
        self.intents = intents.map(IntentSummary.init)
        self.event = event
        for text in texts { speller?.learn(text) }
    }
}

extension IntentSummary {
    fileprivate init(_ count: IntentCount) {
        self.init(intent: count.intent.description, examples: count.examples)
    }
}
