public import Tensors

/// A passage that a reply may be drawn from, with its sentences.
public struct ContextPassage: Sendable {
    /// The caller's number of it.
    public let id: Int64
    public let text: String
    public private(set) var sentences: [ContextSentence]

    /// - Parameters:
    ///   - vectors: one sentence vector a sentence of `sentences(of: text)`, in order.
    public init(id: Int64, text: String, vectors: [Embedding]) {
        let spans = Self.spans(of: text)
        precondition(
            spans.count == vectors.count,
            "passage \(id): \(spans.count) sentences and \(vectors.count) vectors")
        let bytes = Array(text.utf8)
        self.id = id
        self.text = text
        sentences = zip(spans, vectors).map { span, vector in
            ContextSentence(String(decoding: bytes[span], as: UTF8.self), span: span, vector: vector)
        }
        stems = sentences.reduce(into: []) { $0.formUnion($1.stems) }
    }

    /// The stems of all its words.
    let stems: Set<String>

    /// The same passage, with only some of its sentences to draw on.
    func keeping(_ isKept: (ContextSentence) -> Bool) -> ContextPassage {
        var passage = self
        passage.sentences.removeAll { !isKept($0) }
        return passage
    }

    /// The texts to be encoded, a sentence each, in order.
    ///
    /// - Complexity: O(bytes).
    public static func sentences(of text: String) -> [String] {
        let bytes = Array(text.utf8)
        return spans(of: text).map { String(decoding: bytes[$0], as: UTF8.self) }
    }
}

/// A sentence of a passage.
public struct ContextSentence: Sendable {
    public let text: String
    /// Where it stands in the passage, in bytes of UTF-8.
    public let span: Range<Int>
    public let vector: Embedding

    let words: [Word]
    /// Of each word, in order.
    let stemOrder: [String]
    let stems: Set<String>
    let negates: Bool
    /// Whether it has a word near a denial: `against`, `prevented`.
    let hinders: Bool

    init(_ text: String, span: Range<Int>, vector: Embedding) {
        self.text = text
        self.span = span
        self.vector = vector
        words = Word.words(of: text)
        stemOrder = words.map(\.stem)
        stems = Set(stemOrder)
        negates = words.contains { CommonWords.negations.contains($0.folded) }
        hinders = words.contains { CommonWords.hinders($0.folded) }
    }
}

extension ContextPassage {
    private static let abbreviations: Set<String> = Set(
        """
        mr mrs ms dr st prof gen col lt capt sgt sr jr vs etc no vol fig jan feb mar apr jun jul aug sep sept oct nov
        dec inc ltd co corp u.s u.k e.g i.e c ca approx gov sen rep rev
        """.split(whereSeparator: \.isWhitespace).map(String.init))

    /// Where the sentences of a text stand, in bytes, without the blanks around them.
    static func spans(of text: String) -> [Range<Int>] {
        let bytes = Array(text.utf8)
        var (spans, start, index) = ([Range<Int>](), 0, 0)
        while index < bytes.count {
            let end = sentenceEnd(at: index, from: start, in: bytes)
            if let end {
                append(start..<end, of: bytes, to: &spans)
                start = end
            }
            index = max(index + 1, end ?? 0)
        }
        append(start..<bytes.count, of: bytes, to: &spans)
        return spans
    }

    private static func append(_ span: Range<Int>, of bytes: [UInt8], to spans: inout [Range<Int>]) {
        guard let first = bytes[span].firstIndex(where: { $0 > 0x20 }),
            let last = bytes[span].lastIndex(where: { $0 > 0x20 })
        else { return }
        spans.append(first..<last + 1)
    }

    /// Past the sentence that ends at `index`, with closing marks; nil where none does.
    private static func sentenceEnd(at index: Int, from start: Int, in bytes: [UInt8]) -> Int? {
        let mark = bytes[index]
        if mark == UInt8(ascii: "\n") { return beginsAnew(bytes[(index + 1)...]) ? index + 1 : nil }
        guard [UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?")].contains(mark) else { return nil }
        var end = index + 1
        while end < bytes.count, closing.contains(bytes[end]) { end += 1 }
        guard end == bytes.count || bytes[end] <= 0x20 else { return nil }
        guard let next = bytes[end...].first(where: { $0 > 0x20 }) else { return end }
        let beginsAnew = next &- 0x41 < 26 || next &- 0x30 < 10 || next >= 0x80 || opening.contains(next)
        guard beginsAnew else { return nil }
        return mark == UInt8(ascii: ".") && isAbbreviation(before: index, from: start, in: bytes) ? nil : end
    }

    /// Whether a line does not go on with the sentence of the one before: it is empty, an item of a list, a heading, a row of a
    /// table, a quotation or code, or has a label: `Glucose: 5.1`.
    private static func beginsAnew(_ rest: ArraySlice<UInt8>) -> Bool {
        let line = rest.prefix { $0 != UInt8(ascii: "\n") }
        let text = line.drop { $0 == 0x20 || $0 == 0x09 }
        guard let first = text.first, line.count - text.count < 4 else { return true }
        if marks.contains(first) { return true }
        let word = text.prefix { $0 > 0x20 }
        if word.last == UInt8(ascii: ":") { return true }
        let number = word.dropLast()
        return 1...3 ~= number.count && number.allSatisfy { $0 &- 0x30 < 10 }
            && (word.last == UInt8(ascii: ".") || word.last == UInt8(ascii: ")"))
            && text.count > word.count
    }

    private static let marks: Set<UInt8> = Set("-*+#>|$`=~".utf8)
    private static let closing: Set<UInt8> = Set("\"')]".utf8)
    private static let opening: Set<UInt8> = Set("\"'([{<`*-#|".utf8)

    private static func isAbbreviation(before index: Int, from start: Int, in bytes: [UInt8]) -> Bool {
        let word = bytes[start..<index].reversed().prefix { $0 > 0x20 && $0 != UInt8(ascii: "(") }
        let text = String(decoding: Array(word.reversed()), as: UTF8.self)
        let isInitial = text.utf8.count == 1 && text.utf8.allSatisfy { $0 &- 0x41 < 26 }
        return isInitial || abbreviations.contains(text.lowercased())
    }
}
