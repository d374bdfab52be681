extension DocumentBuilder {
    /// Headings (`# Title`, or a line underlined with = or -), code between fences, tables and items of lists, as
    /// CommonMark and GitHub write them; spans lie in the content itself, markup included.
    mutating func split(markdown content: [UInt8]) throws(DocumentError) {
        try append(content)
        var blocks = MarkdownBlocks(text)
        while let block = blocks.next() {
            switch block {
            case .heading(let range, let title, let level):
                try heading(range, title: text.string(title), level: level)
            case .text(let range, let kind): try self.block(range, kind)
            }
        }
    }
}

private struct MarkdownBlocks {
    enum Block {
        case heading(Range<Int>, title: Range<Int>, level: Int)
        case text(Range<Int>, DocumentBuilder.Block)
    }

    private let text: UTF8Text
    private var lines: Lines
    private var lookahead: MarkdownLine?

    init(_ text: UTF8Text) {
        self.text = text
        lines = Lines(text.bytes, in: 0..<text.count)
        skipFrontMatter()
    }

    /// The next block; nil at the end.
    mutating func next() -> Block? {
        while let line = takeLine() {
            switch line.kind {
            case .blank, .rule, .underline(level: 2): continue
            case .heading(let level): return .heading(line.range, title: line.headingTitle, level: level)
            case .fence(let fence): return fenced(line, fence)
            case .paragraph, .item, .quote, .underline: return paragraph(line)
            }
        }
        return nil
    }

    private mutating func takeLine() -> MarkdownLine? {
        defer { lookahead = nil }
        return lookahead ?? lines.next().map { MarkdownLine(text, $0.range) }
    }

    private mutating func peekLine() -> MarkdownLine? {
        lookahead = takeLine()
        return lookahead
    }

    private mutating func fenced(_ opening: MarkdownLine, _ fence: MarkdownLine.Fence) -> Block {
        var end = opening.range.upperBound
        while let line = lines.next() {
            end = line.range.upperBound
            if let closing = MarkdownLine.Fence(text, line.range), closing.closes(fence) { break }
        }
        return .text(opening.range.lowerBound..<end, .code)
    }

    /// Goes on to what cannot continue a paragraph. One that is underlined is a heading.
    private mutating func paragraph(_ first: MarkdownLine) -> Block {
        var end = first.range.upperBound
        var isTable = false
        while let line = peekLine() {
            switch (first.kind, line.kind) {
            case (.paragraph, .underline(let level)):
                _ = takeLine()
                let title = text.trimmed(first.range.lowerBound..<end) ?? first.range
                return .heading(first.range.lowerBound..<line.range.upperBound, title: title, level: level)
            case (_, .paragraph), (.quote, .quote):
                isTable = isTable || line.isTableRule
            default: return .text(first.range.lowerBound..<end, isTable ? .lines : .prose)
            }
            _ = takeLine()
            end = line.range.upperBound
        }
        return .text(first.range.lowerBound..<end, isTable ? .lines : .prose)
    }

    /// Passes over `---` … `---` on the first lines when settings of a site stand between: "key: value", their lists
    /// and comments.
    private mutating func skipFrontMatter() {
        var ahead = lines
        guard let first = ahead.next(), isDashes(first.range) else { return }
        while let line = ahead.next() {
            if isDashes(line.range) {
                lines = ahead
                return
            }
            guard isSetting(text.bytes[line.range]) else { return }
        }
    }

    private func isSetting(_ line: ArraySlice<UInt8>) -> Bool {
        guard let first = line.first else { return false }
        if first <= 0x20 || first == UInt8(ascii: "-") || first == UInt8(ascii: "#") { return true }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return false }
        return !line[..<colon].contains(UInt8(ascii: " "))
    }

    private func isDashes(_ line: Range<Int>) -> Bool {
        guard let range = text.trimmed(line) else { return false }
        return text.bytes[range].elementsEqual("---".utf8)
    }
}

