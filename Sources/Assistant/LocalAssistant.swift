internal import Dialogue
internal import Dispatch
internal import Entities
public import Knowledge
internal import Learning
public import Logging
package import Storage
internal import Synchronization
public import Tensors

/// Understands texts and learns while it runs.
///
/// Every method may be called from any thread and blocks until it is done. Predictions use a snapshot of what
/// was learnt and never wait for learning; what is taught is durable and in force when the call returns.
public final class LocalAssistant: Sendable {
    private let settings: Mutex<AssistantConfiguration>
    let logger: Logger
    let clock: WallClock
    let encoding: TextEncoding
    let log: EventLog
    let checkpoints: CheckpointStore
    let conversations: Conversations
    let dialogues: Dialogues
    let policyLog: LearnedPolicy
    /// Tasks that nobody goes on with are counted here.
    let episodesQueue = DispatchQueue(label: "episodes", qos: .utility)
    /// When the next of them is, in microseconds since 1970; nil while none is waited for.
    let episodesWatched = Mutex<Int64?>(nil)
    let taskData: TaskData
    let recognizer = EntitySearch.grammars
    let knowledge: KnowledgeBase
    let support: Support
    private let matcher: Mutex<TaskMatcher>
    let replayer: Replayer
    /// Held while an event is made durable and applied.
    let learner: Mutex<Learner>
    /// Held only to copy it or to put a new one in its place.
    let published: Mutex<Published>
    /// Checkpoint files are written here, one after another, off the path of replies.
    let checkpointQueue = SteadyQueue(label: "checkpoints")
    /// Held-back examples are embedded here.
    let heldBackQueue = DispatchQueue(label: "held back")
    /// Held for a moment while a lesson is judged.
    let lessonGuard: Mutex<LessonGuard>
    let canaries = Mutex(Canaries())
    /// Exchanged by a reload.
    let heldBack = Mutex(HeldBack())
    let examples: TaughtExamples
    /// They are read here after a start.
    let examplesQueue = DispatchQueue(label: "examples", qos: .utility)
    let directory: StateDirectory
    /// Held while all files of the state are copied or exchanged.
    let files = Mutex(())

    /// Opens the model and the state, and comes back with exactly what was acknowledged before.
    ///
    /// - Parameters:
    ///   - pool: the threads that encode; nil: its own, as many as the settings say.
    ///   - progress: told now and then while the log is replayed or texts are embedded again.
    /// - Throws: `model`, `bootstrap`, `stateInUse` or `storage`.
    public convenience init(
        configuration: AssistantConfiguration, pool: ComputePool? = nil, logger: Logger,
        clock: WallClock = .system,
        progress: (Progress) -> Void = { _ in }
    ) throws(AssistantError) {
        try self.init(
            configuration: configuration,
            encoding: TextEncoding(
                opening: configuration.encoder,
                on: pool ?? ComputePool(threads: configuration.encoder.threads)),
            logger: logger, clock: clock, progress: progress)
    }

    /// With an encoder that is open already.
    ///
    /// - Parameter directory: the state's, when this process holds it already.
    package init(
        configuration: AssistantConfiguration, encoding: TextEncoding, logger: Logger,
        clock: WallClock = .system, directory held: StateDirectory? = nil,
        progress: (Progress) -> Void = { _ in }
    ) throws(AssistantError) {
        // Here, for who first needs it may stand back.
        _ = SteadyQueue.starter
        let opening = try Opening(
            configuration, encoding, clock, logger, directory: held, progress: progress)
        settings = Mutex(configuration)
        self.logger = logger
        self.clock = clock
        self.encoding = encoding
        directory = opening.directory
        log = opening.log
        checkpoints = opening.checkpoints
        conversations = opening.conversations
        dialogues = Dialogues(opening.conversations)
        policyLog = opening.policy
        taskData = TaskData(folder: opening.directory.path, clock: clock, logger: logger)
        knowledge = KnowledgeBase(opening.knowledge, encoding, logger: logger)
        support = Support(path: configuration.supportHead)
        matcher = Mutex(
            TaskMatcher(
                configuration.tasks,
                reading: TurnReading(
                    encoding: encoding, speller: nil, contextWeight: configuration.learning.contextWeight,
                    limits: configuration.limits)))
        examples = TaughtExamples(log: opening.log)
        replayer = opening.replayer
        published = Mutex(Published(opening.learner, speller: opening.speller))
        learner = Mutex(opening.learner)
        lessonGuard = Mutex(LessonGuard(configuration.guarding, accounts: opening.accounts))
        if opening.isNew, case .file(let path) = configuration.bootstrap { try begin(with: path) }
        let canaries = try readCanaries(configuration)
        self.canaries.withLock { $0 = canaries }
        finishImports(progress: progress)
        prepareHeldBack()
        prepareExamples()
        taskData.prepare(tasks.book.queries)
        writeCheckpointIfDue()
        if held == nil, directory.hasOldPrevious {
            try storing { () throws(StorageError) in try directory.removePrevious(isForced: false) }
        }
        // Not before all is well: what fails leaves its files to others at once.
        policyLog.follow()
        watchEpisodesFromStart()
        knowledge.start()
    }

