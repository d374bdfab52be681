public import Entities

/// Tokens of a text, [CLS] and [SEP] among them.
public struct TokenCount: Sendable, Hashable {
    /// What the encoder read.
    public let used: Int
    /// What the text has.
    public let total: Int

    public var isTruncated: Bool { used < total }

    public init(used: Int, total: Int) {
        self.used = used
        self.total = total
    }
}

/// An intent and its calibrated probability, from 0 to 1.
public struct RankedLabel: Sendable, Hashable {
    public let intent: String
    public let probability: Double

    public init(intent: String, probability: Double) {
        self.intent = intent
        self.probability = probability
    }
}

/// A part of a text that was found to be of a type that was taught.
public struct PredictedSlot: Sendable, Hashable {
    public let type: String
    public let text: String
    /// In the text's UTF-8.
    public let bytes: Range<Int>
    /// From 0 to 1.
    public let confidence: Double

    public init(type: String, text: String, bytes: Range<Int>, confidence: Double) {
        self.type = type
        self.text = text
        self.bytes = bytes
        self.confidence = confidence
    }
}

public struct Prediction: Sendable, Hashable {
    public let text: String
    /// Every known intent, the most probable first; empty while nothing has been learnt.
    public let ranked: [RankedLabel]
    /// Calibrated, from 0 to 1; 0 while nothing has been learnt.
    public let confidence: Double
    public let isOutOfScope: Bool
    public let tokens: TokenCount
    /// In the text's order, none over another.
    public let entities: [Entity]
    /// What their dates and times are relative to.
    public let now: ReferenceTime
    /// In the text's order, apart from each other; empty until slots were taught.
    public let slots: [PredictedSlot]

    /// Nil while nothing has been learnt.
    public var intent: String? { ranked.first?.intent }

    public init(
        text: String, ranked: [RankedLabel], confidence: Double, isOutOfScope: Bool, tokens: TokenCount,
        entities: [Entity], now: ReferenceTime, slots: [PredictedSlot] = []
    ) {
        self.text = text
        self.ranked = ranked
        self.confidence = confidence
        self.isOutOfScope = isOutOfScope
        self.tokens = tokens
        self.entities = entities
        self.now = now
        self.slots = slots
    }
}

public struct TextEmbedding: Sendable, Hashable {
    public let text: String
    /// L2-normalised sentence vector.
    public let values: [Float]
    public let tokens: TokenCount

    public init(text: String, values: [Float], tokens: TokenCount) {
        self.text = text
        self.values = values
        self.tokens = tokens
    }
}

/// The best intent at some moment; nil while nothing had been learnt.
public struct Guess: Sendable, Hashable {
    public let intent: String?
    public let confidence: Double

    public init(intent: String?, confidence: Double) {
        self.intent = intent
        self.confidence = confidence
    }
}

/// Why a lesson waits for approval.
public enum Suspicion: String, Sendable, Hashable, CaseIterable {
    /// It says otherwise than the head and other people, and its teacher has done so often.
    case contradiction
    /// With it an example that must stay right would be taken for something else.
    case canary
}

/// A lesson that is durable, and in force unless it is held.
public struct TeachingOutcome: Sendable, Hashable {
    public let event: Int64
    public let intent: String
    public let before: Guess
    public let after: Guess
    /// Why it waits for approval; nil when it is in force.
    public let suspicion: Suspicion?

    public init(event: Int64, intent: String, before: Guess, after: Guess, suspicion: Suspicion? = nil) {
        self.event = event
        self.intent = intent
        self.before = before
        self.after = after
        self.suspicion = suspicion
    }
}

public struct TrainingSummary: Sendable, Hashable {
    public let event: Int64
    public let count: Int
    /// Different intents among the examples.
    public let intents: Int
    public let seconds: Double

    public init(event: Int64, count: Int, intents: Int, seconds: Double) {
        self.event = event
        self.count = count
        self.intents = intents
        self.seconds = seconds
    }
}

/// A renaming, merging or removal that is durable and in force.
public struct IntentChange: Sendable, Hashable {
    public let event: Int64
    /// How many intents there are now.
    public let intents: Int

    public init(event: Int64, intents: Int) {
        self.event = event
        self.intents = intents
    }
}

public struct IntentSummary: Sendable, Hashable {
    public let intent: String
    public let examples: Int

    public init(intent: String, examples: Int) {
        self.intent = intent
        self.examples = examples
    }
}

/// How far a long request is.
public struct Progress: Sendable, Hashable {
    public enum Phase: String, Sendable, Hashable { case copying, embedding, learning, predicting, replaying }

    public let phase: Phase
    public let done: Int
    public let total: Int

    public init(phase: Phase, done: Int, total: Int) {
        self.phase = phase
        self.done = done
        self.total = total
    }
}

