import Foundation

/// An expression of duckling's corpora, such as `datetime (2013, 2, 15, 0, 0, 0) Day`.
indirect enum HaskellTerm: Equatable {
    case name(String)
    case number(Double)
    case text(String)
    case tuple([HaskellTerm])
    /// A function and what it is applied to.
    case application([HaskellTerm])

    /// The name that stands first, and what follows it.
    var call: (name: String, arguments: [HaskellTerm])? {
        switch self {
        case .name(let name): return (name, [])
        case .application(let terms):
            guard case .name(let name)? = terms.first else { return nil }
            return (name, Array(terms.dropFirst()))
        default: return nil
        }
    }
}

/// A text of duckling's corpora and what it means; nil for a text of a negative corpus, which means nothing.
struct DucklingCase {
    let text: String
    let meaning: HaskellTerm?
}

/// Reads the corpora of one of duckling's `Corpus.hs` files: lists of `examples (MEANING) [TEXT, …]`, and of texts alone in
/// the negative ones.
struct DucklingCorpus {
    /// The cases by the corpus they stand in: `allExamples`, `latentCorpus` …
    let cases: [String: [DucklingCase]]

    init(_ source: String) {
        var reader = HaskellReader(source)
        var cases: [String: [DucklingCase]] = [:]
        var corpus = ""
        while let token = reader.next() {
            guard case .name(let name, let column) = token else { continue }
            if column == 0 { corpus = name }
            guard name == "examples" else { continue }
            if reader.skip("=") {
                cases[corpus, default: []] += reader.texts().map { DucklingCase(text: $0, meaning: nil) }
            } else if let meaning = reader.parenthesised() {
                cases[corpus, default: []] += reader.texts().map { DucklingCase(text: $0, meaning: meaning) }
            }
        }
        self.cases = cases
    }

    static func named(_ family: String, in data: String) throws -> DucklingCorpus {
        DucklingCorpus(try String(contentsOfFile: "\(data)/duckling_en/\(family).hs", encoding: .utf8))
    }
}

private enum HaskellToken: Equatable {
    case name(String, column: Int)
    case number(Double)
    case text(String)
    case mark(Character)
}

private struct HaskellReader {
    private let tokens: [HaskellToken]
    private var position = 0

    init(_ source: String) {
        tokens = source.split(separator: "\n", omittingEmptySubsequences: false).flatMap {
            var line = HaskellLine($0)
            return line.tokens()
        }
    }

    mutating func next() -> HaskellToken? {
        guard position < tokens.count else { return nil }
        defer { position += 1 }
        return tokens[position]
    }

    mutating func skip(_ mark: Character) -> Bool {
        guard position < tokens.count, tokens[position] == .mark(mark) else { return false }
        position += 1
        return true
    }

    /// `[TEXT, …]`
    mutating func texts() -> [String] {
        guard skip("[") else { return [] }
        var texts: [String] = []
        while let token = next(), token != .mark("]") {
            if case .text(let text) = token { texts.append(text) }
        }
        return texts
    }

    /// `(…)`: a tuple where commas stand in it, else one term.
    mutating func parenthesised() -> HaskellTerm? {
        guard skip("(") else { return nil }
        var parts: [[HaskellTerm]] = [[]]
        while !skip(")") {
            if skip(",") {
                parts.append([])
            } else if let nested = parenthesised() {
                parts[parts.count - 1].append(nested)
            } else if let token = next() {
                guard let term = HaskellTerm(token) else { continue }
                parts[parts.count - 1].append(term)
            } else {
                return nil
            }
        }
        let terms = parts.map { $0.count == 1 ? $0[0] : .application($0) }
        return terms.count == 1 ? terms[0] : .tuple(terms)
    }
}

extension HaskellTerm {
    fileprivate init?(_ token: HaskellToken) {
        switch token {
        case .name(let name, _): self = .name(name)
        case .number(let number): self = .number(number)
        case .text(let text): self = .text(text)
        case .mark: return nil
        }
    }
}

private struct HaskellLine {
    private let characters: [Character]
    private var index = 0

    init(_ line: Substring) { characters = Array(line) }

    /// Up to a comment.
    mutating func tokens() -> [HaskellToken] {
        var tokens: [HaskellToken] = []
        while index < characters.count {
            let character = characters[index]
            if character == "-", index + 1 < characters.count, characters[index + 1] == "-" { break }
            if character == "\"" {
                tokens.append(.text(text()))
            } else if character.isLetter {
                let column = index
                tokens.append(
                    .name(word { $0.isLetter || $0.isNumber || "_'.".contains($0) }, column: column))
            } else if character.isNumber || character == "-" {
                tokens.append(number())
            } else {
                if !character.isWhitespace { tokens.append(.mark(character)) }
                index += 1
            }
        }
        return tokens
    }

    private mutating func word(while isPart: (Character) -> Bool) -> String {
        let start = index
        index += 1
        while index < characters.count, isPart(characters[index]) { index += 1 }
        return String(characters[start..<index])
    }

    /// `-12`, `1.5`, `4e7`, `4.7e9`.
    private mutating func number() -> HaskellToken {
        let word = word { $0.isNumber || ".e".contains($0) }
        return Double(word).map(HaskellToken.number) ?? .mark("-")
    }

    /// A literal; `\x20ac` is a scalar, `\&` nothing.
    private mutating func text() -> String {
        var text = ""
        index += 1
        while index < characters.count, characters[index] != "\"" {
            guard characters[index] == "\\", index + 1 < characters.count else {
                text.append(characters[index])
                index += 1
                continue
            }
            index += 1
            switch characters[index] {
            case "x":
                let digits = word(while: \.isHexDigit).dropFirst()
                if let scalar = UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init) {
                    text.unicodeScalars.append(scalar)
                }
            case "&": index += 1
            case let escaped:
                text.append(escaped)
                index += 1
            }
        }
        index += 1
        return text
    }
}