    /// Predicts each text's intent, all in one pass of the encoder. What is said in a session becomes a turn
    /// of it.
    ///
    /// - Parameter policy: of the calling thread, and so of those that encode for it.
    public func predict(
        _ utterances: [Utterance], _ policy: SchedulingPolicy = .normal
    ) -> [Result<Prediction, AssistantError>] {
        let published = snapshot()
        guard !published.isClosed else { return utterances.map { _ in .failure(.closed) } }
        let speeches = utterances.map { conversations.speeches.begin($0.speaker) }
        let admissions = utterances.map { utterance in
            Result { () throws(AssistantError) in
                if let speaker = utterance.speaker { try conversations.owners.admit(speaker) }
            }
        }
        let predictions = pipeline(published, policy).predict(utterances)
        let answers = zip(admissions, predictions).map { admission, prediction in
            admission.flatMap { prediction }
        }
        conversations.record(spoken(utterances, answers, speeches))
        return answers
    }

    /// Embeds each text as it is written, all in one pass of the encoder.
    public func embed(
        _ utterances: [Utterance], _ policy: SchedulingPolicy = .normal
    ) -> [Result<TextEmbedding, AssistantError>] {
        let published = snapshot()
        guard !published.isClosed else { return utterances.map { _ in .failure(.closed) } }
        return pipeline(published, policy).embed(utterances)
    }

    /// The intents known now, by name.
    public func intents() -> [IntentSummary] {
        snapshot().intents
    }

    /// Nothing here waits for a training or an erasure that is at work.
    ///
    /// - Parameter viewer: the knowledge base is told as he can see it; nil: all of it.
    public func status(for viewer: Viewer? = nil) -> AssistantStatus {
        let head = headSummary()
        let published = snapshot()
        return AssistantStatus(
            model: encoding.model, head: head, intents: published.intents.count,
            events: published.events, learningRefused: log.refusal?.description,
            conversations: conversations.status, heldBack: heldBack.withLock { $0 }.status,
            data: taskData.status(of: tasks.book.queries), knowledge: knowledgeStatus(for: viewer))
    }

    /// The tasks that hold now.
    var tasks: TaskMatcher { matcher.withLock { $0 } }

    /// What holds now; a reload may change it.
    var configuration: AssistantConfiguration { settings.withLock { $0 } }

    /// Reads the head again from its newest checkpoint and the log, and takes over what needs no restart: the
    /// place of the state, the encoder and the seed stay what they are.
    ///
    /// - Throws: `canaries`, `storage`; then nothing has changed.
    public func reload(_ configuration: AssistantConfiguration) throws(AssistantError) {
        guard !snapshot().isClosed else { throw .closed }
        let canaries = try readCanaries(configuration)
        let former = tasks
        let matcher =
            former.book == configuration.tasks
            ? former : TaskMatcher(configuration.tasks, reading: reading(nil))
        try atLength { () throws(AssistantError) in
            try learner.withLock { learner throws(AssistantError) in
                let plan = try storing { () throws(StorageError) in
                    _ = try learner.settled()
                    return try log.plan()
                }
                let successor = try replayer.learner(after: plan)
                settings.withLock { $0 = configuration }
                self.matcher.withLock { $0 = matcher }
                conversations.use(configuration.conversations)
                policyLog.use(configuration.policy)
                install(successor, of: learner.count, in: &learner)
            }
        }
        published.withLock { $0.snapshotDue = 0 }
        self.canaries.withLock { $0 = canaries }
        prepareHeldBack()
        taskData.prepare(tasks.book.queries)
        lessonGuard.withLock { $0.settings = GuardSettings(configuration.guarding) }
    }

