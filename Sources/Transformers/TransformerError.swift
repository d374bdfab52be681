public import JSON
public import ModelFiles

/// Why a model's files are no encoder or decoder we can run.
public enum TransformerError: Error, Hashable, Sendable {
    case file(FileError)
    case malformedJSON(path: String, JSONError)
    case weights(SafetensorsError)
    case gguf(GGUFError)
    /// A setting of the model's files that is absent or has another type than it must.
    case badSetting(path: String, key: String, expected: String, found: String?)
    /// A sound file that asks for something that is not computed here.
    case unsupported(path: String, key: String, supported: String, found: String)
    /// A tensor that the architecture does not have, so that leaving it out would give other numbers.
    case unknownTensor(path: String, tensor: String, architecture: String)
}

extension TransformerError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .file(let error): error.description
        case .malformedJSON(let path, let error): "\(path): \(error)"
        case .weights(let error): error.description
        case .gguf(let error): error.description
        case .badSetting(let path, let key, let expected, let found):
            "\(path): \"\(key)\" is \(found ?? "absent"), expected \(expected)"
        case .unsupported(let path, let key, let supported, let found):
            "\(path): \"\(key)\" is \(found); supported: \(supported)"
        case .unknownTensor(let path, let tensor, let architecture):
            "\(path): there is a tensor \"\(tensor)\", which no \(architecture) has"
        }
    }
}
