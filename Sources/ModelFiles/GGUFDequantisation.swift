/// Blocks to floats, in single precision and in the order of operations of the format's reference.
///
/// https://github.com/ggml-org/ggml/blob/master/src/ggml-quants.c
extension GGUFTensorType {
    /// The numbers of whole blocks, in their order.
    ///
    /// - Complexity: O(numbers).
    public func dequantised(_ blocks: RawSpan) -> [Float] {
        precondition(
            blocks.byteCount % blockBytes == 0, "\(name): \(blocks.byteCount) bytes are no whole blocks")
        if self == .f32 { return copiedFloats(of: blocks) }
        let append = appendBlock
        var floats: [Float] = []
        floats.reserveCapacity(blocks.byteCount / blockBytes * blockCount)
        for start in stride(from: 0, to: blocks.byteCount, by: blockBytes) {
            append(&floats, blocks.extracting(start..<(start + blockBytes)))
        }
        return floats
    }

    private var appendBlock: (inout [Float], RawSpan) -> Void {
        switch self {
        case .f32: { $0 += copiedFloats(of: $1) }
        case .f16: { $0.append($1.half(at: 0)) }
        case .bf16: { $0.append(Float(bitPattern: UInt32($1.integer(at: 0, as: UInt16.self)) << 16)) }
        case .q40: { appendFours(to: &$0, $1, quants: 2, high: nil) { d, q in d * Float(q - 8) } }
        case .q41:
            { floats, block in
                let m = block.half(at: 2)
                appendFours(to: &floats, block, quants: 4, high: nil) { d, q in d * Float(q) + m }
            }
        case .q50: { appendFours(to: &$0, $1, quants: 6, high: 2) { d, q in d * Float(q - 16) } }
        case .q51:
            { floats, block in
                let m = block.half(at: 2)
                appendFours(to: &floats, block, quants: 8, high: 4) { d, q in d * Float(q) + m }
            }
        case .q80:
            { floats, block in
                let d = block.half(at: 0)
                for place in 2..<34 { floats.append(d * Float(block.integer(at: place, as: Int8.self))) }
            }
        case .q4K: { appendScaled(to: &$0, $1, quants: 16, high: nil) }
        case .q5K: { appendScaled(to: &$0, $1, quants: 48, high: 16) }
        case .q6K: appendSixes
        }
    }
}

extension RawSpan {
    fileprivate func half(at offset: Int) -> Float {
        Float(Float16(bitPattern: integer(at: offset, as: UInt16.self)))
    }

    fileprivate func byte(at offset: Int) -> Int { Int(integer(at: offset, as: UInt8.self)) }
}

/// A block of 32 numbers of four bits: the low halves of 16 bytes, then the high ones. The scale is at its beginning.
///
/// - Parameters:
///   - quants: where the bytes begin.
///   - high: where 32 fifth bits lie, if there are any.
///   - value: of scale and number.
private func appendFours(
    to floats: inout [Float], _ block: RawSpan, quants: Int, high: Int?, _ value: (Float, Int) -> Float
) {
    let d = block.half(at: 0)
    let fifths = high.map { Int(block.integer(at: $0, as: UInt32.self)) } ?? 0
    for place in 0..<32 {
        let byte = block.byte(at: quants + place % 16)
        let low = place < 16 ? byte & 15 : byte >> 4
        floats.append(value(d, low | (fifths >> place & 1) << 4))
    }
}

/// A block of 256 numbers in eight groups of 32, each with a scale and a minimum of six bits.
///
/// - Parameters:
///   - quants: where the bytes begin: 32 of them are two groups, the low halves and the high ones.
///   - high: where 32 bytes with the fifth bits lie, a bit a group.
private func appendScaled(to floats: inout [Float], _ block: RawSpan, quants: Int, high: Int?) {
    let (d, least) = (block.half(at: 0), block.half(at: 2))
    for group in 0..<8 {
        let (scale, minimum) = sixBits(block, group)
        let (d, m) = (d * Float(scale), least * Float(minimum))
        for place in 0..<32 {
            let byte = block.byte(at: quants + group / 2 * 32 + place)
            let low = group % 2 == 0 ? byte & 15 : byte >> 4
            let fifth = high.map { block.byte(at: $0 + place) >> group & 1 } ?? 0
            floats.append(d * Float(low + 16 * fifth) - m)
        }
    }
}

/// The scale and the minimum of a group: twelve bytes hold eight of both, the last four in the spare bits of the first.
private func sixBits(_ block: RawSpan, _ group: Int) -> (scale: Int, minimum: Int) {
    func packed(_ index: Int) -> Int { block.byte(at: 4 + index) }
    guard group >= 4 else { return (packed(group) & 63, packed(group + 4) & 63) }
    // the upper two bits come from those that the first four spare
    let (high, higher) = (packed(group - 4) >> 6, packed(group) >> 6)
    return (packed(group + 4) & 15 | high << 4, packed(group + 4) >> 4 | higher << 4)
}

/// A block of 256 numbers of six bits in groups of 16, each with a scale of eight bits: 128 bytes with four bits, 64 with
/// two more, the scales, and the scale of scales at the end.
private func appendSixes(to floats: inout [Float], _ block: RawSpan) {
    let d = block.half(at: 208)
    for place in 0..<256 {
        let (half, quarter, column) = (place / 128, place % 128 / 32, place % 32)
        let byte = block.byte(at: 64 * half + 32 * (quarter % 2) + column)
        let low = quarter < 2 ? byte & 15 : byte >> 4
        let high = block.byte(at: 128 + 32 * half + column) >> (2 * quarter) & 3
        let scale = block.integer(at: 192 + place / 16, as: Int8.self)
        floats.append(d * Float(scale) * Float((low | high << 4) - 32))
    }
}
