import Synchronization
public import Tensors

/// How the activations are multiplied: in fp32 with the exact weights, which is the reference, or in bytes.
public typealias DecoderPrecision = Linear.Precision

/// The language model: tokens to what may follow them.
///
/// Thread-safe; passes take turns, and urgent runs of the pool come before them. All threads of the pool work on each operator
/// of a pass and meet before the next, so one token keeps them all busy. A row's numbers depend neither on its neighbours in the pass, nor on how its sequence was
/// cut into passes, nor on the threads.
public final class Decoder: Sendable {
    /// Rows of one pass: a longer prompt is cut by its caller.
    public static let rowsOfAPass = 256
    /// Rows of a pass whose logits may be wanted.
    public static let wantedOfAPass = 64

    public let configuration: DecoderConfiguration
    public let precision: DecoderPrecision

    private let words: BlockMatrix
    private let layers: [DecoderLayer]
    private let finalNorm: RMSNorm
    private let output: BlockMatrix
    private let frequencies: RotaryFrequencies
    private let kernels: DecoderKernels
    private let pool: ComputePool
    private let workspace: Mutex<DecoderWorkspace>

    /// Loads a GGUF file, read once and not kept.
    public convenience init(
        gguf path: String, precision: DecoderPrecision, pool: ComputePool, kernels: DecoderKernels = .best
    ) throws(TransformerError) {
        try self.init(DecoderCheckpoint(gguf: path, precision, pool: pool), precision, pool, kernels)
    }

    /// Loads `config.json` and `model.safetensors` of a Llama, read once and not kept.
    public convenience init(
        directory: String, precision: DecoderPrecision, pool: ComputePool, kernels: DecoderKernels = .best
    ) throws(TransformerError) {
        try self.init(
            DecoderCheckpoint(directory: directory, precision, pool: pool), precision, pool, kernels)
    }

    private init(
        _ checkpoint: consuming DecoderCheckpoint, _ precision: DecoderPrecision, _ pool: ComputePool,
        _ kernels: DecoderKernels
    ) throws(TransformerError) {
        configuration = checkpoint.configuration
        self.precision = precision
        words = try checkpoint.words()
        var layers: [DecoderLayer] = []
        for index in 0..<checkpoint.configuration.layers { layers.append(try checkpoint.layer(index)) }
        self.layers = layers
        finalNorm = try checkpoint.finalNorm()
        output = try checkpoint.output() ?? words
        frequencies = try checkpoint.frequencies()
        try checkpoint.checkNothingIsLeft()
        self.kernels = kernels
        self.pool = pool
        workspace = Mutex(
            DecoderWorkspace(
                checkpoint.configuration, precision, capacity: Self.rowsOfAPass, wanted: Self.wantedOfAPass,
                threads: pool.threads))
    }

    /// Runs the tokens through all layers; their caches hold them afterwards.
    ///
    /// - Parameters:
    ///   - pass: 1 to `rowsOfAPass` tokens, ids below the vocabulary, at most `wantedOfAPass` of them wanted.
    ///   - body: gets the logits of the rows that are wanted, in order.
    /// - Complexity: allocates nothing. Urgent runs of the pool come in between, at most a millisecond late.
    public func run<R, E: Error>(
        _ pass: borrowing DecoderPass, _ body: (Logits) throws(E) -> R
    ) throws(E) -> R {
        check(pass)
        return try workspace.withLock { workspace throws(E) in
            let (pass, workspace) = (copy pass, workspace)
            pool.runYielding(Forward(decoder: self, pass: pass, workspace: workspace))
            for sequence in pass.sequences { sequence.cache.advance(by: sequence.rows.count) }
            return try body(
                Logits(rows: workspace.logits, count: pass.wanted.count, vocabulary: configuration.vocabulary)
            )
        }
    }

    /// How the weights of the first layer are kept, by the name that GGUF gives it: most of all are kept so.
    public var weightFormat: String { layers.first?.down.format.name ?? output.format.name }

    private func check(_ pass: borrowing DecoderPass) {
        precondition(
            (1...Self.rowsOfAPass).contains(pass.rows),
            "pass: \(pass.rows) rows, not 1 to \(Self.rowsOfAPass)")
        precondition(
            pass.wanted.count <= Self.wantedOfAPass,
            "pass: \(pass.wanted.count) rows wanted, at most \(Self.wantedOfAPass)")
        precondition(
            pass.sequences.allSatisfy {
                $0.cache.pages.pool.shape == configuration.cacheShape
                    && $0.cache.pages.pool.precision == precision
            },
            "pass: a cache of another decoder")
        precondition(
            pass.ids.allSatisfy { (0..<Int32(configuration.vocabulary)).contains($0) },
            "pass: a token id outside 0..<\(configuration.vocabulary)")
    }

    private struct Forward: Teamwork {
        let decoder: Decoder
        let pass: DecoderPass
        let workspace: DecoderWorkspace

        func work(_ member: Int) {
            decoder.forward(
                DecoderShare(
                    configuration: decoder.configuration, pass: pass, workspace: workspace,
                    kernels: decoder.kernels, pool: decoder.pool, member: member))
        }
    }

    private func forward(_ share: DecoderShare) {
        share.begin(words, frequencies)
        share.meet()
        for (index, layer) in layers.enumerated() { layer.run(index, share) }
        share.finish(finalNorm, output)
    }
}

/// Rows of logits, lent for a moment.
public struct Logits {
    private let rows: RowStorage
    public let count: Int
    private let vocabulary: Int

    init(rows: RowStorage, count: Int, vocabulary: Int) {
        self.rows = rows
        self.count = count
        self.vocabulary = vocabulary
    }

    /// One number for each token of the vocabulary.
    public func withRow<R, E: Error>(_ index: Int, _ body: (Span<Float>) throws(E) -> R) throws(E) -> R {
        precondition((0..<count).contains(index), "logits: row \(index) of \(count)")
        let row = unsafe UnsafeBufferPointer(start: rows.row(index), count: vocabulary)
        return try body(unsafe row.span)
    }
}
