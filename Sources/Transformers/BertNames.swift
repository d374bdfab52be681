/// What each family calls its tensors.
struct BertNames {
    struct Layer {
        let query, key, value, output, attentionNorm, expand, contract, outputNorm: String
    }

    let family: BertConfiguration.Family
    let prefix: String

    func layer(_ index: Int) -> Layer {
        switch family {
        case .bert:
            let layer = "encoder.layer.\(index)"
            return Layer(
                query: "\(layer).attention.self.query", key: "\(layer).attention.self.key",
                value: "\(layer).attention.self.value", output: "\(layer).attention.output.dense",
                attentionNorm: "\(layer).attention.output.LayerNorm", expand: "\(layer).intermediate.dense",
                contract: "\(layer).output.dense", outputNorm: "\(layer).output.LayerNorm")
        case .distilbert:
            let layer = "transformer.layer.\(index)"
            return Layer(
                query: "\(layer).attention.q_lin", key: "\(layer).attention.k_lin",
                value: "\(layer).attention.v_lin", output: "\(layer).attention.out_lin",
                attentionNorm: "\(layer).sa_layer_norm", expand: "\(layer).ffn.lin1",
                contract: "\(layer).ffn.lin2", outputNorm: "\(layer).output_layer_norm")
        }
    }
}
