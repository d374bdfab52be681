public import Tensors

/// What the encoder says about one text.
public struct EncodedText: Sendable, Hashable {
    /// The sentence vector, pooled and normalised as the model's own files say.
    public let sentence: Embedding

    /// 4 × hidden values, not normalised: the mean over all tokens of the embedding layer's output, the mean
    /// of the middle layer's ((2 · layers + 2) / 3: layer 4 of 6), the maximum of the last layer's, and the mean
    /// of the middle layer's over the first three word pieces (or those there are) after the class token.
    public let layerPools: [Float]

    /// (tokens, 3, hidden) of the embedding layer, the middle one and the last; empty unless they were asked for.
    public let tokenVectors: [Float]

    public init(sentence: Embedding, layerPools: [Float], tokenVectors: [Float] = []) {
        self.sentence = sentence
        self.layerPools = layerPools
        self.tokenVectors = tokenVectors
    }
}
