import ArgumentParser
import FoundationEssentials
import SLMClient
import Wire

/// The ids of sessions, for the shell to complete.
enum SessionNames {
    static var completion: CompletionKind {
        .custom { _, _, prefix in names().filter { $0.hasPrefix(prefix) } }
    }

    /// - Throws: a fault of usage when an option names no session.
    static func check(_ session: String?) throws {
        if session == "" { throw ValidationError("--session: expected a session, found an empty name") }
    }

    private static func names() -> [String] {
        do {
            var connection = try Connection(socket: Environment.socket(flag: nil), timeout: .seconds(1))
            return try connection.sessions().map(\.session)
        } catch {
            return []  // completion without a daemon offers nothing, and must print nothing either
        }
    }
}

/// A moment from which on something is wanted.
enum Since {
    private static let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]

    /// Reads a span such as `2h`, `3d` or `90m` before `now`, a day, or a time as ISO 8601 writes it.
    ///
    /// - Returns: seconds since 1970, UTC; nil for anything else.
    static func seconds(_ text: String, now: Date) -> Int64? {
        if let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()), count >= 0 {
            let (span, isTooLong) = count.multipliedReportingOverflow(by: unit)
            return isTooLong ? nil : max(0, Int64(now.timeIntervalSince1970) - span)
        }
        // The parsers pass over what follows, and take 30 February for 2 March.
        let day = Date.ISO8601FormatStyle.iso8601.year().month().day()
        let midnight = try? day.parse(text)  // what is no day is no time either
        guard let midnight, midnight.formatted(day) == text.prefix(10) else { return nil }
        let styles: [Date.ISO8601FormatStyle] = [
            .iso8601, Date.ISO8601FormatStyle(includingFractionalSeconds: true),
        ]
        // A text that does not fit one style may fit the next.
        let time = hasTime(text) ? styles.lazy.compactMap { try? $0.parse(text) }.first : nil  // see above
        let date = text.utf8.count == 10 ? midnight : time
        return date.flatMap { $0.timeIntervalSince1970 >= 0 ? Int64($0.timeIntervalSince1970) : nil }
    }

    /// Whether after a day stands a time that clocks have, then Z or an offset, and nothing else.
    ///
    /// The parsers take 25:00, and pass over what they do not read.
    private static func hasTime(_ text: String) -> Bool {
        let digits = "0123456789"
        var rest = text.utf8.dropFirst(10)
        func take(_ letters: String) -> UInt8? {
            rest.first.flatMap { letters.utf8.contains($0) ? rest.removeFirst() : nil }
        }
        func takeNumber(below limit: UInt8) -> Bool {
            guard let tens = take(digits), let ones = take(digits) else { return false }
            return (tens - UInt8(ascii: "0")) * 10 + ones - UInt8(ascii: "0") < limit
        }
        guard take("T") != nil, takeNumber(below: 24), take(":") != nil, takeNumber(below: 60),
            take(":") != nil,
            takeNumber(below: 60)
        else { return false }
        if take(".") != nil {
            guard take(digits) != nil else { return false }
            while take(digits) != nil {}
        }
        if take("Z") != nil { return rest.isEmpty }
        guard take("+-") != nil, takeNumber(below: 24) else { return false }
        _ = take(":")
        return takeNumber(below: 60) && rest.isEmpty
    }
}

