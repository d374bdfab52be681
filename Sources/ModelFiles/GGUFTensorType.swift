public import Tensors

/// How the numbers of a tensor lie in a GGUF file.
public typealias GGUFTensorType = BlockFormat

extension GGUFTensorType {
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
