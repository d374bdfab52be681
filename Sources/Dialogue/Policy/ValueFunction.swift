/// What is to be expected of a move until its goal ends: how often its kind succeeds at that step, and a linear
/// function of its features for what that leaves out.
public struct ValueFunction: Codable, Sendable, Hashable {
    let rates: SuccessRates
    /// By kind, shape (Situation.featureCount); a kind never tried has none.
    let weights: [MoveKind: [Double]]

    /// - Returns: the expected sum of rewards.
    public func value(of option: MoveOption, at step: String) -> Double {
        var value = rates.rate(of: option.kind, at: step)
        guard let weights = weights[option.kind] else { return value }
        for (weight, feature) in zip(weights, option.features) { value += weight * feature }
        return value
    }
}

/// The sums from which a value function is fitted: for each kind of move a ridge regression of what its
/// transitions got on their features.
///
/// All sums run in the order of the log, in double precision, with additions, products, divisions and square
/// roots alone, so that a log gives the same bits on every processor.
///
/// - Note: Hoerl and Kennard, *Ridge Regression*, 1970; Li et al., *A Contextual-Bandit Approach to Personalized
///   News Article Recommendation*, 2010, section 3.1, for one regression an arm.
public struct ValueSums: Codable, Sendable, Hashable {
    /// How strongly weights are held to 0, in transitions.
    private static let ridge = 1.0

    private struct Sums: Codable, Sendable, Hashable {
        /// Of features · features, shape (featureCount · featureCount).
        var squares: [Double]
        /// Of features · return, shape (featureCount).
        var products: [Double]
        /// Of features, by the step, shape (featureCount) each.
        var features: [String: [Double]] = [:]

        init() {
            squares = [Double](repeating: 0, count: Situation.featureCount * Situation.featureCount)
            products = [Double](repeating: 0, count: Situation.featureCount)
        }
    }

    public private(set) var rates = SuccessRates()
    private var sums: [MoveKind: Sums] = [:]

    public init() {}

    /// - Complexity: O(transitions · featureCount²).
    public mutating func take(_ episode: Episode) {
        rates.take(episode)
        for (transition, got) in zip(episode.transitions, episode.returns) {
            let features = transition.options[transition.chosen].features
            var own = sums[transition.kind] ?? Sums()
            var atStep = own.features[transition.step] ?? [Double](repeating: 0, count: features.count)
            for row in features.indices {
                own.products[row] += features[row] * got
                atStep[row] += features[row]
                for column in features.indices {
                    own.squares[row * features.count + column] += features[row] * features[column]
                }
            }
            own.features[transition.step] = atStep
            sums[transition.kind] = own
        }
    }

    /// - Complexity: O(kinds · featureCount³).
    public func fitted() -> ValueFunction {
        var weights: [MoveKind: [Double]] = [:]
        for (kind, own) in sums {
            var wanted = own.products
            for step in own.features.keys.sorted() {
                let rate = rates.rate(of: kind, at: step)
                for (place, sum) in (own.features[step] ?? []).enumerated() { wanted[place] -= rate * sum }
            }
            weights[kind] = Self.solve(own.squares, wanted)
        }
        return ValueFunction(rates: rates, weights: weights)
    }

    /// The w of (A + ridge · I) w = b, by Cholesky's decomposition; A is symmetric and not negative.
    private static func solve(_ matrix: [Double], _ vector: [Double]) -> [Double] {
        let size = vector.count
        var lower = matrix
        for row in 0..<size {
            lower[row * size + row] += ridge
            for column in 0...row {
                var sum = lower[row * size + column]
                for place in 0..<column { sum -= lower[row * size + place] * lower[column * size + place] }
                lower[row * size + column] =
                    row == column ? sum.squareRoot() : sum / lower[column * size + column]
            }
        }
        var solution = vector
        for row in 0..<size {
            for place in 0..<row { solution[row] -= lower[row * size + place] * solution[place] }
            solution[row] /= lower[row * size + row]
        }
        for row in (0..<size).reversed() {
            for place in row + 1..<size { solution[row] -= lower[place * size + row] * solution[place] }
            solution[row] /= lower[row * size + row]
        }
        return solution
    }
}
