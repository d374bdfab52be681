public import CKernels

/// The weights of a product in single precision, without rounding: what quantised ones are measured against.
///
/// The columns of a result are shared out among threads in whole panels, so one row keeps all of them busy.
public final class DenseMatrix: Sendable {
    public let outputs: Int
    public let inputs: Int

    /// (outputs / panelWidth, inputs, panelWidth), zeros beyond the outputs.
    private let panels: AlignedStorage<Float>
    private let zeros: AlignedStorage<Float>
    private let kernels: Kernels

    /// Packs a matrix as checkpoints store it.
    ///
    /// - Parameter rows: shape (outputs, inputs).
    public init(rows: [Float], inputs: Int, kernels: Kernels) {
        precondition(rows.count % inputs == 0, "matrix: \(rows.count) weights in rows of \(inputs)")
        outputs = rows.count / inputs
        self.inputs = inputs
        self.kernels = kernels
        let padded = roundedUp(outputs, to: panelWidth)
        panels = AlignedStorage(count: padded * inputs)
        zeros = AlignedStorage(count: panelWidth)
        let missing = [Float](repeating: 0, count: (padded - outputs) * inputs)
        let whole = missing.isEmpty ? rows : rows + missing
        unsafe slmd_pack_float(whole, Int32(padded), Int32(inputs), panels.start)
    }

    /// Columns that a product writes: the outputs, and zeros up to a whole panel.
    public var width: Int { roundedUp(outputs, to: panelWidth) }

    /// What `member` computes of them.
    public func columns(_ member: Int, of threads: Int) -> Range<Int> {
        let panels = width / panelWidth
        return panels * member / threads * panelWidth..<panels * (member + 1) / threads * panelWidth
    }

    /// Computes y = x Wᵀ, or y += x Wᵀ, in the share of columns that is `member`'s. A row's result depends on that row
    /// alone.
    ///
    /// - Parameters:
    ///   - x: rows of `inputs` values.
    ///   - y: as many rows of `width`.
    /// - Complexity: O(rows · inputs · outputs / threads); allocates nothing.
    @unsafe public func multiply(
        _ x: Rows, into y: Rows, _ epilogue: slmd_epilogue, _ member: Int, of threads: Int
    ) {
        let columns = columns(member, of: threads)
        for column in stride(from: columns.lowerBound, to: columns.upperBound, by: panelWidth) {
            var weights = unsafe slmd_float_weights(
                inputs: Int32(inputs), outputs: Int32(panelWidth), panels: panels.start + column * inputs,
                bias: zeros.start)
            unsafe kernels.table.pointee.product_float(
                &weights, x.start, x.stride, Int32(x.count), epilogue, y.start + column, y.stride)
        }
    }

    /// Row `index` of the matrix as it was given: `inputs` values.
    @unsafe public func copyRow(_ index: Int, to row: UnsafeMutablePointer<Float>) {
        precondition((0..<outputs).contains(index), "matrix: row \(index) of \(outputs)")
        let panel = unsafe panels.start + index / panelWidth * panelWidth * inputs + index % panelWidth
        for column in 0..<inputs { unsafe row[column] = panel[column * panelWidth] }
    }
}
