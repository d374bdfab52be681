extension DocumentBuilder {
    /// Takes the text out of HTML, whatever its errors: tags need not match, and nothing is kept of how they nest.
    mutating func split(html content: [UInt8]) throws(DocumentError) {
        var scanner = HTMLScanner(content)
        var flow = HTMLFlow()
        while let token = scanner.next() {
            switch token {
            case .text(let range): try flow.add(content[range], to: &self)
            case .reference(let scalar): try flow.add(String(scalar).utf8, to: &self)
            case .title(let name): title = title ?? name
            case .start(let tag): try flow.begin(tag, in: &self)
            case .end(let tag): try flow.end(tag, in: &self)
            }
        }
        try flow.endBlock(in: &self)
    }
}

/// Cuts HTML into tokens in one pass.
///
/// - Note: HTML Living Standard, section 13.2.5, without its scripts and its tree.
private struct HTMLScanner {
    enum Token {
        case text(Range<Int>)
        case reference(Unicode.Scalar)
        case title(String)
        case start(HTMLTag)
        case end(HTMLTag)
    }

    private let content: UTF8Text
    private var position = 0
    private var bytes: [UInt8] { content.bytes }

    init(_ content: [UInt8]) { self.content = UTF8Text(bytes: content) }

    mutating func next() -> Token? {
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "<"):
                if let token = markup() { return token }
            case UInt8(ascii: "&"):
                let start = position
                if let scalar = reference() { return .reference(scalar) }
                position = start + 1
                return .text(start..<position)
            default:
                let start = position
                while position < bytes.count, bytes[position] != UInt8(ascii: "<"),
                    bytes[position] != UInt8(ascii: "&")
                { position += 1 }
                return .text(start..<position)
            }
        }
        return nil
    }

    /// - Returns: nil when what begins here is passed over.
    private mutating func markup() -> Token? {
        let start = position
        position += 1
        guard position < bytes.count else { return .text(start..<position) }
        switch bytes[position] {
        case UInt8(ascii: "!"), UInt8(ascii: "?"):
            skipDeclaration()
            return nil
        case UInt8(ascii: "/"):
            position += 1
            guard position < bytes.count, bytes[position].isLetter else {
                skip(behind: ">")
                return nil
            }
            let tag = HTMLTag(name())
            skipAttributes()
            return .end(tag)
        case let byte where byte.isLetter:
            let name = name()
            skipAttributes()
            return element(name)
        default: return .text(start..<position)
        }
    }

    private mutating func element(_ name: String) -> Token? {
        switch name {
        case "title": return .title(title())
        case "script", "style", "noscript", "iframe", "noembed", "noframes":
            _ = rawText(of: name)
            return nil
        default: return .start(HTMLTag(name))
        }
    }

    private mutating func skipDeclaration() {
        if bytes[position...].starts(with: "!--".utf8) {
            position += 3
            // "<!-->" is a whole comment, too.
            if bytes[position...].starts(with: ">".utf8) || bytes[position...].starts(with: "->".utf8) {
                return skip(behind: ">")
            }
            skip(behind: "-->")
        } else {
            skip(behind: ">")
        }
    }

    private mutating func skip(behind mark: StaticString) {
        let length = mark.utf8CodeUnitCount
        let last = UInt8(ascii: ">")
        while position < bytes.count {
            position += 1
            guard bytes[position - 1] == last else { continue }
            guard length == 3 else { return }
            if bytes[(position - 3)..<position].elementsEqual("-->".utf8) { return }
        }
    }

    /// Lower-cased; that of a name longer than any known is cut.
    private mutating func name() -> String {
        let start = position
        while position < bytes.count, bytes[position] > 0x20, bytes[position] != UInt8(ascii: ">"),
            bytes[position] != UInt8(ascii: "/")
        { position += 1 }
        return content.string(start..<content.start(ofCharacterAt: min(position, start + 16))).lowercased()
    }

    /// Goes behind the tag's end. A > within a quoted value is no end.
    private mutating func skipAttributes() {
        var quote: UInt8?
        var isValue = false
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: ">") {
                return
            } else if isValue, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
                isValue = false
            } else if byte > 0x20 {
                isValue = byte == UInt8(ascii: "=")
            }
        }
    }

    /// The bytes up to the end tag of `name`, or to the end.
    private mutating func rawText(of name: String) -> Range<Int> {
        let start = position
        while position < bytes.count {
            guard bytes[position] == UInt8(ascii: "<"), isEndTag(of: name, at: position) else {
                position += 1
                continue
            }
            let end = position
            skip(behind: ">")
            return start..<end
        }
        return start..<position
    }

    private func isEndTag(of name: String, at start: Int) -> Bool {
        let length = name.utf8.count
        guard bytes.count - start > length + 2, bytes[start + 1] == UInt8(ascii: "/") else { return false }
        let found = bytes[(start + 2)..<(start + 2 + length)]
        guard zip(found, name.utf8).allSatisfy({ $0 | 0x20 == $1 }) else { return false }
        let behind = bytes[start + 2 + length]
        return behind <= 0x20 || behind == UInt8(ascii: ">") || behind == UInt8(ascii: "/")
    }

    /// In one line, at most as long as a heading.
    private mutating func title() -> String {
        let end = rawText(of: "title")
        let behind = position
        defer { position = behind }
        position = end.lowerBound
        var name = ""
        var isParted = false
        while position < end.upperBound, name.utf8.count < DocumentBuilder.longestHeading - 4 {
            var (scalar, next) = content.character(at: position)
            if scalar == "&", let referred = reference() { (scalar, next) = (referred, position) }
            position = next
            if scalar.properties.isWhitespace {
                isParted = !name.isEmpty
            } else {
                if isParted { name.unicodeScalars.append(" ") }
                isParted = false
                name.unicodeScalars.append(scalar)
            }
        }
        return name
    }

    // MARK: Character references

    /// What `&name;` or `&#number;` stands for, moving behind it; nil, not moving, when it is none.
    private mutating func reference() -> Unicode.Scalar? {
        let start = position + 1
        var end = start
        while end < bytes.count, end - start <= HTMLReferences.longest, bytes[end] != UInt8(ascii: ";") {
            end += 1
        }
        guard end < bytes.count, bytes[end] == UInt8(ascii: ";"), end > start,
            let scalar = HTMLReferences.scalar(bytes[start..<end])
        else { return nil }
        position = end + 1
        return scalar
    }
}