struct Log: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print what was said in sessions, and what it was taken for.",
        discussion: "Oldest first. With --json, one object a turn.")

    @Option(name: .long, help: "Only this session.", completion: SessionNames.completion) var session: String?
    @Flag(name: .long, help: "Go on with what is said from now on, until interrupted.") var follow = false
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Only turns from then on: 2h, 3d, 2026-01-08, or 2026-01-08T10:00:00Z.", valueName: "time"))
    var since: String?
    @Option(name: .long, help: ArgumentHelp("Only the newest so many.", valueName: "n")) var limit: Int?
    @OptionGroup var options: Options

    func validate() throws {
        try SessionNames.check(session)
        if let limit, limit < 1 { throw ValidationError("--limit: expected 1 or more, found \(limit)") }
        guard let since, Since.seconds(since, now: .now) == nil else { return }
        throw ValidationError(
            "--since: expected a span such as 2h or 3d, a day, or a time as ISO 8601 writes it, found \(since)"
        )
    }

    func run() throws {
        try options.run { () throws(Failure) in
            var connection = try options.connect()
            var query = LogParams(
                session: session, since: since.flatMap { Since.seconds($0, now: .now) }, last: limit)
            var transcript = Transcript(on: .output)
            var isEmpty = true
            while true {
                let page = try Failure.wrapping { () throws(ClientError) in try connection.call(query) }
                for turn in page.turns { try options.print(turn) { transcript.text($0) } }
                isEmpty = isEmpty && page.turns.isEmpty
                if let last = page.turns.last { query.after = last.turn }
                if page.hasMore || !page.turns.isEmpty { query.last = nil }
                guard !page.hasMore else { continue }
                guard follow else {
                    if isEmpty, since != nil {
                        options.note("Nothing has been said in a session since then.")
                    } else if isEmpty {
                        options.noteNothingYet("said in a session", "slmctl chat opens one")
                    }
                    return
                }
                // A daemon that ends wakes this too; the next call says so.
                _ = try Input.wait([connection.descriptor], milliseconds: 1000)
            }
        }
    }
}

struct Sessions: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the sessions, the newest first.",
        discussion: "At most \(SessionsParams.most). With --json, one object a session.")

    @Option(name: .long, help: ArgumentHelp("Only the newest so many.", valueName: "n"))
    var limit = SessionsParams.most
    @OptionGroup var options: Options

    func validate() throws {
        guard !(1...SessionsParams.most).contains(limit) else { return }
        throw ValidationError("--limit: expected 1 to \(SessionsParams.most), found \(limit)")
    }

    func run() throws {
        try options.run { () throws(Failure) in
            var connection = try options.connect()
            let sessions = try Failure.wrapping { () throws(ClientError) in
                try connection.sessions(last: limit)
            }
            if options.json {
                for session in sessions { try options.print(session) { _ in "" } }
            } else if sessions.isEmpty {
                options.noteNothingYet("said in a session", "slmctl chat opens one")
            } else {
                try Terminal.output.write(line: Rendering.sessions(sessions))
            }
        }
    }
}

/// Turns as people read them: a heading where the session changes, and the answer under each text.
struct Transcript {
    private let terminal: Terminal
    private var session: String?

    init(on terminal: Terminal) {
        self.terminal = terminal
    }

    /// The lines of the next turn.
    mutating func text(_ turn: TurnEntry) -> String {
        var lines: [String] = []
        if turn.session != session {
            if session != nil { lines.append("") }
            lines.append(terminal.styled("session \(Rendering.shown(turn.session)) of uid \(turn.uid)", .dim))
            session = turn.session
        }
        if let context = turn.context {
            lines.append(terminal.styled("\(turn.time)  < \(Rendering.shown(context))", .dim))
        }
        lines.append("\(turn.time)  > \(Rendering.shown(turn.text))")
        lines.append("  " + answer(turn))
        if let decision = turn.decision, decision.admissible.count > 1 {
            let choice = Rendering.choice(decision)
            lines.append(terminal.styled("    \(choice)", .dim))
        }
        if let reply = turn.reply { lines.append("  < " + Rendering.shown(reply)) }
        return lines.joined(separator: "\n")
    }

    private func answer(_ turn: TurnEntry) -> String {
        guard let intent = turn.intent else { return terminal.styled("not trained", .yellow) }
        let name = terminal.styled(Rendering.shown(intent), .bold)
        if turn.kind == .corrected, let event = turn.event { return "corrected: \(name) (event \(event))" }
        let confidence = Rendering.fixed(Double(turn.confidence), 2)
        let learnt = turn.event.map { ", taught event \($0)" } ?? ""
        let action = turn.action.map { terminal.styled(" · \(Rendering.shown($0))\(learnt)", .dim) } ?? ""
        return "\(name) \(confidence)\(action)"
            + (turn.isOutOfScope ? terminal.styled(" out of scope", .yellow) : "")
    }
}

extension Rendering {
    static func sessions(_ sessions: [SessionEntry]) -> String {
        let rows = sessions.map {
            [
                shown($0.session), "\($0.uid)", $0.created, "\($0.turns)", $0.last ?? "-",
                $0.goal.map { shown($0) } ?? "-", $0.step ?? "-",
            ]
        }
        return table(["session", "uid", "created", "turns", "last", "goal", "step"], rows)
    }
}
