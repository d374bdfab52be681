extension IntentNetwork {
    /// A dense layer with Adam's running means beside its weights.
    struct Layer: Sendable, Equatable {
        /// (rows, columns)
        private(set) var weights: Matrix
        /// (rows)
        private(set) var biases: [Float]
        /// Adam's running mean of the slopes and of their squares, each first of the weights, then of the biases.
        private(set) var means: Moments
        private(set) var squares: Moments

        /// A value for each weight and bias.
        struct Moments: Sendable, Equatable {
            var weights: Matrix
            var biases: [Float]

            init(weights: Matrix, biases: [Float]) {
                self.weights = weights
                self.biases = biases
            }

            /// Zeros.
            init(rows: Int, columns: Int) {
                weights = Matrix(rows: rows, columns: columns)
                biases = [Float](repeating: 0, count: rows)
            }
        }

        var rows: Int { weights.rows }
        var columns: Int { weights.columns }

        /// Zeros.
        init(rows: Int, columns: Int) {
            let zeros = Moments(rows: rows, columns: columns)
            self.init(values: zeros, means: zeros, squares: zeros)
        }

        init(values: Moments, means: Moments, squares: Moments) {
            weights = values.weights
            biases = values.biases
            self.means = means
            self.squares = squares
        }

        /// Weights and biases drawn evenly between ±1/√columns.
        init(rows: Int, columns: Int, randomness: inout Randomness) {
            self.init(rows: rows, columns: columns)
            let bound = 1 / Float(columns).squareRoot()
            var drawn: [Float] = []
            for _ in 0..<rows * columns { drawn.append(bound * Self.unit(&randomness)) }
            weights = Matrix(rows: rows, columns: columns, values: drawn)
            for row in 0..<rows { biases[row] = bound * Self.unit(&randomness) }
        }

        mutating func appendRow() {
            let zeros = [Float](repeating: 0, count: columns)
            weights.append(zeros)
            biases.append(0)
            means.weights.append(zeros)
            means.biases.append(0)
            squares.weights.append(zeros)
            squares.biases.append(0)
        }

        mutating func remove(row: Int) {
            weights.remove(row: row)
            biases.remove(at: row)
            means.weights.remove(row: row)
            means.biases.remove(at: row)
            squares.weights.remove(row: row)
            squares.biases.remove(at: row)
        }

        /// weights · x + biases, shape (rows).
        func apply(_ x: [Float]) -> [Float] {
            var out = weights.times(x)
            for row in out.indices { out[row] += biases[row] }
            return out
        }

        /// weights · x + biases of each row x of `xs`, shape (xs.rows, rows).
        func apply(each xs: Matrix) -> [Float] {
            var out = weights.times(each: xs)
            for index in out.indices { out[index] += biases[index % rows] }
            return out
        }

        /// weightsᵀ · errors, shape (columns).
        func transposed(_ errors: [Float]) -> [Float] { weights.transposedTimes(errors) }

        /// One step of Adam by what a batch says of this layer.
        ///
        /// - Parameters:
        ///   - errors: (batch, rows), one example after the other.
        ///   - inputs: (batch, columns).
        mutating func step(_ errors: [Float], at inputs: Matrix, rate: Float, correction: Float) {
            weights.adam(
                errors, times: inputs, &means.weights, &squares.weights, rate: rate, correction: correction)
            for row in biases.indices {
                var slope: Float = 0
                for index in stride(from: row, to: errors.count, by: rows) { slope += errors[index] }
                means.biases[row] = means.biases[row] * 0.9 + slope * 0.1
                squares.biases[row] = squares.biases[row] * 0.999 + (slope * slope) * 0.001
                let scale = (squares.biases[row] * correction).squareRoot() + 1e-8
                biases[row] -= means.biases[row] * rate / scale
            }
        }

        private static func unit(_ randomness: inout Randomness) -> Float {
            Float(randomness.below(1 << 20)) / Float(1 << 19) - 1
        }
    }
}
