import CKernels
import Tensors

/// What one thread computes of a pass. Norms of many rows are shared out by rows, products and what follows them by columns,
/// attention by rows and heads.
struct DecoderShare {
    let configuration: DecoderConfiguration
    let pass: DecoderPass
    let workspace: DecoderWorkspace
    let kernels: DecoderKernels
    let pool: ComputePool
    let member: Int

    /// Rows of a sequence that attend together.
    static let attendingRows = 8

    /// Multiplications between two looks at who else wants the threads: some tenths of a millisecond.
    static let multiplicationsOfAPiece = 8 << 20
    /// Rows of a piece: the kernels keep as many close by while panels pass.
    static let rowsOfAPiece = 64

    /// Waits until all threads are here.
    func meet() { pool.barrierYielding(member) }

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

    /// The norm of the stream, for this thread to multiply.
    func normed(_ norm: RMSNorm) -> Activations { normed(0..<pass.rows, norm, workspace.normed) }

    /// Each thread norms few rows for itself, which takes less time than to meet; of many, each does a part.
    private func normed<Indices: RandomAccessCollection<Int>>(
        _ rows: Indices, _ norm: RMSNorm, _ shared: Activations
    ) -> Activations where Indices.Index == Int {
        let own = workspace.members[member].normed
        if rows.count <= own.rows {
            for place in 0..<rows.count { normalise(rows[place], norm, into: own, place) }
            return own
        }
        for place in part(of: rows.count) { normalise(rows[place], norm, into: shared, place) }
        meet()
        return shared
    }

    private func normalise(_ row: Int, _ norm: RMSNorm, into activations: Activations, _ place: Int) {
        unsafe activations.setNorm(
            place..<place + 1, of: workspace.hidden.rows(row..<row + 1), gamma: norm.gamma,
            epsilon: norm.epsilon,
            by: kernels)
    }

    /// y = x Wᵀ + b
    func multiply(_ x: Activations, _ matrix: BlockMatrix, into y: RowStorage) {
        multiply(x, 0..<pass.rows, matrix, matrix.share(of: member, of: pool.threads), into: y)
    }

    /// y += x Wᵀ + b
    func multiply(_ x: Activations, _ matrix: BlockMatrix, addingTo y: RowStorage) {
        let share = matrix.share(of: member, of: pool.threads)
        multiply(x, 0..<pass.rows, matrix, share, adding: true, into: y)
    }

