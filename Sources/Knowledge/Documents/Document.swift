internal import CSV

/// A document read for its passages.
public struct Document: Sendable, Hashable {
    /// The most words of a passage of prose, unless a caller says otherwise.
    public static let passageWords = 60
    /// The most passages of one document.
    public static let maximumPassages = 1 << 20
    /// The most bytes of `text`; names of columns, said with every value, can make it longer than the content.
    public static let maximumText = 256 << 20

    /// An HTML title, or the first heading.
    public let title: String?
    /// What spans lie in. Of text and Markdown it is the content itself, byte for byte, so that a citation can be
    /// compared with the file; of the other formats, the text taken out of it.
    public let text: String
    /// In order, their spans rising; none is empty.
    public let passages: [DocumentPassage]

    /// Splits a document into passages of whole sentences under their headings.
    ///
    /// Every character that is neither blank nor markup lies in exactly one passage, or in the headings of those below it.
    /// A sentence longer than `passageWords` is cut between words, and a word longer than that between characters.
    /// Code between fences stays whole up to four times `passageWords`; so does a record.
    ///
    /// - Parameters:
    ///   - content: UTF-8; a byte order mark is passed over.
    ///   - passageWords: at least 1. A run of 16 bytes without a blank, and an ideograph, count as a word each.
    /// - Complexity: O(content + text) time and space, whatever the content; nothing recurses.
    public init(
        _ content: [UInt8], as format: DocumentFormat, passageWords: Int = Document.passageWords
    ) throws(DocumentError) {
        precondition(passageWords > 0, "passages of \(passageWords) words")
        try checkText(content)
        var builder = DocumentBuilder(passageWords: passageWords)
        switch format {
        case .text: try builder.split(plain: content)
        case .markdown: try builder.split(markdown: content)
        case .html: try builder.split(html: content)
        case .csv: try builder.split(csv: content)
        case .jsonLines: try builder.split(jsonLines: content)
        }
        self = try builder.document()
    }

    init(title: String?, text: String, passages: [DocumentPassage]) {
        self.title = title
        self.text = text
        self.passages = passages
    }
}

/// A passage that has no number yet.
public struct DocumentPassage: Sendable, Hashable {
    /// The titles it stands under, the widest first; each at most 256 bytes, at most six.
    public let headings: [String]
    /// In bytes of UTF-8 of the document's text; begins and ends at characters that are not blank.
    public let span: Range<Int>
}

/// Throws unless the bytes are UTF-8 and read like text.
private func checkText(_ content: [UInt8]) throws(DocumentError) {
    var controls = 0
    for (at, byte) in content.enumerated() where byte < 0x20 || byte == 0x7F {
        if 0x08...0x0D ~= byte || byte == 0x1B { continue }
        controls += 1
        // PDF readers leave a stray control character here and there; a binary file has many, and NULs.
        guard byte != 0, controls <= 16 + content.count / 64 else { throw .binary(byte, at: at) }
    }
    do {
        _ = try UTF8Span(validating: content.span)
    } catch {
        throw .invalidUTF8(at: error.byteOffsets.lowerBound)
    }
}
