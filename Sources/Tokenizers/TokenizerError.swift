public import JSON
public import ModelFiles

/// Why a tokenizer cannot be had, or will not encode a text.
public enum TokenizerError: Error, Hashable, Sendable {
    case file(FileError)
    case badJSON(path: String, JSONError)
    /// A setting that is absent or that this tokenizer does not follow.
    case unsupported(path: String, setting: String, expected: String, found: String)
    /// A token that the file speaks of and the vocabulary lacks.
    case noSuchToken(path: String, token: String)
    case badVocabulary(path: String, entry: String, problem: String)
    /// The text takes more tokens, with start and end, than the limit.
    case tooLong(tokens: Int, limit: Int)
}

extension TokenizerError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .file(let error): error.description
        case .badJSON(let path, let error): "\(path): \(error)"
        case .unsupported(let path, let setting, let expected, let found):
            "\(path): \(setting) is \(found), expected \(expected)"
        case .noSuchToken(let path, let token): "\(path): the vocabulary has no \(token)"
        case .badVocabulary(let path, let entry, let problem): "\(path): the entry \"\(entry)\" \(problem)"
        case .tooLong(let tokens, let limit): "the text takes \(tokens) tokens, at most \(limit) are allowed"
        }
    }
}