public struct SnapshotSummary: Sendable, Hashable {
    public let name: String
    /// The last event it has seen.
    public let event: Int64
    /// SHA-256 of the head, in hex.
    public let digest: String
    public let bytes: Int
    /// Seconds since 1970, UTC.
    public let createdAt: Int64
    /// Of the head on the held-back examples, from 0 to 1; nil where it was not measured.
    public let accuracy: Double?
    /// How many held-back examples there were.
    public let heldBack: Int?
    /// Why it was not measured just now, although examples are held back.
    public let unmeasured: String?

    public init(
        name: String, event: Int64, digest: String, bytes: Int, createdAt: Int64, accuracy: Double? = nil,
        heldBack: Int? = nil, unmeasured: String? = nil
    ) {
        self.name = name
        self.event = event
        self.digest = digest
        self.bytes = bytes
        self.createdAt = createdAt
        self.accuracy = accuracy
        self.heldBack = heldBack
        self.unmeasured = unmeasured
    }
}

/// A snapshot, and what it knows.
public struct SnapshotContent: Sendable, Hashable {
    public let summary: SnapshotSummary
    /// Of its head.
    public let version: Int
    /// By name; nil where the head is of a version that is not read here.
    public let intents: [IntentSummary]?

    public init(summary: SnapshotSummary, version: Int, intents: [IntentSummary]?) {
        self.summary = summary
        self.version = version
        self.intents = intents
    }
}

/// How the head does on labelled texts. A text that gets no prediction counts as wrong.
public struct Evaluation: Sendable, Hashable {
    /// Each from 0 to 1, 0 where its denominator is 0; `support` counts the intent's own texts.
    public struct Score: Sendable, Hashable {
        public let precision: Double
        public let recall: Double
        public let f1: Double
        public let support: Int

        public init(precision: Double, recall: Double, f1: Double, support: Int) {
            self.precision = precision
            self.recall = recall
            self.f1 = f1
            self.support = support
        }
    }

    public let count: Int
    /// From 0 to 1.
    public let accuracy: Double
    public let expectedCalibrationError: Double
    public let perIntent: [String: Score]
    /// confusion[true][predicted], counts above zero.
    public let confusion: [String: [String: Int]]
    public let seconds: Double

    public init(
        count: Int, accuracy: Double, expectedCalibrationError: Double, perIntent: [String: Score],
        confusion: [String: [String: Int]], seconds: Double
    ) {
        self.count = count
        self.accuracy = accuracy
        self.expectedCalibrationError = expectedCalibrationError
        self.perIntent = perIntent
        self.confusion = confusion
        self.seconds = seconds
    }
}

public struct AssistantStatus: Sendable, Hashable {
    public struct Model: Sendable, Hashable {
        public let name: String
        public let precision: String
        public let dimension: Int
        /// The instruction set of the encoder's kernels.
        public let kernels: String
        /// SHA-256, in hex.
        public let digest: String

        public init(name: String, precision: String, dimension: Int, kernels: String, digest: String) {
            self.name = name
            self.precision = precision
            self.dimension = dimension
            self.kernels = kernels
            self.digest = digest
        }
    }

    /// The head as it was after `event`, which trails the newest one while training runs.
    public struct Head: Sendable, Hashable {
        /// SHA-256, in hex.
        public let digest: String
        /// Of the weights a prediction reads.
        public let bytes: Int
        public let event: Int64

        public init(digest: String, bytes: Int, event: Int64) {
            self.digest = digest
            self.bytes = bytes
            self.event = event
        }
    }

    public let model: Model
    public let head: Head
    public let intents: Int
    /// How many the log holds.
    public let events: Int
    /// Why nothing more is learnt until a restart; nil while all is well.
    public let learningRefused: String?
    public let conversations: ConversationStatus
    /// Nil when the settings name none.
    public let heldBack: HeldBackStatus?
    /// What the tasks read, each once.
    public let data: [DataStatus]
    /// Nil where it cannot be read.
    public let knowledge: KnowledgeStatus?

    public init(
        model: Model, head: Head, intents: Int, events: Int, learningRefused: String?,
        conversations: ConversationStatus, heldBack: HeldBackStatus? = nil, data: [DataStatus] = [],
        knowledge: KnowledgeStatus? = nil
    ) {
        self.model = model
        self.head = head
        self.intents = intents
        self.events = events
        self.learningRefused = learningRefused
        self.conversations = conversations
        self.heldBack = heldBack
        self.data = data
        self.knowledge = knowledge
    }
}

/// A file of records or a query that a task reads, and whether it can.
public struct DataStatus: Sendable, Hashable {
    /// The file's path as the task gives it, or the query's name.
    public let name: String
    /// Why it cannot be read now; nil when it can.
    public let fault: String?
    /// Where a file of records belongs that is not there: as good as an empty one. nil for all others.
    public let absentFile: String?

    public init(name: String, fault: String?, absentFile: String? = nil) {
        self.name = name
        self.fault = fault
        self.absentFile = absentFile
    }
}