    /// Gives back the memory of the encoder's buffers: some megabytes after long texts or many at once. What is encoded
    /// next takes anew what it needs; a pass under way keeps its own.
    public func releaseBuffers() {
        encoding.releaseBuffers()
    }

    /// Writes a last checkpoint. Afterwards every call answers `closed`; closing again does nothing.
    public func close() throws(AssistantError) {
        let wasOpen = published.withLock { published in
            defer { published.isClosed = true }
            return !published.isClosed
        }
        guard wasOpen else { return }
        episodesQueue.sync {}
        conversations.close()
        policyLog.close()
        heldBackQueue.sync {}
        checkpointQueue.sync {}
        try storing { () throws(StorageError) in
            try knowledge.close()
            try writeCheckpoint()
        }
    }

    /// Does what holds the learner for seconds; meanwhile the status does not wait for it.
    func atLength<Value>(_ change: () throws(AssistantError) -> Value) throws(AssistantError) -> Value {
        // What is told until then is of the head that is in force until then.
        _ = current()
        published.withLock { $0.lengthyChanges += 1 }
        defer { published.withLock { $0.lengthyChanges -= 1 } }
        return try change()
    }

    func snapshot() -> Published {
        published.withLock { $0 }
    }

    func reading(_ speller: SpellingCorrector?, _ policy: SchedulingPolicy = .normal) -> TurnReading {
        TurnReading(
            encoding: encoding, speller: speller, contextWeight: configuration.learning.contextWeight,
            limits: configuration.limits, policy: policy)
    }

    func pipeline(_ published: Published, _ policy: SchedulingPolicy = .normal) -> TurnPipeline {
        let reading = reading(published.speller, policy)
        return TurnPipeline(
            reading: reading, entities: EntitySearch(recognizer, at: now), classifier: published.classifier,
            slotReading: SlotReading(reading: reading, tagger: published.tagger))
    }
}

/// What predictions need, at one moment.
struct Published: Sendable {
    var classifier: IntentClassifier
    /// Nil until slots were taught.
    var tagger: SlotTagger?
    var intents: [IntentSummary]
    /// How many the log holds.
    var events: Int
    var speller: SpellingCorrector?
    /// What people said of answers.
    var answers: AnswerLessons
    /// The last event that the classifier has seen.
    var event: EventID
    /// The last digest that was computed; empty before the first.
    var head: AssistantStatus.Head
    /// Of the learner's past that this was taken from.
    var generation: Int
    /// Changes at work that hold the learner for seconds.
    var lengthyChanges = 0
    /// When an automatic snapshot is due, in microseconds since 1970; 0 before anybody has looked at the last
    /// one.
    var snapshotDue: Int64 = 0
    /// Whether a checkpoint waits to be written.
    var isCheckpointAsked = false
    var isClosed = false

    init(_ learner: borrowing Learner, speller: SpellingCorrector?) {
        classifier = learner.classifier
        tagger = learner.head.tagger
        intents = learner.head.intents.map(IntentSummary.init)
        events = learner.count
        event = learner.event
        generation = learner.generation
        answers = learner.answers
        head =
            learner.digest.map { AssistantStatus.Head(learner.head, digest: $0, at: learner.event) }
            ?? AssistantStatus.Head(digest: "", bytes: 0, event: 0)
        self.speller = speller
    }

    /// Whether the digest is that of the head whose classifier this is; otherwise it is of an earlier one.
    var isDigestKnown: Bool { head.event == event.rawValue && !head.digest.isEmpty }

    /// Takes over what another past has made.
    mutating func succeed(_ successor: consuming Published) {
        successor.isClosed = isClosed
        successor.lengthyChanges = lengthyChanges
        successor.isCheckpointAsked = isCheckpointAsked
        successor.snapshotDue = snapshotDue
        self = successor
    }

    /// - Returns: whether one was asked for already.
    mutating func noteCheckpointAsked() -> Bool {
        defer { isCheckpointAsked = true }
        return isCheckpointAsked
    }
}

extension IntentSummary {
    init(_ count: IntentCount) {
        self.init(intent: count.intent.description, examples: count.examples)
    }
}
