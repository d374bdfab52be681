import Crypto

/// Settings of the head. One set serves every set of intents.
public struct HeadSettings: Sendable, Hashable {
    /// The start of the head's random numbers, which order the replay.
    public let seed: UInt64

    public init(seed: UInt64 = 1) { self.seed = seed }
}

/// How far a `trained` event has got: `done` of `total` steps.
public struct LearningProgress: Sendable, Hashable {
    public let done: Int
    public let total: Int
}

/// An intent and the number of its examples the head has seen.
public struct IntentCount: Sendable, Hashable {
    public let intent: IntentName
    public let examples: Int
}

/// The learner: a pure function of its settings and the order of its events, the same bytes on every processor.
///
/// Its `Voices` learn from the same examples, and `Calibration` says how much each of them counts. About 9 MB for 77
/// intents, copied on write: keep one owner while applying.
public struct IntentHead: Sendable {
    static let replaysPerExample = 12
    /// Before a class has so many examples, what the voices say of it does not tell how good they are.
    static let fewestToWeigh = 4
    static let epochs = 10
    /// Below this many kept examples a batch does not train the network.
    static let fewestForNetwork = 100
    /// Examples whose cosines one pass over the class vectors takes.
    static let cosineBatch = 8
    static let networkBatch = 16
    static let examplesPerReport = 256
    static let networkVisits = 40_000
    static let networkEpochs = (least: 6, most: 20)

    public let settings: HeadSettings
    var randomness: Randomness
    var names: [IntentName] = []
    var labels: [IntentName: Int] = [:]
    var memory = ReplayMemory()
    var voices: Voices?
    var calibration = Calibration()
    /// Nil until an example has slots.
    var slots: SlotLearner?

    public init(settings: HeadSettings) {
        self.settings = settings
        randomness = Randomness(state: settings.seed)
    }

    /// In the order of the names.
    public var intents: [IntentCount] {
        zip(names, memory.classes).map { IntentCount(intent: $0, examples: $1.seen) }
            .sorted { $0.intent < $1.intent }
    }

    /// The types of slots, in the order they were first taught, and how many examples had each.
    public var slotNames: [(type: SlotName, examples: Int)] { slots?.types ?? [] }

    /// A snapshot for predictions; nil until an example had slots.
    public var tagger: SlotTagger? { slots?.tagger }

    public func contains(_ intent: IntentName) -> Bool { labels[intent] != nil }

    /// SHA-256 of `encoded()`, in hexadecimal.
    public var digest: String { Self.hexadecimal(SHA256.hash(data: encoded())) }

    static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}
