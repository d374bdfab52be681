import ModelFiles
import Tensors

/// Named weights of a decoder: knows what each kind of file calls them and how it orders their rows.
///
/// Whatever the file, queries and keys come out with the halves of each head turning together: row j with row j +
/// dimensions / 2.
struct DecoderCheckpoint: ~Copyable {
    private enum Source: ~Copyable {
        case gguf(GGUFFile)
        case safetensors(SafetensorsFile)
    }

    let configuration: DecoderConfiguration
    private let source: Source
    private let names: DecoderNames
    private let kernels: Kernels
    /// Whether the two rows of a head that turn together lie side by side: GGUF files of Llamas have them so.
    private let pairsAreNeighbours: Bool
    /// Tensors not asked for yet.
    private var left: Set<String>

    init(gguf path: String, kernels: Kernels) throws(TransformerError) {
        let file: GGUFFile
        do { file = try GGUFFile(path: path) } catch { throw .gguf(error) }
        let configuration = try DecoderConfiguration(file.header.metadata, path: path)
        self.configuration = configuration
        pairsAreNeighbours = configuration.architecture == .llama
        left = Set(file.header.tensors.keys)
        source = .gguf(file)
        names = .gguf
        self.kernels = kernels
    }

    /// - Parameter directory: with `config.json` and `model.safetensors`.
    init(directory: String, kernels: Kernels) throws(TransformerError) {
        let configuration = try DecoderConfiguration(SettingsFile(path: "\(directory)/config.json"))
        let file: SafetensorsFile
        do { file = try SafetensorsFile(path: "\(directory)/model.safetensors") } catch {
            throw .weights(error)
        }
        self.configuration = configuration
        pairsAreNeighbours = false
        // Older files carry what follows from the settings.
        left = Set(file.tensorNames.filter { !$0.hasSuffix("rotary_emb.inv_freq") })
        source = .safetensors(file)
        names = .safetensors
        self.kernels = kernels
    }

    private mutating func floats(_ name: String, _ shape: [Int]) throws(TransformerError) -> [Float] {
        left.remove(name)
        switch source {
        case .gguf(let file):
            do { return try file.floats(name, shape: shape) } catch { throw .gguf(error) }
        case .safetensors(let file):
            do { return try file.floats(name, shape: shape) } catch { throw .weights(error) }
        }
    }

    private mutating func floatsIfPresent(_ name: String, _ shape: [Int]) throws(TransformerError) -> [Float]?
    {
        left.contains(name) ? try floats(name, shape) : nil
    }

    private func matrix(_ rows: [Float], inputs: Int) -> DenseMatrix {
        DenseMatrix(rows: rows, inputs: inputs, kernels: kernels)
    }

    private mutating func norm(_ name: String) throws(TransformerError) -> RMSNorm {
        RMSNorm(
            gamma: try floats("\(name).weight", [configuration.hidden]), epsilon: configuration.epsilon)
    }

    /// (vocabulary, hidden)
    mutating func words() throws(TransformerError) -> DenseMatrix {
        matrix(
            try floats("\(names.words).weight", [configuration.vocabulary, configuration.hidden]),
            inputs: configuration.hidden)
    }

    /// (vocabulary, hidden); nil where the words serve for it.
    mutating func output() throws(TransformerError) -> DenseMatrix? {
        let shape = [configuration.vocabulary, configuration.hidden]
        guard let rows = try floatsIfPresent("\(names.output).weight", shape) else { return nil }
        return matrix(rows, inputs: configuration.hidden)
    }

    mutating func finalNorm() throws(TransformerError) -> RMSNorm { try norm(names.finalNorm) }

