/// A network of the sentence block: width → 128 → 64 → classes, ReLU between, trained with Adam on small batches.
///
/// Its first layers are shared by all classes, so it learns what they have in common; it needs replay not to forget.
/// 250 kB of weights for 384 inputs and 77 classes.
///
/// - Note: Kingma, Ba, *Adam: A Method for Stochastic Optimization*, 2015.
struct IntentNetwork: Sendable, Equatable {
    static let widths = (first: 128, second: 64)
    private static let rate: Float = 0.002
    /// What the sentence block is multiplied with, so that its components have a spread near 0.1.
    static let inputScale: Float = 2.5

    private(set) var first: Layer
    private(set) var second: Layer
    private(set) var output: Layer
    /// Steps taken.
    private(set) var steps: Int

    /// No classes yet; the hidden weights are drawn from `randomness`.
    ///
    /// - Parameter inputs: a multiple of the kernels' lanes.
    init(inputs: Int, randomness: inout Randomness) {
        first = Layer(rows: Self.widths.first, columns: inputs, randomness: &randomness)
        second = Layer(rows: Self.widths.second, columns: Self.widths.first, randomness: &randomness)
        output = Layer(rows: 0, columns: Self.widths.second)
        steps = 0
    }

    init(first: Layer, second: Layer, output: Layer, steps: Int) {
        self.first = first
        self.second = second
        self.output = output
        self.steps = steps
    }

    var weightCount: Int {
        [first, second, output].reduce(0) { $0 + $1.weights.values.count + $1.biases.count }
    }

    mutating func appendClass() { output.appendRow() }

    mutating func removeClass(_ label: Int) { output.remove(row: label) }

    /// (classes)
    ///
    /// - Parameter x: (inputs), a sentence block.
    func logits(_ x: [Float]) -> [Float] {
        output.apply(Self.rectified(second.apply(Self.rectified(first.apply(x)))))
    }

    /// One step of Adam on the mean cross-entropy of a batch.
    ///
    /// - Parameters:
    ///   - inputs: (batch, inputs).
    ///   - labels: (batch).
    /// - Complexity: O(batch · weights).
    mutating func learn(_ inputs: Matrix, labels: [Int]) {
        // (batch, 128), then (batch, 64)
        let inner = Self.rectified(first.apply(each: inputs), columns: first.rows)
        let outer = Self.rectified(second.apply(each: inner), columns: second.rows)
        let logits = output.apply(each: outer)
        var errors = (first: [Float](), second: [Float](), output: [Float]())
        let share = 1 / Float(labels.count)
        for (place, label) in labels.enumerated() {
            var error = Exponential.softmax(Array(logits[place * output.rows..<(place + 1) * output.rows]))
            error[label] -= 1
            for index in error.indices { error[index] *= share }
            errors.output += error
            error = Self.masked(output.transposed(error), by: outer[place])
            errors.second += error
            errors.first += Self.masked(second.transposed(error), by: inner[place])
        }
        steps += 1
        let means = Self.rate / (1 - Exponential.power(0.9, steps))
        let squares = 1 / (1 - Exponential.power(0.999, steps))
        first.step(errors.first, at: inputs, rate: means, correction: squares)
        second.step(errors.second, at: inner, rate: means, correction: squares)
        output.step(errors.output, at: outer, rate: means, correction: squares)
    }

    private static func rectified(_ values: [Float]) -> [Float] { values.map { max(0, $0) } }

    private static func rectified(_ values: [Float], columns: Int) -> Matrix {
        Matrix(rows: values.count / columns, columns: columns, values: rectified(values))
    }

    /// The errors of the units that were above zero.
    private static func masked(_ errors: [Float], by activations: [Float]) -> [Float] {
        zip(errors, activations).map { $1 > 0 ? $0 : 0 }
    }
}
