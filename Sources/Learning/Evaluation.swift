/// How a classifier did on labelled texts.
public struct Evaluation: Sendable, Hashable {
    /// Of one intent: each from 0 to 1, 0 where its denominator is 0; `support` counts its true examples.
    public struct IntentScore: Sendable, Hashable {
        public let precision: Double
        public let recall: Double
        public let f1: Double
        public let support: Int
    }

    public let count: Int
    /// From 0 to 1; 0 when nothing was evaluated.
    public let accuracy: Double
    /// Expected calibration error over ten bins of equal width, from 0 to 1.
    public let calibrationError: Double
    /// Every intent that occurs as truth or as prediction.
    public let perIntent: [IntentName: IntentScore]
    /// confusion[true][predicted]: counts above zero only. An unanswered text counts in no column.
    public let confusion: [IntentName: [IntentName: Int]]

    /// - Note: Guo et al., *On Calibration of Modern Neural Networks*, 2017, for the calibration error.
    public init(truths: [IntentName], rankings: [Ranking]) {
        precondition(
            truths.count == rankings.count, "evaluation: \(truths.count) truths, \(rankings.count) rankings")
        var confusion: [IntentName: [IntentName: Int]] = [:]
        var bins = CalibrationBins()
        var correct = 0
        for (truth, ranking) in zip(truths, rankings) {
            confusion[truth, default: [:]][ranking.best?.intent ?? truth, default: 0] +=
                ranking.best == nil ? 0 : 1
            let isCorrect = ranking.best?.intent == truth
            correct += isCorrect ? 1 : 0
            bins.count(confidence: Double(ranking.confidence), isCorrect: isCorrect)
        }
        count = truths.count
        accuracy = Self.ratio(correct, truths.count)
        calibrationError = bins.expectedError
        self.confusion = confusion.mapValues { row in row.filter { $0.value > 0 } }
        perIntent = Self.scores(truths: truths, confusion: confusion)
    }

    private static func scores(
        truths: [IntentName], confusion: [IntentName: [IntentName: Int]]
    ) -> [IntentName: IntentScore] {
        var support: [IntentName: Int] = [:]
        var predicted: [IntentName: Int] = [:]
        for truth in truths { support[truth, default: 0] += 1 }
        for row in confusion.values { predicted.merge(row, uniquingKeysWith: +) }
        var scores: [IntentName: IntentScore] = [:]
        for intent in Set(support.keys).union(predicted.keys) {
            let hits = confusion[intent]?[intent] ?? 0
            let of = (truth: support[intent] ?? 0, predicted: predicted[intent] ?? 0)
            scores[intent] = IntentScore(
                precision: ratio(hits, of.predicted), recall: ratio(hits, of.truth),
                f1: ratio(2 * hits, of.truth + of.predicted), support: of.truth)
        }
        return scores
    }

    private static func ratio(_ part: Int, _ whole: Int) -> Double {
        whole == 0 ? 0 : Double(part) / Double(whole)
    }
}

/// Ten bins of confidence: how sure, and how often right.
struct CalibrationBins {
    private var counts = [Int](repeating: 0, count: 10)
    private var confidences = [Double](repeating: 0, count: 10)
    private var correct = [Int](repeating: 0, count: 10)

    /// A bin is open below and closed above: 0.1 lies in the first.
    mutating func count(confidence: Double, isCorrect: Bool) {
        let bin = min(max(Int((confidence * 10).rounded(.up)) - 1, 0), 9)
        counts[bin] += 1
        confidences[bin] += confidence
        correct[bin] += isCorrect ? 1 : 0
    }

    /// Σ |confidence − accuracy| of the bins, weighted by their counts.
    var expectedError: Double {
        let total = counts.reduce(0, +)
        guard total > 0 else { return 0 }
        var error = 0.0
        for bin in counts.indices { error += abs(confidences[bin] - Double(correct[bin])) }
        return error / Double(total)
    }
}