    /// Piece by piece, so that urgent runs come in between.
    private func multiply(
        _ x: Activations, _ rows: Range<Int>, _ matrix: BlockMatrix, _ outputs: Range<Int>,
        adding: Bool = false, into y: RowStorage
    ) {
        for first in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.rowsOfAPiece) {
            let rows = first..<min(first + Self.rowsOfAPiece, rows.upperBound)
            let most = Self.multiplicationsOfAPiece / (rows.count * matrix.inputs)
            let step = roundedUp(max(most, 1), to: BlockMatrix.panelWidth)
            for first in stride(from: outputs.lowerBound, to: outputs.upperBound, by: step) {
                pool.yield(member)
                unsafe matrix.multiply(
                    x, rows: rows, outputs: first..<min(first + step, outputs.upperBound), adding: adding,
                    into: y.rows(rows), by: kernels)
            }
        }
    }

    /// Queries, keys and values; queries and keys are turned by their positions, keys and values kept.
    func project(_ x: Activations, _ layer: DecoderLayer, _ index: Int) {
        guard let heads = headsBesideKeys else {
            multiply(x, layer.query, into: workspace.queries)
            multiply(x, layer.key, into: workspace.keys)
            multiply(x, layer.value, into: workspace.values)
            meet()
            let rows = part(of: pass.rows)
            rotate(workspace.queries, heads: 0..<configuration.attention.heads, rows)
            rotateAndKeep(rows, layer: index)
            return
        }
        let (rows, width) = (0..<pass.rows, configuration.attention.headWidth)
        let columns = heads.lowerBound * width..<heads.upperBound * width
        multiply(x, rows, layer.query, columns, into: workspace.queries)
        rotate(workspace.queries, heads: heads, rows)
        if member < pool.threads - 1 { return }
        multiply(x, rows, layer.key, 0..<layer.key.outputs, into: workspace.keys)
        multiply(x, rows, layer.value, 0..<layer.value.outputs, into: workspace.values)
        rotateAndKeep(rows, layer: index)
    }

    /// This thread's heads of queries where the last thread has all keys and values, so that it need not meet the others before it
    /// keeps them; nil where these are more than its part.
    private var headsBesideKeys: Range<Int>? {
        let (heads, others) = (configuration.attention.heads, 2 * configuration.attention.keyHeads)
        let all = heads + others
        guard others * pool.threads <= all else { return nil }
        return min(all * member / pool.threads, heads)..<min(all * (member + 1) / pool.threads, heads)
    }

    private func rotateAndKeep(_ rows: Range<Int>, layer: Int) {
        rotate(workspace.keys, heads: 0..<configuration.attention.keyHeads, rows)
        for sequence in pass.sequences {
            for row in sequence.rows.clamped(to: rows) {
                unsafe sequence.cache.pages.keep(
                    keys: workspace.keys.row(row), values: workspace.values.row(row), layer: layer,
                    at: sequence.position(of: row), by: kernels)
            }
        }
    }

    private func rotate(_ x: RowStorage, heads: Range<Int>, _ rows: Range<Int>) {
        let width = configuration.attention.headWidth
        for row in rows {
            unsafe kernels.table.pointee.rotate(
                x.row(row) + heads.lowerBound * width, Int32(heads.count), Int32(width),
                Int32(configuration.rotary.dimensions), workspace.angles.cosines(row),
                workspace.angles.sines(row))
        }
    }

    /// Each head of each row gathers the values of what it may see. All threads have heads of all rows, and the thread with
    /// one more changes with the rows.
    func attend(layer: Int) {
        var turn = member
        for sequence in pass.sequences {
            for start in stride(
                from: sequence.rows.lowerBound, to: sequence.rows.upperBound, by: Self.attendingRows)
            {
                let rows = start..<min(start + Self.attendingRows, sequence.rows.upperBound)
                let heads = configuration.attention.heads
                attend(
                    sequence, rows, heads * turn / pool.threads..<heads * (turn + 1) / pool.threads, layer)
                turn = (turn + 1) % pool.threads
            }
        }
    }

    private func attend(
        _ sequence: DecoderPass.Sequence, _ rows: Range<Int>, _ heads: Range<Int>, _ layer: Int
    ) {
        if heads.isEmpty { return }
        pool.yield(member)
        let (attention, own) = (configuration.attention, workspace.members[member])
        let gathered = unsafe own.gathered.rows(0..<rows.count)
        unsafe sequence.cache.pages.attend(
            workspace.queries.rows(rows), first: sequence.position(of: rows.lowerBound), heads: heads,
            group: attention.heads / attention.keyHeads, window: attention.window, layer: layer,
            into: gathered, scratch: own.attention, by: kernels)
        unsafe workspace.context.set(
            rows, to: gathered,
            columns: heads.lowerBound * attention.headWidth..<heads.upperBound * attention.headWidth,
            by: kernels)
    }

    /// inner = silu(gate) · up, in the columns that this thread's share of both products has written.
    func letThroughGate(columnsOf matrix: BlockMatrix) {
        let rows = 0..<pass.rows
        unsafe workspace.inner.setGated(
            rows, gates: workspace.gate.rows(rows), workspace.up.rows(rows),
            columns: matrix.share(of: member, of: pool.threads), by: kernels)
    }

    /// The logits of the rows that are wanted.
    func finish(_ norm: RMSNorm, _ output: BlockMatrix) {
        let x = normed(pass.wanted, norm, workspace.wanted)
        let outputs = output.share(of: member, of: pool.threads)
        multiply(x, 0..<pass.wanted.count, output, outputs, into: workspace.logits)
    }
}
