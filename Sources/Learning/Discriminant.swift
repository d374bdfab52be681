/// Linear discriminant analysis as a stream: class means and one covariance shared by all classes.
///
/// The means are exact and do not depend on the order of the examples; the inverse P of the scatter within the
/// classes (plus `ridge` · identity) follows each example by the Sherman–Morrison formula, so it depends on the
/// order only in its rounding, and a batch is the same as its examples one by one.
///
/// - Note: Hayes, Kanan, *Lifelong Machine Learning with Deep Streaming Linear Discriminant Analysis*, 2020.
struct Discriminant: Sendable, Equatable {
    /// (classes): how many vectors each mean stands for.
    private(set) var counts: [Int] = []
    /// (classes, d): exact sums.
    private(set) var sums: [[Double]] = []
    /// (classes, d).
    private(set) var means: Matrix
    /// (classes, d): P · mean.
    private(set) var weights: Matrix
    /// (d, d).
    private(set) var inverse: PackedSymmetric

    init(columns: Int, ridge: Float) {
        means = Matrix(columns: columns)
        weights = Matrix(columns: columns)
        inverse = PackedSymmetric(count: columns, diagonal: 1 / ridge)
    }

    init(counts: [Int], sums: [[Double]], weights: Matrix, inverse: PackedSymmetric) {
        self.counts = counts
        self.sums = sums
        self.weights = weights
        self.inverse = inverse
        means = Matrix(columns: weights.columns)
        for (sum, count) in zip(sums, counts) { means.append(Self.mean(sum, count)) }
    }

    /// A new class whose mean is `x`.
    mutating func appendClass(_ x: [Float]) {
        counts.append(1)
        sums.append(x.map(Double.init))
        means.append(x)
        weights.append(inverse.times(x))
    }

    /// How a class follows a vector that is about to be learnt.
    struct Step: Sendable {
        let x: [Float]
        let label: Int
        /// Whether the scores of the vector before it is learnt are asked for.
        let isScored: Bool
        /// (d): of the class before and after.
        let former: [Float]
        let mean: [Float]
    }

    /// How many vectors one pass over the inverse serves.
    var foreseen: Int { inverse.productsUntilLowered }

    /// The steps that learning `vectors` takes: in this order, with nothing between them.
    ///
    /// - Parameter vectors: of classes there are.
    func steps(_ vectors: [(x: [Float], label: Int, isScored: Bool)]) -> [Step] {
        var moved: [Int: (sum: [Double], count: Int, mean: [Float])] = [:]
        return vectors.map { x, label, isScored in
            let former = moved[label]?.mean ?? means[label]
            var (sum, count, mean) = moved[label] ?? (sums[label], counts[label], former)
            for index in x.indices { sum[index] += Double(x[index]) }
            count += 1
            mean = Self.mean(sum, count)
            moved[label] = (sum, count, mean)
            return Step(x: x, label: label, isScored: isScored, former: former, mean: mean)
        }
    }

    /// Moves the means of the classes and the shared scatter by each of `steps` in turn, in one pass over the inverse
    /// and one over the weights.
    ///
    /// - Parameter steps: at most `foreseen`.
    /// - Returns: (steps, classes): P · mean · x + bias of each vector before it was learnt; empty where not asked for.
    /// - Complexity: O(d² + steps · (d² + classes · d)), the first term in memory traffic.
    mutating func learn(_ steps: [Step]) -> [[Float]] {
        let updates = widen(along: steps)
        var scores = steps.map { [Float](repeating: 0, count: $0.isScored ? counts.count : 0) }
        var energies = scores
        weights.forEachBlock { block in
            var products = [Float](repeating: 0, count: block.rows.count)
            for (place, step) in steps.enumerated() {
                if step.isScored {
                    block.times(step.x, into: &products)
                    scores[place].replaceSubrange(block.rows, with: products)
                    block.dots(with: means, into: &products)
                    energies[place].replaceSubrange(block.rows, with: products)
                }
                block.follow(updates[place], &products)
                if block.rows.contains(step.label) { means[step.label] = step.mean }
            }
        }
        for (place, step) in steps.enumerated() {
            if step.isScored {
                for (row, bias) in biases(of: energies[place]).enumerated() { scores[place][row] += bias }
            }
            for index in step.x.indices { sums[step.label][index] += Double(step.x[index]) }
            counts[step.label] += 1
        }
        return scores
    }

