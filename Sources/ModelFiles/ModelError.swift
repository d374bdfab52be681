/// Why a model cannot be used.
public enum ModelError: Error, Hashable, Sendable {
    case file(FileError)
    case badManifest(path: String, problem: String)
    case incomplete(model: String, directory: String, faults: [ModelFault], remedy: ModelRemedy)
}

/// How the files of an incomplete model are got.
public enum ModelRemedy: Hashable, Sendable {
    /// The manifest beside it knows the model.
    case fetch
    /// There is a manifest, and the model is none of its own.
    case place
    /// The folder `models` has no manifest: perhaps it is not the folder that was meant.
    case noManifest(models: String)
}

/// What is wrong with one file of a model. Sizes are in bytes.
public enum ModelFault: Hashable, Sendable {
    case missing(file: String)
    case wrongSize(file: String, expected: Int, found: Int)
    case unreadable(FileError)
}

extension ModelError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .file(let error): error.description
        case .badManifest(let path, let problem): "\(path): \(problem)"
        case .incomplete(let model, let directory, let faults, let remedy):
            """
            the model \(model) is not complete in \(directory): \
            \(faults.map(\.description).joined(separator: "; ")). \
            \(remedy.description)
            """
        }
    }
}

extension ModelRemedy: CustomStringConvertible {
    public var description: String {
        switch self {
        case .fetch:
            "Get it with `make models`, or from a directory you have with `models/fetch --from DIR`"
        case .place: "The manifest does not know it: put its files there"
        case .noManifest(let models):
            "\(models) has no manifest.json: name another folder with --models, or in a checkout run `make models`"
        }
    }
}

extension ModelFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .missing(let file): "\(file) is missing"
        case .wrongSize(let file, let expected, let found): "\(file) has \(found) bytes, expected \(expected)"
        case .unreadable(let error): error.description
        }
    }
}
