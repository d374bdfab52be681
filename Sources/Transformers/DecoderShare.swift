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

    func normalise(_ norm: RMSNorm) {
        for row in part(of: pass.rows) { normalise(row, norm, into: workspace.normed, row) }
    }

    private func normalise(_ row: Int, _ norm: RMSNorm, into activations: Activations, _ place: Int) {
        unsafe activations.setNorm(
            place..<place + 1, of: workspace.hidden.rows(row..<row + 1), gamma: norm.gamma,
            epsilon: norm.epsilon,
            by: kernels)
    }

    /// y = x Wᵀ + b
    func multiply(_ x: Activations, _ matrix: BlockMatrix, into y: RowStorage) {
        multiply(x, 0..<pass.rows, matrix, adding: false, into: y)
    }

    /// y += x Wᵀ + b
    func multiply(_ x: Activations, _ matrix: BlockMatrix, addingTo y: RowStorage) {
        multiply(x, 0..<pass.rows, matrix, adding: true, into: y)
    }

    /// Piece by piece, so that urgent runs come in between.
    private func multiply(
        _ x: Activations, _ rows: Range<Int>, _ matrix: BlockMatrix, adding: Bool, into y: RowStorage
    ) {
        let share = matrix.share(of: member, of: pool.threads)
        for first in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.rowsOfAPiece) {
            let rows = first..<min(first + Self.rowsOfAPiece, rows.upperBound)
            let most = Self.multiplicationsOfAPiece / (rows.count * matrix.inputs)
            let step = roundedUp(max(most, 1), to: BlockMatrix.panelWidth)
            for first in stride(from: share.lowerBound, to: share.upperBound, by: step) {
                pool.yield(member)
                unsafe matrix.multiply(
                    x, rows: rows, outputs: first..<min(first + step, share.upperBound), adding: adding,
                    into: y.rows(rows), by: kernels)
            }
        }
    }

    /// Turns queries and keys by their positions, and keeps keys and values.
    func rotateAndKeep(layer: Int) {
        let rows = part(of: pass.rows)
        for sequence in pass.sequences {
            for row in sequence.rows.clamped(to: rows) {
                unsafe rotate(workspace.queries.row(row), heads: configuration.attention.heads, row)
                unsafe rotate(workspace.keys.row(row), heads: configuration.attention.keyHeads, row)
                unsafe sequence.cache.pages.keep(
                    keys: workspace.keys.row(row), values: workspace.values.row(row), layer: layer,
                    at: sequence.position(of: row), by: kernels)
            }
        }
    }

    private func rotate(_ x: UnsafeMutablePointer<Float>, heads: Int, _ row: Int) {
        unsafe kernels.table.pointee.rotate(
            x, Int32(heads), Int32(configuration.attention.headWidth), Int32(configuration.rotary.dimensions),
            workspace.angles.cosines(row), workspace.angles.sines(row))
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
        let count = pass.wanted.count
        for index in part(of: count) { normalise(pass.wanted[index], norm, into: workspace.wanted, index) }
        meet()
        multiply(workspace.wanted, 0..<count, output, adding: false, into: workspace.logits)
    }
}
