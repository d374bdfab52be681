import Glibc
import Testing
import Tokenizers

@testable import Generation

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

    @Test func `chooses among given tokens alone`() {
        let tokens = [0, 2, 5].map { TokenID(rawValue: $0) }
        var greedy = Sampler(Sampling(), vocabulary: Self.logits.count)
        #expect(greedy.next(Self.logits.span, among: tokens).rawValue == 5)
        var sampler = Sampler(Sampling(temperature: 1, topK: 1), vocabulary: Self.logits.count)
        let drawn = (0..<2000).map { _ in sampler.next(Self.logits.span, among: tokens).rawValue }
        #expect(Set(drawn) == [0, 2, 5])
    }
}

@Suite struct `A choice of replies` {
    private let end = TokenID(rawValue: 0)

    private func ids(_ numbers: Int32...) -> [TokenID] { numbers.map { TokenID(rawValue: $0) } }

    /// The indices that every way through the choice ends with.
    private func ends(_ choice: TokenChoice) -> [Int] {
        guard choice.chosen == nil else { return choice.chosen.map { [$0] } ?? [] }
        return choice.allowed.flatMap { token in
            var next = choice
            next.take(token)
            return ends(next)
        }
    }

    @Test func `ends with each of them, and with nothing else`() {
        let choices = [ids(1, 2), ids(1, 3, 4), ids(5), ids(1, 2, 6), ids(5)]
        #expect(ends(TokenChoice(choices, end: end)).sorted() == [0, 1, 2, 3])
    }

    @Test func `asks for an end only where a reply goes on`() {
        var choice = TokenChoice([ids(1), ids(1, 2)], end: end)
        #expect(choice.allowed == ids(1))
        choice.take(TokenID(rawValue: 1))
        #expect(choice.chosen == nil && choice.allowed == ids(2, 0))
        var longer = choice
        choice.take(end)
        #expect(choice.chosen == 0 && choice.allowed.isEmpty)
        longer.take(TokenID(rawValue: 2))
        #expect(longer.chosen == 1 && longer.allowed.isEmpty)
    }
}
