public import Dialogue
internal import Storage

/// What an administrator may do to the policy.
public enum PolicyAction: Sendable, Hashable {
    /// What decides now stays, and nothing is tried.
    case freeze
    case unfreeze
    /// Goes back to the version before the live one, and freezes that.
    case undo
}

/// A decision as it was made, with what came of it.
public struct LoggedDecision: Sendable, Hashable {
    public let session: String
    /// The turn it was made after, from 1.
    public let turn: Int
    /// Microseconds since 1970, UTC.
    public let time: Int64
    public let decision: Decision
    /// Nil while its task goes on, and where it was about none.
    public let outcome: Outcome?
    /// What all that came of it before the next choice is worth; nil as `outcome`.
    public let reward: Double?

    public init(
        session: String, turn: Int, time: Int64, decision: Decision, outcome: Outcome? = nil,
        reward: Double? = nil
    ) {
        self.session = session
        self.turn = turn
        self.time = time
        self.decision = decision
        self.outcome = outcome
        self.reward = reward
    }
}

extension LocalAssistant {
    /// The policy, learnt from all tasks that have ended by now.
    ///
    /// - Throws: `storage`.
    public func policy() throws(AssistantError) -> PolicyLearning {
        guard !snapshot().isClosed else { throw .closed }
        try endEpisodes()
        return try policyLog.learning()
    }

    /// Does something to the policy: durable when it returns, and part of its log like what it learns.
    ///
    /// - Throws: `noPolicyVersion`, `storage`.
    public func change(_ action: PolicyAction, by user: Contributor) throws(AssistantError) -> PolicyLearning
    {
        guard !snapshot().isClosed else { throw .closed }
        try endEpisodes()
        return try policyLog.change(action, by: user.uid, time: clock.microseconds())
    }

    /// The newest decisions, oldest first.
    ///
    /// - Parameters:
    ///   - session: of this one alone.
    ///   - owner: only sessions of this user.
    /// - Throws: `sessionForbidden`, `sessionNotFound`, `storage`.
    public func decisions(
        last count: Int, session: String? = nil, of owner: UInt32? = nil
    ) throws(AssistantError) -> [LoggedDecision] {
        guard !snapshot().isClosed else { throw .closed }
        if let session { try check(session, of: owner) }
        try endEpisodes()
        return try storing { () throws(StorageError) in
            var query = TurnQuery(session: session, owner: owner)
            query.areSaid = true
            query.after = try log.position(beforeNewest: count, of: query)
            let turns = try log.turns(query, limit: count, bytes: .max).turns
            var decisions: [LoggedDecision] = []
            for turn in turns {
                if let decision = try decision(after: turn.content) { decisions.append(decision) }
            }
            return decisions
        }
    }

    private func decision(after turn: TurnContent) throws(StorageError) -> LoggedDecision? {
        guard let record = turn.outcome.flatMap({ DialogueRecord($0.record) }) else { return nil }
        let number = record.turn.number
        let episodes = try log.episodes(at: turn.time, in: turn.session, of: turn.uid)
            .compactMap { event -> Episode? in
                if case .episode(let content) = event.change { Episode(stored: content) } else { nil }
            }
        let transition = episodes.lazy.flatMap(\.transitions).first { $0.turn == number }
        return LoggedDecision(
            session: turn.session, turn: number, time: turn.time, decision: record.decision,
            outcome: transition?.outcome, reward: transition?.reward)
    }
}
