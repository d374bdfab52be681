import Testing

@testable import Learning

struct CosineSoftmaxTests {
    private func values(seed: UInt64) -> [Float] {
        var random = Randomness(state: seed)
        return (0..<128).map { _ in Float(random.below(2001) - 1000) / 1000 }
    }

    /// Two classes, and the means of what the first was shown, one example after the other.
    private func softmax() -> (cosine: CosineSoftmax, means: [[Float]]) {
        var cosine = CosineSoftmax(columns: 128)
        var means = [values(seed: 1)]
        for count in 1..<20 {
            means.append(
                zip(means[count - 1], values(seed: UInt64(count + 1))).map {
                    $0 + ($1 - $0) / Float(count + 1)
                })
        }
        cosine.appendClass(means[0])
        cosine.appendClass(values(seed: 99))
        return (cosine, means)
    }

    @Test func `a class vector that no step moved is the direction of its mean`() {
        var (cosine, means) = softmax()
        var started = cosine
        for (former, mean) in zip(means, means.dropFirst()) {
            cosine.follow(from: former, to: mean, label: 0)
        }
        started.set(means[19], label: 0)
        // nineteen roundings of values below 1
        for (a, b) in zip(cosine.vectors.values, started.vectors.values) { #expect(abs(a - b) < 1e-5) }
    }

    @Test func `what steps taught a class vector outlives the means that follow`() {
        var (cosine, means) = softmax()
        var untaught = cosine
        // An example that both classes claim: the steps turn the first towards it.
        let x = zip(means[0], values(seed: 99)).map { $0 + $1 }
        for _ in 0..<20 { cosine.learn(Matrix(rows: 1, columns: 128, values: x), labels: [0]) }
        for (former, mean) in zip(means, means.dropFirst()) {
            cosine.follow(from: former, to: mean, label: 0)
            untaught.follow(from: former, to: mean, label: 0)
        }
        #expect(cosine.vectors.times(x, row: 0) > untaught.vectors.times(x, row: 0) + 0.05)
    }

    @Test(arguments: [1, 3, 8])
    func `a batch takes the steps of its examples one by one`(batch: Int) {
        let xs = Matrix(
            rows: batch, columns: 128, values: (0..<batch).flatMap { values(seed: UInt64($0 + 40)) })
        let labels = (0..<batch).map { $0 % 2 }
        var (together, _) = softmax()
        var alone = together
        together.learn(xs, labels: labels)
        for (place, label) in labels.enumerated() {
            alone.learn(Matrix(rows: 1, columns: 128, values: xs[place]), labels: [label])
        }
        #expect(together == alone)
    }
}
