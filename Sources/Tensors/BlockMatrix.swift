import CKernels

/// The weights of one product of a decoder, y = x Wᵀ + b, in the blocks that their file holds, laid out for the kernels.
///
/// In int8, numbers that stand alone in the file become signed bytes in blocks of 32. All other weights are exact.
public struct BlockMatrix: Sendable {
    let panels: WeightStorage
    let bias: AlignedStorage<Float>?
    /// Of the packed weights.
    public let format: BlockFormat
    public let outputs: Int
    public let inputs: Int

    /// Outputs in a panel: the kernels write whole ones.
    public static let panelWidth = Int(SLMD_BLOCK_OUTPUTS)

    /// The width that a row of results needs; what lies beyond `outputs` becomes 0.
    public var paddedOutputs: Int { roundedUp(outputs, to: Self.panelWidth) }

    /// Of the packed weights, in memory.
    public var byteCount: Int { panels.count }

    /// Packs a matrix as files store it.
    ///
    /// - Parameters:
    ///   - blocks: shape (outputs, inputs), each row in whole blocks.
    ///   - bias: shape (outputs), or none.
    ///   - precision: of the activations that will be multiplied.
    ///   - arena: where the weights go; matrices that a pass reads one after another share one.
    ///   - pool: the threads that pack; with none, the caller packs alone.
    /// - Complexity: O(outputs · inputs), about a nanosecond a weight.
    public init(
        _ format: BlockFormat, blocks: RawSpan, outputs: Int, inputs: Int, bias: [Float]? = nil,
        precision: Linear.Precision, in arena: WeightArena = WeightArena(), pool: ComputePool? = nil
    ) {
        precondition(
            inputs > 0 && inputs.isMultiple(of: format.blockCount), "\(format.name): \(inputs) inputs")
        precondition(
            blocks.byteCount == outputs * (inputs / format.blockCount) * format.blockBytes,
            "\(format.name): \(blocks.byteCount) bytes for \(outputs) x \(inputs)")
        precondition(bias.map { $0.count == outputs } ?? true, "bias of \(outputs) outputs")
        self.outputs = outputs
        self.inputs = inputs
        self.bias = bias.map { AlignedStorage($0 + [Float](repeating: 0, count: Self.panelWidth)) }
        let roundsToBytes = precision == .int8 && format.blockCount == 1
        let packed = roundsToBytes ? SLMD_Q8_0 : slmd_packed_format(format.kernelFormat)
        self.format = roundsToBytes ? .q80 : format.blockCount == 1 ? .f32 : format
        let panelCount = roundedUp(outputs, to: Self.panelWidth) / Self.panelWidth
        panels = arena.take(panelCount * slmd_panel_bytes(packed, Int32(inputs)))
        unsafe blocks.withUnsafeBytes { blocks in
            let packing = unsafe Packing(
                pack: roundsToBytes ? slmd_pack_as_bytes : slmd_pack_blocks, format: format.kernelFormat,
                rows: blocks.baseAddress, outputs: outputs, inputs: inputs, panelCount: panelCount,
                to: panels.start, shares: pool?.threads ?? 1)
            if let pool { pool.run(packing) } else { packing.work(0, step: 0) }
        }
    }

    /// Each share has panels of its own.
    @safe private struct Packing: StepWork {
        let pack:
            @convention(c) (
                slmd_block_format, UnsafeRawPointer?, Int32, Int32, Int32, Int32, UnsafeMutablePointer<UInt8>?
            ) -> Void
        let format: slmd_block_format
        let rows: UnsafeRawPointer?
        let outputs: Int
        let inputs: Int
        let panelCount: Int
        let to: UnsafeMutablePointer<UInt8>
        let shares: Int
        var steps: Int { 1 }

        func work(_ share: Int, step: Int) {
            unsafe pack(
                format, rows, Int32(outputs), Int32(inputs), Int32(panelCount * share / shares),
                Int32(panelCount * (share + 1) / shares), to)
        }
    }

    /// Member `member`'s outputs where `members` share a product evenly: whole blocks of activations.
    public func share(of member: Int, of members: Int) -> Range<Int> {
        let blocks = roundedUp(outputs, to: blockWidth) / blockWidth
        let first = blocks * member / members * blockWidth
        return first..<max(first, min(blocks * (member + 1) / members * blockWidth, outputs))
    }

    /// Computes x Wᵀ + b, or adds it to what `y` holds. A row's result depends on that row alone.
    ///
    /// - Parameters:
    ///   - x: `inputs` wide, rounded up to whole blocks.
    ///   - rows: of x.
    ///   - outputs: those to compute, or all: from a multiple of `panelWidth` to another one or to the last.
    ///   - y: as many rows, `paddedOutputs` wide; output 0 is column 0 whatever `outputs` is.
    /// - Complexity: O(rows · inputs · outputs); allocates nothing.
    @unsafe public func multiply(
        _ x: Activations, rows: Range<Int>, outputs: Range<Int>? = nil, adding: Bool = false, into y: Rows,
        by kernels: DecoderKernels
    ) {
        let outputs = outputs ?? 0..<self.outputs
        precondition(
            x.width == roundedUp(inputs, to: blockWidth), "multiply: \(x.width) wide for \(inputs) inputs")
        precondition(unsafe rows.upperBound <= x.rows && y.count == rows.count, "multiply: rows \(rows)")
        precondition(
            outputs.lowerBound.isMultiple(of: Self.panelWidth) && outputs.upperBound <= self.outputs
                && (outputs.upperBound.isMultiple(of: Self.panelWidth) || outputs.upperBound == self.outputs),
            "multiply: outputs \(outputs) of \(self.outputs)")
        precondition(
            x.precision == .fp32 || format != .f32, "multiply: weights in single precision, activations not")
        var weights = unsafe slmd_block_weights(
            format: format.kernelFormat, inputs: Int32(x.width), panels: panels.start, bias: bias?.start)
        var activations = unsafe x.view
        unsafe kernels.table.pointee.product(
            &weights, &activations, Int32(rows.lowerBound), Int32(rows.count),
            Int32(outputs.lowerBound / Self.panelWidth),
            Int32(roundedUp(outputs.upperBound, to: Self.panelWidth) / Self.panelWidth), adding ? 1 : 0,
            y.start,
            y.stride)
    }

    /// Writes row `index` of W, as it multiplies, to `inputs` floats: an embedding where the table is shared with the output.
    @unsafe public func copyRow(_ index: Int, to floats: UnsafeMutablePointer<Float>) {
        precondition((0..<outputs).contains(index), "row \(index) of \(outputs)")
        unsafe slmd_packed_row(format.kernelFormat, panels.start, Int32(inputs), Int32(index), floats)
    }

    /// The packed numbers, for a digest of what is really multiplied.
    public func forEachPart(_ body: (UnsafeRawBufferPointer) -> Void) {
        unsafe panels.withBytes(body)
        if let bias { unsafe bias.withBytes(body) }
    }
}
