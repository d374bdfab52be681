import CKernels
import Crypto
import Synchronization
public import Tensors
public import Tokenizers

/// How an encoder keeps and multiplies its weights.
public typealias EncoderPrecision = Linear.Precision

/// A frozen BERT-family sentence encoder: token ids to vectors.
///
/// Thread-safe; forward passes take turns on the pool.
public final class SentenceEncoder: Sendable {
    /// Values of a sentence vector.
    public let dimension: Int

    /// The longest text, in tokens with [CLS] and [SEP], that the model's files allow.
    public let maximumTokens: Int

    /// Token ids are below this.
    public let vocabularySize: Int

    /// SHA-256, in hex, of the weights as they are multiplied, the shape, the pooling, the precision and the
    /// version of the arithmetic: equal digests mean equal vectors.
    public let digest: String

    private let encoder: BertEncoder
    private let pooling: Pooling
    private let pool: ComputePool
    private let workspace: Mutex<Workspace>

    /// Counts changes of the arithmetic that move any result.
    private static let arithmetic = 3

    /// Rows of one pass; a batch of more runs as several.
    private static let rowsOfAPass = 384

    /// Loads `config.json`, `model.safetensors` and, where present, `modules.json`, the pooling's
    /// configuration and `sentence_bert_config.json`. The file is read once and not kept.
    public convenience init(
        directory: String, precision: EncoderPrecision, pool: ComputePool
    ) throws(TransformerError) {
        try self.init(directory: directory, precision: precision, pool: pool, kernels: .best)
    }

    /// With kernels of the caller's choice, for tests and benchmarks.
    public init(
        directory: String, precision: EncoderPrecision, pool: ComputePool, kernels: Kernels
    ) throws(TransformerError) {
        let configuration = try BertConfiguration(path: "\(directory)/config.json")
        let pooling = try Pooling(directory: directory)
        let checkpoint = try BertCheckpoint(
            path: "\(directory)/model.safetensors", configuration, precision, kernels: kernels)
        let encoder = try BertEncoder(checkpoint, configuration, precision, kernels: kernels)
        self.encoder = encoder
        self.pooling = pooling
        self.pool = pool
        dimension = configuration.hidden
        vocabularySize = configuration.vocabulary
        maximumTokens = min(pooling.maximumTokens ?? configuration.positions, configuration.positions)
        digest = Self.digest(encoder, pooling, precision)
        let capacity = max(Self.rowsOfAPass, maximumTokens)
        workspace = Mutex(Workspace(capacity: capacity, threads: pool.threads, configuration))
    }

    /// The same encoder on the threads of another pool: both may encode at once, and share the weights.
    public init(sharing other: SentenceEncoder, pool: ComputePool) {
        encoder = other.encoder
        pooling = other.pooling
        self.pool = pool
        dimension = other.dimension
        vocabularySize = other.vocabularySize
        maximumTokens = other.maximumTokens
        digest = other.digest
        let capacity = max(Self.rowsOfAPass, maximumTokens)
        workspace = Mutex(
            Workspace(capacity: capacity, threads: pool.threads, other.encoder.configuration))
    }

    /// Encodes texts, packed end to end without padding: a text's result is the same alone and in any batch.
    ///
    /// - Parameters:
    ///   - batch: token ids below `vocabularySize`; each text has 1 to `maximumTokens`.
    ///   - keepingTokens: whether the results have the vectors of each token, too.
    /// - Returns: one result a text, in order.
    public func encode(_ batch: [[TokenID]], keepingTokens: Bool = false) -> [EncodedText] {
        workspace.withLock { workspace in
            var results: [EncodedText] = []
            results.reserveCapacity(batch.count)
            var texts = PackedTexts()
            for text in batch {
                check(text)
                let alone = encoder.mustRunAlone(text.count)
                if alone || texts.rows + text.count > workspace.capacity {
                    pass(&texts, workspace, &results, keepingTokens)
                }
                texts.append(text.lazy.map(\.rawValue))
                if alone { pass(&texts, workspace, &results, keepingTokens) }
            }
            pass(&texts, workspace, &results, keepingTokens)
            return results
        }
    }

    /// Gives the memory of the buffers back to the system, until a pass writes them again. A pass under way keeps them: one
    /// on threads that stand back may take minutes on a busy machine, and nobody is to wait for it.
    ///
    /// - Returns: whether no pass was under way.
    @discardableResult
    public func releaseBuffers() -> Bool {
        workspace.withLockIfAvailable { $0.release() } != nil
    }

