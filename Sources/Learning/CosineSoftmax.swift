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

    /// Moves the vector of `label` as the direction of its class's mean moved, so that what the steps have added to
    /// that direction stays.
    mutating func follow(from former: [Float], to mean: [Float], label: Int) {
        var change = Self.direction(mean)
        Kernels.add(-1, Self.direction(former), to: &change)
        var alphas = [Float](repeating: 0, count: vectors.rows)
        alphas[label] = 1
        vectors.addUnit(alphas, times: change)
    }

    /// (classes)
    func logits(_ x: [Float], scale: Float) -> [Float] { vectors.times(x).map { $0 * scale } }

    private static func direction(_ x: [Float]) -> [Float] {
        let length = Kernels.dot(x, x).squareRoot()
        return length > 0 ? x.map { $0 / length } : x
    }

    /// A gradient step on the cross-entropy of each example in turn.
    ///
    /// A step moves few vectors, so one pass over all of them serves the batch; the products of those that moved
    /// are taken again.
    ///
    /// - Parameters:
    ///   - batch: (batch, d).
    ///   - labels: (batch).
    /// - Complexity: O(batch · classes · d).
    mutating func learn(_ batch: Matrix, labels: [Int]) {
        let cosines = vectors.times(each: batch)
        var moved: Set<Int> = []
        for (place, label) in labels.enumerated() {
            let x = batch[place]
            var logits = Array(cosines[place * vectors.rows..<(place + 1) * vectors.rows])
            for row in moved { logits[row] = vectors.times(x, row: row) }
            for row in logits.indices { logits[row] *= Self.temperature }
            var steps = Exponential.softmax(logits)
            for row in steps.indices {
                let error = steps[row] - (row == label ? 1 : 0)
                steps[row] = abs(error) < Self.tolerance ? 0 : -Self.rate * error
                if steps[row] != 0 { moved.insert(row) }
            }
            vectors.addUnit(steps, times: x)
        }
    }
}
