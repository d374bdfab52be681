import ArgumentParser
internal import JSON
import SLMClient
import Wire

struct Say: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say something in a dialogue, and print the reply.",
        discussion: """
            Without TEXT, lines are read from standard input: all are turns of one session, and each is answered. \
            A session that is not there is opened.
            """)

    @Argument(help: ArgumentHelp("The text; several words are joined with blanks.", valueName: "text"))
    var words: [String] = []

    @Option(
        name: .long, help: "The session that the text is a turn of; a new one if none is given.",
        completion: SessionNames.completion)
    var session: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Set the session's clock and its distance from UTC: 2026-01-09T10:00:00+01:00, or a day.",
            valueName: "time"))
    var at: String?

    @OptionGroup var options: Options

    func validate() throws { try SessionNames.check(session) }

    func run() throws {
        // Lines are sent before the first is answered, and belong together all the same.
        let (session, at) = (session ?? SessionID.random(), at)
        try options.answerEach(
            words, request: { SayParams(text: $0, session: session, at: at) },
            text: words.isEmpty ? { Rendering.shown($0.reply) } : { Rendering.turn($0, on: .output) })
    }
}

struct Session: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show a session, and carry it from one machine to another.",
        subcommands: [ShowSession.self, ExportSession.self, ImportSession.self])
}

struct ShowSession: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print where a session's dialogue stands, and its turns.",
        discussion: "The turns come as `slmctl log` has them. With --json, all in one object.")

    @Argument(help: "The session.", completion: SessionNames.completion)
    var session: String

    @OptionGroup var options: Options

    func run() throws {
        let session = session
        try options.answer(
            { connection throws(ClientError) in try connection.session(session) },
            text: { Rendering.session($0, on: .output) })
    }
}

struct ExportSession: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Print a session's transcript.",
        discussion: """
            An object a turn, oldest first, as `slmctl log --json` has it, and with what `slmctl session import` makes \
            the dialogue's state of.
            """)

    @Argument(help: "The session.", completion: SessionNames.completion)
    var session: String

    @OptionGroup var options: Options

    func run() throws {
        try options.run { () throws(Failure) in
            var connection = try options.connect()
            var query = LogParams(session: session, hasRecords: true)
            while true {
                let page = try Failure.wrapping { () throws(ClientError) in try connection.call(query) }
                for turn in page.turns { try Terminal.output.write(line: json(turn)) }
                guard page.hasMore, let last = page.turns.last else { return }
                query.after = last.turn
            }
        }
    }

    private func json(_ turn: TurnEntry) -> String {
        String(decoding: JSONWriter.encode(turn), as: UTF8.self)
    }
}

struct ImportSession: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Open a session with the turns of a transcript.",
        discussion: """
            It is yours, and can be read and continued; all of it is kept, or nothing. A line that cannot be read is \
            named. Lessons do not come with it.
            """)

    @Argument(
        help: ArgumentHelp("What `slmctl session export` printed; - is standard input.", valueName: "file"),
        completion: .file())
    var path: String

    @Option(name: .long, help: "Its name; by default the one it had.") var session: String?

    @OptionGroup var options: Options

    func validate() throws { try SessionNames.check(session) }

    func run() throws {
        try options.run { () throws(Failure) in
            let input = try Input.open(path)
            let file = try TranscriptFile(path: path, bytes: try input.readAll())
            let name = session ?? file.session ?? SessionID.random()
            var connection = try options.connect()
            let answer = try Failure.wrapping { () throws(ClientError) in
                do throws(ClientError) {
                    return try connection.importSession(name, file.turns)
                } catch .refused(let reply) {
                    throw .refused(file.placed(reply))
                }
            }
            try options.print(answer) { answer in
                "session \(Rendering.shown(answer.state.session)), \(Rendering.count(answer.turns, "turn"))\n"
                    + Rendering.state(answer.state)
            }
        }
    }
}

extension Rendering {
    /// The reply, and under it how it came about.
    static func turn(_ turn: SayResult, on terminal: Terminal) -> String {
        let intent = turn.intent.map { "\(shown($0)) \(fixed(Double(turn.confidence), 2))" } ?? "not trained"
        let notes = [
            intent, turn.action, turn.state.goal.map { shown($0) },
            slots(turn.state), "session \(shown(turn.session))",
        ].compactMap(\.self)
        return shown(turn.reply, keeping: ["\n"]) + "\n"
            + terminal.styled(notes.joined(separator: " · "), .dim)
    }

    /// `date 2026-01-08, report_type blood_test`; nil for none.
    private static func slots(_ state: DialogueEntry) -> String? {
        guard !state.slots.isEmpty else { return nil }
        return state.slots.sorted { $0.key < $1.key }.map { "\(shown($0.key)) \(shown($0.value.value))" }
            .joined(separator: ", ")
    }

    static func state(_ state: DialogueEntry, indent: String = "") -> String {
        var rows = [["goal", state.goal.map { shown($0) } ?? "-"], ["step", state.step]]
        rows += state.slots.sorted { $0.key < $1.key }.map { name, slot in
            let how = slot.text == slot.value ? "" : " (\"\(shown(slot.text))\")"
            return [shown(name), shown(slot.value) + how + (slot.isConfirmed ? ", confirmed" : "")]
        }
        rows += state.missing.map { [shown($0), "missing"] }
        if !state.waiting.isEmpty {
            rows.append(["waiting", state.waiting.map { shown($0) }.joined(separator: ", ")])
        }
        rows.append(["last intent", state.lastIntent.map { shown($0) } ?? "-"])
        return columns(rows).map { indent + $0 }.joined(separator: "\n")
    }

    /// What was found in a turn, and what was decided.
    static func trace(_ turn: SayResult, indent: String) -> String {
        var rows = turn.entities.map { entity in
            [
                "entity", shown(entity.type),
                "\"\(shown(entity.text))\" \(entity.value.map { shown($0) } ?? "")",
            ]
        }
        let decision = turn.decision
        let others = decision.admissible.filter { $0 != decision.move }
        let beside = others.isEmpty ? "" : ", not " + others.map { shown($0) }.joined(separator: ", ")
        rows.append(["decision", shown(decision.move), "by the rule \(shown(decision.rule))\(beside)"])
        if !others.isEmpty {
            rows.append(["policy", policy(decision.policy), "chose with \(fixed(decision.propensity, 2))"])
        }
        rows += turn.learned.map { ["learnt", "event \($0)", ""] }
        return columns(rows).map { indent + $0 }.joined(separator: "\n")
    }

    /// One of several admissible moves, and how surely it was chosen.
    static func choice(_ decision: DecisionEntry) -> String {
        let others = decision.admissible.filter { $0 != decision.move }.map { shown($0) }
        return "\(shown(decision.move)), not \(others.joined(separator: ", ")): \(policy(decision.policy)), "
            + "propensity \(fixed(decision.propensity, 2))"
    }

    /// `version 2`, or `usual moves`.
    static func policy(_ version: Int?) -> String { version.map { "version \($0)" } ?? "usual moves" }

    static func session(_ session: ShowSessionResult, on terminal: Terminal) -> String {
        var transcript = Transcript(on: terminal)
        return ([state(session.state)] + session.turns.map { transcript.text($0) }).joined(separator: "\n")
    }
}
