import ModelFiles
import Tensors

/// Named weights of a BERT-family model: knows each family's names, and pads shapes for the kernels.
struct BertCheckpoint: ~Copyable {
    private let file: SafetensorsFile
    private let names: BertNames
    private let configuration: BertConfiguration
    private let precision: Linear.Precision
    private let kernels: Kernels

    /// - Parameters: `precision` and `kernels` are what the weights are packed for.
    init(
        path: String, _ configuration: BertConfiguration, _ precision: Linear.Precision, kernels: Kernels
    ) throws(TransformerError) {
        do {
            file = try SafetensorsFile(path: path)
        } catch {
            throw .weights(error)
        }
        // Models saved with a task's head carry the family's name before every tensor of the encoder.
        let prefixed = file.header.tensors["\(configuration.family).embeddings.word_embeddings.weight"] != nil
        names = BertNames(family: configuration.family, prefix: prefixed ? "\(configuration.family)." : "")
        self.configuration = configuration
        self.precision = precision
        self.kernels = kernels
    }

    func floats(_ name: String, _ shape: [Int]) throws(TransformerError) -> [Float] {
        do {
            return try file.floats(names.prefix + name, shape: shape)
        } catch {
            throw .weights(error)
        }
    }

    /// (vocabulary, hidden)
    func words() throws(TransformerError) -> [Float] {
        try floats("embeddings.word_embeddings.weight", [configuration.vocabulary, configuration.hidden])
    }

    /// (positions, width): position plus the one token type a lone text has.
    func positions() throws(TransformerError) -> [Float] {
        let (hidden, count) = (configuration.hidden, configuration.positions)
        var rows = try floats("embeddings.position_embeddings.weight", [count, hidden])
        if configuration.family == .bert {
            let types = try floats("embeddings.token_type_embeddings.weight", try typeShape())
            for index in rows.indices { rows[index] += types[index % hidden] }
        }
        return padded(rows, rows: count, columns: hidden, toRows: count, toColumns: configuration.width)
    }

    private func typeShape() throws(TransformerError) -> [Int] {
        do {
            let found = try file.shape(of: names.prefix + "embeddings.token_type_embeddings.weight")
            return [max(found.first ?? 1, 1), configuration.hidden]
        } catch {
            throw .weights(error)
        }
    }

    func norm(_ name: String) throws(TransformerError) -> LayerNorm {
        let (hidden, width) = (configuration.hidden, configuration.width)
        let gamma = try floats("\(name).weight", [hidden])
        let beta = try floats("\(name).bias", [hidden])
        return LayerNorm(
            gamma: padded(gamma, rows: 1, columns: hidden, toRows: 1, toColumns: width),
            beta: padded(beta, rows: 1, columns: hidden, toRows: 1, toColumns: width),
            width: hidden, epsilon: configuration.epsilon)
    }

    func layer(_ index: Int) throws(TransformerError) -> BertLayer {
        let names = names.layer(index)
        let (hidden, inner) = (configuration.hidden, configuration.intermediate)
        return BertLayer(
            projection: try projection(names),
            output: try attentionOutput(names.output),
            attentionNorm: try norm(names.attentionNorm),
            expand: try linear(names.expand, hidden, inner),
            contract: try linear(names.contract, inner, hidden),
            outputNorm: try norm(names.outputNorm))
    }

    private func linear(
        _ name: String, _ inputs: Int, _ outputs: Int
    ) throws(TransformerError) -> Linear {
        let weight = try floats("\(name).weight", [outputs, inputs])
        let bias = try floats("\(name).bias", [outputs])
        let (wide, tall) = (roundedUp(inputs, to: 4), roundedUp(outputs, to: panelWidth))
        return Linear(
            rows: padded(weight, rows: outputs, columns: inputs, toRows: tall, toColumns: wide),
            bias: padded(bias, rows: 1, columns: outputs, toRows: 1, toColumns: tall), inputs: wide,
            precision: precision, kernels: kernels)
    }

    /// Queries, keys and values in one product: (3, heads, padded head width) outputs. The queries carry the
    /// softmax's 1 / sqrt(d), and log2(e) because the kernel's exponential is a power of two.
    private func projection(
        _ names: BertNames.Layer
    ) throws(TransformerError) -> Linear {
        let hidden = configuration.hidden
        let wide = roundedUp(hidden, to: 4)
        let queryScale = Float(1.4426950408889634 / Double(configuration.headWidth).squareRoot())
        var rows: [Float] = []
        var bias: [Float] = []
        rows.reserveCapacity(configuration.projectionWidth * wide)
        for (name, scale) in [(names.query, queryScale), (names.key, 1), (names.value, 1)] {
            var weight = try floats("\(name).weight", [hidden, hidden])
            var offset = try floats("\(name).bias", [hidden])
            if scale != 1 {
                for index in weight.indices { weight[index] *= scale }
                for index in offset.indices { offset[index] *= scale }
            }
            rows += padded(
                headRows(weight, columns: hidden), rows: configuration.contextWidth, columns: hidden,
                toRows: configuration.contextWidth, toColumns: wide)
            bias += headRows(offset, columns: 1)
        }
        let missing = configuration.projectionWidth - bias.count
        rows += [Float](repeating: 0, count: missing * wide)
        bias += [Float](repeating: 0, count: missing)
        return Linear(rows: rows, bias: bias, inputs: wide, precision: precision, kernels: kernels)
    }

    /// (hidden, columns) to (heads · padded head width, columns).
    private func headRows(_ rows: [Float], columns: Int) -> [Float] {
        padded(
            rows, rows: configuration.heads, columns: configuration.headWidth * columns,
            toRows: configuration.heads, toColumns: configuration.paddedHeadWidth * columns)
    }

    /// (hidden, hidden) with the inputs spread as the context lies.
    private func attentionOutput(_ name: String) throws(TransformerError) -> Linear {
        let hidden = configuration.hidden
        let weight = try floats("\(name).weight", [hidden, hidden])
        let bias = try floats("\(name).bias", [hidden])
        let spread = padded(
            weight, rows: hidden * configuration.heads, columns: configuration.headWidth,
            toRows: hidden * configuration.heads, toColumns: configuration.paddedHeadWidth)
        let context = configuration.contextWidth
        return Linear(
            rows: padded(
                spread, rows: hidden, columns: context, toRows: configuration.width, toColumns: context),
            bias: padded(bias, rows: 1, columns: hidden, toRows: 1, toColumns: configuration.width),
            inputs: context, precision: precision, kernels: kernels)
    }
}

/// A matrix with zeros to its right and below.
private func padded(_ values: [Float], rows: Int, columns: Int, toRows: Int, toColumns: Int) -> [Float] {
    if rows == toRows && columns == toColumns { return values }
    var wide: [Float] = []
    wide.reserveCapacity(toRows * toColumns)
    for row in 0..<rows {
        wide += values[row * columns..<(row + 1) * columns]
        wide += repeatElement(0, count: toColumns - columns)
    }
    wide += repeatElement(0, count: (toRows - rows) * toColumns)
    return wide
}