    mutating func layer(_ index: Int) throws(TransformerError) -> DecoderLayer {
        let names = names.layer(index)
        let (hidden, inner) = (configuration.hidden, configuration.intermediate)
        let queryWidth = configuration.attention.queryWidth
        let (gate, up) = try gateAndUp(names)
        return DecoderLayer(
            attentionNorm: try norm(names.attentionNorm),
            projection: matrix(try projection(names), inputs: hidden),
            bias: try projectionBias(names).map { AlignedStorage($0) },
            output: matrix(
                try floats("\(names.output).weight", [hidden, queryWidth]), inputs: queryWidth),
            feedForwardNorm: try norm(names.feedForwardNorm),
            gate: matrix(gate, inputs: hidden),
            up: matrix(up, inputs: hidden),
            down: matrix(try floats("\(names.down).weight", [hidden, inner]), inputs: inner))
    }

    /// Queries, keys and values, one below the other.
    private mutating func projection(_ names: DecoderNames.Layer) throws(TransformerError) -> [Float] {
        let (attention, hidden) = (configuration.attention, configuration.hidden)
        guard configuration.architecture != .phi3 else {
            return try floats("\(names.fused).weight", [attention.projectionWidth, hidden])
        }
        let queries = try floats("\(names.query).weight", [attention.queryWidth, hidden])
        let keys = try floats("\(names.key).weight", [attention.keyWidth, hidden])
        let values = try floats("\(names.value).weight", [attention.keyWidth, hidden])
        return inHalves(queries, columns: hidden) + inHalves(keys, columns: hidden) + values
    }

    private mutating func projectionBias(_ names: DecoderNames.Layer) throws(TransformerError) -> [Float]? {
        guard configuration.architecture == .qwen2 else { return nil }
        let attention = configuration.attention
        let queries = try floats("\(names.query).bias", [attention.queryWidth])
        let keys = try floats("\(names.key).bias", [attention.keyWidth])
        return queries + keys + (try floats("\(names.value).bias", [attention.keyWidth]))
    }

    private mutating func gateAndUp(
        _ names: DecoderNames.Layer
    ) throws(TransformerError) -> (gate: [Float], up: [Float]) {
        let (hidden, inner) = (configuration.hidden, configuration.intermediate)
        guard configuration.architecture == .phi3 else {
            let gate = try floats("\(names.gate).weight", [inner, hidden])
            return (gate, try floats("\(names.up).weight", [inner, hidden]))
        }
        let both = try floats("\(names.up).weight", [2 * inner, hidden])
        return (Array(both[..<(inner * hidden)]), Array(both[(inner * hidden)...]))
    }

    /// Rows of heads in the order of halves.
    private func inHalves(_ rows: [Float], columns: Int) -> [Float] {
        guard pairsAreNeighbours else { return rows }
        let (width, turning) = (configuration.attention.headWidth, configuration.rotary.dimensions)
        var ordered: [Float] = []
        ordered.reserveCapacity(rows.count)
        for row in 0..<(rows.count / columns) {
            let (head, place) = (row / width, row % width)
            let (half, pair) = (place / (turning / 2), place % (turning / 2))
            let source = head * width + (place < turning ? 2 * pair + half : place)
            ordered += rows[(source * columns)..<((source + 1) * columns)]
        }
        return ordered
    }

    /// The angles of a position, each kind with the factors that the file has for it.
    mutating func frequencies() throws(TransformerError) -> RotaryFrequencies {
        let rotary = configuration.rotary
        let shape = [rotary.dimensions / 2]
        let shared = try floatsIfPresent("rope_freqs.weight", shape)
        let short = try floatsIfPresent("rope_factors_short.weight", shape)
        let long = try floatsIfPresent("rope_factors_long.weight", shape)
        return RotaryFrequencies(rotary, short: short ?? shared, long: long ?? shared)
    }

    /// After all is taken: nothing may be left, it would have changed the numbers.
    func checkNothingIsLeft() throws(TransformerError) {
        guard let tensor = left.min() else { return }
        let path =
            switch source {
            case .gguf(let file): file.path
            case .safetensors(let file): file.path
            }
        throw .unknownTensor(path: path, tensor: tensor, architecture: configuration.architecture.rawValue)
    }
}
