import Dialogue
import Testing

/// Off-policy estimates beside the truth, in a world where it is known.
///
/// An episode has two choices between two moves. A move gets 1 so often, and the second choice's chances depend
/// on the first one.
@Suite struct OffPolicyTests {
    /// What the moves are worth: first choice, and second after each.
    private static let first = [0.3, 0.5]
    private static let second = [[0.2, 0.7], [0.6, 0.1]]
    private static let steps = ["collecting 2", "collecting 1", "ready"]

    /// Their features tell the steps apart.
    private static func options(at step: Int) -> [MoveOption] {
        SplitMix.arms(2).map { option in
            var features = option.features
            if step > 0 { features[step] = 1 }
            return MoveOption(kind: option.kind, features: features)
        }
    }

    private static func episode(by policy: Policy, _ random: inout SplitMix) -> Episode {
        var transitions: [Transition] = []
        var step = 0
        for number in 0..<2 {
            let options = options(at: step)
            let probabilities = policy.probabilities(of: options, at: steps[step])
            let chosen = random.unit() < probabilities[0] ? 0 : 1
            let worth = number == 0 ? first[chosen] : second[step - 1][chosen]
            transitions.append(
                Transition(
                    step: steps[step], options: options, chosen: chosen, propensity: probabilities[chosen],
                    time: 0, outcome: .answered, next: nil, reward: random.unit() < worth ? 1 : 0))
            step = chosen + 1
        }
        return Episode(task: "t", transitions: transitions)
    }

    private static func truth(of policy: Policy) -> Double {
        let begin = policy.probabilities(of: options(at: 0), at: steps[0])
        var truth = 0.0
        for one in 0..<2 {
            let then = policy.probabilities(of: options(at: one + 1), at: steps[one + 1])
            for two in 0..<2 { truth += begin[one] * then[two] * (first[one] + second[one][two]) }
        }
        return truth
    }

    private static func learnt(_ random: inout SplitMix) -> ValueFunction {
        var sums = ValueSums()
        for _ in 0..<100 { sums.take(episode(by: Policy(exploration: 1), &random)) }
        return sums.fitted()
    }

    /// Of 100 intervals of 95 % fewer than 88 hold the truth with a probability of 0.002.
    @Test func `intervals hold the truth as often as they say`() {
        var held = (ips: 0, normalised: 0, robust: 0)
        for seed in 0..<100 {
            var random = SplitMix(UInt64(1000 + seed))
            let value = Self.learnt(&random)
            let policy = Policy(value: value, exploration: 0.1)
            let log = (0..<200).map { _ in Self.episode(by: Policy(exploration: 0.6), &random) }
            let estimates = OffPolicy(log, of: policy)
            let truth = Self.truth(of: policy)
            held.ips += estimates.inversePropensity.contains(truth) ? 1 : 0
            held.normalised += estimates.selfNormalised.contains(truth) ? 1 : 0
            held.robust += estimates.doublyRobust(value).contains(truth) ? 1 : 0
        }
        #expect(held.ips >= 88)
        #expect(held.normalised >= 88)
        #expect(held.robust >= 88)
    }

    /// The policy's move goes wrong 3 times in 100, and a log of 200 has it 20 times: half of the logs do not show it, and by
    /// the sample's variance alone their intervals hold no truth. The bound is that of the test above.
    @Test func `a log in which nothing went wrong does not say that nothing does`() {
        let options = SplitMix.arms(2)
        func episode(by policy: Policy, _ random: inout SplitMix) -> Episode {
            let probabilities = policy.probabilities(of: options, at: "ready")
            let chosen = random.unit() < probabilities[0] ? 0 : 1
            let reward: Double = random.unit() < (chosen == 1 ? 0.97 : 0.9) ? 1 : -1
            return Episode(
                task: "t",
                transitions: [
                    Transition(
                        step: "ready", options: options, chosen: chosen, propensity: probabilities[chosen],
                        time: 0, outcome: .answered, next: nil, reward: reward)
                ])
        }
        var random = SplitMix(2999)
        var sums = ValueSums()
        for _ in 0..<5000 { sums.take(episode(by: Policy(exploration: 1), &random)) }
        let value = sums.fitted()
        let policy = Policy(value: value)
        #expect(policy.best(of: options, at: "ready") == 1)
        var held = (ips: 0, normalised: 0, robust: 0)
        for seed in 0..<100 {
            var random = SplitMix(UInt64(3000 + seed))
            let log = (0..<200).map { _ in episode(by: Policy(exploration: 0.2), &random) }
            let estimates = OffPolicy(log, of: policy)
            held.ips += estimates.inversePropensity.contains(0.94) ? 1 : 0
            held.normalised += estimates.selfNormalised.contains(0.94) ? 1 : 0
            held.robust += estimates.doublyRobust(value).contains(0.94) ? 1 : 0
        }
        #expect(held.ips >= 88)
        #expect(held.normalised >= 88)
        #expect(held.robust >= 88)
    }

    @Test func `doubly robust intervals are narrower than those of weighting alone`() {
        var random = SplitMix(4)
        let value = Self.learnt(&random)
        let log = (0..<1000).map { _ in Self.episode(by: Policy(exploration: 0.6), &random) }
        let estimates = OffPolicy(log, of: Policy(value: value))
        #expect(estimates.doublyRobust(value).standardError < estimates.inversePropensity.standardError)
    }

    @Test func `of the policy that chose the estimates are the mean`() {
        var random = SplitMix(6)
        let policy = Policy(value: Self.learnt(&random), exploration: 0.3)
        let log = (0..<200).map { _ in Self.episode(by: policy, &random) }
        let mean = Estimate(log.map { $0.returns[0] })
        let estimates = OffPolicy(log, of: policy)
        #expect(abs(estimates.inversePropensity.mean - mean.mean) < 1e-12)
        #expect(abs(estimates.selfNormalised.mean - mean.mean) < 1e-12)
        #expect(estimates.gain(over: policy, Self.learnt(&random)).mean == 0)
    }

    @Test func `an interval is that of the sample`() {
        let estimate = Estimate([1, 2, 3, 4])
        #expect(estimate.mean == 2.5)
        // The sample's variance is 5/3; of the mean a fourth of it.
        #expect(abs(estimate.standardError - (5.0 / 12).squareRoot()) < 1e-15)
        #expect(abs(estimate.upper - 3.765) < 0.001)
        #expect(Estimate([1]).lower == -.infinity)
        #expect(OffPolicy([], of: Policy()).selfNormalised.upper == .infinity)
    }
}
