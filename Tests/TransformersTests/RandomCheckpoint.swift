import Glibc
import ModelFiles

/// A model directory with the random weights that Goldens/formula.py gave the reference implementation, made by the same
/// formula: number i of tensor t, in the order of names, is block[(1009 t + i) mod 65521].
final class RandomCheckpoint {
    let directory: String

    enum Family: String, CaseIterable {
        case tinybert, distilbert

        var hidden: Int { self == .tinybert ? 312 : 768 }

        var configuration: String {
            switch self {
            case .tinybert:
                """
                {"model_type": "bert", "hidden_size": 312, "num_hidden_layers": 4, "num_attention_heads": 12,
                 "intermediate_size": 1200, "vocab_size": 200, "max_position_embeddings": 64,
                 "hidden_act": "gelu", "layer_norm_eps": 1e-12}
                """
            case .distilbert:
                """
                {"model_type": "distilbert", "dim": 768, "n_layers": 2, "n_heads": 12, "hidden_dim": 3072,
                 "vocab_size": 200, "max_position_embeddings": 64, "activation": "gelu"}
                """
            }
        }

        var shapes: [(name: String, shape: [Int])] {
            switch self {
            case .tinybert:
                Self.embeddings(312) + [("embeddings.token_type_embeddings.weight", [2, 312])]
                    + (0..<4).flatMap { layer in
                        Self.layer(
                            "encoder.layer.\(layer)", 312, 1200, attention: "attention.self",
                            ["query", "key", "value"], output: "attention.output.dense",
                            norm: "attention.output.LayerNorm", "intermediate.dense", "output.dense",
                            "output.LayerNorm")
                    }
            case .distilbert:
                Self.embeddings(768)
                    + (0..<2).flatMap { layer in
                        Self.layer(
                            "transformer.layer.\(layer)", 768, 3072, attention: "attention",
                            ["q_lin", "k_lin", "v_lin"],
                            output: "attention.out_lin", norm: "sa_layer_norm", "ffn.lin1", "ffn.lin2",
                            "output_layer_norm")
                    }
            }
        }

        private static func embeddings(_ hidden: Int) -> [(name: String, shape: [Int])] {
            [
                ("embeddings.word_embeddings.weight", [200, hidden]),
                ("embeddings.position_embeddings.weight", [64, hidden]),
            ] + pair("embeddings.LayerNorm", [hidden])
        }

        private static func layer(
            _ layer: String, _ hidden: Int, _ inner: Int, attention: String, _ projections: [String],
            output: String,
            norm: String, _ expand: String, _ contract: String, _ outputNorm: String
        ) -> [(name: String, shape: [Int])] {
            projections.flatMap { pair("\(layer).\(attention).\($0)", [hidden, hidden]) }
                + pair("\(layer).\(output)", [hidden, hidden]) + pair("\(layer).\(norm)", [hidden])
                + pair("\(layer).\(expand)", [inner, hidden]) + pair("\(layer).\(contract)", [hidden, inner])
                + pair("\(layer).\(outputNorm)", [hidden])
        }

        private static func pair(_ name: String, _ shape: [Int]) -> [(name: String, shape: [Int])] {
            [("\(name).weight", shape), ("\(name).bias", Array(shape.prefix(1)))]
        }
    }

    /// - Parameter pooling: the mode's key in the pooling's configuration; nil leaves `modules.json` out.
    init(_ family: Family, pooling: String? = nil) throws {
        var template = Array("/tmp/slmd-encoder-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw FileError.notAFile(path: "/tmp") }
        directory = String(cString: made)
        try write("config.json", Array(family.configuration.utf8))
        try write("model.safetensors", Self.safetensors(family.shapes))
        guard let pooling else { return }
        let modules = """
            [{"type": "sentence_transformers.models.Transformer", "path": ""},
             {"type": "sentence_transformers.models.Pooling", "path": "1_Pooling"}]
            """
        try write("modules.json", Array(modules.utf8))
        mkdir("\(directory)/1_Pooling", 0o700)
        try write("1_Pooling/config.json", Array(#"{"\#(pooling)": true}"#.utf8))
    }

    deinit {
        for file in ["1_Pooling/config.json", "modules.json", "model.safetensors", "config.json"] {
            unlink("\(directory)/\(file)")
        }
        rmdir("\(directory)/1_Pooling")
        rmdir(directory)
    }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        try writeFile("\(directory)/\(name)", bytes)
    }

    static func safetensors(_ shapes: [(name: String, shape: [Int])]) -> [UInt8] {
        let block = randomBlock()
        var header: [String] = []
        var numbers: [Float] = []
        for (t, (name, shape)) in shapes.sorted(by: { $0.name < $1.name }).enumerated() {
            let count = shape.reduce(1, *)
            let begin = 4 * numbers.count
            header.append(
                #""\#(name)":{"dtype":"F32","shape":\#(shape),"data_offsets":[\#(begin),\#(begin + 4 * count)]}"#
            )
            let isNorm = norms.contains { name.hasSuffix($0) }
            numbers +=
                isNorm
                ? slice(of: block, from: 1009 * t, count).map { $0 + 1 }
                : slice(of: block, from: 1009 * t, count)
        }
        let text = Array("{\(header.joined(separator: ","))}".utf8)
        let length = withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) }
        return length + text + numbers.withUnsafeBytes { Array($0) }
    }

    private static let norms = [
        "LayerNorm.weight", "layer_norm.weight", "layernorm.weight", "model.norm.weight",
    ]

    private static func slice(of block: [Float], from start: Int, _ count: Int) -> [Float] {
        var numbers: [Float] = []
        numbers.reserveCapacity(count)
        var place = start % block.count
        while numbers.count < count {
            let run = min(count - numbers.count, block.count - place)
            numbers += block[place..<place + run]
            place = 0
        }
        return numbers
    }

    private static func randomBlock() -> [Float] {
        var state: UInt64 = 42
        return (0..<65521).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (Float(state >> 33 & 0xffff) / 32768 - 1) * 0.0625
        }
    }
}
