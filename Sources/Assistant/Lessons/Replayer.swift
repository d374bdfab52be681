internal import Learning
internal import Storage

/// Brings the head back that the log makes, from the newest checkpoint on the way or from nothing.
struct Replayer {
    let log: EventLog
    let checkpoints: CheckpointStore
    let model: AssistantStatus.Model
    let settings: HeadSettings

    /// Where a replay begins.
    enum Beginning: Sendable, Hashable { case checkpoint, nothing }

    /// The learner after the events that `plan` counts.
    ///
    /// - Parameters:
    ///   - omitting: events to leave out, as if they had never been.
    ///   - progress: called with the events done and in all, at the beginning and after each.
    func learner(
        after plan: ReplayPlan, omitting: Set<EventID> = [], from beginning: Beginning = .checkpoint,
        progress: (_ done: Int, _ total: Int) throws(AssistantError) -> Void = { _, _ in }
    ) throws(AssistantError) -> Learner {
        let base =
            beginning == .nothing
            ? nil
            : try storing { () throws(StorageError) in
                try checkpoint(on: plan, before: omitting.min())
            }
        let answers = try AnswerLessons(
            try storing { () throws(StorageError) in try log.judgements(in: plan, omitting: omitting) })
        let (rest, count, total) = try storing { () throws(StorageError) in
            let rest =
                if let base { plan.after(base.event) } else {
                    try log.sinceLastBeginning(plan, omitting: omitting)
                }
            let omitted = omitting.count { event in rest.passes(event) }
            return (rest, try log.count(), try log.count(in: rest) - omitted)
        }
        try progress(0, total)
        var learner = Learner(
            head: base?.head ?? IntentHead(settings: settings), words: base?.words ?? TaughtWords(),
            answers: answers, digest: base?.digest, at: base?.event ?? .none, count: count, log: log,
            encoder: model.digest)
        try learner.replay(rest, omitting: omitting, width: model.dimension) { done throws(AssistantError) in
            try progress(done, total)
        }
        return learner
    }

    private struct Base {
        let event: EventID
        let digest: String
        let head: IntentHead
        let words: TaughtWords

        init(_ checkpoint: Checkpoint) throws(CheckpointError) {
            event = checkpoint.event
            digest = checkpoint.digest
            head = try IntentHead(decoding: checkpoint.head)
            words = try TaughtWords(decoding: checkpoint.words)
        }
    }

    /// The newest checkpoint that `plan` passes and no erasure made stale. Another seed gives another head:
    /// then the whole log is replayed with it.
    private func checkpoint(on plan: ReplayPlan, before limit: EventID?) throws(StorageError) -> Base? {
        let erasures = try log.erasures()
        let newest = try checkpoints.loadNewest(
            where: { checkpoint in
                checkpoint.encoder == model.digest && plan.passes(checkpoint.event)
                    && !checkpoint.isStale(after: erasures) && limit.map { checkpoint.event < $0 } ?? true
            }, decode: { checkpoint throws(CheckpointError) in try Base(checkpoint) })
        return newest.flatMap { $0.head.settings == settings ? $0 : nil }
    }
}
