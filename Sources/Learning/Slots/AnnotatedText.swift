/// A part of a text, and what it is.
public struct SlotSpan: Sendable, Hashable {
    public let type: SlotName
    /// In the text's UTF-8.
    public let bytes: Range<Int>

    public init(type: SlotName, bytes: Range<Int>) {
        self.type = type
        self.bytes = bytes
    }
}

/// A text whose slots are marked: `show my [blood test](report_type) from [yesterday](date)`.
///
/// `\[`, `\]` and `\\` stand for these characters; every other backslash for itself. A `]` outside of a slot needs none.
public struct AnnotatedText: Sendable, Hashable {
    /// Without the marks.
    public let text: String
    /// In the text's order, apart from each other; without the spaces at their ends.
    public let spans: [SlotSpan]

    public init(text: String, spans: [SlotSpan]) {
        self.text = text
        self.spans = spans
    }

    /// - Throws: `SlotMarkupError`, with the place in the marked text.
    /// - Complexity: O(bytes).
    public init(parsing marked: String) throws(SlotMarkupError) {
        var parser = SlotMarkupParser(Array(marked.utf8))
        try parser.parse()
        self.init(text: String(decoding: parser.text, as: UTF8.self), spans: parser.spans)
    }

    /// Whether a text has a marked slot, as it seems: `](`, with no backslash before it.
    public static func isMarked(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        var place = 0
        while place + 1 < bytes.count {
            let isEscape = bytes[place] == UInt8(ascii: "\\") && SlotMarkupParser.isEscaped(bytes[place + 1])
            if bytes[place] == UInt8(ascii: "]"), bytes[place + 1] == UInt8(ascii: "(") { return true }
            place += isEscape ? 2 : 1
        }
        return false
    }

    /// The text with its marks: parsing it gives this again.
    public var marked: String {
        let bytes = Array(text.utf8)
        var marked: [UInt8] = []
        var position = 0
        for span in spans {
            marked += Self.escaped(bytes[position..<span.bytes.lowerBound])
            marked += [UInt8(ascii: "[")] + Self.escaped(bytes[span.bytes]) + Array("](".utf8)
            marked += Array(span.type.description.utf8) + [UInt8(ascii: ")")]
            position = span.bytes.upperBound
        }
        return String(decoding: marked + Self.escaped(bytes[position...]), as: UTF8.self)
    }

    private static func escaped(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        bytes.flatMap { SlotMarkupParser.isEscaped($0) ? [UInt8(ascii: "\\"), $0] : [$0] }
    }
}

/// What is wrong with the marks in a text; places are bytes of the marked text, from 0.
public enum SlotMarkupError: Error, Hashable, CustomStringConvertible {
    case unclosedSlot(at: Int)
    case nestedSlot(at: Int, inside: Int)
    case emptySlot(at: Int)
    /// Nothing in it is a letter, a digit or a sign.
    case wordlessSlot(at: Int, found: String)
    case missingType(at: Int, found: String?)
    case unclosedType(at: Int)
    case badType(at: Int, SlotNameError)

    public var description: String {
        switch self {
        case .unclosedSlot(let place):
            "slot at byte \(place): expected '](type)', found the end of the text; a plain '[' is written '\\['"
        case .nestedSlot(let place, let outer):
            "byte \(place): found '[' inside the slot that begins at byte \(outer), expected '](type)'"
        case .emptySlot(let place): "slot at byte \(place): expected a text in it, found none"
        case .wordlessSlot(let place, let found):
            "slot at byte \(place): expected a letter or a digit in it, found '\(found)'"
        case .missingType(let place, let found):
            "byte \(place): expected '(type)' behind ']', found \(found.map { "'\($0)'" } ?? "the end of the text")"
        case .unclosedType(let place):
            "type at byte \(place): expected ')', found the end of the text"
        case .badType(let place, let error): "type at byte \(place): \(error)"
        }
    }
}

/// Reads marks from left to right, each byte once.
private struct SlotMarkupParser {
    private let marked: [UInt8]
    private var position = 0
    private(set) var text: [UInt8] = []
    private(set) var spans: [SlotSpan] = []

    init(_ marked: [UInt8]) { self.marked = marked }

    static func isEscaped(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "[") || byte == UInt8(ascii: "]") || byte == UInt8(ascii: "\\")
    }

    mutating func parse() throws(SlotMarkupError) {
        while position < marked.count {
            if takeEscape() { continue }
            if marked[position] == UInt8(ascii: "[") {
                try parseSlot()
            } else {
                take()
            }
        }
    }

    /// U+0000, which no event keeps, is left out.
    private mutating func take() {
        if marked[position] != 0 { text.append(marked[position]) }
        position += 1
    }

    private mutating func takeEscape() -> Bool {
        guard marked[position] == UInt8(ascii: "\\"), position + 1 < marked.count,
            Self.isEscaped(marked[position + 1])
        else { return false }
        position += 1
        take()
        return true
    }

    private mutating func parseSlot() throws(SlotMarkupError) {
        let (opening, start) = (position, text.count)
        position += 1
        while position < marked.count, marked[position] != UInt8(ascii: "]") {
            if takeEscape() { continue }
            guard marked[position] != UInt8(ascii: "[") else {
                throw .nestedSlot(at: position, inside: opening)
            }
            take()
        }
        guard position < marked.count else { throw .unclosedSlot(at: opening) }
        position += 1
        let type = try parseType()
        let bytes = trimmed(start..<text.count)
        guard !bytes.isEmpty else { throw .emptySlot(at: opening) }
        let value = String(decoding: text[bytes], as: UTF8.self)
        guard !value.unicodeScalars.allSatisfy(Self.isPunctuation) else {
            throw .wordlessSlot(at: opening, found: value)
        }
        spans.append(SlotSpan(type: type, bytes: bytes))
    }

    private mutating func parseType() throws(SlotMarkupError) -> SlotName {
        let opening = position
        guard opening < marked.count else { throw .missingType(at: opening, found: nil) }
        guard marked[opening] == UInt8(ascii: "(") else {
            let rest = String(decoding: marked[opening...].prefix(16), as: UTF8.self)
            throw .missingType(at: opening, found: rest.first.map(String.init))
        }
        let end = marked[opening...].firstIndex(of: UInt8(ascii: ")"))
        guard let end else { throw .unclosedType(at: opening) }
        position = end + 1
        do throws(SlotNameError) {
            return try SlotName(String(decoding: marked[(opening + 1)..<end], as: UTF8.self))
        } catch {
            throw .badType(at: opening + 1, error)
        }
    }

    private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
            .initialPunctuation,
            .finalPunctuation, .otherPunctuation, .spaceSeparator, .control:
            true
        default: false
        }
    }

    private func trimmed(_ bytes: Range<Int>) -> Range<Int> {
        var (start, end) = (bytes.lowerBound, bytes.upperBound)
        while start < end, text[start] == UInt8(ascii: " ") { start += 1 }
        while start < end, text[end - 1] == UInt8(ascii: " ") { end -= 1 }
        return start..<end
    }
}
