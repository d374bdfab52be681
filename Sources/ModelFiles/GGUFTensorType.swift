/// How the numbers of a tensor lie in a GGUF file: alone, or in blocks that share their scales.
///
/// The names and numbers are the format's own. https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
public enum GGUFTensorType: UInt32, Sendable, CaseIterable {
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
    public var blockCount: Int {
        switch self {
        case .f32, .f16, .bf16: 1
        case .q40, .q41, .q50, .q51, .q80: 32
        case .q4K, .q5K, .q6K: 256
        }
    }

    /// Of a block.
    public var blockBytes: Int {
        switch self {
        case .f32: 4
        case .f16, .bf16: 2
        case .q40: 2 + 16
        case .q41: 2 + 2 + 16
        case .q50: 2 + 4 + 16
        case .q51: 2 + 2 + 4 + 16
        case .q80: 2 + 32
        case .q4K: 2 + 2 + 12 + 128
        case .q5K: 2 + 2 + 12 + 32 + 128
        case .q6K: 128 + 64 + 16 + 2
        }
    }

    /// The name of a type that other programs read and this one does not; nil for a number that is none.
    static func foreignName(_ number: UInt32) -> String? {
        [
            9: "Q8_1", 10: "Q2_K", 11: "Q3_K", 15: "Q8_K", 16: "IQ2_XXS", 17: "IQ2_XS", 18: "IQ3_XXS",
            19: "IQ1_S",
            20: "IQ4_NL", 21: "IQ3_S", 22: "IQ2_S", 23: "IQ4_XS", 24: "I8", 25: "I16", 26: "I32", 27: "I64",
            28: "F64",
            29: "IQ1_M", 34: "TQ1_0", 35: "TQ2_0", 39: "MXFP4",
        ][number]
    }
}
