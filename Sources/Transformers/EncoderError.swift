public import ModelFiles

/// Why a directory is no encoder we can run.
public enum EncoderError: Error, Hashable, Sendable {
    case file(FileError)
    case malformedJSON(path: String, JSONError)
    case weights(SafetensorsError)
    /// A setting of the model's files that is absent or has another type than it must.
    case badSetting(path: String, key: String, expected: String, found: String?)
    /// A sound file that asks for something this encoder does not compute.
    case unsupported(path: String, key: String, supported: String, found: String)
}

extension EncoderError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .file(let error): error.description
        case .malformedJSON(let path, let error): "\(path): \(error)"
        case .weights(let error): error.description
        case .badSetting(let path, let key, let expected, let found):
            "\(path): \"\(key)\" is \(found ?? "absent"), expected \(expected)"
        case .unsupported(let path, let key, let supported, let found):
            "\(path): \"\(key)\" is \(found); supported: \(supported)"
        }
    }
}
