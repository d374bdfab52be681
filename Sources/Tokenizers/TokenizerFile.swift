internal import JSON
import ModelFiles

/// A JSON file of tokenizer settings; fields are named by their path, with dots.
struct TokenizerFile {
    let path: String
    private let root: JSONValue

    private static let maximumBytes = 64 << 20

    static func contents(of path: String) throws(TokenizerError) -> [UInt8] {
        do {
            return try MappedFile(path: path, limit: maximumBytes).contents()
        } catch {
            throw .file(error)
        }
    }

    init?(ifPresent path: String) throws(TokenizerError) {
        let bytes: [UInt8]
        do {
            bytes = try Self.contents(of: path)
        } catch .file(let error) where error.isAbsence {
            return nil
        }
        do {
            root = try JSONValue(parsing: bytes)
        } catch {
            throw .badJSON(path: path, error)
        }
        self.path = path
    }

    /// - Parameter allowed: what the field may be; nil stands for a field that is absent.
    func expect(_ field: String, _ allowed: JSONValue?...) throws(TokenizerError) {
        let found = self[field]
        guard allowed.contains(found) else {
            throw unsupported(
                field, expected: allowed.compactMap { $0?.description }.joined(separator: " or "))
        }
    }

    func text(_ field: String) throws(TokenizerError) -> String {
        guard let text = self[field]?.string else { throw unsupported(field, expected: "a string") }
        return text
    }

    func count(_ field: String) throws(TokenizerError) -> Int {
        guard let count = self[field]?.integer, count > 0 else {
            throw unsupported(field, expected: "a count")
        }
        return count
    }

    /// An object of pieces and their ids.
    func vocabulary(_ field: String) throws(TokenizerError) -> [(text: String, id: TokenID)] {
        guard let members = self[field]?.members else { throw unsupported(field, expected: "an object") }
        return try members.map { member throws(TokenizerError) in
            (member.key, try id(member.value, of: member.key))
        }
    }

    func addedTokens(_ field: String) throws(TokenizerError) -> [(text: String, id: TokenID)] {
        guard let tokens = self[field]?.elements else { throw unsupported(field, expected: "a list") }
        return try tokens.map { token throws(TokenizerError) in
            guard let text = token["content"]?.string, !text.isEmpty, let id = token["id"] else {
                throw unsupported(field, expected: "tokens with id and content")
            }
            for option in ["single_word", "lstrip", "rstrip", "normalized"] where token[option]?.bool != false
            {
                throw .unsupported(
                    path: path, setting: "\(option) of \(text)", expected: "false",
                    found: "\(token[option] ?? .null)")
            }
            return (text, try self.id(id, of: text))
        }
    }

    /// The tokens around a text: a template "start, text, end", or the older form of the same.
    func frame(_ field: String) throws(TokenizerError) -> (start: TokenID, end: TokenID) {
        switch self["\(field).type"]?.string {
        case "BertProcessing":
            return (try frameToken(self["\(field).cls"]), try frameToken(self["\(field).sep"]))
        case "TemplateProcessing":
            guard let single = self["\(field).single"]?.elements, single.count == 3,
                single[1]["Sequence"]?["id"] == .string("A"),
                let start = single[0]["SpecialToken"]?["id"]?.string,
                let end = single[2]["SpecialToken"]?["id"]?.string,
                let tokens = self["\(field).special_tokens"]
            else { throw unsupported("\(field).single", expected: "start, text, end") }
            return (try templateToken(start, in: tokens), try templateToken(end, in: tokens))
        default:
            throw unsupported("\(field).type", expected: "TemplateProcessing or BertProcessing")
        }
    }

    private func frameToken(_ pair: JSONValue?) throws(TokenizerError) -> TokenID {
        guard let pair = pair?.elements, pair.count == 2, let text = pair[0].string else {
            throw unsupported("post_processor", expected: "tokens with their ids")
        }
        return try id(pair[1], of: text)
    }

    private func templateToken(_ name: String, in tokens: JSONValue) throws(TokenizerError) -> TokenID {
        guard let ids = tokens[name]?["ids"]?.elements, ids.count == 1 else {
            throw .noSuchToken(path: path, token: name)
        }
        return try id(ids[0], of: name)
    }

    private func id(_ value: JSONValue, of token: String) throws(TokenizerError) -> TokenID {
        guard let number = value.integer, let id = Int32(exactly: number), id >= 0 else {
            throw .badVocabulary(
                path: path, entry: token, problem: "has the id \(value), expected one from 0")
        }
        return TokenID(rawValue: id)
    }

    private subscript(field: String) -> JSONValue? {
        field.split(separator: ".").reduce(root) { (value: JSONValue?, name) in value?[String(name)] }
    }

    private func unsupported(_ field: String, expected: String) -> TokenizerError {
        .unsupported(
            path: path, setting: field, expected: expected, found: self[field]?.description ?? "absent")
    }
}
