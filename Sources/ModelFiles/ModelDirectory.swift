/// A model's directory whose files are all there and have the sizes of the manifest.
///
/// Hashes were verified when the files were placed; to hash 90 MB again would take longer than the rest of a start.
public struct ModelDirectory: Sendable {
    /// Where the files are: `models`/`name`.
    public let path: String
    public let name: String

    /// What every encoder needs; checked for a model the manifest does not know.
    private static let essentials = ["config.json", "model.safetensors"]

    /// Looks for the model `name` below the folder `models`.
    ///
    /// - Throws: `ModelError.incomplete` with everything that is missing, and the command that gets it.
    public init(models: String, name: String) throws(ModelError) {
        path = "\(models)/\(name)"
        self.name = name
        let known = try Self.known(in: models)
        let entry = known?.first { $0.name == name }
        let faults =
            if let entry {
                entry.files.compactMap { [path] in Self.fault(of: $0.path, in: path, expected: $0.byteCount) }
            } else {
                Self.essentials.compactMap { [path] in Self.fault(of: $0, in: path, expected: nil) }
            }
        guard faults.isEmpty else {
            let remedy: ModelRemedy =
                if known == nil { .noManifest(models: models) } else { entry == nil ? .place : .fetch }
            throw .incomplete(model: name, directory: path, faults: faults, remedy: remedy)
        }
    }

    /// Nil without a manifest: a folder of the user's own need not have one.
    private static func known(in models: String) throws(ModelError) -> [ModelManifest.Model]? {
        do {
            return try ModelManifest(path: "\(models)/manifest.json").models
        } catch .file(let error) where error.isAbsence {
            return nil
        }
    }

    private static func fault(of file: String, in directory: String, expected: Int?) -> ModelFault? {
        do {
            let found = try MappedFile(path: "\(directory)/\(file)").byteCount
            guard let expected, found != expected else { return nil }
            return .wrongSize(file: file, expected: expected, found: found)
        } catch  where error.isAbsence {
            return .missing(file: file)
        } catch {
            return .unreadable(error)
        }
    }
}
