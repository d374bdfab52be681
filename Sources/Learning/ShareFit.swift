/// The shares of the voices under which held-out examples are likeliest: multinomial logistic regression on the
/// voices' logits, a convex problem of a few unknowns, by Newton's method with shares of 0 or more.
///
/// - Note: Wolpert, *Stacked Generalization*, 1992; Guo et al., *On Calibration of Modern Neural Networks*, 2017.
struct ShareFit {
    private let examples: [VoicedExample]
    /// How strongly shares are held to the usual ones, in examples.
    private static let trustInUsual = 0.25
    private static let steps = 12

    init(_ examples: [VoicedExample]) { self.examples = examples }

    /// - Complexity: O(steps · examples · classes · voices²).
    func shares(near usual: [Float]) -> [Float] {
        guard !examples.isEmpty else { return usual }
        let start = usual.map(Double.init)
        var shares = start
        var cost = self.cost(shares, start)
        for _ in 0..<Self.steps {
            let (slope, curvature) = derivatives(shares, start)
            // A share at its bound that would leave it stays where it is.
            let free = shares.indices.filter { shares[$0] > 0 || slope[$0] < 0 }
            let step = Self.solve(curvature, slope, free)
            var length = 1.0
            var moved = false
            while length > 1.0 / 64, !moved {
                let next = shares.indices.map { max(0, shares[$0] - length * step[$0]) }
                let nextCost = self.cost(next, start)
                if nextCost < cost {
                    moved = cost - nextCost > 1e-3
                    (shares, cost) = (next, nextCost)
                    if !moved { return shares.map(Float.init) }
                }
                length /= 2
            }
            if !moved { break }
        }
        return shares.map(Float.init)
    }

    private func cost(_ shares: [Double], _ usual: [Double]) -> Double {
        var cost = 0.0
        for (share, own) in zip(shares, usual) {
            cost += Self.trustInUsual * (share - own) * (share - own) / (own * own)
        }
        let weights = shares.map { Float($0) }
        for example in examples {
            let logits = example.added(by: weights)
            cost += Double(Exponential.logSum(logits) - logits[example.label])
        }
        return cost
    }

    private func derivatives(
        _ shares: [Double], _ usual: [Double]
    ) -> (slope: [Double], curvature: [[Double]]) {
        let count = shares.count
        var slope = [Double](repeating: 0, count: count)
        var curvature = [[Double]](repeating: slope, count: count)
        for index in 0..<count {
            let stiffness = 2 * Self.trustInUsual / (usual[index] * usual[index])
            slope[index] = stiffness * (shares[index] - usual[index])
            curvature[index][index] = stiffness
        }
        let weights = shares.map { Float($0) }
        for example in examples {
            let probabilities = Exponential.softmax(example.added(by: weights))
            // Classes nobody believes in add nothing.
            let likely = probabilities.indices.filter { probabilities[$0] > 1e-5 }
            let means = example.logits.map { row in
                likely.reduce(0.0) { $0 + Double(probabilities[$1] * row[$1]) }
            }
            for one in 0..<count {
                slope[one] += means[one] - Double(example.logits[one][example.label])
                for other in 0...one {
                    var both = 0.0
                    for label in likely {
                        both +=
                            Double(probabilities[label]) * (Double(example.logits[one][label]) - means[one])
                            * (Double(example.logits[other][label]) - means[other])
                    }
                    curvature[one][other] += both
                    if other != one { curvature[other][one] += both }
                }
            }
        }
        return (slope, curvature)
    }

    /// The Newton step of the `free` unknowns, 0 for the others: Gaussian elimination of a positive definite matrix.
    private static func solve(_ matrix: [[Double]], _ right: [Double], _ free: [Int]) -> [Double] {
        var rows = free.map { row in free.map { matrix[row][$0] } + [right[row]] }
        let count = free.count
        for pivot in 0..<count {
            for row in pivot + 1..<max(count, pivot + 1) {
                let factor = rows[row][pivot] / rows[pivot][pivot]
                for column in pivot...count { rows[row][column] -= factor * rows[pivot][column] }
            }
        }
        var step = [Double](repeating: 0, count: right.count)
        for pivot in stride(from: count - 1, through: 0, by: -1) {
            var value = rows[pivot][count]
            for column in pivot + 1..<max(count, pivot + 1) {
                value -= rows[pivot][column] * step[free[column]]
            }
            step[free[pivot]] = value / rows[pivot][pivot]
        }
        return step
    }
}
