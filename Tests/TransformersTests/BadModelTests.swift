import ModelFiles
import Tensors
import Testing
import Transformers

@Suite struct `A model that cannot be run` {
    private struct Lie: Sendable {
        let setting: String
        let instead: String
        let error: @Sendable (_ path: String) -> TransformerError
    }

    private static let lies: [Lie] = [
        Lie(setting: #""bert""#, instead: #""roberta""#) {
            .unsupported(path: $0, key: "model_type", supported: "bert, distilbert", found: "roberta")
        },
        Lie(setting: #""gelu""#, instead: #""relu""#) {
            .unsupported(path: $0, key: "hidden_act", supported: "gelu", found: "relu")
        },
        Lie(setting: #""hidden_size": 312"#, instead: #""hidden": 312"#) {
            .badSetting(path: $0, key: "hidden_size", expected: "a whole number from 4 to 4096", found: nil)
        },
        Lie(setting: "312", instead: "1e9") {
            .badSetting(path: $0, key: "hidden_size", expected: "a whole number from 4 to 4096", found: "1e9")
        },
        Lie(setting: #""num_attention_heads": 12"#, instead: #""num_attention_heads": 7"#) {
            .badSetting(path: $0, key: "num_attention_heads", expected: "a divisor of 312", found: "7")
        },
        Lie(setting: #""vocab_size": 200"#, instead: #""vocab_size": 201"#) {
            let weights = $0.replacing("config.json", with: "model.safetensors")
            return .weights(
                .shapeMismatch(
                    path: weights, tensor: "embeddings.word_embeddings.weight", expected: [201, 312],
                    found: [200, 312]))
        },
    ]

    @Test(arguments: lies.indices)
    func `says which setting is wrong, and how`(index: Int) throws {
        let lie = Self.lies[index]
        let model = try RandomCheckpoint(.tinybert)
        let sound = RandomCheckpoint.Family.tinybert.configuration
        let configuration = sound.replacing(lie.setting, with: lie.instead, maxReplacements: 1)
        #expect(configuration != sound)
        try model.write("config.json", Array(configuration.utf8))
        #expect(throws: lie.error("\(model.directory)/config.json")) {
            try SentenceEncoder(directory: model.directory, precision: .int8, pool: ComputePool(threads: 1))
        }
    }

    @Test func `refuses a pooling it does not compute`() throws {
        let model = try RandomCheckpoint(.tinybert, pooling: "pooling_mode_max_tokens")
        let path = "\(model.directory)/1_Pooling/config.json"
        #expect(
            throws: TransformerError.unsupported(
                path: path, key: "pooling_mode", supported: "mean_tokens or cls_token",
                found: #"["pooling_mode_max_tokens"]"#)
        ) {
            try SentenceEncoder(directory: model.directory, precision: .int8, pool: ComputePool(threads: 1))
        }
    }
}
