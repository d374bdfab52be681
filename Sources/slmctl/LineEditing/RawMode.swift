import Glibc

/// A terminal that hands over each key as it is pressed and marks what is pasted, from `init` to `deinit`.
/// A signal that ends the process puts it back as well.
///
/// Everything unsafe about terminals is here, and in `Terminal`.
struct RawMode: ~Copyable {
    private static let endings = [SIGTERM, SIGHUP, SIGINT, SIGQUIT]

    private let descriptor: CInt
    private let usual: termios

    /// - Returns: `nil` when the descriptor is no terminal.
    init?(_ descriptor: CInt) {
        var settings = termios()
        guard unsafe tcgetattr(descriptor, &settings) == 0 else { return nil }
        self.descriptor = descriptor
        usual = settings
        RestoredTerminal.note(descriptor, settings)
        begin()
    }

    deinit { end() }

    /// Stops the process, as Ctrl-Z does elsewhere, with the terminal as it was.
    func suspend() {
        end()
        raise(SIGTSTP)
        begin()
    }

    private func begin() {
        for signal in Self.endings { _ = Glibc.signal(signal) { RestoredTerminal.end(with: $0) } }
        var settings = usual
        unsafe cfmakeraw(&settings)
        settings.c_oflag |= tcflag_t(OPOST)  // a line end still returns to the first column
        // Drained, not flushed: what was typed ahead is kept.
        _ = unsafe tcsetattr(descriptor, TCSADRAIN, &settings)
        PasteMarks.ask(on: true)
    }

    private func end() {
        PasteMarks.ask(on: false)
        var settings = usual
        _ = unsafe tcsetattr(descriptor, TCSADRAIN, &settings)
        for signal in Self.endings { _ = Glibc.signal(signal, SIG_DFL) }
    }
}

/// Whether the terminal puts marks around what is pasted.
private enum PasteMarks {
    /// Only a system call, for the signal's handler. A terminal that has gone marks nothing.
    static func ask(on: Bool) {
        let request: StaticString = on ? "\u{1B}[?2004h" : "\u{1B}[?2004l"
        _ = unsafe write(STDOUT_FILENO, request.utf8Start, request.utf8CodeUnitCount)
    }
}

/// What a signal's handler needs.
private enum RestoredTerminal {
    // Written by the only thread before the handlers are set, and read by them afterwards.
    nonisolated(unsafe) private static var descriptor: CInt = -1  // see above
    nonisolated(unsafe) private static var settings = termios()  // see above

    static func note(_ descriptor: CInt, _ settings: termios) {
        unsafe Self.descriptor = descriptor
        unsafe Self.settings = settings
    }

    /// Restores the terminal, and lets the signal do what it does when nobody listens.
    static func end(with signal: CInt) {
        PasteMarks.ask(on: false)
        var usual = unsafe settings
        _ = unsafe tcsetattr(descriptor, TCSANOW, &usual)
        _ = Glibc.signal(signal, SIG_DFL)
        raise(signal)
    }
}
