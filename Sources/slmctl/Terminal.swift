import Glibc
import Wire

/// Standard output or error: written whole, and coloured when it is a terminal that wants it.
///
/// Everything unsafe about writing is here.
struct Terminal {
    enum Style: String {
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
        case cyan = "36"
    }

    static let output = Terminal(STDOUT_FILENO)
    static let error = Terminal(STDERR_FILENO)

    let descriptor: CInt
    let isTerminal: Bool
    let isColoured: Bool

    init(_ descriptor: CInt) {
        self.descriptor = descriptor
        isTerminal = isatty(descriptor) == 1
        isColoured = isTerminal && Environment.value("NO_COLOR") == nil && Environment.value("TERM") != "dumb"
    }

    /// In columns; 80 when the terminal does not tell.
    var width: Int { size.columns }

    /// 80 columns of 24 rows when the terminal does not tell.
    var size: (columns: Int, rows: Int) {
        var size = winsize()
        let isKnown = unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return isKnown ? (Int(size.ws_col), Int(size.ws_row)) : (80, 24)
    }

    /// The text in a style, or as it is where there are no colours.
    func styled(_ text: String, _ style: Style) -> String {
        isColoured ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }

    func write(line: String) throws(Failure) {
        try write(Array((line + "\n").utf8))
    }

    func write(_ bytes: [UInt8]) throws(Failure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                waitUntilWritable()
            } else if errno != EINTR {
                throw Failure(.io, "io", "write: \(Environment.message(of: errno))")
            }
        }
    }

    private func waitUntilWritable() {
        var entry = pollfd(fd: descriptor, events: CShort(POLLOUT), revents: 0)
        _ = unsafe poll(&entry, 1, -1)
    }
}

/// What the process was started with.
enum Environment {
    static func value(_ name: String) -> String? {
        guard let text = unsafe getenv(name) else { return nil }
        let value = unsafe String(cString: text)
        return value.isEmpty ? nil : value
    }

    /// Where a chat keeps its lines: at `$SLMCTL_HISTORY`, or nowhere when that is empty, else below the
    /// directory for state.
    static var history: String? {
        let variable = "SLMCTL_HISTORY"
        guard unsafe getenv(variable) == nil else { return value(variable) }
        let state = value("XDG_STATE_HOME") ?? value("HOME").map { "\($0)/.local/state" }
        return state.map { "\($0)/slmctl/history" }
    }

    /// What stands behind the program's name. `CommandLine` alone would replace bytes that are not UTF-8.
    static func arguments() throws(Failure) -> [String] {
        var arguments: [String] = []
        for index in CommandLine.arguments.indices.dropFirst() {
            guard let bytes = unsafe CommandLine.unsafeArgv[index] else { break }
            guard let argument = unsafe String(validatingCString: bytes) else {
                throw Failure(.data, "not_utf8", "argument \(index): expected UTF-8, found other bytes")
            }
            arguments.append(argument)
        }
        return arguments
    }

    static func message(of code: Int32) -> String {
        unsafe String(cString: strerror(code))
    }

    /// Where a daemon of the user's own listens when nothing else is said.
    static var socketOfUser: String {
        let variables = value("XDG_RUNTIME_DIR").map { ["XDG_RUNTIME_DIR": $0] } ?? [:]
        return SocketPath.forUser(environment: variables, uid: getuid())
    }

    /// The socket to talk to, by the rule the daemon shares.
    static func socket(flag: String?) -> String {
        var variables: [String: String] = [:]
        for name in [SocketPath.variable, "XDG_RUNTIME_DIR"] { variables[name] = value(name) }
        return SocketPath.forClient(flag: flag, environment: variables, uid: getuid()) { path in
            unsafe access(path, F_OK) == 0
        }
    }
}
