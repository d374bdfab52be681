/// A softmax over cosines: one class vector of length 1 a class, moved by gradient steps on single examples.
///
/// - Note: Gidaris, Komodakis, *Dynamic Few-Shot Visual Learning without Forgetting*, 2018.
struct CosineSoftmax: Sendable, Equatable {
    /// While learning, logits are this · cosine.
    static let temperature: Float = 45
    private static let rate: Float = 0.0156
    /// A class whose probability is nearer to its target than this is not moved.
    private static let tolerance: Float = 0.002

    /// (classes, d)
    private(set) var vectors: Matrix

    init(columns: Int) { vectors = Matrix(columns: columns) }

    init(vectors: Matrix) { self.vectors = vectors }

    mutating func appendClass(_ x: [Float]) {
        vectors.append(x)
        set(x, label: vectors.rows - 1)
    }

    mutating func set(_ x: [Float], label: Int) {
        vectors[label] = [Float](repeating: 0, count: x.count)
        var alphas = [Float](repeating: 0, count: vectors.rows)
        alphas[label] = 1
        vectors.addUnit(alphas, times: x)
    }

    mutating func removeClass(_ label: Int) { vectors.remove(row: label) }

    /// Moves the vector of `label` towards `x`, as its mean moves when `x` is its `count`-th example.
    mutating func pull(_ x: [Float], label: Int, count: Int) {
        var alphas = [Float](repeating: 0, count: vectors.rows)
        alphas[label] = 1 / Float(count)
        vectors.addUnit(alphas, times: x)
    }

    /// One gradient step on the cross-entropy of one example.
    ///
    /// - Complexity: O(classes · d).
    mutating func learn(_ x: [Float], label: Int) {
        let logits = vectors.times(x).map { $0 * Self.temperature }
        var steps = Exponential.softmax(logits)
        for index in steps.indices {
            let error = steps[index] - (index == label ? 1 : 0)
            steps[index] = abs(error) < Self.tolerance ? 0 : -Self.rate * error
        }
        vectors.addUnit(steps, times: x)
    }
}
