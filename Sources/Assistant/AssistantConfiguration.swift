public import Dialogue
public import Entities
internal import Glibc

/// Everything an assistant is told when it starts.
public struct AssistantConfiguration: Sendable {
    /// Where what was learnt is kept; made with mode 0700 when it is missing.
    public var stateDirectory: String
    public var encoder: EncoderSettings
    public var bootstrap: Bootstrap
    public var learning: LearningSettings
    public var guarding: GuardingSettings
    public var checkpoints: CheckpointSettings
    public var snapshots: SnapshotSettings
    /// A file of examples that are never taught, to measure the head by at each snapshot; nil for none.
    public var heldBack: String?
    public var limits: TextLimits
    public var conversations: ConversationSettings
    /// Whose clocks tell what dates and times are relative to.
    public var timeZone: TimeZoneRules
    /// What users may have done, and the word lists of its slots.
    public var tasks: TaskBook
    /// What replies say where a task has no words of its own.
    public var phrases: Phrases
    /// After so many seconds without a turn a dialogue begins anew.
    public var dialogueLifetime: Int
    public var policy: PolicySettings
    public var knowledge: KnowledgeSettings
    /// The file of the head that says what supports a reply; nil where there is none.
    public var supportHead: String?

    public init(
        stateDirectory: String, encoder: EncoderSettings, bootstrap: Bootstrap = .none,
        learning: LearningSettings = LearningSettings(),
        guarding: GuardingSettings = GuardingSettings(),
        checkpoints: CheckpointSettings = CheckpointSettings(),
        snapshots: SnapshotSettings = SnapshotSettings(), heldBack: String? = nil,
        limits: TextLimits = TextLimits(),
        conversations: ConversationSettings = ConversationSettings(), timeZone: TimeZoneRules = .utc,
        tasks: TaskBook = TaskBook(), phrases: Phrases = Phrases(), dialogueLifetime: Int = 24 * 3600,
        policy: PolicySettings = PolicySettings(), knowledge: KnowledgeSettings = KnowledgeSettings(),
        supportHead: String? = nil
    ) {
        self.stateDirectory = stateDirectory
        self.encoder = encoder
        self.bootstrap = bootstrap
        self.learning = learning
        self.guarding = guarding
        self.checkpoints = checkpoints
        self.snapshots = snapshots
        self.heldBack = heldBack
        self.limits = limits
        self.conversations = conversations
        self.timeZone = timeZone
        self.tasks = tasks
        self.phrases = phrases
        self.dialogueLifetime = dialogueLifetime
        self.policy = policy
        self.knowledge = knowledge
        self.supportHead = supportHead
    }
}

/// The frozen model that turns texts into vectors.
public struct EncoderSettings: Sendable, Hashable {
    public enum Precision: String, Sendable, CaseIterable { case int8, fp32 }

    /// The model's own directory.
    public var directory: String
    public var precision: Precision
    /// Tokens of a text that are read, [CLS] and [SEP] among them; never more than the model allows.
    public var maximumTokens: Int
    public var threads: Int

    public init(
        directory: String, precision: Precision = .int8, maximumTokens: Int = 256, threads: Int = 2
    ) {
        self.directory = directory
        self.precision = precision
        self.maximumTokens = maximumTokens
        self.threads = threads
    }
}

/// What a state directory without events begins with.
public enum Bootstrap: Sendable, Hashable {
    /// Nothing: predictions have no intent until something is taught.
    case none
    /// Examples of a file, a JSON object with `text` and `intent` a line, trained as the first event.
    case file(path: String)
}

public struct LearningSettings: Sendable, Hashable {
    /// Mistyped words are put right against the encoder's vocabulary and the taught words.
    public var correctsSpelling: Bool
    /// How much the previous turn counts beside the text's 1.
    public var contextWeight: Float
    public var seed: UInt64

    public init(correctsSpelling: Bool = true, contextWeight: Float = 0.6, seed: UInt64 = 1) {
        self.correctsSpelling = correctsSpelling
        self.contextWeight = contextWeight
        self.seed = seed
    }
}

/// What is asked of the lessons of ordinary users.
public struct GuardingSettings: Sendable, Hashable {
    /// Lessons of one user, over a long time.
    public var lessonsPerMinute: Int
    /// Lessons of one user at once, after a pause.
    public var burst: Int
    /// Whether owners are held to it too.
    public var includesOwners: Bool
    /// A file of examples that must stay right, written as a training file; nil for none.
    public var canaries: String?

    public init(
        lessonsPerMinute: Int = 120, burst: Int = 600, includesOwners: Bool = false, canaries: String? = nil
    ) {
        self.lessonsPerMinute = lessonsPerMinute
        self.burst = burst
        self.includesOwners = includesOwners
        self.canaries = canaries
    }
}

/// What the knowledge base keeps of one user.
public struct KnowledgeSettings: Sendable, Hashable {
    /// Passages of all his sources.
    public var passagesPerUser: Int
    /// Of the content of all his sources.
    public var bytesPerUser: Int

    public init(passagesPerUser: Int = 100_000, bytesPerUser: Int = 256_000_000) {
        self.passagesPerUser = passagesPerUser
        self.bytesPerUser = bytesPerUser
    }
}

public struct CheckpointSettings: Sendable, Hashable {
    /// A checkpoint is written after so many events, and on closing.
    public var everyEvents: Int
    /// How many automatic checkpoints stay.
    public var keep: Int

    public init(everyEvents: Int = 1000, keep: Int = 3) {
        self.everyEvents = everyEvents
        self.keep = keep
    }
}

/// Which snapshots the daemon makes by itself.
public struct SnapshotSettings: Sendable, Hashable {
    /// With the first lesson so many hours after the last one; 0 for none.
    public var everyHours: Int
    /// How many of them stay, at least 1.
    public var keep: Int

    public init(everyHours: Int = 24, keep: Int = 7) {
        self.everyHours = everyHours
        self.keep = max(1, keep)
    }
}

/// What is refused for its size.
public struct TextLimits: Sendable, Hashable {
    /// Bytes of UTF-8 in a text, and in a context.
    public var textBytes: Int
    /// Bytes of UTF-8 in the name of an intent, at most 200.
    public var labelBytes: Int
    /// Examples of one training or evaluation.
    public var examples: Int

    public init(textBytes: Int = 65_536, labelBytes: Int = 200, examples: Int = 200_000) {
        self.textBytes = textBytes
        self.labelBytes = labelBytes
        self.examples = examples
    }
}

/// Where the times of events come from.
public struct WallClock: Sendable {
    /// Microseconds since 1970, UTC.
    let microseconds: @Sendable () -> Int64

    public init(microseconds: @escaping @Sendable () -> Int64) { self.microseconds = microseconds }

    public static let system = WallClock {
        var now = timespec()
        guard unsafe clock_gettime(CLOCK_REALTIME, &now) == 0 else { return 0 }
        return Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1000
    }
}
