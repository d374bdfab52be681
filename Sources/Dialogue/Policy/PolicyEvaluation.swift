/// What a policy would get an episode, estimated from episodes that it was not learnt from.
public struct PolicyEvaluation: Sendable, Hashable {
    public enum Subject: String, Sendable, Hashable {
        /// The rules' usual moves.
        case usual
        /// What decides now.
        case live
        /// What was learnt and is tried.
        case candidate
    }

    public let subject: Subject
    /// Of the live one; nil while that is the usual moves, and for the others.
    public let version: Int?
    public let inversePropensity: Estimate
    public let selfNormalised: Estimate
    public let doublyRobust: Estimate

    fileprivate init(
        _ subject: Subject, _ policy: Policy, _ episodes: [Episode], _ value: ValueFunction
    ) {
        let estimates = OffPolicy(episodes, of: policy)
        self.subject = subject
        version = policy.version
        inversePropensity = estimates.inversePropensity
        selfNormalised = estimates.selfNormalised
        doublyRobust = estimates.doublyRobust(value)
    }
}

extension PolicyLearning {
    /// The usual moves, the live policy and the candidate, if there are, each without exploration, on the episodes since
    /// the candidate was learnt.
    ///
    /// - Complexity: O(episodes · transitions · options).
    public var evaluations: [PolicyEvaluation] {
        // Any value function serves that was not learnt from these episodes; one of no episodes expects 0.5 of each move.
        let value = candidate ?? ValueSums().fitted()
        var evaluations = [PolicyEvaluation(.usual, Policy(), trial, value)]
        if let version = versions.last {
            let live = Policy(value: version.value, version: version.number)
            evaluations.append(PolicyEvaluation(.live, live, trial, value))
        }
        if let candidate {
            evaluations.append(PolicyEvaluation(.candidate, Policy(value: candidate), trial, value))
        }
        return evaluations
    }

    /// What those episodes got, by whatever chose in them.
    public var observed: Estimate { Estimate(trial.map { $0.returns.first ?? 0 }) }
}
