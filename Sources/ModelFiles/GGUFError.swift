import Tensors

/// Why something of a GGUF file could not be had.
public enum GGUFError: Error, Hashable, Sendable {
    case file(FileError)
    case malformed(path: String, GGUFFlaw)
    case noSuchTensor(path: String, tensor: String)
    case shapeMismatch(path: String, tensor: String, expected: [Int], found: [Int])
}

/// The lie a GGUF file tells about itself. Sizes are in bytes.
public enum GGUFFlaw: Error, Hashable, Sendable {
    /// The file ends before what it says it holds.
    case truncated(what: String, offset: Int, needed: UInt64, left: Int)
    case notGGUF(magic: [UInt8])
    /// Written for a processor of the other byte order.
    case bigEndian
    case unsupportedVersion(UInt32)
    /// More of them than any real file has.
    case tooMany(what: String, count: UInt64, limit: Int)
    case tooLong(what: String, bytes: UInt64, limit: Int)
    case notUTF8(what: String)
    case emptyKey
    case duplicateKey(String)
    case unknownValueType(key: String, found: UInt32)
    case nestedTooDeep(key: String, limit: Int)
    case badBool(key: String, found: UInt8)
    /// A whole number that `Int` does not hold.
    case numberTooLarge(key: String, found: UInt64)
    case badAlignment(found: String)
    case duplicateTensor(String)
    case badRank(tensor: String, rank: UInt32, limit: Int)
    case zeroExtent(tensor: String, shape: [Int])
    /// The extents multiply to more bytes than `Int` counts.
    case sizeOverflow(tensor: String)
    case unknownType(tensor: String, found: UInt32)
    /// A type that other programs read.
    case unsupportedType(tensor: String, found: String)
    /// A row that does not end with a block.
    case partBlock(tensor: String, columns: Int, block: Int)
    case misaligned(tensor: String, offset: UInt64, alignment: Int)
    case outOfRange(tensor: String, end: UInt64, dataBytes: Int)
    case overlap(String, String)
    /// Bytes before a tensor that belong to none and are more than alignment asks for.
    case hole(before: String, bytes: Int)
    /// Bytes after the last tensor.
    case trailingBytes(Int)
    case missingKey(String)
    case wrongKind(key: String, expected: String, found: String)
    /// Two lists of the vocabulary that should be as long as each other.
    case countMismatch(key: String, expected: Int, found: Int)
    case duplicateToken(String, first: Int, second: Int)
    case badTokenType(token: Int, found: Int)
    case badScore(token: Int)
    case longToken(Int, bytes: Int, limit: Int)
    /// A special token that the vocabulary does not reach to.
    case tokenOutOfRange(key: String, found: Int, count: Int)
    /// A merge that is not two tokens of the vocabulary with a space between, or whose result is none.
    case badMerge(place: Int, found: String)
    case duplicateMerge(String, first: Int, second: Int)
}

extension GGUFError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .file(let error): error.description
        case .malformed(let path, let flaw): "\(path): \(flaw)"
        case .noSuchTensor(let path, let tensor): "\(path): there is no tensor \"\(tensor)\""
        case .shapeMismatch(let path, let tensor, let expected, let found):
            "\(path): \"\(tensor)\" has the shape \(found), expected \(expected)"
        }
    }
}

extension GGUFFlaw: CustomStringConvertible {
    public var description: String { headerDescription ?? tensorDescription ?? vocabularyDescription }

    private var headerDescription: String? {
        switch self {
        case .truncated(let what, let offset, let needed, let left):
            "\(what) at byte \(offset) needs \(needed) bytes, \(left) are left: is the file whole?"
        case .notGGUF(let magic): "begins with the bytes \(magic), expected \"GGUF\""
        case .bigEndian: "is of the other byte order"
        case .unsupportedVersion(let version): "is GGUF version \(version), expected 2 or 3"
        case .tooMany(let what, let count, let limit):
            "says it has \(count) \(what), at most \(limit) are read"
        case .tooLong(let what, let bytes, let limit): "\(what) has \(bytes) bytes, at most \(limit) are read"
        case .notUTF8(let what): "\(what) is not UTF-8"
        case .emptyKey: "has metadata without a key"
        case .duplicateKey(let key): "\(key) is there twice"
        case .unknownValueType(let key, let found): "\(key) has the unknown type \(found)"
        case .nestedTooDeep(let key, let limit): "\(key) has lists in lists, more than \(limit) deep"
        case .badBool(let key, let found): "\(key) holds the truth value \(found), expected 0 or 1"
        case .numberTooLarge(let key, let found): "\(key) is \(found), expected less than 2^63"
        case .badAlignment(let found):
            "general.alignment is \(found), expected a power of two from 8 to 65536"
        default: nil
        }
    }

    private var tensorDescription: String? {
        switch self {
        case .duplicateTensor(let name): "the tensor \"\(name)\" is there twice"
        case .badRank(let tensor, let rank, let limit):
            "\"\(tensor)\" has \(rank) dimensions, expected 1 to \(limit)"
        case .zeroExtent(let tensor, let shape): "\"\(tensor)\" of shape \(shape) is empty"
        case .sizeOverflow(let tensor): "the extents of \"\(tensor)\" overflow"
        case .unknownType(let tensor, let found): "\"\(tensor)\" has the unknown type \(found)"
        case .unsupportedType(let tensor, let found):
            "\"\(tensor)\" is \(found), expected one of \(GGUFTensorType.allCases.map(\.name).joined(separator: ", "))"
        case .partBlock(let tensor, let columns, let block):
            "\"\(tensor)\" has rows of \(columns) numbers, expected whole blocks of \(block)"
        case .misaligned(let tensor, let offset, let alignment):
            "\"\(tensor)\" begins at \(offset), expected a multiple of \(alignment)"
        case .outOfRange(let tensor, let end, let bytes):
            "\"\(tensor)\" ends at byte \(end) of \(bytes) data bytes: is the file whole?"
        case .overlap(let a, let b): "\"\(a)\" and \"\(b)\" overlap"
        case .hole(let name, let bytes): "\(bytes) bytes before \"\(name)\" belong to no tensor"
        case .trailingBytes(let bytes): "\(bytes) bytes after the last tensor belong to none"
        default: nil
        }
    }

    private var vocabularyDescription: String {
        switch self {
        case .missingKey(let key): "there is no \(key)"
        case .wrongKind(let key, let expected, let found): "\(key) is \(found), expected \(expected)"
        case .countMismatch(let key, let expected, let found):
            "\(key) has \(found) entries, expected \(expected), one a token"
        case .duplicateToken(let token, let first, let second):
            "the token \"\(token)\" is there twice, as \(first) and \(second)"
        case .badTokenType(let token, let found): "token \(token) has the type \(found), expected 1 to 6"
        case .longToken(let token, let bytes, let limit):
            "token \(token) has \(bytes) bytes, at most \(limit) are allowed"
        case .badScore(let token): "token \(token) has a score that is no finite number"
        case .tokenOutOfRange(let key, let found, let count): "\(key) is \(found), of \(count) tokens"
        case .badMerge(let place, let found):
            "merge \(place) is \"\(found)\", expected two tokens that make a third, a space between them"
        case .duplicateMerge(let merge, let first, let second):
            "the merge \"\(merge)\" is there twice, as \(first) and \(second)"
        default: "is malformed"
        }
    }
}
