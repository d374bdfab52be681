/// A reply on its way to standard output, piece by piece.
struct ReplyStream {
    private let terminal: Terminal
    /// Before each line.
    private let indent: String
    /// What has come so far.
    private(set) var text = ""
    private var isAtLineStart = true
    /// At a terminal, where there is an indent.
    private var wrap: WordWrap?
    private var isWaiting = false
    /// Why it cannot be written.
    private(set) var failure: Failure?

    /// - Parameter indent: where there is one, blanks and line ends before the first word are left out as well.
    init(on terminal: Terminal, indent: String = "") {
        self.terminal = terminal
        self.indent = indent
        if terminal.isTerminal, !indent.isEmpty {
            wrap = WordWrap(width: terminal.width - 1, indent: indent)
        }
    }

    /// Shows that something will come, until it does. The terminal must know how to move its cursor.
    mutating func wait() {
        put(indent + terminal.styled("…", .dim))
        isWaiting = true
    }

    mutating func write(_ piece: String) {
        let isFirst = text.allSatisfy(\.isWhitespace)
        text += piece
        let shown = terminal.isTerminal ? Rendering.shown(piece, keeping: Self.layout) : piece
        let rest = isFirst && !indent.isEmpty ? shown.drop(while: \.isWhitespace) : shown[...]
        let lines = wrap?.append(rest) ?? indented(rest)
        guard !lines.isEmpty else { return }
        show(lines)
    }

    /// - Parameter isWhole: whether even an empty text is a line.
    mutating func end(isWhole: Bool) {
        if let last = wrap?.finish(), !last.isEmpty { show(last) }
        clear()
        if isAtLineStart ? isWhole && text.isEmpty : true { put("\n") }
        isAtLineStart = true
    }

    private mutating func show(_ lines: String) {
        clear()
        isAtLineStart = lines.hasSuffix("\n")
        put(lines)
    }

    /// What makes lines, columns and composed characters, and nothing that a terminal obeys.
    private static let layout: Set<Unicode.Scalar> = ["\n", "\t", "\u{200C}", "\u{200D}"]

    private func indented(_ piece: Substring) -> String {
        var isAtLineStart = isAtLineStart
        var lines = String.UnicodeScalarView()
        for scalar in piece.unicodeScalars {
            if isAtLineStart, scalar != "\n" { lines.append(contentsOf: indent.unicodeScalars) }
            lines.append(scalar)
            isAtLineStart = scalar == "\n"
        }
        return String(lines)
    }

    private mutating func clear() {
        if isWaiting { put("\r\u{1B}[K") }
        isWaiting = false
    }

    private mutating func put(_ text: String) {
        guard failure == nil else { return }
        do {
            try terminal.write(Array(text.utf8))
        } catch {
            failure = error
        }
    }
}
