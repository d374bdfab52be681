internal import Learning
internal import Logging
internal import Storage

/// Which lessons are to be taken back. What the bootstrap file taught is never among them.
public enum LessonSelection: Sendable, Hashable {
    /// The newest so many: mistakes.
    case newest(Int)
    /// One that was a mistake.
    case mistake(Int64)
    /// One that is to be forgotten.
    case event(Int64)
    case session(String)
    case user(UInt32)

    /// What was a mistake is not a secret: what was said in dialogues stays.
    var isMistake: Bool {
        switch self {
        case .newest, .mistake: true
        case .event, .session, .user: false
        }
    }
}

/// What was taken back: the head is what it would be had these events never been.
public struct ErasureOutcome: Sendable, Hashable {
    /// Oldest first.
    public let events: [Int64]
    /// Of conversations.
    public let turns: Int
    /// Of the knowledge base: those that only the user could see.
    public let sources: Int
    /// Checkpoints and snapshots that had seen one of them: removed, or made anew without.
    public let checkpoints: Int
    /// SHA-256 of the head now, in hex.
    public let digest: String
    /// How many intents there are now.
    public let intents: Int
    /// SHA-256 of the head that a replay of the whole log from nothing gives; nil unless that was asked for.
    public let replayedDigest: String?

    public init(
        events: [Int64], turns: Int, sources: Int = 0, checkpoints: Int, digest: String, intents: Int,
        replayedDigest: String?
    ) {
        self.events = events
        self.turns = turns
        self.sources = sources
        self.checkpoints = checkpoints
        self.digest = digest
        self.intents = intents
        self.replayedDigest = replayedDigest
    }
}

/// What is learnt and what a replay of the log gives in its place.
public struct Verification: Sendable, Hashable {
    /// Beside the head.
    public enum Part: String, Sendable {
        /// Of the texts that were taught, for the speller.
        case words
        /// What was said of answers.
        case answers
        /// What decides in dialogues.
        case policy
    }

    public let digest: String
    public let replayedDigest: String
    /// Events replayed.
    public let events: Int
    /// Of which a replay gives another.
    public let differing: [Part]

    /// Whether the head and all else is the same.
    public var isEqual: Bool { digest == replayedDigest && differing.isEmpty }

    public init(digest: String, replayedDigest: String, events: Int, differing: [Part] = []) {
        self.differing = differing
        self.digest = digest
        self.replayedDigest = replayedDigest
        self.events = events
    }
}

/// A snapshot that is in force again.
public struct Restoration: Sendable, Hashable {
    public let event: Int64
    /// The event after which the head is what it was.
    public let position: Int64
    public let digest: String
    public let intents: Int

    public init(event: Int64, position: Int64, digest: String, intents: Int) {
        self.event = event
        self.position = position
        self.digest = digest
        self.intents = intents
    }
}

extension TurnSelection {
    /// The turns that go with a selection of lessons.
    init(_ selection: LessonSelection, of owner: UInt32?) {
        self =
            switch selection {
            case .newest, .mistake, .event: .ofEvents
            case .session(let session): .session(session, owner: owner)
            case .user(let uid): owner == nil || owner == uid ? .user(uid) : .ofEvents
            }
    }
}

extension ErasureSelection {
    init(_ selection: LessonSelection) {
        self =
            switch selection {
            case .newest(let count): .newest(count)
            case .event(let id), .mistake(let id): .event(EventID(rawValue: id))
            case .session(let session): .session(session)
            case .user(let uid): .user(uid)
            }
    }
}

extension Replayer {
    /// Leaves no checkpoint that had seen what was erased: automatic ones go, snapshots are made anew without
    /// it.
    ///
    /// - Parameters:
    ///   - progress: told now and then while the log is replayed for a snapshot.
    ///   - score: of a head that is made anew and has that digest, on the held-back examples.
    /// - Returns: how many they were.
    func renewCheckpoints(
        _ logger: Logger, telling progress: (Progress) -> Void,
        score: (IntentClassifier, String) -> HeldBackScore? = { _, _ in nil }
    ) throws(AssistantError) -> Int {
        let (erasures, removed, stale) = try storing { () throws(StorageError) in
            let erasures = try log.erasures()
            return (
                erasures, try checkpoints.removeStale(after: erasures),
                try checkpoints.staleNames(after: erasures)
            )
        }
        for name in stale { try renew(name, revision: erasures.last?.revision ?? 0, logger, progress, score) }
        return removed + stale.count
    }

    private func renew(
        _ name: String, revision: Int64, _ logger: Logger, _ progress: (Progress) -> Void,
        _ score: (IntentClassifier, String) -> HeldBackScore?
    ) throws(AssistantError) {
        let old: Checkpoint
        do throws(StorageError) {
            old = try checkpoints.load(named: name)
        } catch .badSnapshot(_, let reason) {
            // It can be of no use to anybody, and may hold what is to be gone.
            logger.error("snapshot removed", metadata: ["name": "\(name)", "reason": "\(reason)"])
            return try storing { () throws(StorageError) in try checkpoints.remove(named: name) }
        } catch {
            throw AssistantError(error)
        }
        // What it was made of has gone, all of it.
        if old.isImported, try !storing({ () throws(StorageError) in try log.isImported(old.event) }) {
            return try storing { () throws(StorageError) in try checkpoints.remove(named: name) }
        }
        let plan = try storing { () throws(StorageError) in try log.plan(through: old.event) }
        let (learner, _) = try learner(after: plan, telling: progress, logger)
        let bytes = learner.head.encoded()
        let digest = Checkpoint.digest(ofHead: bytes)
        try storing { () throws(StorageError) in
            try checkpoints.replace(
                Checkpoint(
                    event: old.event, revision: revision, encoder: model.digest,
                    digest: digest, createdAt: old.createdAt, head: bytes,
                    words: learner.words.encoded(), score: score(learner.classifier, digest),
                    isImported: old.isImported),
                named: name)
        }
    }
}
