internal import Learning
internal import Logging
internal import Storage
internal import Synchronization

/// Held lessons that were taken out of the log.
public struct Rejection: Sendable, Hashable {
    public let events: [Int64]

    public init(events: [Int64]) { self.events = events }
}

extension LocalAssistant {
    /// Learns lessons that were held, in the order given, in one commit: as events of their own, in force for
    /// the next prediction. Taking such an event back makes the lesson wait again.
    ///
    /// - Throws: `notQuarantined`, `storage`; then nothing has changed.
    public func approve(_ events: [Int64], by contributor: Contributor) throws(AssistantError)
        -> [TeachingOutcome]
    {
        guard !snapshot().isClosed else { throw .closed }
        let outcomes = try learner.withLock { learner throws(AssistantError) in
            let lessons = try held(events)
            let names = features(ofNew: Set(lessons.map(\.stored.example.intent)), to: learner)
            let time = clock.microseconds()
            let approvals = lessons.map {
                NewEvent(.approved($0.event, $0.stored), origin: Origin(contributor), time: time)
            }
            let learnt = try storing { () throws(StorageError) in try learner.learn(approvals, names: names) }
            publish(learner, after: lessons.map(\.stored.text))
            examples.drop()
            return zip(lessons, learnt).map { TeachingOutcome($1, of: $0.stored.example.intent) }
        }
        writeCheckpointIfDue()
        return outcomes
    }

    /// Takes lessons that were held out of the log, with their texts and features, and out of its file.
    ///
    /// - Parameter progress: told now and then while snapshots that had learnt one are made anew; it is too
    ///   late to stop then.
    /// - Throws: `notQuarantined`, `storage`.
    /// - Complexity: the log's file is written anew.
    public func reject(
        _ events: [Int64], progress: (Progress) throws(CancellationError) -> Void = { _ in }
    ) throws(AssistantError) -> Rejection {
        guard !snapshot().isClosed else { throw .closed }
        try flushConversations()
        let (rejected, turns) = try learner.withLock { learner throws(AssistantError) in
            let lessons = try held(events).map(\.event)
            let (erased, erasure) = try storing { () throws(StorageError) in
                // Effects that still wait for the log may be theirs.
                _ = try learner.settled()
                // A restoration may have undone what approved one: a snapshot from between has learnt it.
                let erased = try log.withApprovals(lessons)
                return (
                    erased,
                    try log.erase(
                        erased, areLearnt: erased.count > lessons.count, revising: .forgetting,
                        time: clock.microseconds())
                )
            }
            learner.forget(unlearnt: erased.count)
            publish(learner, after: [])
            return (lessons.map(\.rawValue), erasure.stale)
        }
        dialogues.drop()
        do throws(AssistantError) {
            _ = try removeTraces(of: turns, isSecret: true) {
                try? progress($0)  // too late to stop: they are gone from the log
            }
        } catch {
            throw .storage(
                reason:
                    "the lessons are rejected, but may still be in the log's file, until the next start: \(error)",
                isRetryable: false)
        }
        logger.notice("held lessons rejected", metadata: ["events": "\(rejected.count)"])
        return Rejection(events: rejected)
    }

    /// The lessons that wait at `events`, each once.
    private func held(
        _ events: [Int64]
    ) throws(AssistantError) -> [(event: EventID, stored: StoredExample)] {
        var seen: Set<Int64> = []
        var lessons: [(event: EventID, stored: StoredExample)] = []
        for event in events where seen.insert(event).inserted {
            let id = EventID(rawValue: event)
            let lesson = try storing { () throws(StorageError) in try log.heldLesson(at: id) }
            guard let lesson else { throw .notQuarantined(event: event) }
            lessons.append((id, lesson))
        }
        return lessons
    }
}
