extension Voices {
    func write(to writer: inout ByteWriter) {
        discriminant.write(to: &writer)
        for view in viewed { view.write(to: &writer) }
        writer.append(cosine.vectors.values)
        network.network.write(to: &writer)
    }

    /// - Parameter blockWidth: of a block of a vector in whole lanes, above 0.
    init(blockWidth: Int, classes: Int, from reader: inout ByteReader) throws(CheckpointError) {
        let joint = Features.jointBlocks * blockWidth
        let discriminant = try Discriminant(columns: joint, classes: classes, from: &reader)
        var viewed: [Discriminant] = []
        for _ in Self.views {
            viewed.append(try Discriminant(columns: blockWidth, classes: classes, from: &reader))
        }
        let vectors = try reader.floats("class vectors", count: classes * joint)
        self.init(
            discriminant: discriminant,
            cosine: CosineSoftmax(vectors: Matrix(rows: classes, columns: joint, values: vectors)),
            viewed: viewed,
            network: NetworkVoice(
                network: try IntentNetwork(inputs: blockWidth, classes: classes, from: &reader)))
    }
}

extension Discriminant {
    func write(to writer: inout ByteWriter) {
        for (count, sum) in zip(counts, sums) {
            writer.append(UInt64(count))
            writer.append(sum)
        }
        writer.append(weights.values)
        writer.append(inverse.values)
        writer.append(UInt32(inverse.factors.count))
        writer.append(inverse.factors)
        writer.append(inverse.waiting.values)
    }

    init(columns: Int, classes: Int, from reader: inout ByteReader) throws(CheckpointError) {
        var counts: [Int] = []
        var sums: [[Double]] = []
        for _ in 0..<classes {
            counts.append(try reader.largeCount("number of vectors of a class"))
            sums.append(try reader.doubles("sum of a class", count: columns))
        }
        let weights = try reader.floats("weights of the discriminant", count: classes * columns)
        let inverse = try reader.floats(
            "inverse of the scatter", count: PackedSymmetric.valueCount(columns))
        let waiting = try reader.count("number of waiting downdates", limit: PackedSymmetric.mostWaiting)
        let factors = try reader.floats("factor of a downdate", count: waiting)
        let vectors = try reader.floats("vector of a downdate", count: waiting * columns)
        self.init(
            counts: counts, sums: sums, weights: Matrix(rows: classes, columns: columns, values: weights),
            inverse: PackedSymmetric(count: columns, values: inverse, factors: factors, waiting: vectors))
    }
}

extension IntentNetwork {
    func write(to writer: inout ByteWriter) {
        writer.append(UInt64(steps))
        for layer in [first, second, output] { layer.write(to: &writer) }
    }

    init(inputs: Int, classes: Int, from reader: inout ByteReader) throws(CheckpointError) {
        let steps = try reader.largeCount("steps of the network")
        let first = try Layer(rows: Self.widths.first, columns: inputs, from: &reader)
        let second = try Layer(rows: Self.widths.second, columns: Self.widths.first, from: &reader)
        let output = try Layer(rows: classes, columns: Self.widths.second, from: &reader)
        self.init(first: first, second: second, output: output, steps: steps)
    }
}

extension IntentNetwork.Layer {
    func write(to writer: inout ByteWriter) {
        for moments in [Moments(weights: weights, biases: biases), means, squares] {
            writer.append(moments.weights.values)
            writer.append(moments.biases)
        }
    }

    init(rows: Int, columns: Int, from reader: inout ByteReader) throws(CheckpointError) {
        let values = try Moments(rows: rows, columns: columns, from: &reader)
        let means = try Moments(rows: rows, columns: columns, from: &reader)
        let squares = try Moments(rows: rows, columns: columns, from: &reader)
        self.init(values: values, means: means, squares: squares)
    }
}

extension IntentNetwork.Layer.Moments {
    fileprivate init(rows: Int, columns: Int, from reader: inout ByteReader) throws(CheckpointError) {
        let values = try reader.floats("weights of the network", count: rows * columns)
        weights = Matrix(rows: rows, columns: columns, values: values)
        biases = try reader.floats("biases of the network", count: rows)
    }
}
