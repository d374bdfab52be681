import Wire

/// A line that fills up, on a terminal; nothing elsewhere.
struct ProgressBar {
    private let terminal: Terminal

    init(on terminal: Terminal) {
        self.terminal = terminal
    }

    func show(_ progress: Progress) {
        draw("\r\(Self.line(progress))\u{1B}[K")
    }

    /// Removes the line.
    func clear() {
        draw("\r\u{1B}[K")
    }

    static func line(_ progress: Progress, width: Int = 30) -> String {
        let part = progress.total > 0 ? Double(progress.done) / Double(progress.total) : 0
        let filled = Int((min(max(part, 0), 1) * Double(width)).rounded())
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
        return "\(progress.phase.rawValue) [\(bar)] \(progress.done)/\(progress.total)"
    }

    private func draw(_ text: String) {
        guard terminal.isTerminal else { return }
        try? terminal.write(Array(text.utf8))  // a terminal that has gone shows no progress
    }
}
