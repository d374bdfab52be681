import Testing

@testable import Learning

struct EvaluationTests {
    private func ranking(_ intent: IntentName, _ probability: Float) -> Ranking {
        Ranking(
            intents: [RankedIntent(intent: intent, probability: probability)], familiarity: 0,
            isOutOfScope: false)
    }

    @Test func `figures agree with those worked out by hand`() throws {
        let names = try intentNames("a", "b")
        let (a, b) = (names[0], names[1])
        let evaluation = Evaluation(
            truths: [a, a, a, b],
            rankings: [ranking(a, 0.95), ranking(a, 0.85), ranking(b, 0.55), ranking(b, 0.65)])
        #expect(evaluation.accuracy == 0.75)
        // bins: |0.95−1| + |0.85−1| + |0.55−0| + |0.65−1| over 4
        #expect(abs(evaluation.calibrationError - 0.275) < 1e-6)
        #expect(evaluation.perIntent[a] == .init(precision: 1, recall: 2.0 / 3, f1: 0.8, support: 3))
        #expect(evaluation.perIntent[b] == .init(precision: 0.5, recall: 1, f1: 2.0 / 3, support: 1))
        #expect(evaluation.confusion == [a: [a: 2, b: 1], b: [b: 1]])
    }

    @Test func `nothing evaluated is no accuracy, not a crash`() {
        let evaluation = Evaluation(truths: [], rankings: [])
        #expect(evaluation.count == 0 && evaluation.accuracy == 0 && evaluation.calibrationError == 0)
    }

    @Test func `an intent's name is trimmed, and its phrase has words`() throws {
        #expect(try IntentName("  BookAppointment ").phrase == "book appointment")
        #expect(try IntentName("book_appointment").phrase == "book appointment")
        #expect(throws: IntentNameError.empty) { try IntentName(" \n") }
        #expect(throws: IntentNameError.tooLong(bytes: 201, limit: 200)) {
            try IntentName(String(repeating: "x", count: 201))
        }
        #expect(throws: IntentNameError.controlCharacter(0)) { try IntentName("a\u{0}b") }
    }
}
