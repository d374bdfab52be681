/// A mean with its 95 % interval: normal, with the sample's variance.
public struct Estimate: Codable, Sendable, Hashable {
    public let mean: Double
    public let standardError: Double
    public let count: Int

    /// The standard normal distribution's 97.5th percentile.
    static let quantile = 1.959_963_985

    init(mean: Double, standardError: Double, count: Int) {
        self.mean = mean
        self.standardError = standardError
        self.count = count
    }

    /// - Parameter values: fewer than two say nothing, and the interval is without bounds.
    public init(_ values: [Double]) {
        var sum = 0.0
        for value in values { sum += value }
        let mean = values.isEmpty ? 0 : sum / Double(values.count)
        var squares = 0.0
        for value in values { squares += (value - mean) * (value - mean) }
        let variance = squares / Double(values.count - 1) / Double(values.count)
        self.init(
            mean: mean, standardError: values.count < 2 ? .infinity : variance.squareRoot(),
            count: values.count)
    }

    public var lower: Double { mean - Self.quantile * standardError }
    public var upper: Double { mean + Self.quantile * standardError }

    public func contains(_ value: Double) -> Bool { lower <= value && value <= upper }
}

/// What a policy would get, from episodes that another one chose in.
public struct OffPolicy: Sendable {
    private let episodes: [Episode]
    private let policy: Policy

    /// - Parameters:
    ///   - episodes: those chosen by policies that give every move this one may make a probability above 0; the
    ///     policy was not learnt from them.
    public init(_ episodes: [Episode], of policy: Policy) {
        self.episodes = episodes
        self.policy = policy
    }

    /// Importance weighting, each reward by the choices that led to it.
    ///
    /// - Note: Precup, Sutton and Singh, *Eligibility Traces for Off-Policy Policy Evaluation*, 2000; of one
    ///   choice it is inverse propensity scoring.
    public var inversePropensity: Estimate {
        Estimate(
            episodes.map { episode in
                var (weight, value) = (1.0, 0.0)
                for transition in episode.transitions {
                    weight *= ratio(transition)
                    value += weight * transition.reward
                }
                return value
            })
    }

    /// The same with whole episodes, divided by the sum of their weights: biased a little, and steadier. The
    /// interval is by the delta method.
    ///
    /// - Note: Swaminathan and Joachims, *The Self-Normalized Estimator for Counterfactual Learning*, 2015.
    public var selfNormalised: Estimate {
        var (weights, weighted) = (0.0, 0.0)
        let pairs = episodes.map { episode in
            var (weight, value) = (1.0, 0.0)
            for transition in episode.transitions {
                weight *= ratio(transition)
                value += transition.reward
            }
            return (weight: weight, value: value)
        }
        for pair in pairs {
            weights += pair.weight
            weighted += pair.weight * pair.value
        }
        guard pairs.count > 1, weights > 0 else {
            return Estimate(mean: 0, standardError: .infinity, count: pairs.count)
        }
        let mean = weighted / weights
        var squares = 0.0
        for pair in pairs {
            let deviation = pair.weight * (pair.value - mean)
            squares += deviation * deviation
        }
        return Estimate(mean: mean, standardError: squares.squareRoot() / weights, count: pairs.count)
    }

    /// What a value function expects, and importance weighting for what it has wrong.
    ///
    /// - Parameter value: not learnt from these episodes.
    public func doublyRobust(_ value: ValueFunction) -> Estimate {
        Estimate(doublyRobustValues(value))
    }

    /// By how much the policy gets more than another one, episode by episode.
    public func gain(over other: Policy, _ value: ValueFunction) -> Estimate {
        let others = OffPolicy(episodes, of: other).doublyRobustValues(value)
        return Estimate(zip(doublyRobustValues(value), others).map { $0 - $1 })
    }

    /// - Note: Jiang and Li, *Doubly Robust Off-policy Value Evaluation for Reinforcement Learning*, 2016; of one
    ///   choice it is Dudík, Langford and Li, *Doubly Robust Policy Evaluation and Learning*, 2011.
    private func doublyRobustValues(_ value: ValueFunction) -> [Double] {
        episodes.map { episode in
            var after = 0.0
            for transition in episode.transitions.reversed() {
                let probabilities = policy.probabilities(of: transition.options, at: transition.step)
                var expected = 0.0
                for (probability, option) in zip(probabilities, transition.options) where probability > 0 {
                    expected += probability * value.value(of: option, at: transition.step)
                }
                let own = value.value(of: transition.options[transition.chosen], at: transition.step)
                after = expected + ratio(transition) * (transition.reward + after - own)
            }
            return after
        }
    }

    private func ratio(_ transition: Transition) -> Double {
        policy.probabilities(of: transition.options, at: transition.step)[transition.chosen]
            / transition.propensity
    }
}
