public import JSON

/// Why a tensor of a safetensors file could not be had.
public enum SafetensorsError: Error, Hashable, Sendable {
    case file(FileError)
    case malformed(path: String, SafetensorsFlaw)
    case noSuchTensor(path: String, tensor: String)
    case shapeMismatch(path: String, tensor: String, expected: [Int], found: [Int])
    /// The file is sound, but these numbers are not turned into floats here.
    case unsupportedType(path: String, tensor: String, TensorType)
}

/// The lie a safetensors file tells about itself. Sizes are in bytes.
public enum SafetensorsFlaw: Error, Hashable, Sendable {
    /// The file ends before its header does.
    case truncated(fileBytes: Int, needed: Int)
    case headerTooLarge(bytes: UInt64, limit: Int)
    case badJSON(JSONError)
    case notAnObject(what: String, found: String)
    case metadataNotText(key: String, found: String)
    case duplicateName(String)
    case missingField(tensor: String, field: String)
    case unknownField(tensor: String, field: String)
    case unknownType(tensor: String, found: String)
    /// A shape or offset that is negative, a fraction, larger than `Int`, or no number.
    case notCounts(tensor: String, field: String, found: String)
    case rankTooHigh(tensor: String, rank: Int, limit: Int)
    /// The extents multiply to more bytes than `Int` counts.
    case sizeOverflow(tensor: String, shape: [Int])
    case sizeMismatch(tensor: String, shape: [Int], expected: Int, found: Int)
    case reversedOffsets(tensor: String, begin: Int, end: Int)
    case outOfRange(tensor: String, end: Int, dataBytes: Int)
    case overlap(String, String)
    /// Bytes between two tensors, or before the first, that belong to none.
    case hole(before: String, bytes: Int)
    /// Bytes after the last tensor.
    case trailingBytes(Int)
}

extension SafetensorsError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .file(let error): error.description
        case .malformed(let path, let flaw): "\(path): \(flaw)"
        case .noSuchTensor(let path, let tensor): "\(path): there is no tensor \"\(tensor)\""
        case .shapeMismatch(let path, let tensor, let expected, let found):
            "\(path): \"\(tensor)\" has the shape \(found), expected \(expected)"
        case .unsupportedType(let path, let tensor, let type):
            "\(path): \"\(tensor)\" is \(type.rawValue), expected F32, F16, BF16 or I8"
        }
    }
}

extension SafetensorsFlaw: CustomStringConvertible {
    public var description: String {
        switch self {
        case .truncated(let bytes, let needed): "ends after \(bytes) bytes, its header needs \(needed)"
        case .headerTooLarge(let bytes, let limit): "a header of \(bytes) bytes, at most \(limit) are read"
        case .badJSON(let error): "the header is not JSON: \(error)"
        case .notAnObject(let what, let found): "\"\(what)\" is \(found), expected an object"
        case .metadataNotText(let key, let found): "the metadata \"\(key)\" is \(found), expected a string"
        case .duplicateName(let name): "\"\(name)\" is there twice"
        case .missingField(let tensor, let field): "\"\(tensor)\" has no \(field)"
        case .unknownField(let tensor, let field): "\"\(tensor)\" has an unknown field \"\(field)\""
        case .unknownType(let tensor, let found): "\"\(tensor)\" has the unknown dtype \(found)"
        case .notCounts(let tensor, let field, let found):
            "\(field) of \"\(tensor)\" holds \(found), expected whole numbers from 0"
        case .rankTooHigh(let tensor, let rank, let limit):
            "\"\(tensor)\" has \(rank) dimensions, at most \(limit) are read"
        case .sizeOverflow(let tensor, let shape): "the shape \(shape) of \"\(tensor)\" overflows"
        case .sizeMismatch(let tensor, let shape, let expected, let found):
            "\"\(tensor)\" of shape \(shape) has \(found) bytes, expected \(expected)"
        case .reversedOffsets(let tensor, let begin, let end):
            "\"\(tensor)\" ends at \(end), before it begins at \(begin)"
        case .outOfRange(let tensor, let end, let bytes):
            "\"\(tensor)\" ends at byte \(end) of \(bytes) data bytes: is the file whole?"
        case .overlap(let a, let b): "\"\(a)\" and \"\(b)\" overlap"
        case .hole(let name, let bytes): "\(bytes) bytes before \"\(name)\" belong to no tensor"
        case .trailingBytes(let bytes): "\(bytes) bytes after the last tensor belong to none"
        }
    }
}
