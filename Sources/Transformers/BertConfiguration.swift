import CKernels
import Tensors

/// The shape of a BERT-family encoder, as its `config.json` gives it.
struct BertConfiguration: Hashable {
    enum Family: String {
        case bert, distilbert
    }

    let family: Family
    let hidden: Int
    let layers: Int
    let heads: Int
    let intermediate: Int
    let vocabulary: Int
    let positions: Int
    let epsilon: Float

    init(path: String) throws(TransformerError) {
        let file = try SettingsFile(path: path)
        let named = try file.word("model_type", otherwise: nil)
        guard let family = Family(rawValue: named) else {
            throw .unsupported(path: path, key: "model_type", supported: "bert, distilbert", found: named)
        }
        self.family = family
        let keys = family.keys
        hidden = try file.integer(keys.hidden, in: 4...4096)
        layers = try file.integer(keys.layers, in: 1...64)
        heads = try file.integer(keys.heads, in: 1...64)
        intermediate = try file.integer(keys.intermediate, in: 4...16384)
        vocabulary = try file.integer("vocab_size", in: 1...1_000_000)
        positions = try file.integer("max_position_embeddings", in: 2...8192)
        epsilon = try file.float("layer_norm_eps", otherwise: 1e-12)
        try Self.check(file, keys.activation, is: "gelu")
        try Self.check(file, "position_embedding_type", is: "absolute")
        guard hidden.isMultiple(of: heads) else {
            throw .badSetting(
                path: path, key: keys.heads, expected: "a divisor of \(hidden)", found: "\(heads)")
        }
    }

    private static func check(_ file: SettingsFile, _ key: String, is supported: String)
        throws(TransformerError)
    {
        let found = try file.word(key, otherwise: supported)
        guard found == supported else {
            throw .unsupported(path: file.path, key: key, supported: supported, found: found)
        }
    }

    /// Columns of a row of hidden values: whole panels, so that every product can write it.
    var width: Int { roundedUp(hidden, to: panelWidth) }
    var intermediateWidth: Int { roundedUp(intermediate, to: panelWidth) }
    var headWidth: Int { hidden / heads }
    /// Each head padded to whole vectors with zeros, which add nothing to scores and sums.
    var paddedHeadWidth: Int { roundedUp(headWidth, to: laneCount) }
    var contextWidth: Int { heads * paddedHeadWidth }
    var projectionWidth: Int { roundedUp(3 * contextWidth, to: panelWidth) }

    /// The layer whose mean is a feature beside the sentence vector: 4 of 6, 3 of 4.
    var middleLayer: Int { (2 * layers + 2) / 3 }
}

extension BertConfiguration.Family {
    struct Keys {
        let hidden, layers, heads, intermediate, activation: String
    }

    var keys: Keys {
        switch self {
        case .bert:
            Keys(
                hidden: "hidden_size", layers: "num_hidden_layers", heads: "num_attention_heads",
                intermediate: "intermediate_size", activation: "hidden_act")
        case .distilbert:
            Keys(
                hidden: "dim", layers: "n_layers", heads: "n_heads", intermediate: "hidden_dim",
                activation: "activation")
        }
    }
}