    /// Lowers the inverse by each of `steps`, and says how the weights must follow.
    private mutating func widen(along steps: [Step]) -> [Update] {
        precondition(steps.count <= foreseen, "discriminant: \(steps.count) steps at once")
        var directions = Matrix(columns: means.columns)
        for step in steps {
            var direction = step.x
            Kernels.add(-1, step.former, to: &direction)
            directions.append(direction)
        }
        let products = inverse.products(each: directions)
        var former = counts
        return steps.enumerated().map { place, step in
            let n = Float(former[step.label])
            former[step.label] += 1
            let u = directions[place]
            let g = inverse.lowered(products[place], of: u)
            return widen(along: u, g, by: n / (n + 1), movingMeanOf: step.label, by: 1 / (n + 1))
        }
    }

    /// Puts all vectors of class `source` into class `target`, and takes `source` away.
    mutating func merge(_ source: Int, into target: Int) {
        var u = means[source]
        Kernels.add(-1, means[target], to: &u)
        let (m, n) = (Float(counts[source]), Float(counts[target]))
        let update = widen(
            along: u, inverse.times(u), by: m * n / (m + n), movingMeanOf: target, by: m / (m + n))
        weights.forEachBlock { block in
            var alphas = [Float](repeating: 0, count: block.rows.count)
            block.follow(update, &alphas)
        }
        for index in u.indices { sums[target][index] += sums[source][index] }
        counts[target] += counts[source]
        means[target] = Self.mean(sums[target], counts[target])
        removeClass(source)
    }

    /// Forgets the class; what it told about the spread within classes stays.
    mutating func removeClass(_ label: Int) {
        counts.remove(at: label)
        sums.remove(at: label)
        means.remove(row: label)
        weights.remove(row: label)
    }

    /// Exchanges one vector of a class for another, without touching the scatter.
    mutating func replace(_ old: [Float], by new: [Float], label: Int) {
        for index in new.indices { sums[label][index] += Double(new[index]) - Double(old[index]) }
        means[label] = Self.mean(sums[label], counts[label])
        weights[label] = inverse.times(means[label])
    }

    /// (classes): P · mean · x + bias.
    func scores(_ x: [Float]) -> [Float] { zip(weights.times(x), biases).map { $0 + $1 } }

    /// (classes): −½ · mean · P · mean, less what noise adds to the means of few vectors.
    ///
    /// The mean of few vectors lies further out than that of many, so its class would be ranked too low. Its
    /// excess over the average energy shrinks by how few its vectors are beside the average class's.
    var biases: [Float] { biases(of: weights.dots(with: means)) }

    /// - Parameter energies: (classes): mean · P · mean.
    private func biases(of energies: [Float]) -> [Float] {
        let classes = Float(max(1, counts.count))
        let average = energies.reduce(0, +) / classes
        let usual = Float(counts.reduce(0, +)) / classes
        return zip(energies, counts).map { energy, count in
            let trust = min(1, Float(count) / usual)
            return -0.5 * (energy > average ? average + trust * trust * (energy - average) : energy)
        }
    }

    /// How the weights follow a change of the scatter and of one mean.
    fileprivate struct Update {
        /// (d): the direction of the change, and P times it.
        let u: [Float]
        let g: [Float]
        /// Of g · gᵀ, which the inverse has lost.
        let factor: Float
        let label: Int
        /// How far along g the weights of `label` go besides.
        let step: Float
    }

    /// Adds `c · u · uᵀ` to the scatter while the mean of `label` moves by `step · u`.
    ///
    /// - Parameter g: P · u.
    /// - Returns: how every row of the weights must follow.
    private mutating func widen(
        along u: [Float], _ g: [Float], by c: Float, movingMeanOf label: Int, by step: Float
    ) -> Update {
        let damping = 1 + c * Kernels.dot(u, g)
        let factor = c / damping
        inverse.downdate(factor, g)
        return Update(u: u, g: g, factor: factor, label: label, step: step / damping)
    }

    private static func mean(_ sum: [Double], _ count: Int) -> [Float] {
        let n = Double(count)
        return sum.map { Float($0 / n) }
    }
}

extension Matrix.Block {
    /// The weights of the classes follow exactly.
    ///
    /// - Parameter alphas: (rows), room for how far each goes.
    fileprivate func follow(_ update: Discriminant.Update, _ alphas: inout [Float]) {
        times(update.u, into: &alphas)
        for (place, row) in rows.enumerated() {
            alphas[place] *= -update.factor
            if row == update.label { alphas[place] += update.step }
        }
        add(alphas, times: update.g)
    }
}
