public import CKernels
import COpenBLAS

/// One dense product of a network, y = x Wᵀ + b, its weights packed for the kernels at load.
///
/// Shapes are padded: inputs to whole vectors, outputs to whole panels, with zeros that stay zero.
public struct Linear: Sendable {
    public enum Precision: String, Sendable {
        case fp32, int8
    }

    enum Weights: Sendable {
        case int8(Int8Weights)
        case single(SingleWeights)
    }

    let weights: Weights
    let bias: AlignedStorage<Float>
    public let inputs: Int
    public let outputs: Int

    /// Packs a matrix as checkpoints store it.
    ///
    /// - Parameters:
    ///   - rows: shape (outputs, inputs); `outputs` a multiple of `panelWidth`, `inputs` of 4.
    ///   - bias: shape (outputs).
    ///   - kernels: the ones that will multiply; some leave large single-precision products to OpenBLAS.
    public init(rows: [Float], bias: [Float], inputs: Int, precision: Precision, kernels: Kernels) {
        let outputs = bias.count
        precondition(
            rows.count == outputs * inputs, "linear: \(rows.count) weights for \(outputs) x \(inputs)")
        precondition(outputs.isMultiple(of: panelWidth) && inputs.isMultiple(of: 4), "linear: unpadded shape")
        self.inputs = inputs
        self.outputs = outputs
        self.bias = AlignedStorage(bias)
        weights =
            switch precision {
            case .int8: .int8(Int8Weights(rows: rows, outputs: outputs, inputs: inputs))
            case .fp32:
                .single(SingleWeights(rows: rows, outputs: outputs, inputs: inputs, kernels: kernels))
            }
    }

    /// Computes `epilogue(x Wᵀ + b)` into `y`. A row's result depends on that row alone, unless OpenBLAS
    /// multiplies.
    ///
    /// - Parameters:
    ///   - x: at most `multiplier.scratch.rows` rows of `inputs` values, zero up to the next multiple of 16.
    ///   - y: as many rows, at least `outputs` wide.
    /// - Complexity: O(rows · inputs · outputs); allocates nothing.
    @unsafe public func apply(to x: Rows, epilogue: slmd_epilogue, into y: Rows, by multiplier: Multiplier) {
        switch weights {
        case .int8(let int8): unsafe multiply(x, int8, epilogue, y, multiplier.scratch, multiplier.kernels)
        case .single(let single):
            if multiplier.usesBLAS, let rows = single.rows {
                unsafe multiply(x, rows, epilogue, y, multiplier.kernels)
            } else {
                unsafe multiply(x, single, epilogue, y, multiplier.kernels)
            }
        }
    }

    @unsafe private func multiply(
        _ x: Rows, _ int8: Int8Weights, _ epilogue: slmd_epilogue, _ y: Rows, _ scratch: ProductScratch,
        _ kernels: Kernels
    ) {
        var packed = unsafe slmd_int8_weights(
            inputs: Int32(inputs), outputs: Int32(outputs), panels: int8.panels.start,
            scales: int8.scales.start,
            sums: int8.sums.start, bias: bias.start)
        let width = roundedUp(inputs, to: laneCount)
        let (bytes, scales) = unsafe (scratch.bytes.start, scratch.scales.start)
        precondition(unsafe x.count <= scratch.rows && width <= scratch.width, "linear: scratch too small")
        unsafe kernels.table.pointee.quantise(
            x.start, x.stride, Int32(x.count), Int32(width), bytes, scratch.width, scales)
        unsafe kernels.table.pointee.product_int8(
            &packed, bytes, scratch.width, scales, Int32(x.count), epilogue, y.start, y.stride)
    }

    @unsafe private func multiply(
        _ x: Rows, _ single: SingleWeights, _ epilogue: slmd_epilogue, _ y: Rows, _ kernels: Kernels
    ) {
        var packed = unsafe slmd_float_weights(
            inputs: Int32(inputs), outputs: Int32(outputs), panels: single.panels.start, bias: bias.start)
        unsafe kernels.table.pointee.product_float(
            &packed, x.start, x.stride, Int32(x.count), epilogue, y.start, y.stride)
    }

    /// By OpenBLAS, from rows (outputs, inputs).
    @unsafe private func multiply(
        _ x: Rows, _ rows: AlignedStorage<Float>, _ epilogue: slmd_epilogue, _ y: Rows, _ kernels: Kernels
    ) {
        let adds = epilogue == SLMD_ADD
        unsafe cblas_sgemm(
            CblasRowMajor, CblasNoTrans, CblasTrans, Int32(x.count), Int32(outputs), Int32(inputs), 1,
            x.start,
            Int32(x.stride), rows.start, Int32(inputs), adds ? 1 : 0, y.start, Int32(y.stride))
        unsafe kernels.table.pointee.finish(
            y.start, y.stride, bias.start, Int32(x.count), Int32(outputs), adds ? SLMD_STORE : epilogue)
    }

    /// The packed numbers, for a digest of what is really multiplied.
    public func forEachPart(_ body: (UnsafeRawBufferPointer) -> Void) {
        unsafe bias.withBytes(body)
        switch weights {
        case .int8(let int8):
            unsafe int8.panels.withBytes(body)
            unsafe int8.scales.withBytes(body)
        case .single(let single):
            unsafe single.panels.withBytes(body)
        }
    }
}

/// What multiplies, and its room; one for each thread.
public struct Multiplier: Sendable {
    let kernels: Kernels
    let scratch: ProductScratch
    /// Whether single-precision products go to OpenBLAS.
    let usesBLAS: Bool

    public init(kernels: Kernels, scratch: ProductScratch, usesBLAS: Bool) {
        self.kernels = kernels
        self.scratch = scratch
        self.usesBLAS = usesBLAS
    }
}

/// Room for the quantised rows of one product; one for each thread.
public struct ProductScratch: Sendable {
    let bytes: AlignedStorage<UInt8>
    let scales: AlignedStorage<slmd_row_scale>
    public let rows: Int
    let width: Int

    /// - Parameter inputs: the widest product's.
    public init(rows: Int, inputs: Int) {
        self.rows = rows
        width = roundedUp(inputs, to: 64)
        bytes = AlignedStorage(count: rows * width)
        scales = AlignedStorage(count: rows)
    }

    /// Gives its memory back to the system until a product writes it again.
    public func discard() {
        bytes.discard()
        scales.discard()
    }
}
