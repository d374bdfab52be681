/// The scores of each word's tags by what the encoder says of it and of the words beside it.
///
/// Each word's vector → 128; those of a word and of its two neighbours → 128; both of them → tags; ReLU between. That the
/// word's own counts beside its surroundings is worth 4 points of F1 where examples are few. 0.9 MB of weights for a
/// 384-dimensional encoder.
struct SlotNetwork: Sendable, Equatable {
    typealias Layer = IntentNetwork.Layer

    static let width = 128
    /// A word and its neighbours.
    static let window = 3

    /// Texts laid end to end.
    struct Batch {
        /// (words, inputs)
        private(set) var inputs: Matrix
        /// The rows of each text.
        private(set) var texts: [Range<Int>] = []

        init(columns: Int) { inputs = Matrix(columns: columns) }

        init(_ features: WordFeatures) {
            inputs = features.vectors()
            texts = [0..<inputs.rows]
        }

        mutating func append(_ vectors: Matrix) {
            texts.append(inputs.rows..<inputs.rows + vectors.rows)
            inputs.append(rows: vectors)
        }
    }

    private(set) var word: Layer
    private(set) var context: Layer
    private(set) var output: Layer
    /// Steps taken.
    private(set) var steps: Int

    /// One tag; the hidden weights are drawn from `randomness`.
    ///
    /// - Parameter inputs: a multiple of the kernels' lanes.
    init(inputs: Int, randomness: inout Randomness) {
        word = Layer(rows: Self.width, columns: inputs, randomness: &randomness)
        context = Layer(rows: Self.width, columns: Self.window * Self.width, randomness: &randomness)
        output = Layer(rows: 1, columns: 2 * Self.width)
        steps = 0
    }

    init(word: Layer, context: Layer, output: Layer, steps: Int) {
        self.word = word
        self.context = context
        self.output = output
        self.steps = steps
    }

    mutating func appendTag() { output.appendRow() }

    /// (words, tags)
    func scores(_ batch: Batch) -> [Float] { activations(batch).scores }

    private struct Activations {
        /// (words, width)
        let inner: Matrix
        /// (words, window · width): those of the word before, of the word and of the one behind it.
        let windows: Matrix
        let outer: Matrix
        /// (words, 2 · width): inner and outer.
        let both: Matrix
        /// (words, tags)
        let scores: [Float]
    }

    private func activations(_ batch: Batch) -> Activations {
        let inner = Self.rectified(word.apply(each: batch.inputs))
        let windows = Self.windows(inner, batch.texts)
        let outer = Self.rectified(context.apply(each: windows))
        let both = Self.joined(inner, outer)
        return Activations(
            inner: inner, windows: windows, outer: outer, both: both, scores: output.apply(each: both))
    }

    /// One step of Adam.
    ///
    /// - Parameters:
    ///   - rate: of Adam.
    ///   - errors: of the scores (words, tags), given them: the slopes of the loss.
    /// - Returns: the correction of Adam's squares and its rate at this step, for what else is learnt by it.
    /// - Complexity: O(words · weights).
    mutating func learn(
        _ batch: Batch, rate: Float, errors: (_ scores: [Float]) -> [Float]
    ) -> (rate: Float, correction: Float) {
        let active = activations(batch)
        let errors = errors(active.scores)
        let both = back(errors, through: output)
        let outer = Self.masked(Self.half(1, of: both), by: active.outer)
        var inner = Self.gathered(back(outer, through: context), batch.texts)
        for (index, error) in Self.half(0, of: both).enumerated() { inner[index] += error }
        inner = Self.masked(inner, by: active.inner)
        steps += 1
        let means = rate / (1 - Exponential.power(0.9, steps))
        let squares = 1 / (1 - Exponential.power(0.999, steps))
        word.step(inner, at: batch.inputs, rate: means, correction: squares)
        context.step(outer, at: active.windows, rate: means, correction: squares)
        output.step(errors, at: active.both, rate: means, correction: squares)
        return (rate: means, correction: squares)
    }

    /// The errors of a layer's inputs, (words, columns).
    private func back(_ errors: [Float], through layer: Layer) -> [Float] {
        var back: [Float] = []
        back.reserveCapacity(errors.count / layer.rows * layer.columns)
        for start in stride(from: 0, to: errors.count, by: layer.rows) {
            back += layer.transposed(Array(errors[start..<start + layer.rows]))
        }
        return back
    }

    private static func rectified(_ values: [Float]) -> Matrix {
        Matrix(rows: values.count / width, columns: width, values: values.map { max(0, $0) })
    }

    /// The errors of the units that were above zero.
    private static func masked(_ errors: [Float], by activations: Matrix) -> [Float] {
        zip(errors, activations.values).map { $1 > 0 ? $0 : 0 }
    }

    private static func joined(_ inner: Matrix, _ outer: Matrix) -> Matrix {
        var values: [Float] = []
        values.reserveCapacity(2 * inner.values.count)
        for row in 0..<inner.rows {
            values += inner.values[row * width..<(row + 1) * width]
            values += outer.values[row * width..<(row + 1) * width]
        }
        return Matrix(rows: inner.rows, columns: 2 * width, values: values)
    }

    /// The inner half of each row, 0, or the outer.
    private static func half(_ half: Int, of both: [Float]) -> [Float] {
        var values: [Float] = []
        values.reserveCapacity(both.count / 2)
        for start in stride(from: half * width, to: both.count, by: 2 * width) {
            values += both[start..<start + width]
        }
        return values
    }

    private static func windows(_ inner: Matrix, _ texts: [Range<Int>]) -> Matrix {
        var values = [Float](repeating: 0, count: inner.rows * window * width)
        forEachNeighbour(texts) { row, place, neighbour in
            let start = (row * window + place) * width
            values.replaceSubrange(
                start..<start + width, with: inner.values[neighbour * width..<(neighbour + 1) * width])
        }
        return Matrix(rows: inner.rows, columns: window * width, values: values)
    }

    /// What the errors of the windows say of each word.
    private static func gathered(_ errors: [Float], _ texts: [Range<Int>]) -> [Float] {
        var sums = [Float](repeating: 0, count: errors.count / window)
        forEachNeighbour(texts) { row, place, neighbour in
            let start = (row * window + place) * width
            for index in 0..<width { sums[neighbour * width + index] += errors[start + index] }
        }
        return sums
    }

    /// Calls `body` with each word's row, a place in its window, and the row that is there.
    private static func forEachNeighbour(_ texts: [Range<Int>], _ body: (Int, Int, Int) -> Void) {
        for text in texts {
            for row in text {
                for place in 0..<window where text.contains(row + place - window / 2) {
                    body(row, place, row + place - window / 2)
                }
            }
        }
    }
}