/// What a line of Markdown is by itself.
private struct MarkdownLine {
    enum Kind: Equatable {
        case blank, rule, paragraph, item, quote
        case heading(level: Int)
        case fence(Fence)
        /// Of the lines above, when they are a paragraph.
        case underline(level: Int)
    }

    let range: Range<Int>
    let kind: Kind
    private(set) var headingTitle = 0..<0
    let isTableRule: Bool

    init(_ text: UTF8Text, _ range: Range<Int>) {
        self.range = range
        guard let inner = text.trimmed(range) else {
            kind = .blank
            isTableRule = false
            return
        }
        isTableRule = Self.isTableRule(text.bytes[inner])
        let isIndented = inner.lowerBound - range.lowerBound > 3
        if let fence = Fence(text, range) {
            kind = .fence(fence)
        } else if !isIndented, let (level, title) = Self.heading(text, inner) {
            kind = .heading(level: level)
            headingTitle = title
        } else if !isIndented, let level = Self.underline(text.bytes[inner]) {
            kind = .underline(level: level)
        } else if Self.isRule(text.bytes[inner]) {
            kind = .rule
        } else if ListMarker(text, in: inner) != nil {
            kind = .item
        } else {
            kind = text.bytes[inner.lowerBound] == UInt8(ascii: ">") ? .quote : .paragraph
        }
    }

    /// One to six #, a blank, and the title, which more # may follow.
    private static func heading(_ text: UTF8Text, _ line: Range<Int>) -> (level: Int, title: Range<Int>)? {
        var at = line.lowerBound
        while at < line.upperBound, text.bytes[at] == UInt8(ascii: "#") { at += 1 }
        let level = at - line.lowerBound
        guard 1...6 ~= level, at == line.upperBound || text.endOfBlank(at: at) != nil else { return nil }
        var end = line.upperBound
        while end > at, text.bytes[end - 1] == UInt8(ascii: "#") { end -= 1 }
        if end == at || text.endOfBlank(at: text.start(before: end)) == nil { end = line.upperBound }
        return (level, text.trimmed(at..<end) ?? at..<at)
    }

    private static func underline(_ line: ArraySlice<UInt8>) -> Int? {
        if line.allSatisfy({ $0 == UInt8(ascii: "=") }) { return 1 }
        return line.allSatisfy { $0 == UInt8(ascii: "-") } ? 2 : nil
    }

    /// Three or more of one mark, blanks between them or not.
    private static func isRule(_ line: ArraySlice<UInt8>) -> Bool {
        guard let mark = line.first, "-*_".utf8.contains(mark) else { return false }
        let marks = line.filter { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
        return marks.count >= 3 && marks.allSatisfy { $0 == mark }
    }

    /// What parts a table's header from its rows.
    private static func isTableRule(_ line: ArraySlice<UInt8>) -> Bool {
        line.contains(UInt8(ascii: "-")) && line.contains(UInt8(ascii: "|"))
            && line.allSatisfy { "|-: \t".utf8.contains($0) }
    }

    /// Three or more ` or ~.
    struct Fence: Equatable {
        let mark: UInt8
        let length: Int
        private let isBare: Bool

        init?(_ text: UTF8Text, _ line: Range<Int>) {
            guard let inner = text.trimmed(line) else { return nil }
            mark = text.bytes[inner.lowerBound]
            guard mark == UInt8(ascii: "`") || mark == UInt8(ascii: "~") else { return nil }
            var at = inner.lowerBound
            while at < inner.upperBound, text.bytes[at] == mark { at += 1 }
            length = at - inner.lowerBound
            isBare = at == inner.upperBound
            guard length >= 3,
                isBare || mark == UInt8(ascii: "~") || !text.bytes[at..<inner.upperBound].contains(mark)
            else { return nil }
        }

        func closes(_ opening: Fence) -> Bool { isBare && mark == opening.mark && length >= opening.length }
    }
}
