/// A sentence with places for the values of slots: `{date}` as it was said, `{date.value}` in its normal form.
///
/// A place may also be `{rows}`, the data that were found. What stands in brackets is left out where a place in it
/// has no value: `at {time}[ with {who}]`. Two braces or brackets are one: `{{`, `]]`.
public struct Template: Sendable, Hashable {
    enum Part: Sendable, Hashable {
        case words(String)
        case said(slot: String)
        case value(slot: String)
        case rows
        /// Left out where a place in it has no value.
        case optional([Part])
    }

    /// What is wrong with a template.
    public enum Fault: Error, Sendable, Hashable, CustomStringConvertible {
        case openBrace, closeBrace, emptyPlace
        case openBracket, closeBracket, innerBracket, noPlace
        case badForm(place: String)

        public var description: String {
            switch self {
            case .openBrace: "expected a } after a {, found the end; a brace itself is {{"
            case .closeBrace: "expected a { before a }, found none; a brace itself is }}"
            case .emptyPlace: "expected the name of a slot in {}, found nothing"
            case .openBracket: "expected a ] after a [, found the end; a bracket itself is [["
            case .closeBracket: "expected a [ before a ], found none; a bracket itself is ]]"
            case .innerBracket: "expected no [ between [ and ], found one; a bracket itself is [["
            case .noPlace: "expected a slot between [ and ], found none; a bracket itself is [["
            case .badForm(let place): "expected {slot} or {slot.value}, found {\(place)}"
            }
        }
    }

    public let source: String
    let parts: [Part]

    public init(_ source: String) throws(Fault) {
        self.source = source
        var parser = Parser(rest: source[...])
        try parser.parse()
        parts = parser.parts
    }

    /// A sentence without places, whatever stands in it.
    public init(literal: String) {
        source = literal
        parts = literal.isEmpty ? [] : [.words(literal)]
    }

    /// The slots it names.
    public var slots: [String] { parts.flatMap(\.slots) }

    /// Whether it tells the data that were found.
    public var tellsRows: Bool { parts.contains { $0 == .rows || $0.inner.contains(.rows) } }

    /// The sentence.
    ///
    /// - Parameters:
    ///   - slots: a place whose slot is not among them stays empty.
    ///   - rows: the data that were found, a line each.
    public func filled(with slots: [String: FilledSlot], rows: [String] = []) -> String {
        Self.text(of: parts, slots, rows)
    }

    private static func text(of parts: [Part], _ slots: [String: FilledSlot], _ rows: [String]) -> String {
        var text = ""
        for part in parts {
            switch part {
            case .words(let words): text += words
            case .said(let slot): text += slots[slot]?.text ?? ""
            case .value(let slot): text += slots[slot].map { spoken($0.value) } ?? ""
            case .rows: text += rows.joined(separator: "\n")
            case .optional(let inner):
                guard inner.flatMap(\.slots).allSatisfy({ slots[$0] != nil }),
                    !inner.contains(.rows) || !rows.isEmpty
                else { continue }
                text += Self.text(of: inner, slots, rows)
            }
        }
        return text
    }

    /// `blood_test` is a name, "blood test" is words.
    private static func spoken(_ value: String) -> String {
        value.contains("@") || value.contains("/") ? value : value.replacing("_", with: " ")
    }
}

extension Template.Part {
    fileprivate var inner: [Template.Part] {
        if case .optional(let inner) = self { inner } else { [] }
    }

    fileprivate var slots: [String] {
        switch self {
        case .said(let slot), .value(let slot): [slot]
        case .words, .rows: []
        case .optional(let inner): inner.flatMap(\.slots)
        }
    }
}

/// Takes a template apart, from its first character to its last.
private struct Parser {
    var rest: Substring
    var parts: [Template.Part] = []
    private var words = ""
    /// What came before the bracket that is open.
    private var before: [Template.Part]?

    init(rest: Substring) { self.rest = rest }

    mutating func parse() throws(Template.Fault) {
        while let character = rest.popFirst() {
            guard "{}[]".contains(character) else {
                words.append(character)
                continue
            }
            if rest.first == character {
                words.append(character)
                rest.removeFirst()
                continue
            }
            switch character {
            case "{": try takePlace()
            case "[": try open()
            case "]": try close()
            default: throw .closeBrace
            }
        }
        endWords()
        if before != nil { throw .openBracket }
    }

    private mutating func takePlace() throws(Template.Fault) {
        guard let end = rest.firstIndex(of: "}") else { throw .openBrace }
        endWords()
        parts.append(try place(rest[..<end]))
        rest = rest[rest.index(after: end)...]
    }

    private func place(_ name: Substring) throws(Template.Fault) -> Template.Part {
        let halves = name.split(separator: ".", omittingEmptySubsequences: false)
        guard let slot = halves.first, !name.isEmpty else { throw .emptyPlace }
        switch halves.count {
        case 1 where slot == "rows": return .rows
        case 1: return .said(slot: String(slot))
        case 2 where !slot.isEmpty && halves[1] == "value": return .value(slot: String(slot))
        default: throw .badForm(place: String(name))
        }
    }

    private mutating func open() throws(Template.Fault) {
        endWords()
        guard before == nil else { throw .innerBracket }
        (before, parts) = (parts, [])
    }

    private mutating func close() throws(Template.Fault) {
        endWords()
        guard let before else { throw .closeBracket }
        guard parts.contains(where: { $0 == .rows || !$0.slots.isEmpty }) else { throw .noPlace }
        (self.before, parts) = (nil, before + [.optional(parts)])
    }

    private mutating func endWords() {
        if !words.isEmpty { parts.append(.words(words)) }
        words = ""
    }
}