extension UTF8Text {
    /// `position`, or where the character that it lies in begins.
    fileprivate func start(ofCharacterAt position: Int) -> Int {
        var at = position
        while at > 0, at < count, bytes[at] & 0xC0 == 0x80 { at -= 1 }
        return at
    }
}

/// What a tag means for the flow of the text.
private enum HTMLTag: Equatable {
    case inline, block, head, body, cell, lineBreak, preformatted, item
    case heading(level: Int)

    init(_ name: String) {
        switch name {
        case "h1", "h2", "h3", "h4", "h5", "h6":
            self = .heading(level: Int(name.utf8.last ?? 0) - Int(UInt8(ascii: "0")))
        case "head": self = .head
        case "body": self = .body
        case "td", "th": self = .cell
        case "br": self = .lineBreak
        case "pre", "textarea", "listing", "xmp": self = .preformatted
        case "li": self = .item
        case "address", "article", "aside", "blockquote", "button", "caption", "center", "dd", "details",
            "dialog",
            "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header",
            "hgroup",
            "hr", "html", "legend", "main", "menu", "nav", "ol", "option", "p", "search", "section", "select",
            "summary", "table", "tbody", "tfoot", "thead", "tr", "ul":
            self = .block
        default: self = .inline
        }
    }
}

/// Text as it flows into blocks, its blanks run together.
private struct HTMLFlow {
    private enum Separator { case none, space, lineBreak, cell }

    private var blockStart = 0
    private var separator = Separator.none
    private var headingLevel: Int?
    private var isPreformatted = false
    private var isInHead = false
    private var isItem = false

    mutating func add(_ bytes: some Collection<UInt8>, to document: inout DocumentBuilder)
        throws(DocumentError)
    {
        guard !isInHead else { return }
        if isPreformatted { return try document.append(bytes) }
        var word = bytes.startIndex
        var at = word
        while at < bytes.endIndex {
            let next = bytes.index(after: at)
            let isBlank = bytes[at] <= 0x20 || bytes[at] == 0x7F
            // U+00A0 keeps lines together, which is nothing to a passage.
            let isKept = bytes[at] == 0xC2 && next < bytes.endIndex && bytes[next] == 0xA0
            if isBlank || isKept {
                try append(bytes[word..<at], to: &document)
                word = isKept ? bytes.index(after: next) : next
                if separator == .none { separator = .space }
            }
            at = isKept ? bytes.index(after: next) : next
        }
        try append(bytes[word..<at], to: &document)
    }

    private mutating func append(
        _ word: some Collection<UInt8>, to document: inout DocumentBuilder
    ) throws(DocumentError) {
        guard !word.isEmpty else { return }
        if document.text.count > blockStart {
            switch separator {
            case .none: break
            case .space: try document.append(" ".utf8)
            case .lineBreak: try document.append("\n".utf8)
            case .cell: try document.append(" | ".utf8)
            }
        } else if isItem {
            try document.append("- ".utf8)
            isItem = false
        }
        separator = .none
        try document.append(word)
    }

    mutating func begin(_ tag: HTMLTag, in document: inout DocumentBuilder) throws(DocumentError) {
        if tag == .head {
            isInHead = true
            return
        }
        // Whatever shows ends a head that nobody closed.
        if tag != .inline { isInHead = false }
        switch tag {
        case .inline, .head: break
        case .body, .block: try endBlock(in: &document)
        case .cell: if separator != .lineBreak { separator = .cell }
        case .lineBreak: try breakLine(in: &document)
        case .item:
            try endBlock(in: &document)
            isItem = true
        case .preformatted:
            try endBlock(in: &document)
            isPreformatted = true
        case .heading(let level):
            try endBlock(in: &document)
            headingLevel = level
        }
    }

    mutating func end(_ tag: HTMLTag, in document: inout DocumentBuilder) throws(DocumentError) {
        switch tag {
        case .inline, .lineBreak: break
        case .cell: if separator != .lineBreak { separator = .cell }
        case .head: isInHead = false
        case .preformatted:
            try endBlock(in: &document)
            isPreformatted = false
        case .body, .block, .item, .heading:
            try endBlock(in: &document)
            headingLevel = nil
            isItem = false
        }
    }

    private mutating func breakLine(in document: inout DocumentBuilder) throws(DocumentError) {
        if isPreformatted { return try document.append("\n".utf8) }
        separator = .lineBreak
    }

    /// What came since the last block is one.
    mutating func endBlock(in document: inout DocumentBuilder) throws(DocumentError) {
        separator = .none
        guard document.text.count > blockStart else { return }
        let range = blockStart..<document.text.count
        if let level = headingLevel.take() {
            try document.heading(range, title: document.text.string(range), level: level)
        } else {
            try document.block(range, isPreformatted ? .code : .prose)
        }
        try document.append("\n".utf8)
        blockStart = document.text.count
    }
}
