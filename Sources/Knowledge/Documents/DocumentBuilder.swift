/// Takes the blocks of a document in order and packs them into passages.
struct DocumentBuilder {
    /// How the inside of a block may be cut when it is too long for a passage.
    enum Block { case prose, lines, code, record }

    /// A longer one is no heading but a paragraph.
    static let longestHeading = 256
    /// How many times longer than prose what should stay whole may be.
    static let wholeFactor = 4

    private(set) var text = UTF8Text()
    var title: String?
    private let passageWords: Int
    private let mostText: Int
    private var outline = Outline()
    private var passages: [DocumentPassage] = []
    private var open: OpenPassage?

    /// - Parameter mostText: in bytes.
    init(passageWords: Int, mostText: Int = Document.maximumText) {
        self.passageWords = passageWords
        self.mostText = mostText
    }

    /// Adds to the text.
    mutating func append(_ bytes: some Collection<UInt8>) throws(DocumentError) {
        guard bytes.count <= mostText - text.count else { throw .tooMuchText(limit: mostText) }
        text.bytes.append(contentsOf: bytes)
    }

    /// A heading lies in `range`. It titles what follows; when nothing does, it is text itself.
    mutating func heading(_ range: Range<Int>, title: String, level: Int) throws(DocumentError) {
        guard title.utf8.count <= Self.longestHeading else { return try block(range, .prose) }
        try take(outline.begin(OutlineHeading(title: title, level: level, range: range)))
        if !title.isEmpty, self.title == nil { self.title = title }
    }

    /// Text lies in `range`, behind everything added before.
    mutating func block(_ range: Range<Int>, _ kind: Block) throws(DocumentError) {
        guard let range = text.trimmed(range) else { return }
        outline.filled()
        try pack(range, kind, headings: outline.path, section: outline.section)
    }

    /// The whole.
    ///
    /// - Throws: `.empty` when no block had text.
    consuming func document() throws(DocumentError) -> Document {
        try take(outline.end())
        try close()
        guard !passages.isEmpty else { throw .empty }
        return Document(title: title, text: text.string(0..<text.count), passages: passages)
    }

    private mutating func take(_ bare: OutlineHeading.Bare?) throws(DocumentError) {
        guard let bare, let range = text.trimmed(bare.range) else { return }
        // All bare headings under the same titles may share a passage: no section is theirs.
        try pack(range, .prose, headings: bare.parents, section: nil)
    }

    private mutating func pack(
        _ range: Range<Int>, _ kind: Block, headings: [String], section: Int?
    ) throws(DocumentError) {
        let words = WordCount(text: text).words(in: range)
        if kind == .record { try close() }
        if open?.section != section || open?.headings != headings || !isShort(range, words)
            || !extend(range, words)
        {
            try close()
            for (range, words) in pieces(of: range, kind, words: words) where !extend(range, words) {
                try close()
                open = OpenPassage(range: range, words: words, headings: headings, section: section)
            }
        }
        if kind == .record { try close() }
    }

    /// Takes more into the open passage, when it fits.
    private mutating func extend(_ range: Range<Int>, _ words: Int) -> Bool {
        guard let passage = open, words <= passageWords - passage.words,
            range.lowerBound - passage.range.upperBound <= WordCount.widestGap
        else { return false }
        open?.extend(to: range.upperBound, words: words)
        return true
    }

    /// Whether a stretch can be a passage as it is, the blanks inside it counted too.
    private func isShort(_ range: Range<Int>, _ words: Int, factor: Int = 1) -> Bool {
        words <= passageWords * factor
            && range.count <= passageWords * factor * WordCount.bytesOfWord + WordCount.widestGap
    }

    private func pieces(of range: Range<Int>, _ kind: Block, words: Int) -> [(range: Range<Int>, words: Int)]
    {
        let staysWhole = kind == .code || kind == .record
        if isShort(range, words, factor: staysWhole ? Self.wholeFactor : 1) { return [(range, words)] }
        let counter = WordCount(text: text)
        return units(of: range, kind).flatMap { unit in
            let words = counter.words(in: unit)
            return isShort(unit, words) ? [(unit, words)] : counter.cut(unit, at: passageWords)
        }
    }

    private func units(of range: Range<Int>, _ kind: Block) -> [Range<Int>] {
        switch kind {
        case .prose, .record:
            var sentences = Sentences(text, in: range)
            var units: [Range<Int>] = []
            while let sentence = sentences.next() { units.append(sentence) }
            return units
        case .lines, .code:
            return Lines(text.bytes, in: range).compactMap { text.trimmed($0.range) }
        }
    }

    private mutating func close() throws(DocumentError) {
        guard let passage = open.take() else { return }
        guard passages.count < Document.maximumPassages else {
            throw .tooManyPassages(limit: Document.maximumPassages)
        }
        passages.append(DocumentPassage(headings: passage.headings, span: passage.range))
    }
}

/// A passage that more may come to.
private struct OpenPassage {
    var range: Range<Int>
    var words: Int
    let headings: [String]
    let section: Int?

    mutating func extend(to end: Int, words more: Int) {
        range = range.lowerBound..<end
        words += more
    }
}
