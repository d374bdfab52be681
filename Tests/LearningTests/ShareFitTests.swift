import Testing

@testable import Learning

struct ShareFitTests {
    /// Two voices: the first says the label with the given odds, the second says anything.
    private func examples(_ count: Int, sure: Float) -> [VoicedExample] {
        var randomness = Randomness(state: 9)
        return (0..<count).map { _ in
            let label = randomness.below(3)
            let said = randomness.below(10) < 8 ? label : randomness.below(3)
            let guess = randomness.below(3)
            return VoicedExample(
                logits: [said, guess].map { chosen in (0..<3).map { $0 == chosen ? sure : 0 } }, label: label)
        }
    }

    @Test func `a voice that says anything loses its share`() {
        let shares = ShareFit(examples(2000, sure: 4)).shares(near: [0.5, 0.5])
        #expect(shares[0] > 0.4)
        #expect(shares[1] < 0.05)
    }

    @Test(arguments: [Float(1), 4, 20])
    func `fitted probabilities are as sure as the voice is right`(sure: Float) {
        let examples = examples(3000, sure: sure)
        let shares = ShareFit(examples).shares(near: [0.5, 0.5])
        let right = examples.count { example in example.logits[0][example.label] > 0 }
        let sureness = examples.reduce(Float(0)) { sum, example in
            sum + (Exponential.softmax(example.added(by: shares)).max() ?? 0)
        }
        #expect(abs(sureness / 3000 - Float(right) / 3000) < 0.02)
    }

    @Test func `without examples the usual shares stay`() {
        #expect(ShareFit([]).shares(near: [0.3, 0.2]) == [0.3, 0.2])
    }
}
