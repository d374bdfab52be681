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
    public init(rows: [Float], bias: [Float], inputs: Int, precision: Precision) {
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
            case .fp32: .single(SingleWeights(rows: rows, outputs: outputs, inputs: inputs))
            }
    }

    /// Computes `epilogue(x Wᵀ + b)` into `y`. A row's result depends on that row alone.
    ///
    /// - Parameters:
    ///   - x: at most `scratch.rows` rows of `inputs` values, zero up to the next multiple of 16.
    ///   - y: as many rows, at least `outputs` wide.
    /// - Complexity: O(rows · inputs · outputs); allocates nothing.
    @unsafe public func apply(
        to x: Rows, epilogue: slmd_epilogue, into y: Rows, scratch: ProductScratch, kernels: Kernels
    ) {
        switch weights {
        case .int8(let int8):
            var packed = unsafe int8.packed(bias: bias, inputs: inputs, outputs: outputs)
            let width = roundedUp(inputs, to: laneCount)
            let (bytes, scales) = unsafe (scratch.bytes.start, scratch.scales.start)
            precondition(
                unsafe x.count <= scratch.rows && width <= scratch.width, "linear: scratch too small")
            unsafe kernels.table.pointee.quantise(
                x.start, x.stride, Int32(x.count), Int32(width), bytes, scratch.width, scales)
            unsafe kernels.table.pointee.product_int8(
                &packed, bytes, scratch.width, scales, Int32(x.count), epilogue, y.start, y.stride)
        case .single(let single):
            var packed = unsafe slmd_float_weights(
                inputs: Int32(inputs), outputs: Int32(outputs), panels: single.panels.start, bias: bias.start)
            unsafe kernels.table.pointee.product_float(
                &packed, x.start, x.stride, Int32(x.count), epilogue, y.start, y.stride)
        }
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
}

struct Int8Weights: Sendable {
    let panels: AlignedStorage<Int8>
    let scales: AlignedStorage<Float>
    let sums: AlignedStorage<Int32>

    init(rows: [Float], outputs: Int, inputs: Int) {
        panels = AlignedStorage(count: outputs * inputs)
        scales = AlignedStorage(count: outputs)
        sums = AlignedStorage(count: outputs)
        unsafe slmd_pack_int8(rows, Int32(outputs), Int32(inputs), panels.start, scales.start, sums.start)
    }

    @unsafe func packed(bias: AlignedStorage<Float>, inputs: Int, outputs: Int) -> slmd_int8_weights {
        unsafe slmd_int8_weights(
            inputs: Int32(inputs), outputs: Int32(outputs), panels: panels.start, scales: scales.start,
            sums: sums.start, bias: bias.start)
    }
}

struct SingleWeights: Sendable {
    let panels: AlignedStorage<Float>

    init(rows: [Float], outputs: Int, inputs: Int) {
        panels = AlignedStorage(count: outputs * inputs)
        unsafe slmd_pack_float(rows, Int32(outputs), Int32(inputs), panels.start)
    }
}
