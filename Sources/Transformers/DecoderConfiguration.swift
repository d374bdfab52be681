import ModelFiles
import Tensors

/// The shape of a decoder of the Llama family, as the metadata of its GGUF file or its `config.json` gives it.
public struct DecoderConfiguration: Sendable, Hashable {
    /// By the names that GGUF files give them.
    public enum Architecture: String, Sendable, CaseIterable {
        case llama, qwen2, phi3
    }

    public let architecture: Architecture
    public let layers: Int
    /// Columns of the residual stream.
    public let hidden: Int
    /// Columns between the two products of the feed-forward part.
    public let intermediate: Int
    /// Token ids are below this.
    public let vocabulary: Int
    /// The most positions the model was trained for.
    public let context: Int
    let epsilon: Float
    let attention: DecoderAttention
    let rotary: RotaryEmbedding

    /// What a sequence keeps.
    var cacheShape: KeyValuePool.Shape {
        KeyValuePool.Shape(layers: layers, heads: attention.keyHeads, headWidth: attention.headWidth)
    }
}

/// Heads and what they see.
struct DecoderAttention: Hashable {
    /// Of queries.
    let heads: Int
    /// Of keys and values: each serves heads / keyHeads heads of queries.
    let keyHeads: Int
    let headWidth: Int
    /// Positions that a token sees, itself among them; nil: all before it.
    let window: Int?

    /// Columns of all queries.
    var queryWidth: Int { heads * headWidth }
    /// Columns of all keys, and of all values.
    var keyWidth: Int { keyHeads * headWidth }
    /// Columns of queries, keys and values.
    var projectionWidth: Int { queryWidth + 2 * keyWidth }
}

/// How positions turn queries and keys.
///
/// - Note: Su and others, *RoFormer: Enhanced Transformer with Rotary Position Embedding*, 2021.
struct RotaryEmbedding: Hashable {
    /// Columns of a head that turn, in pairs; the rest stay.
    let dimensions: Int
    let base: Double
    /// The scores' factor for stretched contexts: cosines and sines are multiplied by it.
    let magnitude: Double
    /// The context before it was stretched: within it the short factors hold, beyond it the long ones.
    let originalContext: Int
}

/// Most and least of what a file may say.
extension DecoderConfiguration {
    static let layerLimits = 1...256
    static let widthLimits = 32...65536
    static let headLimits = 1...512
    static let headWidthLimits = 32...512
    static let vocabularyLimits = 1...1_000_000
    static let contextLimits = 1...(1 << 24)

    /// Rows in bytes are whole blocks, and each head's part of them is.
    static let widthStep = blockWidth
}