    private func check(_ text: [TokenID]) {
        precondition(
            (1...maximumTokens).contains(text.count),
            "encode: \(text.count) tokens, not 1 to \(maximumTokens)")
        precondition(
            text.allSatisfy { (0..<Int32(vocabularySize)).contains($0.rawValue) },
            "encode: a token id outside 0..<\(vocabularySize)")
    }

    private func pass(
        _ texts: inout PackedTexts, _ workspace: Workspace, _ results: inout [EncodedText],
        _ keepingTokens: Bool
    ) {
        if texts.rows == 0 { return }
        encoder.run(texts, in: workspace, on: pool)
        results += texts.texts.map { rows in
            pooled(rows, workspace, keepingTokens ? tokenVectors(rows, workspace) : [])
        }
        texts.removeAll()
    }

    /// (tokens, 3, hidden)
    private func tokenVectors(_ rows: Range<Int>, _ workspace: Workspace) -> [Float] {
        let width = encoder.configuration.width
        let layers = [workspace.early, workspace.middle, workspace.hidden]
        return unsafe [Float](unsafeUninitializedCapacity: rows.count * 3 * dimension) { buffer, used in
            used = rows.count * 3 * dimension
            guard var out = buffer.baseAddress else { return }
            for row in rows {
                for layer in layers {
                    unsafe out.update(from: layer.start + row * width, count: dimension)
                    unsafe out += dimension
                }
            }
        }
    }

    private func pooled(_ rows: Range<Int>, _ workspace: Workspace, _ tokenVectors: [Float]) -> EncodedText {
        let width = encoder.configuration.width
        let offset = rows.lowerBound * width
        let (stride, count, dimension) = (width, Int32(rows.count), Int32(dimension))
        let sentence = unsafe [Float](unsafeUninitializedCapacity: self.dimension) { buffer, used in
            let (out, last) = unsafe (buffer.baseAddress, workspace.hidden.start + offset)
            // The class token's row is the first; its mean with itself is itself.
            unsafe slmd_mean_rows(last, stride, pooling.kind == .classToken ? 1 : count, dimension, out)
            if pooling.normalises { unsafe slmd_normalise(out, dimension) }
            used = self.dimension
        }
        let pools = unsafe [Float](unsafeUninitializedCapacity: 4 * self.dimension) { buffer, used in
            used = 4 * self.dimension
            guard let out = buffer.baseAddress else { return }
            unsafe slmd_mean_rows(workspace.early.start + offset, stride, count, dimension, out)
            unsafe slmd_mean_rows(
                workspace.middle.start + offset, stride, count, dimension, out + self.dimension)
            unsafe slmd_max_rows(
                workspace.hidden.start + offset, stride, count, dimension, out + 2 * self.dimension)
            let opening = Self.openingPieces(of: rows.count)
            unsafe slmd_mean_rows(
                workspace.middle.start + offset + opening.lowerBound * width, stride, Int32(opening.count),
                dimension, out + 3 * self.dimension)
        }
        return EncodedText(
            sentence: Embedding(values: sentence), layerPools: pools, tokenVectors: tokenVectors)
    }

    /// The first three word pieces of a text of so many tokens, without the class and separator tokens round them.
    private static func openingPieces(of tokens: Int) -> Range<Int> {
        let first = min(1, tokens - 1)
        return first..<max(first + 1, min(4, tokens - 1))
    }

    private static func digest(
        _ encoder: BertEncoder, _ pooling: Pooling, _ precision: EncoderPrecision
    ) -> String {
        let shape = encoder.configuration
        var hash = SHA256()
        let words = [
            "slmd encoder", "\(arithmetic)", "\(precision)", "\(shape.family)", "\(shape.hidden)",
            "\(shape.layers)",
            "\(shape.heads)", "\(shape.intermediate)", "\(shape.epsilon)", "\(pooling.kind)",
            "\(pooling.normalises)",
        ]
        hash.update(data: Array(words.joined(separator: "\n").utf8))
        unsafe encoder.words.forEachPart { unsafe hash.update(bufferPointer: $0) }
        for norm in [encoder.wordNorm] + encoder.layers.flatMap(\.norms) {
            unsafe norm.gamma.withBytes { unsafe hash.update(bufferPointer: $0) }
            unsafe norm.beta.withBytes { unsafe hash.update(bufferPointer: $0) }
        }
        for product in encoder.layers.flatMap(\.products) {
            unsafe product.forEachPart { unsafe hash.update(bufferPointer: $0) }
        }
        return hash.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
