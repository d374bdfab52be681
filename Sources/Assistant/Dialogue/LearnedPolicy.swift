internal import Dialogue
internal import FoundationEssentials
internal import Logging
internal import Storage
internal import Synchronization

/// The policy, as its log makes it: each episode that is over, in the order they were kept, and what was done to the
/// policy in between.
///
/// It is read with the first `follow`, while turns are taken already, by the rules' usual moves until it is there.
final class LearnedPolicy: Sendable {
    /// Rows read at once.
    private static let page = 256

    private struct Held {
        var learning: PolicyLearning
        /// The newest row that was taken in, or 0.
        var position: Int64 = 0
        var rows = 0
        /// Whether the whole log was read once.
        var isReady = false
    }

    private let log: EventLog
    private let logger: Logger
    private let settings: Mutex<PolicySettings>
    private let held: Mutex<Held>
    private let isClosed = Mutex(false)
    /// The log is read and learnt from here alone.
    private let queue = SteadyQueue(label: "policy")

    init(_ settings: PolicySettings, log: EventLog, logger: Logger) {
        self.log = log
        self.logger = logger
        self.settings = Mutex(settings)
        held = Mutex(Held(learning: PolicyLearning(settings: PolicyLearning.Settings(settings))))
    }

    /// What decides now.
    ///
    /// - Parameter isKept: whether a turn is kept: of what is not, nothing can be learnt, and nothing is tried.
    func live(isKept: Bool) -> Policy {
        held.withLock { held in
            guard held.isReady else { return Policy() }
            let live = held.learning.live
            return isKept ? live : Policy(value: live.value, version: live.version)
        }
    }

    /// Chance that the settings' seed, a session and a turn decide.
    var chance: PolicyChance { PolicyChance(seed: settings.withLock { $0.seed }) }

    /// What is learnt of all that is in the log now.
    func learning() throws(AssistantError) -> PolicyLearning {
        try now { () throws(StorageError) in try catchUp() }
    }

    func use(_ settings: PolicySettings) {
        self.settings.withLock { $0 = settings }
        queue.async { [self] in
            held.withLock { $0.learning.settings = PolicyLearning.Settings(settings) }
        }
    }

    /// The log has more than before: it is learnt from soon.
    func follow() {
        queue.async { [weak self] in
            guard let self else { return }
            do throws(StorageError) {
                try catchUp()
            } catch {
                logger.error("policy not read", metadata: ["reason": "\(error)"])
            }
        }
    }

    /// Rows may have gone from the log: when it returns, the policy is what it would be had they never been.
    func recall() throws(AssistantError) {
        _ = try now { () throws(StorageError) in
            let (position, rows) = held.withLock { ($0.position, $0.rows) }
            if try log.policyEventCount(through: position) != rows {
                let settings = PolicyLearning.Settings(settings.withLock { $0 })
                try take(into: Held(learning: PolicyLearning(settings: settings)))
            } else {
                try catchUp()
            }
        }
    }

    /// Whether the log, read from its beginning, makes the same policy.
    ///
    /// - Complexity: O(rows).
    func isReplayed() throws(AssistantError) -> Bool {
        let result = queue.sync {
            Result { () throws(StorageError) in
                try catchUp()
                let live = held.withLock { $0.learning }
                var replayed = Held(learning: PolicyLearning(settings: live.settings))
                return try !read(into: &replayed) || replayed.learning == live
            }
        }
        return try storing { () throws(StorageError) in try result.get() }
    }

