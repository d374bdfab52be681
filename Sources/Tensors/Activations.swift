import CKernels

/// Inputs in a block of weights, and activations that share a scale.
public let blockWidth = Int(SLMD_BLOCK)

/// Rows that a `BlockMatrix` multiplies. In int8 they are signed bytes in blocks of 32, each with its own scale and offset; in
/// fp32 they stay as they are.
public struct Activations: Sendable {
    private enum Numbers {
        case int8(bytes: AlignedStorage<Int8>, scales: AlignedStorage<slmd_block_scale>)
        case single(AlignedStorage<Float>)
    }

    private let numbers: Numbers
    public let rows: Int
    /// Columns of a row, a multiple of `blockWidth`; those beyond the asked ones are 0 and stay so.
    public let width: Int

    public init(rows: Int, width: Int, precision: Linear.Precision) {
        self.rows = rows
        self.width = roundedUp(width, to: blockWidth)
        let count = rows * self.width
        numbers =
            switch precision {
            case .int8:
                .int8(bytes: AlignedStorage(count: count), scales: AlignedStorage(count: count / blockWidth))
            case .fp32: .single(AlignedStorage(count: count))
            }
    }

    public var precision: Linear.Precision {
        switch numbers {
        case .int8: .int8
        case .single: .fp32
        }
    }

    /// As kernels take them.
    @unsafe var view: slmd_activations {
        switch numbers {
        case .int8(let bytes, let scales):
            unsafe slmd_activations(
                width: Int32(width), bytes: bytes.start, scales: scales.start, floats: nil)
        case .single(let floats):
            unsafe slmd_activations(width: Int32(width), bytes: nil, scales: nil, floats: floats.start)
        }
    }

    /// Takes rows of x, and of them the columns in `columns`, or all; each byte is within half a step, a 508th of the range of
    /// its block.
    ///
    /// - Parameters:
    ///   - x: as many rows, `width` wide.
    ///   - rows: where they go.
    ///   - columns: from and to multiples of `blockWidth`.
    @unsafe public func set(
        _ rows: Range<Int>, to x: Rows, columns: Range<Int>? = nil, by kernels: DecoderKernels
    ) {
        let columns = columns ?? 0..<width
        precondition(
            unsafe x.count == rows.count && rows.upperBound <= self.rows, "activations: rows \(rows)")
        checkBlocks(columns, of: width)
        var view = unsafe self.view
        unsafe kernels.table.pointee.quantise(
            x.start, x.stride, Int32(rows.count), Int32(columns.lowerBound), Int32(columns.upperBound), &view,
            Int32(rows.lowerBound))
    }
}

extension Activations {
    /// Takes x / sqrt(mean(x²) + epsilon) · gamma.
    ///
    /// - Parameter gamma: as wide as the activations.
    /// - Note: Zhang, Sennrich, *Root Mean Square Layer Normalization*, 2019.
    @unsafe public func setNorm(
        _ rows: Range<Int>, of x: Rows, gamma: AlignedStorage<Float>, epsilon: Float,
        by kernels: DecoderKernels
    ) {
        precondition(unsafe x.count == rows.count && rows.upperBound <= self.rows, "norm: rows \(rows)")
        precondition(gamma.count == width, "norm: gamma of \(gamma.count) for \(width) columns")
        var view = unsafe self.view
        unsafe kernels.table.pointee.norm(
            x.start, x.stride, Int32(rows.count), gamma.start, epsilon, &view, Int32(rows.lowerBound))
    }

    /// Takes silu(gates) · x, in the columns in `columns`.
    ///
    /// - Note: Shazeer, *GLU Variants Improve Transformer*, 2020.
    @unsafe public func setGated(
        _ rows: Range<Int>, gates: Rows, _ x: Rows, columns: Range<Int>? = nil, by kernels: DecoderKernels
    ) {
        let columns = columns ?? 0..<width
        precondition(
            unsafe x.count == rows.count && gates.count == rows.count && rows.upperBound <= self.rows,
            "gate: rows \(rows)")
        checkBlocks(columns, of: width)
        var view = unsafe self.view
        unsafe kernels.table.pointee.gate(
            gates.start, gates.stride, x.start, x.stride, Int32(rows.count), Int32(columns.lowerBound),
            Int32(columns.upperBound), &view, Int32(rows.lowerBound))
    }
}

/// Kernels work on whole blocks of columns.
func checkBlocks(_ columns: Range<Int>, of width: Int) {
    precondition(
        columns.lowerBound.isMultiple(of: blockWidth) && columns.upperBound.isMultiple(of: blockWidth)
            && columns.upperBound <= width, "activations: columns \(columns) of \(width)")
}
