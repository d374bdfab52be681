internal import Storage
internal import Synchronization

/// What happened at one event of the log.
public struct HistoryEntry: Sendable, Hashable {
    public let event: Int64
    public let kind: String
    /// Microseconds since 1970, UTC.
    public let time: Int64
    public let contributor: Contributor
    public let intent: String?
    /// The new name of an intent, or the one it was merged into.
    public let target: String?
    /// The event after which the head was restored, the held lesson that was approved, or the one before
    /// those that an import brought.
    public let position: Int64?
    public let text: String?
    /// Of a training, or events of an import.
    public let examples: Int?
    /// The prediction for the text before and after; nil for events that are not about one text.
    public let before: Guess?
    public let after: Guess?
    /// Whether it waits for approval.
    public let isQuarantined: Bool
    /// Why it was held.
    public let suspicion: Suspicion?
    /// What was said of an answer.
    public let judgement: AnswerJudgement?
    /// Whether it came with a snapshot from elsewhere: its contributor is another machine's.
    public let isImported: Bool
    /// Whether it was taken from what was said in a dialogue.
    public let isSelfCorrection: Bool

    public init(
        event: Int64, kind: String, time: Int64, contributor: Contributor, intent: String?, target: String?,
        position: Int64?, text: String?, examples: Int?, before: Guess?, after: Guess?,
        isQuarantined: Bool = false, suspicion: Suspicion? = nil, judgement: AnswerJudgement? = nil,
        isImported: Bool = false, isSelfCorrection: Bool = false
    ) {
        self.event = event
        self.kind = kind
        self.time = time
        self.contributor = contributor
        self.intent = intent
        self.target = target
        self.position = position
        self.text = text
        self.examples = examples
        self.before = before
        self.after = after
        self.isQuarantined = isQuarantined
        self.suspicion = suspicion
        self.judgement = judgement
        self.isImported = isImported
        self.isSelfCorrection = isSelfCorrection
    }
}

extension LocalAssistant {
    /// Events read at once, and their bytes of text.
    private static let page = (events: 1000, bytes: 1 << 18)

    /// A page of the events, oldest first: those after one, or with `last` the newest so many.
    ///
    /// - Parameters:
    ///   - owner: only what this user taught.
    ///   - isQuarantined: only lessons that wait for approval.
    /// - Returns: the events, and whether more follow.
    public func history(
        after event: Int64, last count: Int?, of owner: UInt32? = nil, isQuarantined: Bool = false
    ) throws(AssistantError) -> (entries: [HistoryEntry], hasMore: Bool) {
        guard !snapshot().isClosed else { throw .closed }
        return try storing { () throws(StorageError) in
            let waiting = flushEffects()
            let start = try count.map { count throws(StorageError) in
                try log.position(beforeNewest: count, of: owner, isQuarantined: isQuarantined)
            }
            let page = try log.history(
                after: max(start ?? .none, EventID(rawValue: event)), of: owner,
                isQuarantined: isQuarantined, limit: Self.page.events, bytes: Self.page.bytes)
            return (page.events.map { HistoryEntry($0, effect: $0.effect ?? waiting[$0.id]) }, page.hasMore)
        }
    }

    /// What the newest lessons did is written with the next ones; a look at the history is such an occasion
    /// too, unless something is being learnt.
    ///
    /// - Returns: those that a full or failing disk does not take: nobody is refused a look for them.
    private func flushEffects() -> [EventID: Effect] {
        let waiting = learner.withLockIfAvailable { learner in
            // What failed is told to whoever teaches next, and by the status.
            (try? learner.settled()) == nil ? learner.effects : []
        }
        return Dictionary(uniqueKeysWithValues: (waiting ?? []).map { ($0.event, $0) })
    }
}

extension HistoryEntry {
    fileprivate init(_ event: EventSummary, effect: Effect?) {
        self.init(
            event: event.id.rawValue, kind: event.kind, time: event.time,
            contributor: Contributor(
                uid: event.origin.uid, pid: event.origin.pid, session: event.origin.session),
            intent: event.intent, target: event.target, position: event.position?.rawValue, text: event.text,
            examples: event.examples, before: effect.map { Guess($0.before) },
            after: effect.map { Guess($0.after) }, isQuarantined: event.isQuarantined,
            suspicion: event.reason.map(Suspicion.init), judgement: event.judgement.map(AnswerJudgement.init),
            isImported: event.isImported, isSelfCorrection: event.origin.isSelfCorrection)
    }
}
