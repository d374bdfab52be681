/// A mean with its 95 % interval: normal, with the sample's variance or one that is told beside it.
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
    public var inversePropensity: Estimate { Self.estimate(episodes.map { told(by: $0, of: policy, nil) }) }

    /// The same with whole episodes, divided by the sum of their weights: biased a little, and steadier. The
    /// interval is by the delta method, or that of the weights where what is got is alike for all of them, whichever is
    /// wider.
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
        var (squares, squaredWeights, deviations) = (0.0, 0.0, 0.0)
        for pair in pairs {
            let deviation = pair.value - mean
            squares += pair.weight * deviation * (pair.weight * deviation)
            squaredWeights += pair.weight * pair.weight
            deviations += deviation * deviation
        }
        let widest = max(squares, squaredWeights * (deviations / Double(pairs.count)))
        return Estimate(mean: mean, standardError: widest.squareRoot() / weights, count: pairs.count)
    }

    /// What a value function expects, and importance weighting for what it has wrong.
    ///
    /// - Parameter value: not learnt from these episodes.
    /// - Note: Jiang and Li, *Doubly Robust Off-policy Value Evaluation for Reinforcement Learning*, 2016; of one
    ///   choice it is Dudík, Langford and Li, *Doubly Robust Policy Evaluation and Learning*, 2011.
    public func doublyRobust(_ value: ValueFunction) -> Estimate {
        Self.estimate(episodes.map { told(by: $0, of: policy, value) })
    }

    /// By how much the policy gets more than another one, episode by episode.
    ///
    /// Its interval is by the sample's variance alone, and bolder than those above: of logs that explore with 0.4 the lower
    /// bound is beyond the truth in 9 of 100, not in 2.5. By the larger variance nothing is told of a gain of some
    /// hundredths within 1,000 episodes.
    public func gain(over other: Policy, _ value: ValueFunction) -> Estimate {
        Estimate(
            episodes.map {
                told(by: $0, of: policy, value).value - told(by: $0, of: other, value).value
            })
    }

    /// What an episode says of a policy: what was expected at its beginning, and what that had wrong.
    private struct Told {
        var expected = 0.0
        /// Of each transition, and how much it counts.
        var errors: [(error: Double, weight: Double)] = []

        var value: Double {
            var value = expected
            for (error, weight) in errors { value += weight * error }
            return value
        }
    }

    /// - Parameter value: nil expects nothing of any move.
    private func told(by episode: Episode, of policy: Policy, _ value: ValueFunction?) -> Told {
        var told = Told()
        var (weight, own) = (1.0, 0.0)
        for (place, transition) in episode.transitions.enumerated() {
            let probabilities = policy.probabilities(of: transition.options, at: transition.step)
            var expected = 0.0
            for (probability, option) in zip(probabilities, transition.options) where probability > 0 {
                expected += probability * (value?.value(of: option, at: transition.step) ?? 0)
            }
            if place == 0 {
                told.expected = expected
            } else {
                // What was expected after the move before this one.
                told.errors[place - 1].error = own + expected
            }
            weight *= probabilities[transition.chosen] / transition.propensity
            let chosen = value?.value(of: transition.options[transition.chosen], at: transition.step) ?? 0
            own = transition.reward - chosen
            told.errors.append((error: own, weight: weight))
        }
        return told
    }

    /// Their mean, with the larger of two variances: the sample's, and that of the weights where errors are alike for all of
    /// them.
    ///
    /// A log has few transitions of large weights, and they do badly once in a while. A log in which none of them did says
    /// too much, and its sample varies too little: of intervals by that alone 83 % held the truth, not 95. How large the
    /// weights are does not depend on what came of it, and how large errors are the many transitions of small weights
    /// say, too.
    ///
    /// - Note: weights and values are taken apart as for the effective sample size: Owen, *Monte Carlo Theory, Methods and
    ///   Examples*, 2013, section 9.3.
    private static func estimate(_ told: [Told]) -> Estimate {
        let sample = Estimate(told.map(\.value))
        var (squares, count, weights) = (0.0, 0, 0.0)
        for (error, weight) in told.lazy.flatMap(\.errors) {
            squares += error * error
            count += 1
            weights += weight * weight
        }
        guard told.count > 1, count > 0 else { return sample }
        let beginnings = Estimate(told.map(\.expected)).standardError
        let episodes = Double(told.count)
        let variance = beginnings * beginnings + weights * (squares / Double(count)) / (episodes * episodes)
        return Estimate(
            mean: sample.mean, standardError: max(sample.standardError, variance.squareRoot()),
            count: told.count)
    }

    private func ratio(_ transition: Transition) -> Double {
        policy.probabilities(of: transition.options, at: transition.step)[transition.chosen]
            / transition.propensity
    }
}
