/// Breaks a text that comes in pieces between its words where a line would be too long. A word is held back until it is whole.
struct WordWrap {
    /// Columns of a line.
    private let width: Int
    /// Before each line.
    private let indent: String
    /// Columns of the line that were given out.
    private var column = 0
    /// Blanks behind them, and the word that has begun.
    private var gap = ""
    private var word = ""

    init(width: Int, indent: String) {
        self.width = width
        self.indent = indent
    }

    /// What may be shown now.
    mutating func append(_ piece: some StringProtocol) -> String {
        var shown = ""
        for character in piece {
            if character.isNewline {
                shown += finish() + "\n"
                column = 0
            } else if character.isWhitespace {
                shown += takeWord()
                gap.append(character)
            } else {
                // Scripts whose letters are wide have no blanks, and a word that fits no line is broken.
                if character.columns > 1 || indent.columns + word.columns >= width { shown += takeWord() }
                word.append(character)
                if character.columns > 1 { shown += takeWord() }
            }
        }
        return shown
    }

    /// The word that was held back; the text may go on behind it.
    mutating func finish() -> String {
        defer { gap = "" }
        return takeWord()
    }

    private mutating func takeWord() -> String {
        guard !word.isEmpty else { return "" }
        defer { (word, gap) = ("", "") }
        if column > 0, column + gap.columns + word.columns > width {
            column = indent.columns + word.columns
            return "\n" + indent + word
        }
        let before = column == 0 ? indent + gap : gap
        column += before.columns + word.columns
        return before + word
    }
}
