import CKernels
import Tensors

/// The forward pass of BERT, DistilBERT and their like.
///
/// Each share of the pool's work has its own rows through all layers, and waits for the others once a layer, where attention
/// needs the keys and values of whole texts. Every step but attention works on each row by itself, and
/// attention on each text by itself, so a row's numbers depend neither on its neighbours in the batch nor on
/// the threads.
struct BertEncoder: Sendable {
    /// Texts from this long on attend in 8 bits with the int8 precision. Measured with 12 heads of 32: 43 and 30
    /// µs a layer at 48 tokens, 277 and 147 at 128; at 16 quantising the keys and values takes what it saves.
    static let int8AttentionTokens = 48

    let configuration: BertConfiguration
    let words: WordTable
    let wordNorm: LayerNorm
    let layers: [BertLayer]
    let precision: Linear.Precision
    let kernels: Kernels

    init(
        _ checkpoint: borrowing BertCheckpoint, _ configuration: BertConfiguration,
        _ precision: Linear.Precision,
        kernels: Kernels
    ) throws(TransformerError) {
        self.configuration = configuration
        self.precision = precision
        self.kernels = kernels
        words = WordTable(
            rows: try checkpoint.words(), positions: try checkpoint.positions(), hidden: configuration.hidden,
            width: configuration.width, precision: precision)
        wordNorm = try checkpoint.norm("embeddings.LayerNorm")
        var layers: [BertLayer] = []
        for index in 0..<configuration.layers { layers.append(try checkpoint.layer(index)) }
        self.layers = layers
    }

    /// A text this long multiplies through OpenBLAS, whose rows depend on how many there are: it needs a
    /// pass of its own to give the same numbers in every batch.
    func mustRunAlone(_ tokens: Int) -> Bool {
        precision == .fp32 && kernels.leaveToBLAS(rows: tokens)
    }

    /// Leaves the last layer's output in `workspace.hidden`, the embedding layer's in `early` and the middle
    /// layer's in `middle`.
    func run(_ texts: PackedTexts, in workspace: Workspace, on pool: ComputePool) {
        pool.run(Forward(encoder: self, texts: texts, workspace: workspace, pool: pool))
    }

    /// Each share has rows of its own. A step ends where attention needs the keys and values of all.
    private struct Forward: StepWork {
        let encoder: BertEncoder
        let texts: PackedTexts
        let workspace: Workspace
        let pool: ComputePool

        var steps: Int { encoder.layers.count + 1 }

        func work(_ share: Int, step: Int) {
            let first = texts.rows * share / pool.threads
            let last = texts.rows * (share + 1) / pool.threads
            encoder.forward(texts, first..<last, workspace, workspace.members[share], step: step)
        }
    }

    /// The embedding layer in step 0, layer `step` − 1 from its attention on in the others; then the next layer's projection.
    private func forward(
        _ texts: PackedTexts, _ rows: Range<Int>, _ workspace: Workspace, _ own: Workspace.Member, step: Int
    ) {
        let multiplier = Multiplier(
            kernels: kernels, scratch: own.products, usesBLAS: texts.texts.contains { mustRunAlone($0.count) }
        )
        let x = unsafe all(workspace.hidden, configuration.width)
        if step == 0 {
            unsafe embed(texts, rows, into: x)
            unsafe wordNorm.apply(to: x.rows(rows), kernels: kernels)
            unsafe keep(x.rows(rows), in: all(workspace.early, configuration.width).rows(rows))
        } else {
            let context = unsafe all(workspace.context, configuration.contextWidth)
            unsafe attend(texts, rows, projections(step - 1, in: workspace), own.attention, into: context)
            for part in chunks(of: rows) {
                unsafe finish(
                    layers[step - 1], context: context.rows(part), x: x.rows(part), own, multiplier)
            }
            if step == configuration.middleLayer {
                unsafe keep(x.rows(rows), in: all(workspace.middle, configuration.width).rows(rows))
            }
        }
        guard step < layers.count else { return }
        let projected = unsafe projections(step, in: workspace)
        for part in chunks(of: rows) {
            unsafe layers[step].projection.apply(
                to: x.rows(part), epilogue: SLMD_STORE, into: projected.rows(part), by: multiplier)
        }
    }

    /// A layer's queries, keys and values. Two layers that follow each other have different ones: while some share attends in
    /// a layer, others write those of the next.
    @unsafe private func projections(_ layer: Int, in workspace: Workspace) -> Rows {
        let buffer = layer.isMultiple(of: 2) ? workspace.projections.0 : workspace.projections.1
        return unsafe all(buffer, configuration.projectionWidth)
    }

    /// The rest of a layer, in place, for at most a chunk of rows.
    @unsafe private func finish(
        _ layer: BertLayer, context: Rows, x: Rows, _ own: Workspace.Member,
        _ multiplier: Multiplier
    ) {
        let inner = unsafe Rows(
            own.intermediate.start, stride: configuration.intermediateWidth, count: x.count)
        unsafe layer.output.apply(
            to: context, epilogue: SLMD_ADD, into: x, by: multiplier)
        unsafe layer.attentionNorm.apply(to: x, kernels: kernels)
        unsafe layer.expand.apply(
            to: x, epilogue: SLMD_STORE_GELU, into: inner, by: multiplier)
        unsafe layer.contract.apply(
            to: inner, epilogue: SLMD_ADD, into: x, by: multiplier)
        unsafe layer.outputNorm.apply(to: x, kernels: kernels)
    }

    @unsafe private func embed(_ texts: PackedTexts, _ rows: Range<Int>, into x: Rows) {
        unsafe texts.ids.withUnsafeBufferPointer { ids in
            guard let ids = ids.baseAddress else { return }
            for text in texts.texts where text.overlaps(rows) {
                let part = text.clamped(to: rows)
                unsafe words.embed(
                    ids + part.lowerBound, first: part.lowerBound - text.lowerBound, into: x.rows(part),
                    kernels: kernels)
            }
        }
    }

    @unsafe private func attend(
        _ texts: PackedTexts, _ rows: Range<Int>, _ projected: Rows, _ scratch: AlignedStorage<Float>,
        into context: Rows
    ) {
        for text in texts.texts where text.overlaps(rows) {
            let part = text.clamped(to: rows)
            var job = unsafe slmd_attention(
                qkv: projected.rows(text).start, qkv_stride: projected.stride, tokens: Int32(text.count),
                heads: Int32(configuration.heads), head_width: Int32(configuration.paddedHeadWidth),
                first: Int32(part.lowerBound - text.lowerBound),
                last: Int32(part.upperBound - text.lowerBound),
                out: context.rows(part).start, out_stride: context.stride, scratch: scratch.start)
            if precision == .int8 && text.count >= Self.int8AttentionTokens {
                unsafe kernels.table.pointee.attention_int8(&job)
            } else {
                unsafe kernels.table.pointee.attention(&job)
            }
        }
    }

    @unsafe private func keep(_ rows: Rows, in copy: Rows) {
        unsafe copy.start.update(from: rows.start, count: rows.count * rows.stride)
    }

    @unsafe private func all(_ storage: AlignedStorage<Float>, _ stride: Int) -> Rows {
        unsafe Rows(storage.start, stride: stride, count: storage.count / stride)
    }

    private func chunks(of rows: Range<Int>) -> some Sequence<Range<Int>> {
        stride(from: rows.lowerBound, to: rows.upperBound, by: Workspace.chunk).lazy.map {
            $0..<min($0 + Workspace.chunk, rows.upperBound)
        }
    }
}
