import Wire

/// A line that fills up, on a terminal; nothing elsewhere.
struct ProgressBar {
    private let terminal: Terminal

    init(on terminal: Terminal) {
        self.terminal = terminal
    }

    func show(_ progress: Progress) {
        show(progress.phase.rawValue, progress.done, of: progress.total)
    }

    func show(_ what: String, _ done: Int, of total: Int) {
        draw("\r\(Self.line(what, done, of: total))\u{1B}[K")
    }

    /// Removes the line.
    func clear() {
        draw("\r\u{1B}[K")
    }

    static func line(_ progress: Progress, width: Int = 30) -> String {
        line(progress.phase.rawValue, progress.done, of: progress.total, width: width)
    }

    private static func line(_ what: String, _ done: Int, of total: Int, width: Int = 30) -> String {
        let part = total > 0 ? Double(done) / Double(total) : 0
        let filled = Int((min(max(part, 0), 1) * Double(width)).rounded())
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
        return "\(what) [\(bar)] \(done)/\(total)"
    }

    private func draw(_ text: String) {
        guard terminal.isTerminal else { return }
        try? terminal.write(Array(text.utf8))  // a terminal that has gone shows no progress
    }
}
