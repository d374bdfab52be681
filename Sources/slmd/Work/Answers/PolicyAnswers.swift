import Assistant
import Dialogue
import Wire

// The policy in the words of the protocol.

extension Scheduler {
    func change(_ action: PolicyAction, for ticket: Ticket) -> Bool {
        change(for: ticket) { service throws(AssistantError) in
            PolicyResult(try service.change(action, by: Contributor(ticket.peer)))
        }
    }

    func showPolicy(for ticket: Ticket) -> Bool {
        ask(for: ticket) { service throws(AssistantError) in PolicyResult(try service.policy()) }
    }

    func evaluatePolicy(for ticket: Ticket) -> Bool {
        ask(for: ticket) { service throws(AssistantError) in PolicyEvaluationResult(try service.policy()) }
    }

    func decisions(_ params: PolicyLogParams, for ticket: Ticket) -> Bool {
        ask(for: ticket) { service throws(AssistantError) in
            let decisions = try service.decisions(
                last: params.last, session: params.session, of: ticket.owner)
            return PolicyLogResult(decisions: decisions.map { LoggedDecisionEntry($0) })
        }
    }

    func transitions(for ticket: Ticket) -> Bool {
        ask(for: ticket) { service throws(AssistantError) in TransitionsResult(try service.policy()) }
    }
}

extension EstimateEntry {
    /// - Returns: nil for an interval without bounds.
    fileprivate init?(_ estimate: Estimate) {
        guard estimate.lower.isFinite, estimate.upper.isFinite else { return nil }
        self.init(mean: estimate.mean, lower: estimate.lower, upper: estimate.upper)
    }
}

extension PolicyResult {
    init(_ learning: PolicyLearning) {
        self.init(
            version: learning.live.version, isFrozen: learning.isFrozen, exploration: learning.exploration,
            episodes: learning.episodes, warmUp: learning.settings.warmUp,
            versions: learning.versions.map {
                Version(version: $0.number, episodes: $0.episodes, gain: EstimateEntry($0.gain))
            },
            candidate: learning.gain.map {
                Candidate(episodes: learning.trialEpisodes, gain: EstimateEntry($0))
            })
    }
}

extension PolicyEvaluationResult {
    init(_ learning: PolicyLearning) {
        self.init(
            episodes: learning.trialEpisodes, observed: EstimateEntry(learning.observed),
            policies: learning.evaluations.map { PolicyEstimates($0) })
    }
}

extension PolicyEstimates {
    fileprivate init(_ evaluation: PolicyEvaluation) {
        self.init(
            policy: evaluation.subject.rawValue, version: evaluation.version,
            inversePropensity: EstimateEntry(evaluation.inversePropensity),
            selfNormalised: EstimateEntry(evaluation.selfNormalised),
            doublyRobust: EstimateEntry(evaluation.doublyRobust))
    }
}

extension LoggedDecisionEntry {
    fileprivate init(_ logged: LoggedDecision) {
        self.init(
            session: logged.session, turn: logged.turn, time: WireTime.text(logged.time),
            decision: DecisionEntry(logged.decision), outcome: logged.outcome?.rawValue,
            reward: logged.reward)
    }
}

extension TransitionsResult {
    init(_ learning: PolicyLearning) {
        let entries = learning.rates.counts.sorted { $0.key < $1.key }.flatMap { step, moves in
            moves.sorted { $0.key.rawValue < $1.key.rawValue }.map { kind, count in
                TransitionEntry(
                    step: step, move: kind.rawValue, tried: count.tried, succeeded: count.succeeded,
                    rate: count.rate, next: count.next, outcomes: count.outcomes)
            }
        }
        self.init(episodes: learning.episodes, transitions: entries)
    }
}
