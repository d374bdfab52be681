/// Asks somebody at a terminal for lines, which can be edited while they are typed.
struct LinePrompt {
    private let prompt = "> "
    private var keys = KeyDecoder()
    private var editor: LineEditor
    private let history: HistoryFile?

    /// - Parameter history: where lines are kept from one chat to the next, if they are.
    init(history: HistoryFile?) {
        self.history = history
        editor = LineEditor(history: history?.lines() ?? [])
    }

    /// Whether both ends are a terminal that knows how to move its cursor.
    static func canEdit(_ input: borrowing Input) -> Bool {
        input.isTerminal && Terminal.output.isTerminal && Environment.value("TERM") != "dumb"
    }

    /// The next line, or `nil` at the end. The terminal is as it was when this returns or throws.
    mutating func line(
        from input: borrowing Input, completion: (String) -> Completion
    ) throws(Failure) -> String? {
        let mode = RawMode(input.descriptor)
        while true {
            while let key = keys.next() {
                switch editor.press(key, completion: completion) {
                case .edited: break
                case .refused: try write("\u{7}")
                case .entered(let line):
                    if !line.allSatisfy(\.isWhitespace) { history?.append(line) }
                    try write("\r\u{1B}[K\(prompt)\(line)\n")  // all of it, however wide
                    return line
                case .abandoned: try write("^C\n")
                case .ended:
                    try write("\n")
                    return nil
                case .clearScreen: try write("\u{1B}[H\u{1B}[2J")
                case .choices(let words): try write("\n\(Self.table(words, width: Terminal.output.width))\n")
                case .suspended: mode?.suspend()
                }
            }
            try draw()
            let bytes = try input.read()
            guard !bytes.isEmpty else { return nil }
            keys.append(bytes)
        }
    }

    private func draw() throws(Failure) {
        try write(Self.drawing(editor.line, prompt: prompt, width: Terminal.output.width))
    }

    private func write(_ text: String) throws(Failure) {
        try Terminal.output.write(Array(text.utf8))
    }

    /// Draws the line over the one the cursor is in. Of a line wider than the terminal, a part around the
    /// cursor is shown.
    static func drawing(_ line: EditedLine, prompt: String, width: Int) -> String {
        let room = max(width - prompt.columns - 1, 1)
        var before = line.before[...]
        var taken = before.columns
        while taken > room { taken -= before.removeFirst().columns }
        var after = ""
        var left = room - taken
        for character in line.after where left >= 0 {
            left -= character.columns
            if left >= 0 { after.append(character) }
        }
        let back = after.columns > 0 ? "\u{1B}[\(after.columns)D" : ""
        return "\r\(prompt)\(before)\(after)\u{1B}[K\(back)"
    }

    /// Words in as many columns as there is room for, in order from left to right.
    static func table(_ words: [String], width: Int) -> String {
        let column = (words.map(\.columns).max() ?? 0) + 2
        let count = max(width / column, 1)
        let rows = stride(from: 0, to: words.count, by: count).map { start in
            words[start..<min(start + count, words.count)]
        }
        return rows.map { row in
            row.dropLast().map { $0 + String(repeating: " ", count: column - $0.columns) }.joined()
                + (row.last ?? "")
        }
        .joined(separator: "\n")
    }
}
