extension SupportHead {
    /// A sentence with what is known of it.
    public struct Lesson: Sendable {
        public let task: Task
        public let features: SupportFeatures
        public let isTrue: Bool

        public init(_ task: Task, _ features: SupportFeatures, isTrue: Bool) {
            self.task = task
            self.features = features
            self.isTrue = isTrue
        }
    }

    /// The head that lessons make likeliest. The same lessons in the same order give the same head.
    ///
    /// - Parameters:
    ///   - lessons: of each task some that are true and some that are not.
    ///   - penalty: on the squares of the weights, halved.
    ///   - thresholds: a task each.
    /// - Complexity: O(lessons · features²).
    public init(
        fitting lessons: [Lesson], terms: TermWeights, penalty: Double = 10,
        thresholds: [Float] = [0.5, 0.5, 0.5]
    ) {
        let (means, scales) = Self.moments(of: lessons)
        var head = SupportHead(
            terms: terms, means: means, scales: scales,
            weights: Task.allCases.map { _ in [Float](repeating: 0, count: means.count + 1) },
            thresholds: thresholds)
        for task in Task.allCases {
            let own = lessons.filter { $0.task == task }
            let rows = own.map { head.standardised($0.features.values).map(Double.init) }
            let fitted = Logistic.fit(rows, own.map { $0.isTrue ? 1 : 0 }, penalty: penalty)
            head.weights[task.rawValue] = fitted.map(Float.init)
        }
        self = head
    }

    /// The same head with other thresholds.
    public func with(thresholds: [Float]) -> SupportHead {
        precondition(thresholds.count == Task.allCases.count, "thresholds: one a task")
        var head = self
        head.thresholds = thresholds
        return head
    }

    /// The mean of each feature, and 1 / its deviation; 0 of one that never changes.
    private static func moments(of lessons: [Lesson]) -> (means: [Float], scales: [Float]) {
        var (sums, squares) = (
            [Double](repeating: 0, count: SupportFeatures.count),
            [Double](repeating: 0, count: SupportFeatures.count)
        )
        for lesson in lessons {
            for (index, value) in lesson.features.values.enumerated() {
                sums[index] += Double(value)
                squares[index] += Double(value) * Double(value)
            }
        }
        let count = Double(max(1, lessons.count))
        let means = sums.map { $0 / count }
        let scales = zip(squares, means).map { square, mean in
            let variance = square / count - mean * mean
            return variance > 1e-9 ? Float(1 / variance.squareRoot()) : 0
        }
        return (means.map(Float.init), scales)
    }
}
