extension DocumentBuilder {
    /// Paragraphs end at empty lines and before items of lists; form feeds part pages, which are counted as headings.
    mutating func split(plain content: [UInt8]) throws(DocumentError) {
        try append(content)
        var page = 1
        let hasPages = content.contains(Self.formFeed)
        var paragraph: Range<Int>?
        if hasPages { try begin(page: page, at: 0) }
        for line in Lines(content, in: 0..<content.count) {
            var start = line.range.lowerBound
            while let feed = content[start..<line.range.upperBound].firstIndex(of: Self.formFeed) {
                try take(line: start..<feed, &paragraph)
                try end(&paragraph, to: feed)
                page += 1
                try begin(page: page, at: feed)
                start = feed + 1
            }
            try take(line: start..<line.range.upperBound, &paragraph)
        }
        try end(&paragraph, to: content.count)
    }

    private mutating func take(line: Range<Int>, _ paragraph: inout Range<Int>?) throws(DocumentError) {
        let isBlank = text.skippingBlanks(line) == line.upperBound
        if isBlank || ListMarker(text, in: line) != nil { try end(&paragraph, to: line.lowerBound) }
        if !isBlank { paragraph = (paragraph?.lowerBound ?? line.lowerBound)..<line.upperBound }
    }

    private static let formFeed: UInt8 = 0x0C

    private mutating func begin(page: Int, at position: Int) throws(DocumentError) {
        try heading(position..<position, title: "page \(page)", level: 1)
        title = nil
    }

    private mutating func end(_ paragraph: inout Range<Int>?, to end: Int) throws(DocumentError) {
        guard let range = paragraph.take() else { return }
        try block(range.lowerBound..<end, .prose)
    }
}

/// What an item of a list begins with: "- ", "* ", "+ ", "• ", "12. " or "12) ".
struct ListMarker {
    init?(_ text: UTF8Text, in line: Range<Int>) {
        let start = text.skippingBlanks(line)
        guard start < line.upperBound else { return nil }
        var at = start
        while at < line.upperBound, at - start < 3, text.bytes[at].isDigit { at += 1 }
        guard at < line.upperBound else { return nil }
        let (mark, next) = text.character(at: at)
        let marks: [Unicode.Scalar] = at > start ? [".", ")"] : ["-", "*", "+", "•"]
        guard marks.contains(mark), next == line.upperBound || text.endOfBlank(at: next) != nil else {
            return nil
        }
    }
}
