import Glibc

/// A terminal that hands over each key as it is pressed, from `init` to `deinit`. A signal that ends the process puts
/// it back as well.
///
/// Everything unsafe about terminals is here, and in `Terminal`.
struct RawMode: ~Copyable {
    private static let endings = [SIGTERM, SIGHUP, SIGINT, SIGQUIT]

    /// What is done with the terminal besides.
    enum Use {
        /// Lines are typed; what is pasted gets marks around it.
        case lines
        /// The whole screen is drawn, without a cursor; what was there before comes back in the end.
        case screen

        fileprivate var beginning: StaticString {
            switch self {
            case .lines: "\u{1B}[?2004h"
            case .screen: "\u{1B}[?1049h\u{1B}[?25l"
            }
        }

        fileprivate var ending: StaticString {
            switch self {
            case .lines: "\u{1B}[?2004l"
            case .screen: "\u{1B}[?25h\u{1B}[?1049l"
            }
        }
    }

    private let descriptor: CInt
    private let use: Use
    private let usual: termios

    /// - Returns: `nil` when the descriptor is no terminal.
    init?(_ descriptor: CInt, for use: Use = .lines) {
        var settings = termios()
        guard unsafe tcgetattr(descriptor, &settings) == 0 else { return nil }
        self.descriptor = descriptor
        self.use = use
        usual = settings
        RestoredTerminal.note(descriptor, settings, use.ending)
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
        RestoredTerminal.ask(use.beginning)
    }

    private func end() {
        RestoredTerminal.ask(use.ending)
        var settings = usual
        _ = unsafe tcsetattr(descriptor, TCSADRAIN, &settings)
        for signal in Self.endings { _ = Glibc.signal(signal, SIG_DFL) }
    }
}

/// What a signal's handler needs.
private enum RestoredTerminal {
    // Written by the only thread before the handlers are set, and read by them afterwards.
    nonisolated(unsafe) private static var descriptor: CInt = -1  // see above
    // Of its own place: the compiler gives a global of this C type 57 bytes, and writes 60.
    nonisolated(unsafe) private static let settings =
        UnsafeMutablePointer<termios>.allocate(capacity: 1)  // see above
    nonisolated(unsafe) private static var ending: StaticString = ""  // see above

    static func note(_ descriptor: CInt, _ settings: termios, _ ending: StaticString) {
        unsafe Self.descriptor = descriptor
        unsafe Self.settings.initialize(to: settings)
        unsafe Self.ending = ending
    }

    /// Only a system call, for the signal's handler. A terminal that has gone does nothing.
    static func ask(_ request: StaticString) {
        _ = unsafe write(STDOUT_FILENO, request.utf8Start, request.utf8CodeUnitCount)
    }

    /// Restores the terminal, and lets the signal do what it does when nobody listens.
    static func end(with signal: CInt) {
        ask(unsafe ending)
        _ = unsafe tcsetattr(descriptor, TCSANOW, settings)
        _ = Glibc.signal(signal, SIG_DFL)
        raise(signal)
    }
}
