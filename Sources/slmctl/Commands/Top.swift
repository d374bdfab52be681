import ArgumentParser
import Glibc
import SLMClient
import Wire

struct Top: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the state of the daemon, live.",
        discussion: """
            q or Ctrl-C ends it. Where the output is no terminal, the state is printed once an interval. A daemon \
            that goes is waited for.
            """)

    @Option(name: .long, help: ArgumentHelp("Seconds between two looks.", valueName: "seconds"))
    var interval = 1.0
    @Option(name: .long, help: ArgumentHelp("End after so many looks.", valueName: "n")) var count: Int?
    @OptionGroup var options: Options

    func validate() throws {
        // Poll counts milliseconds in 32 bits; a day is enough.
        guard (0.1...86_400).contains(interval) else {
            throw ValidationError("--interval: expected 0.1 to 86400 seconds, found \(interval)")
        }
        if let count, count < 1 { throw ValidationError("--count: expected 1 or more, found \(count)") }
    }

    func run() throws {
        try options.run { () throws(Failure) in
            var watch = Watch(try options.connect(), every: .seconds(interval))
            let input = Input.standard
            if !options.json, LinePrompt.canEdit(input) {
                try draw(&watch, input)
            } else {
                try print(&watch)
            }
        }
    }

    private func print(_ watch: inout Watch) throws(Failure) {
        for look in 0..<(count ?? .max) {
            if look > 0 { watch.pause() }
            switch watch.look() {
            case .success(let screen): try options.print(screen.status) { _ in screen.text + "\n" }
            case .failure(let failure): failure.report(asJSON: options.json)
            }
        }
    }

    private func draw(_ watch: inout Watch, _ input: borrowing Input) throws(Failure) {
        let resized = signal(SIGWINCH) { _ in }  // only to interrupt the wait
        defer { _ = signal(SIGWINCH, resized) }
        let mode = RawMode(input.descriptor, for: .screen)
        var keys = KeyDecoder()
        for _ in 0..<(count ?? .max) {
            let looked = watch.look()
            repeat {
                try Terminal.output.write(Array(Self.drawing(looked, on: Terminal.output.size).utf8))
                guard try input.wait(atMost: watch.untilNextLook) else { continue }
                let bytes = try input.read()
                if bytes.isEmpty { return }
                keys.append(bytes)
                while let key = keys.next() {
                    switch key {
                    case .character("q"), .interrupt, .endOfInput: return
                    case .suspend: mode?.suspend()
                    default: break
                    }
                }
            } while watch.untilNextLook > .zero
        }
    }

    /// As much of the screen as there is room for, drawn over the one before.
    static func drawing(_ looked: Result<StatusScreen, Failure>, on size: (columns: Int, rows: Int)) -> String
    {
        let lines: [String]
        switch looked {
        case .success(let screen):
            let rate = "\(StatusScreen.rate(screen.rates?.total)) requests/s"
            let heading = ["slmctl top: \(rate)   (q ends it)", ""]
            lines = heading + screen.lines(atMost: size.rows - heading.count)
        case .failure(let failure):
            lines =
                failure.message.split(separator: "\n").map(String.init) + ["", "trying again   (q ends it)"]
        }
        let shown = lines.prefix(size.rows).map { "\($0.cut(to: size.columns))\u{1B}[K" }
        return "\u{1B}[H" + shown.joined(separator: "\n") + "\u{1B}[J"
    }
}

/// Looks at the daemon again and again, through a connection that is made anew when it breaks.
struct Watch: ~Copyable {
    private var connection: Connection?
    private let socket: String
    private let interval: Duration
    private var next: ContinuousClock.Instant
    private var before: (status: StatusResult, at: ContinuousClock.Instant)?

    init(_ connection: consuming Connection, every interval: Duration) {
        socket = connection.socket
        connection.timeout = Self.patience
        self.connection = consume connection
        self.interval = interval
        next = .now
    }

    /// A daemon that is silent for longer is asked anew.
    private static let patience = Duration.seconds(2)

    var untilNextLook: Duration { max(next - .now, .zero) }

    /// Waits until it is time to look again.
    func pause() {
        while untilNextLook > .zero {
            let microseconds = (untilNextLook / .microseconds(1)).rounded(.up)
            usleep(UInt32(min(microseconds, 500_000)))
        }
    }

    mutating func look() -> Result<StatusScreen, Failure> {
        let now = ContinuousClock.now
        next = max(next + interval, now)
        do throws(ClientError) {
            let status = try ask()
            let rates = before.flatMap {
                RequestRates(from: $0.status, to: status, seconds: (now - $0.at) / .seconds(1))
            }
            before = (status, now)
            return .success(StatusScreen(status: status, isLive: true, rates: rates))
        } catch {
            connection = nil
            return .failure(Failure(error))
        }
    }

    private mutating func ask() throws(ClientError) -> StatusResult {
        var current =
            if let kept = connection.take() { kept } else {
                try Connection(socket: socket, timeout: Self.patience)
            }
        let status = try current.status()
        connection = consume current
        return status
    }
}

extension String {
    /// The beginning that fits into so many columns.
    func cut(to width: Int) -> Substring {
        var left = width
        return prefix { character in
            left -= character.columns
            return left >= 0
        }
    }
}
