import Glibc
import Testing
import Tokenizers
import Transformers

@Suite struct `A sampler` {
    private static let logits: [Float] = [0.3, 2, -1, 2.5, 0, 1.2, -3, 2.5]

    /// How often each token is drawn, from one sampler.
    private func counts(_ sampling: Sampling, draws: Int, _ logits: [Float] = logits) -> [Int] {
        var counts = [Int](repeating: 0, count: logits.count)
        var sampler = Sampler(sampling, vocabulary: logits.count)
        for _ in 0..<draws { counts[Int(sampler.next(logits.span).rawValue)] += 1 }
        return counts
    }

    private func tokens(_ sampling: Sampling, count: Int) -> [Int32] {
        var sampler = Sampler(sampling, vocabulary: Self.logits.count)
        return (0..<count).map { _ in sampler.next(Self.logits.span).rawValue }
    }

    @Test func `takes the likeliest token at no temperature, of equal ones the first`() {
        #expect(tokens(Sampling(), count: 3) == [3, 3, 3])
        #expect(counts(Sampling(), draws: 1, [.nan, -.infinity, -2, .nan]) == [0, 0, 1, 0])
    }

    @Test func `draws as the softmax says`() {
        for temperature in [0.5, 1, 2] {
            let weights = Self.logits.map { exp(Double($0) / temperature) }
            let draws = 40_000
            let found = counts(Sampling(temperature: temperature, seed: 7), draws: draws)
            for (count, weight) in zip(found, weights) {
                let p = weight / weights.reduce(0, +)
                // Five standard deviations of a binomial count.
                #expect(
                    abs(Double(count) - p * Double(draws)) <= 5 * (p * (1 - p) * Double(draws)).squareRoot()
                        + 1)
            }
        }
    }

    @Test func `gives the same tokens with the same seed, and others with another`() {
        let first = tokens(Sampling(temperature: 1, seed: 1), count: 50)
        #expect(tokens(Sampling(temperature: 1, seed: 1), count: 50) == first)
        #expect(tokens(Sampling(temperature: 1, seed: 2), count: 50) != first)
    }

    @Test(arguments: [
        (Sampling(temperature: 1, topK: 1), [3]), (Sampling(temperature: 1, topK: 3), [1, 3, 7]),
        (Sampling(temperature: 1, topK: 100), Array(0..<8)),
        // 0.31, 0.31, 0.19, 0.09 and less
        (Sampling(temperature: 1, topP: 0.3), [3]), (Sampling(temperature: 1, topP: 0.6), [3, 7]),
        (Sampling(temperature: 1, topP: 0.7), [1, 3, 7]),
        (Sampling(temperature: 1, topK: 3, topP: 0.7), [3, 7]),
        // e^-0.5 is 0.61, e^-1.3 0.27
        (Sampling(temperature: 1, minP: 0.7), [3, 7]), (Sampling(temperature: 1, minP: 0.5), [1, 3, 7]),
        (Sampling(temperature: 1, topK: 2, minP: 0.5), [3, 7]),
    ])
    func `draws from all the tokens it keeps and from no others`(sampling: Sampling, kept: [Int]) {
        let found = counts(sampling, draws: 20_000)
        #expect(found.indices.filter { found[$0] > 0 } == kept)
    }

    @Test func `makes tokens that have come less likely`() {
        var sampler = Sampler(Sampling(repetitionPenalty: 2), vocabulary: Self.logits.count)
        #expect((0..<3).map { _ in sampler.next(Self.logits.span).rawValue } == [3, 7, 1])
        var told = Sampler(Sampling(repetitionPenalty: 2), vocabulary: 2)
        told.note([TokenID(rawValue: 1)])
        #expect(told.next([-1.5, -1].span).rawValue == 0)
    }
}
