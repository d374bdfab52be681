import CKernels

/// How the numbers of a tensor lie in a file: alone, or in blocks that share their scales.
///
/// The names and numbers are GGUF's own. https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
public enum BlockFormat: UInt32, Sendable, CaseIterable {
    case f32 = 0
    case f16 = 1
    case q40 = 2
    case q41 = 3
    case q50 = 6
    case q51 = 7
    case q80 = 8
    case q4K = 12
    case q5K = 13
    case q6K = 14
    case bf16 = 30

    /// As the format writes it.
    public var name: String {
        switch self {
        case .f32: "F32"
        case .f16: "F16"
        case .bf16: "BF16"
        case .q40: "Q4_0"
        case .q41: "Q4_1"
        case .q50: "Q5_0"
        case .q51: "Q5_1"
        case .q80: "Q8_0"
        case .q4K: "Q4_K"
        case .q5K: "Q5_K"
        case .q6K: "Q6_K"
        }
    }

    /// Numbers in a block; a row holds whole blocks.
    public var blockCount: Int { Int(slmd_block_count(kernelFormat)) }

    /// Of a block.
    public var blockBytes: Int { Int(slmd_block_bytes(kernelFormat)) }

    var kernelFormat: slmd_block_format { slmd_block_format(rawValue) }

    /// The numbers of whole blocks, in their order: in single precision, and rounded as the format's reference does.
    ///
    /// - Complexity: O(numbers).
    public func dequantised(_ blocks: RawSpan) -> [Float] {
        precondition(
            blocks.byteCount.isMultiple(of: blockBytes),
            "\(name): \(blocks.byteCount) bytes are no whole blocks")
        let count = blocks.byteCount / blockBytes
        return unsafe blocks.withUnsafeBytes { source in
            unsafe Array(unsafeUninitializedCapacity: count * blockCount) { floats, initialized in
                if let from = source.baseAddress, let to = floats.baseAddress {
                    unsafe slmd_dequantise(kernelFormat, from, count, to)
                }
                initialized = count * blockCount
            }
        }
    }
}
