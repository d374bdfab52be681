import CKernels
import Tensors

/// What one thread computes of a pass. Norms, rotations and the like are shared out by rows, products by columns, attention
/// by rows and heads.
struct DecoderShare {
    let configuration: DecoderConfiguration
    let pass: DecoderPass
    let workspace: DecoderWorkspace
    let kernels: DecoderKernels
    let pool: ComputePool
    let member: Int

    /// Rows of a sequence that attend together.
    static let attendingRows = 8

    /// Waits until all threads are here.
    func meet() { pool.barrier() }

    private func part(of count: Int) -> Range<Int> {
        count * member / pool.threads..<count * (member + 1) / pool.threads
    }

    /// The rows' words, and the angles of their positions.
    func begin(_ words: BlockMatrix, _ frequencies: RotaryFrequencies) {
        let rows = part(of: pass.rows)
        for sequence in pass.sequences {
            for row in sequence.rows.clamped(to: rows) {
                unsafe words.copyRow(Int(pass.ids[row]), to: workspace.hidden.row(row))
                unsafe frequencies.angles(
                    at: sequence.position(of: row), capacity: sequence.cache.capacity,
                    cosines: workspace.angles.cosines(row), sines: workspace.angles.sines(row))
            }
        }
    }

    func normalise(_ norm: RMSNorm) {
        for row in part(of: pass.rows) { normalise(row, norm, into: workspace.normed, row) }
    }

    private func normalise(_ row: Int, _ norm: RMSNorm, into activations: Activations, _ place: Int) {
        let own = workspace.members[member].rows
        unsafe norm.apply(to: workspace.hidden.row(row), into: own.row(0))
        unsafe activations.set(place..<place + 1, to: own.rows(1), by: kernels)
    }

    /// y = x Wᵀ + b
    func multiply(_ x: Activations, _ matrix: BlockMatrix, into y: RowStorage) {
        unsafe matrix.multiply(
            x, rows: 0..<pass.rows, outputs: matrix.share(of: member, of: pool.threads),
            into: y.rows(pass.rows), by: kernels)
    }

    /// y += x Wᵀ + b
    func multiply(_ x: Activations, _ matrix: BlockMatrix, addingTo y: RowStorage) {
        unsafe matrix.multiply(
            x, rows: 0..<pass.rows, outputs: matrix.share(of: member, of: pool.threads), adding: true,
            into: y.rows(pass.rows), by: kernels)
    }

    /// Turns queries and keys by their positions, and keeps keys and values.
    func rotateAndKeep(layer: Int) {
        let rows = part(of: pass.rows)
        for sequence in pass.sequences {
            for row in sequence.rows.clamped(to: rows) {
                unsafe rotate(workspace.queries.row(row), heads: configuration.attention.heads, row)
                unsafe rotate(workspace.keys.row(row), heads: configuration.attention.keyHeads, row)
                unsafe sequence.cache.keep(
                    keys: workspace.keys.row(row), values: workspace.values.row(row), layer: layer,
                    at: sequence.position(of: row))
            }
        }
    }

    private func rotate(_ x: UnsafeMutablePointer<Float>, heads: Int, _ row: Int) {
        unsafe slmd_rotate(
            x, Int32(heads), Int32(configuration.attention.headWidth), Int32(configuration.rotary.dimensions),
            workspace.angles.cosines(row), workspace.angles.sines(row))
    }

    /// Each head of each row gathers the values of what it may see. Rows that see little and rows that see much fall to
    /// every thread alike.
    func attend(layer: Int) {
        var item = 0
        for sequence in pass.sequences {
            for start in stride(
                from: sequence.rows.lowerBound, to: sequence.rows.upperBound, by: Self.attendingRows)
            {
                let rows = start..<min(start + Self.attendingRows, sequence.rows.upperBound)
                for head in 0..<configuration.attention.keyHeads {
                    if item % pool.threads == member { attend(sequence, rows, head, layer) }
                    item += 1
                }
            }
        }
    }

    private func attend(_ sequence: DecoderPass.Sequence, _ rows: Range<Int>, _ head: Int, _ layer: Int) {
        let attention = configuration.attention
        let heads = attention.heads / attention.keyHeads
        let columns = head * heads * attention.headWidth..<(head + 1) * heads * attention.headWidth
        let (queries, own) = (workspace.queries, workspace.members[member])
        var job = unsafe slmd_decoder_attention(
            queries: queries.row(rows.lowerBound) + columns.lowerBound, query_stride: queries.stride,
            keys: sequence.cache.keys(layer: layer, head: head),
            values: sequence.cache.values(layer: layer, head: head), rows: Int32(rows.count),
            heads: Int32(heads), head_width: Int32(attention.headWidth),
            first: Int32(sequence.position(of: rows.lowerBound)),
            window: Int32(attention.window ?? configuration.context),
            scale: 1 / Float(attention.headWidth).squareRoot(),
            out: own.rows.row(0) + columns.lowerBound, out_stride: own.rows.stride, scratch: own.scores.start)
        unsafe slmd_decoder_attend(&job)
        unsafe workspace.context.set(rows, to: own.rows.rows(rows.count), columns: columns, by: kernels)
    }

    /// inner = silu(gate) · up, in the columns that this thread's share of both products has written.
    func letThroughGate(columnsOf matrix: BlockMatrix) {
        let columns = matrix.share(of: member, of: pool.threads)
        for row in 0..<pass.rows {
            let gate = unsafe workspace.gate.row(row) + columns.lowerBound
            unsafe slmd_swiglu(
                gate, workspace.up.row(row) + columns.lowerBound, Int32(columns.count), gate)
        }
        unsafe workspace.inner.set(
            0..<pass.rows, to: workspace.gate.rows(pass.rows), columns: columns, by: kernels)
    }

    /// The logits of the rows that are wanted.
    func finish(_ norm: RMSNorm, _ output: BlockMatrix) {
        let count = pass.wanted.count
        for index in part(of: count) { normalise(pass.wanted[index], norm, into: workspace.wanted, index) }
        meet()
        unsafe output.multiply(
            workspace.wanted, rows: 0..<count, outputs: output.share(of: member, of: pool.threads),
            into: workspace.logits.rows(count), by: kernels)
    }
}
