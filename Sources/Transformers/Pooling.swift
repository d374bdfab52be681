internal import JSON
import ModelFiles

/// How the last layer's rows become one sentence vector, as the model's own files say.
struct Pooling: Hashable {
    enum Kind: String {
        case mean, classToken
    }

    let kind: Kind
    let normalises: Bool
    /// The longest text the model was tuned for, if it says.
    let maximumTokens: Int?

    /// Reads `modules.json` and what it names; a directory without one gets the mean, normalised.
    init(directory: String) throws(TransformerError) {
        maximumTokens = try SettingsFile.ifPresent(path: "\(directory)/sentence_bert_config.json").map {
            file throws(TransformerError) in try file.integer("max_seq_length", in: 2...8192)
        }
        guard let modules = try SettingsFile.ifPresent(path: "\(directory)/modules.json") else {
            kind = .mean
            normalises = true
            return
        }
        let steps = try Self.steps(of: modules)
        normalises = steps.contains { $0.type == "Normalize" }
        guard let pooling = steps.first(where: { $0.type == "Pooling" }) else {
            throw .badSetting(
                path: modules.path, key: "type", expected: "a Pooling module", found: "\(steps.map(\.type))")
        }
        kind = try Self.kind(path: "\(directory)/\(pooling.path)/config.json")
    }

    private static func steps(of modules: SettingsFile) throws(TransformerError) -> [(
        type: String, path: String
    )] {
        let known = ["Transformer", "Pooling", "Normalize"]
        var steps: [(type: String, path: String)] = []
        for module in modules.root.elements ?? [] {
            let name = module["type"]?.string ?? ""
            let type = name.split(separator: ".").last.map(String.init) ?? ""
            guard known.contains(type) else {
                throw .unsupported(
                    path: modules.path, key: "type", supported: known.joined(separator: ", "), found: name)
            }
            steps.append((type, module["path"]?.string ?? ""))
        }
        return steps
    }

    private static func kind(path: String) throws(TransformerError) -> Kind {
        let file = try SettingsFile(path: path)
        let asked = (file.root.members ?? []).filter {
            $0.key.hasPrefix("pooling_mode_") && $0.value.bool == true
        }
        .map(\.key)
        switch asked {
        case ["pooling_mode_mean_tokens"]: return .mean
        case ["pooling_mode_cls_token"]: return .classToken
        default:
            throw .unsupported(
                path: path, key: "pooling_mode", supported: "mean_tokens or cls_token", found: "\(asked)")
        }
    }
}
