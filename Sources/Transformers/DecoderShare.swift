import CKernels
import Tensors

/// What one thread computes of a pass. Norms, rotations and the like are shared out by rows, products by columns, attention
/// by rows and heads.
struct DecoderShare {
    let configuration: DecoderConfiguration
    let pass: DecoderPass
    let workspace: DecoderWorkspace
    let pool: ComputePool
    let member: Int

    /// Rows of a sequence that attend together.
    private static let attendingRows = 8

    /// Waits until all threads are here.
    func meet() { pool.barrier() }

    private func part(of count: Int) -> Range<Int> {
        count * member / pool.threads..<count * (member + 1) / pool.threads
    }

    /// The rows' words, and the angles of their positions.
    func begin(_ words: DenseMatrix, _ frequencies: RotaryFrequencies) {
        let rows = part(of: pass.rows)
        for sequence in pass.sequences {
            for row in sequence.rows.clamped(to: rows) {
                unsafe words.copyRow(Int(pass.ids[row]), to: workspace.hidden.row(row))
                unsafe frequencies.angles(
                    at: sequence.first + row - sequence.rows.lowerBound, capacity: sequence.cache.capacity,
                    cosines: workspace.angles.cosines(row), sines: workspace.angles.sines(row))
            }
        }
    }

    func normalise(_ norm: RMSNorm) {
        for row in part(of: pass.rows) {
            unsafe norm.apply(to: workspace.hidden.row(row), into: workspace.normed.row(row))
        }
    }

    /// y = x Wᵀ
    func multiply(_ x: RowStorage, _ matrix: DenseMatrix, into y: RowStorage) {
        unsafe matrix.multiply(
            x.rows(pass.rows), into: y.rows(pass.rows), SLMD_STORE, member, of: pool.threads)
    }

    /// y += x Wᵀ
    func multiply(_ x: RowStorage, _ matrix: DenseMatrix, addingTo y: RowStorage) {
        unsafe matrix.multiply(x.rows(pass.rows), into: y.rows(pass.rows), SLMD_ADD, member, of: pool.threads)
    }

    /// Adds the bias, turns queries and keys by their positions, and keeps keys and values.
    func rotateAndKeep(layer: Int, bias: AlignedStorage<Float>?) {
        let attention = configuration.attention
        let rows = part(of: pass.rows)
        for sequence in pass.sequences {
            for row in sequence.rows.clamped(to: rows) {
                let projected = unsafe workspace.projected.row(row)
                if let bias {
                    for column in 0..<attention.projectionWidth {
                        unsafe projected[column] += bias.start[column]
                    }
                }
                unsafe slmd_rotate(
                    projected, Int32(attention.heads + attention.keyHeads), Int32(attention.headWidth),
                    Int32(configuration.rotary.dimensions), workspace.angles.cosines(row),
                    workspace.angles.sines(row))
                unsafe sequence.cache.keep(
                    keys: projected + attention.queryWidth,
                    values: projected + attention.queryWidth + attention.keyWidth, layer: layer,
                    at: sequence.first + row - sequence.rows.lowerBound)
            }
        }
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
        let column = head * heads * attention.headWidth
        let (projected, context) = (workspace.projected, workspace.context)
        var job = unsafe slmd_decoder_attention(
            queries: projected.row(rows.lowerBound) + column, query_stride: projected.stride,
            keys: sequence.cache.keys(layer: layer, head: head),
            values: sequence.cache.values(layer: layer, head: head), rows: Int32(rows.count),
            heads: Int32(heads), head_width: Int32(attention.headWidth),
            first: Int32(sequence.first + rows.lowerBound - sequence.rows.lowerBound),
            window: Int32(attention.window ?? configuration.context),
            scale: 1 / Float(attention.headWidth).squareRoot(),
            out: context.row(rows.lowerBound) + column, out_stride: context.stride,
            scratch: workspace.scores[member].start)
        unsafe slmd_decoder_attend(&job)
    }

    /// gate = silu(gate) · up, in the columns that this thread's share of both products has written.
    func letThroughGate(columnsOf matrix: DenseMatrix) {
        let columns = matrix.columns(member, of: pool.threads)
        for row in 0..<pass.rows {
            let gate = unsafe workspace.gate.row(row) + columns.lowerBound
            unsafe slmd_swiglu(
                gate, workspace.up.row(row) + columns.lowerBound, Int32(columns.count), gate)
        }
    }

    /// The logits of the rows that are wanted.
    func finish(_ norm: RMSNorm, _ output: DenseMatrix) {
        for index in part(of: pass.wanted.count) {
            unsafe norm.apply(
                to: workspace.hidden.row(pass.wanted[index]), into: workspace.wanted.row(index))
        }
        meet()
        let count = pass.wanted.count
        unsafe output.multiply(
            workspace.wanted.rows(count), into: workspace.logits.rows(count), SLMD_STORE, member,
            of: pool.threads)
    }
}
