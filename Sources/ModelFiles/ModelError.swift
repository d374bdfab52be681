/// Why a model cannot be used.
public enum ModelError: Error, Hashable, Sendable {
    case file(FileError)
    case badManifest(path: String, problem: String)
    case incomplete(model: String, directory: String, faults: [ModelFault], canBeFetched: Bool)
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
        case .incomplete(let model, let directory, let faults, let canBeFetched):
            """
            the model \(model) is not complete in \(directory): \
            \(faults.map(\.description).joined(separator: "; ")). \
            \(canBeFetched ? Self.fetch : "The manifest does not know it: put its files there")
            """
        }
    }

    private static let fetch =
        "Get it with `make models`, or from a directory you have with `models/fetch --from DIR`"
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
