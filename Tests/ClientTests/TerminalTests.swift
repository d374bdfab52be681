import Foundation
import Testing

/// A pseudo-terminal with slmctl at its other end.
final class PseudoTerminal {
    let process = Process()
    private let master: CInt
    private let slave: CInt
    private var shown = ""

    init(_ command: [String] = ["chat"], socket: String, history: String = "") throws {
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        var (unlocked, number) = (CInt(0), CInt(0))
        guard ioctl(master, 0x4004_5431, &unlocked) == 0,  // TIOCSPTLCK
            ioctl(master, 0x8004_5430, &number) == 0  // TIOCGPTN
        else { throw POSIXError(.ENODEV) }
        slave = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
        let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.executableURL = tests.deletingLastPathComponent().appendingPathComponent("slmctl")
        process.arguments = command + ["--socket", socket]
        process.environment = ["TERM": "xterm", "NO_COLOR": "1", "SLMCTL_HISTORY": history]
        let terminal = FileHandle(fileDescriptor: slave)
        process.standardInput = terminal
        process.standardOutput = terminal
        process.standardError = terminal
        // Threads of a pool block the signals that this is about; a child would inherit that.
        var (none, usual) = (sigset_t(), sigset_t())
        pthread_sigmask(SIG_SETMASK, &none, &usual)
        defer { pthread_sigmask(SIG_SETMASK, &usual, nil) }
        try process.run()
    }

    deinit {
        close(master)
        close(slave)
    }

    var mode: tcflag_t {
        var settings = termios()
        return tcgetattr(slave, &settings) == 0 ? settings.c_lflag : 0
    }

    func resize(columns: UInt16, rows: UInt16) {
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
        // The terminal is nobody's controlling one, so nobody is told.
        kill(process.processIdentifier, SIGWINCH)
    }

    func type(_ text: String) {
        _ = text.withCString { write(master, $0, strlen($0)) }
    }

    /// Reads until `text` is shown, at most 20 s for each piece of it and a minute for all.
    func waitFor(_ text: String) -> Bool {
        let end = ContinuousClock.now + .seconds(60)
        while !shown.contains(text) {
            guard ContinuousClock.now < end else { return false }
            var entry = pollfd(fd: master, events: CShort(POLLIN), revents: 0)
            var bytes = [UInt8](repeating: 0, count: 4096)
            guard poll(&entry, 1, 20_000) == 1, case let count = read(master, &bytes, bytes.count), count > 0
            else { return false }
            shown += String(decoding: bytes[..<count], as: UTF8.self)
        }
        shown.removeSubrange(..<(shown.range(of: text)?.upperBound ?? shown.startIndex))
        return true
    }
}

@Test func `a chat at a terminal edits its lines, and leaves the terminal as it was`() throws {
    let daemon = try FakeDaemon(answer: Canned.answer)
    let terminal = try PseudoTerminal(socket: daemon.socket)
    let usual = terminal.mode
    #expect(usual & tcflag_t(ICANON) != 0)
    try #require(terminal.waitFor("> "))
    terminal.type("I need reprt\u{1B}[D\u{1B}[Do\r")
    try #require(terminal.waitFor("I need report"))
    try #require(terminal.waitFor("request_data 0.75"))
    try #require(terminal.waitFor("> "))  // a ^C before the prompt would end the chat
    terminal.type("nobody wants this\u{03}/cor\ta\t\r")
    try #require(terminal.waitFor("^C"))
    try #require(terminal.waitFor("learnt a") && terminal.waitFor("> "))
    terminal.type("\u{1B}[A\u{1B}[A\r")
    try #require(terminal.waitFor("request_data 0.75") && terminal.waitFor("> "))
    terminal.type("\u{04}")
    let place = "--socket \(daemon.socket) --session "
    try #require(terminal.waitFor("Go on with this chat: slmctl chat \(place)"))
    try #require(terminal.waitFor("See what was said:    slmctl log \(place)"))
    terminal.process.waitUntilExit()
    #expect(terminal.process.terminationStatus == 0)
    #expect(terminal.mode == usual)
}

@Test func `a chat knows the lines of the one before`() throws {
    let daemon = try FakeDaemon(answer: Canned.answer)
    let history = NSTemporaryDirectory() + "slmctl-\(UUID().uuidString).history"
    defer { unlink(history) }
    let first = try PseudoTerminal(socket: daemon.socket, history: history)
    try #require(first.waitFor("> "))
    first.type("I need report\r")
    try #require(first.waitFor("request_data 0.75") && first.waitFor("> "))
    first.type("\u{04}")
    first.process.waitUntilExit()
    let second = try PseudoTerminal(socket: daemon.socket, history: history)
    try #require(second.waitFor("> "))
    second.type("\u{1B}[A")
    try #require(second.waitFor("> I need report"))
    second.type("\u{15}\u{04}")
    second.process.waitUntilExit()
    #expect(second.process.terminationStatus == 0)
}

@Test(arguments: [SIGTERM, SIGHUP, SIGINT])
func `a chat that is killed leaves the terminal as it was`(signal: CInt) throws {
    let daemon = try FakeDaemon(answer: Canned.answer)
    let terminal = try PseudoTerminal(socket: daemon.socket)
    let usual = terminal.mode
    try #require(terminal.waitFor("> "))
    #expect(terminal.mode & tcflag_t(ICANON) == 0)
    kill(terminal.process.processIdentifier, signal)
    terminal.process.waitUntilExit()
    #expect(terminal.process.terminationReason == .uncaughtSignal)
    #expect(terminal.mode == usual)
}

@Test func `a chat whose daemon goes says so and leaves the terminal as it was`() throws {
    let daemon = try FakeDaemon { peer in _ = peer.request() }
    let terminal = try PseudoTerminal(socket: daemon.socket)
    let usual = terminal.mode
    try #require(terminal.waitFor("> "))
    terminal.type("hi\r")
    try #require(terminal.waitFor("closed the connection"))
    terminal.process.waitUntilExit()
    #expect(terminal.process.terminationStatus == 69)
    #expect(terminal.mode == usual)
}
