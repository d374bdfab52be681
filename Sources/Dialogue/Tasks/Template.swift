/// A sentence with places for the values of slots: `{date}` as it was said, `{date.value}` in its normal form.
///
/// A place may also be `{rows}`, the data that were found. Two braces are one: `{{`, `}}`.
public struct Template: Sendable, Hashable {
    enum Part: Sendable, Hashable {
        case words(String)
        case said(slot: String)
        case value(slot: String)
        case rows
    }

    /// What is wrong with a template.
    public enum Fault: Error, Sendable, Hashable, CustomStringConvertible {
        case openBrace, closeBrace, emptyPlace
        case badForm(place: String)

        public var description: String {
            switch self {
            case .openBrace: "expected a } after a {, found the end; a brace itself is {{"
            case .closeBrace: "expected a { before a }; a brace itself is }}"
            case .emptyPlace: "expected the name of a slot in {}, found nothing"
            case .badForm(let place):
                "expected {slot} or {slot.value}, found {\(place)}"
            }
        }
    }

    public let source: String
    let parts: [Part]

    public init(_ source: String) throws(Fault) {
        self.source = source
        var parts: [Part] = []
        var words = ""
        var rest = source[...]
        while let character = rest.popFirst() {
            if character == "{" || character == "}", rest.first == character {
                words.append(character)
                rest.removeFirst()
            } else if character == "{" {
                guard let end = rest.firstIndex(of: "}") else { throw .openBrace }
                if !words.isEmpty { parts.append(.words(words)) }
                words = ""
                parts.append(try Self.place(rest[..<end]))
                rest = rest[rest.index(after: end)...]
            } else if character == "}" {
                throw .closeBrace
            } else {
                words.append(character)
            }
        }
        if !words.isEmpty { parts.append(.words(words)) }
        self.parts = parts
    }

    /// The slots it names.
    public var slots: [String] {
        parts.compactMap { part in
            switch part {
            case .said(let slot), .value(let slot): slot
            case .words, .rows: nil
            }
        }
    }

    private static func place(_ name: Substring) throws(Fault) -> Part {
        let halves = name.split(separator: ".", omittingEmptySubsequences: false)
        switch (halves.first, halves.count) {
        case ("", 1), (nil, _): throw .emptyPlace
        case ("rows", 1): return .rows
        case (let slot?, 1): return .said(slot: String(slot))
        case (let slot?, 2) where halves[1] == "value": return .value(slot: String(slot))
        default: throw .badForm(place: String(name))
        }
    }

    /// The sentence.
    ///
    /// - Parameters:
    ///   - slots: a place whose slot is not among them stays empty.
    ///   - rows: the data that were found, a line each.
    public func filled(with slots: [String: FilledSlot], rows: [String] = []) -> String {
        var text = ""
        for part in parts {
            switch part {
            case .words(let words): text += words
            case .said(let slot): text += slots[slot]?.text ?? ""
            case .value(let slot): text += slots[slot].map { Self.spoken($0.value) } ?? ""
            case .rows: text += rows.joined(separator: "\n")
            }
        }
        return text
    }

    /// `blood_test` is a name, "blood test" is words.
    private static func spoken(_ value: String) -> String {
        value.contains("@") || value.contains("/") ? value : value.replacing("_", with: " ")
    }
}