    /// Keeps what is done to the policy, and does it.
    ///
    /// - Parameter time: microseconds since 1970, UTC.
    /// - Throws: `noPolicyVersion`, `storage`.
    func change(_ action: PolicyAction, by uid: UInt32, time: Int64) throws(AssistantError) -> PolicyLearning
    {
        var isThere = true
        let learning = try now { () throws(StorageError) in
            try catchUp()
            let (isFrozen, hasVersion) = held.withLock {
                ($0.learning.isFrozen, !$0.learning.versions.isEmpty)
            }
            let change: PolicyChange? =
                switch action {
                case .freeze: isFrozen ? nil : .frozen
                case .unfreeze: isFrozen ? .unfrozen : nil
                case .undo: hasVersion ? .undone : nil
                }
            isThere = action != .undo || hasVersion
            guard let change else { return }
            try log.append(change, by: uid, time: time)
            try catchUp()
        }
        guard isThere else { throw .noPolicyVersion }
        return learning
    }

    /// Nothing more is read, and what is at work is waited for: a page of the log at most.
    func close() {
        isClosed.withLock { $0 = true }
        queue.sync {}
    }

    private func now(
        _ work: () throws(StorageError) -> Void
    ) throws(AssistantError) -> PolicyLearning {
        let result = queue.sync {
            Result { () throws(StorageError) in
                try work()
                return held.withLock { $0.learning }
            }
        }
        return try storing { () throws(StorageError) in try result.get() }
    }

    // MARK: On the queue

    private func catchUp() throws(StorageError) { try take(into: held.withLock { $0 }) }

    /// Nothing is in force before all of it is, and nothing more once this is closed.
    private func take(into former: Held) throws(StorageError) {
        var next = former
        guard try read(into: &next) else { return }
        let isTold =
            next.isReady && next.learning.versions.last?.number != former.learning.versions.last?.number
        next.isReady = true
        held.withLock { $0 = next }
        guard isTold else { return }
        logger.notice(
            "the policy changed",
            metadata: [
                "version": "\(next.learning.versions.last.map { "\($0.number)" } ?? "usual")",
                "episodes": "\(next.learning.episodes)",
            ])
    }

    /// - Returns: false when this was closed before all was read.
    private func read(into next: inout Held) throws(StorageError) -> Bool {
        while true {
            guard !isClosed.withLock({ $0 }) else { return false }
            let events = try log.policyEvents(after: next.position, limit: Self.page)
            for event in events {
                next.learning.take(event)
                next.position = event.id
            }
            next.rows += events.count
            guard events.count == Self.page else { return true }
        }
    }
}

extension PolicyLearning {
    fileprivate mutating func take(_ event: PolicyEvent) {
        switch event.change {
        case .episode(let content):
            // What cannot be read was brought from elsewhere.
            guard let episode = Episode(stored: content) else { return }
            take(episode)
        case .frozen: freeze()
        case .unfrozen: unfreeze()
        case .undone:
            // What it took back may have been forgotten since; that nothing is tried stays.
            if undo() == nil { freeze() }
        }
    }
}

extension PolicyLearning.Settings {
    fileprivate init(_ settings: PolicySettings) {
        self.init(exploration: settings.exploration, warmUp: settings.warmUp)
    }
}

extension Episode {
    /// - Returns: nil if it is none.
    init?(stored content: String) {
        guard let episode = try? JSONDecoder().decode(Self.self, from: Data(content.utf8)), episode.isSane
        else { return nil }
        self = episode
    }

    /// A file that was brought may say anything.
    private var isSane: Bool {
        transitions.allSatisfy { transition in
            transition.options.indices.contains(transition.chosen)
                && transition.propensity > 0 && transition.propensity <= 1
                && (-100...100).contains(transition.reward)
                && transition.options.allSatisfy { option in
                    option.features.count == Situation.featureCount
                        && option.features.allSatisfy((0...1).contains)
                }
        }
    }

    /// - Parameter time: of the turn after which it was over; whether a task that was done stays done, that turn says
    ///   nothing about. Microseconds since 1970, UTC.
    func stored(endedBy time: Int64) -> StoredEpisode {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        // All its numbers are finite.
        let data = (try? encoder.encode(self)) ?? Data()
        return StoredEpisode(
            began: transitions.first?.time ?? time, ended: isSuccess ? transitions.last?.time ?? time : time,
            content: String(decoding: data, as: UTF8.self))
    }
}
