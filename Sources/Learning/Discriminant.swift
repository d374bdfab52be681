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

    /// A vector that is about to be learnt.
    struct Lesson {
        let x: [Float]
        let label: Int
        /// (d): from its class's mean, as it will be then.
        fileprivate let direction: [Float]
        /// (d): of the direction, before the downdates that will wait then.
        fileprivate let product: [Float]
    }

    /// How many lessons one pass over the inverse foresees.
    var foreseen: Int { inverse.productsUntilLowered }

    /// What learning `vectors` will take, in one pass over the inverse.
    ///
    /// They must be learnt in this order, with nothing between them.
    ///
    /// - Parameter vectors: of classes there are; at most `foreseen`.
    mutating func foresee(_ vectors: [(x: [Float], label: Int)]) -> [Lesson] {
        precondition(vectors.count <= foreseen, "discriminant: \(vectors.count) lessons foreseen")
        var directions = Matrix(columns: means.columns)
        var moved: [Int: (sum: [Double], count: Int)] = [:]
        for (x, label) in vectors {
            var direction = x
            var (sum, count) = moved[label] ?? (sums[label], counts[label])
            Kernels.add(-1, Self.mean(sum, count), to: &direction)
            directions.append(direction)
            for index in x.indices { sum[index] += Double(x[index]) }
            count += 1
            moved[label] = (sum, count)
        }
        let products = inverse.products(each: directions)
        return vectors.enumerated().map { place, vector in
            Lesson(
                x: vector.x, label: vector.label, direction: directions[place], product: products[place])
        }
    }

    /// Moves the mean of a class and the shared scatter by one example.
    ///
    /// - Complexity: O(d² + classes · d).
    mutating func learn(_ lesson: Lesson) {
        let (x, label) = (lesson.x, lesson.label)
        let n = Float(counts[label])
        let g = inverse.lowered(lesson.product, of: lesson.direction)
        widen(along: lesson.direction, g, by: n / (n + 1), movingMeanOf: label, by: 1 / (n + 1))
        for index in x.indices { sums[label][index] += Double(x[index]) }
        counts[label] += 1
        means[label] = Self.mean(sums[label], counts[label])
    }

    /// Puts all vectors of class `source` into class `target`, and takes `source` away.
    mutating func merge(_ source: Int, into target: Int) {
        var u = means[source]
        Kernels.add(-1, means[target], to: &u)
        let (m, n) = (Float(counts[source]), Float(counts[target]))
        widen(along: u, inverse.times(u), by: m * n / (m + n), movingMeanOf: target, by: m / (m + n))
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

    /// (classes): −½ · mean · P · mean, less what noise adds to the means of few vectors.
    ///
    /// The mean of few vectors lies further out than that of many, so its class would be ranked too low. Its
    /// excess over the average energy shrinks by how few its vectors are beside the average class's.
    var biases: [Float] {
        let energies = weights.dots(with: means)
        let classes = Float(max(1, counts.count))
        let average = energies.reduce(0, +) / classes
        let usual = Float(counts.reduce(0, +)) / classes
        return zip(energies, counts).map { energy, count in
            let trust = min(1, Float(count) / usual)
            return -0.5 * (energy > average ? average + trust * trust * (energy - average) : energy)
        }
    }

    /// Adds `c · u · uᵀ` to the scatter while the mean of `label` moves by `step · u`; the weights follow exactly.
    ///
    /// - Parameter g: P · u.
    private mutating func widen(
        along u: [Float], _ g: [Float], by c: Float, movingMeanOf label: Int, by step: Float
    ) {
        let damping = 1 + c * Kernels.dot(u, g)
        let factor = c / damping
        inverse.downdate(factor, g)
        var alphas = weights.times(u)
        for index in alphas.indices { alphas[index] *= -factor }
        alphas[label] += step / damping
        weights.add(alphas, times: g)
    }

    private static func mean(_ sum: [Double], _ count: Int) -> [Float] {
        let n = Double(count)
        return sum.map { Float($0 / n) }
    }
}
