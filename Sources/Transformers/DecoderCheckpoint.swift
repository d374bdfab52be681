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
    private let precision: DecoderPrecision
    private let pool: ComputePool
    private let arena = WeightArena()
    /// Whether the two rows of a head that turn together lie side by side: GGUF files of Llamas have them so.
    private let pairsAreNeighbours: Bool
    /// Tensors not asked for yet.
    private var left: Set<String>

    /// - Parameters:
    ///   - precision: of the activations that the weights are packed for.
    ///   - pool: the threads that pack.
    init(
        gguf path: String, _ precision: DecoderPrecision, pool: ComputePool
    ) throws(TransformerError) {
        let file: GGUFFile
        do { file = try GGUFFile(path: path) } catch { throw .gguf(error) }
        let configuration = try DecoderConfiguration(file.header.metadata, path: path)
        self.configuration = configuration
        pairsAreNeighbours = configuration.architecture == .llama
        left = Set(file.header.tensors.keys)
        source = .gguf(file)
        names = .gguf
        self.precision = precision
        self.pool = pool
    }

    /// - Parameter directory: with `config.json` and `model.safetensors`.
    init(
        directory: String, _ precision: DecoderPrecision, pool: ComputePool
    ) throws(TransformerError) {
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
        self.precision = precision
        self.pool = pool
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

    private mutating func norm(_ name: String) throws(TransformerError) -> RMSNorm {
        RMSNorm(gamma: try floats("\(name).weight", [configuration.hidden]), epsilon: configuration.epsilon)
    }

    /// - Parameters:
    ///   - shape: (outputs, inputs)
    ///   - rows: of the tensor, where the matrix is a part of it.
    ///   - turning: whether they are queries or keys, whose rows turn by twos.
    private mutating func matrix(
        _ name: String, _ shape: [Int], rows: Range<Int>? = nil, turning: Bool = false, bias: [Float]? = nil
    ) throws(TransformerError) -> BlockMatrix {
        let name = "\(name).weight"
        let order = rowOrder(rows ?? 0..<shape[0], turning: turning)
        left.remove(name)
        switch source {
        case .gguf(let file):
            do {
                return try file.withBlocks(name, shape: shape) { format, blocks in
                    packed(format, blocks, order, inputs: shape[1], bias)
                }
            } catch {
                throw .gguf(error)
            }
        case .safetensors(let file):
            do {
                let floats = try file.floats(name, shape: shape)
                return unsafe packed(.f32, floats.span.bytes, order, inputs: shape[1], bias)
            } catch {
                throw .weights(error)
            }
        }
    }

    private func packed(
        _ format: BlockFormat, _ blocks: RawSpan, _ order: RowOrder, inputs: Int, _ bias: [Float]?
    ) -> BlockMatrix {
        let rowBytes = inputs / format.blockCount * format.blockBytes
        switch order {
        case .asTheyAre(let rows):
            let part = blocks.extracting(rows.lowerBound * rowBytes..<rows.upperBound * rowBytes)
            return BlockMatrix(
                format, blocks: part, outputs: rows.count, inputs: inputs, bias: bias, precision: precision,
                in: arena, pool: pool)
        case .listed(let rows):
            var ordered: [UInt8] = []
            ordered.reserveCapacity(blocks.byteCount)
            for row in rows {
                unsafe blocks.extracting(row * rowBytes..<(row + 1) * rowBytes).withUnsafeBytes {
                    unsafe ordered.append(contentsOf: $0)
                }
            }
            return unsafe BlockMatrix(
                format, blocks: ordered.span.bytes, outputs: rows.count, inputs: inputs, bias: bias,
                precision: precision, in: arena, pool: pool)
        }
    }

    /// Which rows of a tensor a matrix has.
    private enum RowOrder {
        case asTheyAre(Range<Int>)
        case listed([Int])
    }

    /// Rows of heads in the order of halves.
    private func rowOrder(_ rows: Range<Int>, turning: Bool) -> RowOrder {
        guard turning && pairsAreNeighbours else { return .asTheyAre(rows) }
        let (width, turned) = (configuration.attention.headWidth, configuration.rotary.dimensions)
        return .listed(
            rows.map { row in
                let place = row % width
                let (half, pair) = (place / (turned / 2), place % (turned / 2))
                return place < turned ? row - place + 2 * pair + half : row
            })
    }

    /// (vocabulary, hidden)
    mutating func words() throws(TransformerError) -> BlockMatrix {
        try matrix(names.words, [configuration.vocabulary, configuration.hidden])
    }

    /// (vocabulary, hidden); nil where the words serve for it.
    mutating func output() throws(TransformerError) -> BlockMatrix? {
        guard left.contains("\(names.output).weight") else { return nil }
        return try matrix(names.output, [configuration.vocabulary, configuration.hidden])
    }

    mutating func finalNorm() throws(TransformerError) -> RMSNorm { try norm(names.finalNorm) }

    mutating func layer(_ index: Int) throws(TransformerError) -> DecoderLayer {
        let names = names.layer(index)
        let (hidden, inner) = (configuration.hidden, configuration.intermediate)
        return configuration.architecture == .phi3
            ? try fusedLayer(names)
            : DecoderLayer(
                attentionNorm: try norm(names.attentionNorm),
                query: try projection(names.query, configuration.attention.queryWidth, turning: true),
                key: try projection(names.key, configuration.attention.keyWidth, turning: true),
                value: try projection(names.value, configuration.attention.keyWidth, turning: false),
                output: try matrix(names.output, [hidden, configuration.attention.queryWidth]),
                feedForwardNorm: try norm(names.feedForwardNorm),
                gate: try matrix(names.gate, [inner, hidden]),
                up: try matrix(names.up, [inner, hidden]),
                down: try matrix(names.down, [hidden, inner]))
    }

    private mutating func projection(
        _ name: String, _ outputs: Int, turning: Bool
    ) throws(TransformerError) -> BlockMatrix {
        let bias = configuration.architecture == .qwen2 ? try floats("\(name).bias", [outputs]) : nil
        return try matrix(name, [outputs, configuration.hidden], turning: turning, bias: bias)
    }

    /// Phi 3 has queries, keys and values in one tensor, one below the other, and so gate and up.
    private mutating func fusedLayer(_ names: DecoderNames.Layer) throws(TransformerError) -> DecoderLayer {
        let (attention, hidden, inner) = (
            configuration.attention, configuration.hidden, configuration.intermediate
        )
        let (queries, keys) = (attention.queryWidth, attention.queryWidth + attention.keyWidth)
        let projection = [attention.projectionWidth, hidden]
        let both = [2 * inner, hidden]
        return DecoderLayer(
            attentionNorm: try norm(names.attentionNorm),
            query: try matrix(names.fused, projection, rows: 0..<queries),
            key: try matrix(names.fused, projection, rows: queries..<keys),
            value: try matrix(names.fused, projection, rows: keys..<attention.projectionWidth),
            output: try matrix(names.output, [hidden, queries]),
            feedForwardNorm: try norm(names.feedForwardNorm),
            gate: try matrix(names.up, both, rows: 0..<inner),
            up: try matrix(names.up, both, rows: inner..<2 * inner),
            down: try matrix(names.down, [hidden, inner]))
    }

    /// The angles of a position, each kind with the factors that the file has for it.
    mutating func frequencies() throws(TransformerError) -> RotaryFrequencies {
        let rotary = configuration.rotary
        let stretched = configuration.architecture == .phi3 && rotary.originalContext < configuration.context
        if stretched || left.contains("rope_factors_short.weight") {
            let short = try factors("rope_factors_short.weight")
            return RotaryFrequencies(rotary, short: short, long: try factors("rope_factors_long.weight"))
        }
        let shared = left.contains("rope_freqs.weight") ? try factors("rope_freqs.weight") : nil
        return RotaryFrequencies(rotary, short: shared, long: shared)
    }

    /// What divides the frequencies.
    private mutating func factors(_ name: String) throws(TransformerError) -> [Float] {
        let factors = try floats(name, [configuration.rotary.dimensions / 2])
        if let bad = factors.first(where: { !($0 > 0 && $0.isFinite) }) {
            throw .badSetting(path: path, key: name, expected: "numbers above 0", found: "\(bad)")
        }
        return factors
    }

    private var path: String {
        switch source {
        case .gguf(let file): file.path
        case .safetensors(let file): file.path
        }
    }

    /// After all is taken: nothing may be left, it would have changed the numbers.
    func checkNothingIsLeft() throws(TransformerError) {
        guard let tensor = left.min() else { return }
        throw .unknownTensor(path: path, tensor: tensor, architecture: configuration.architecture.rawValue)
    }
}
