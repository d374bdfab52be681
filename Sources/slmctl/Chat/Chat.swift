import ArgumentParser
internal import JSON
import SLMClient
import Wire

struct Chat: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Talk with slmd: see the intent of each line, correct it, and get a reply.",
        discussion: ChatLine.helpText
            + "\n\nLines may come through a pipe, too; the exit status is then that of the first that was refused."
    )

    @Option(name: .long, help: "The session to go on with.", completion: SessionNames.completion)
    var session: String?
    @Option(
        name: .long,
        help: ArgumentHelp("What the language model is told before anything is said.", valueName: "text"))
    var system = ChatReplies.usualSystem
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The conversation's clock begins at this time, such as 2026-01-09T10:00:00+01:00 or 2026-01-09.",
            valueName: "time"))
    var at: String?
    @OptionGroup var options: Options

    func validate() throws { try SessionNames.check(session) }

    func run() throws {
        try options.run { () throws(Failure) in
            var session = ChatSession(
                try options.connect(), session, system: system, at: at, options)
            try session.run(.standard)
        }
    }
}

/// What a line of a chat asks for.
enum ChatLine: Hashable {
    case nothing
    case text(String)
    case correct(intent: String)
    case undo
    case judge(isRight: Bool)
    case reply(isOn: Bool)
    case beginAnew
    case state
    case why
    case intents
    case status
    case help
    case quit
    case wrong(String)

    static let helpText = """
        Each line is a turn of a dialogue: it is answered with its intent, the confidence
        and the runners-up, and a reply. Where no task has one, the knowledge base answers;
        where that is empty, the language model replies, if there is one. Ctrl-C stops it.
        /correct INTENT   the last line has this intent: learn it (Tab completes)
        /right, /wrong    the last answer from the knowledge base is that: learn it
        /undo             take the last of these in this chat back
        /reply off|on     whether they do
        /new              begin another conversation
        /state            the task at hand, and what is known for it
        /why              how the last answer came about
        /intents          the known intents
        /status           the state of the daemon, and the session of this chat
        /help             this
        /quit             end; so does Ctrl-D
        """

    /// What may follow the beginning of a line.
    ///
    /// - Parameter intents: the known ones; asked only where an intent may stand.
    static func completion(of beginning: String, intents: () -> [String]) -> Completion {
        let correct = "/correct "
        if beginning.hasPrefix(correct) {
            let typed = beginning.dropFirst(correct.count)
            return Completion(start: correct, words: intents().filter { $0.hasPrefix(typed) })
        }
        let switches = ["/reply off", "/reply on"]
        if beginning.hasPrefix("/reply ") {
            return Completion(start: "", words: switches.filter { $0.hasPrefix(beginning) })
        }
        let commands = [
            correct, "/help", "/intents", "/new", "/quit", "/reply ", "/right", "/state", "/status", "/undo",
            "/why", "/wrong",
        ]
        return Completion(start: "", words: commands.filter { $0.hasPrefix(beginning) })
    }

    init(_ line: String) {
        let line = line.trimmingBlanks()
        guard line.hasPrefix("/") else {
            self = line.isEmpty ? .nothing : .text(line)
            return
        }
        let command = line.prefix { !$0.isWhitespace }
        let rest = String(line.dropFirst(command.count)).trimmingBlanks()
        switch (command, rest.isEmpty) {
        case ("/correct", false): self = .correct(intent: rest)
        case ("/correct", true): self = .wrong("/correct needs an intent: /correct INTENT")
        case ("/undo", true): self = .undo
        case ("/right", true): self = .judge(isRight: true)
        case ("/wrong", true): self = .judge(isRight: false)
        case ("/reply", _) where ["on", "off"].contains(rest): self = .reply(isOn: rest == "on")
        case ("/reply", _): self = .wrong("/reply needs on or off: /reply off")
        case ("/new", true): self = .beginAnew
        case ("/state", true): self = .state
        case ("/why", true): self = .why
        case ("/intents", true): self = .intents
        case ("/status", true): self = .status
        case ("/help", true): self = .help
        case ("/quit", true): self = .quit
        default: self = .wrong("\(line): no such command; /help lists them")
        }
    }
}

/// A conversation with somebody at a terminal, or with a pipe.
struct ChatSession: ~Copyable {
    private var connection: Connection
    private var session: String
    /// Nothing has been said in it, and nobody else knows its name.
    private var isNew: Bool
    /// When the clock of each conversation begins; nil for now.
    private let clock: String?
    /// Whether the next turn sets it.
    private var startsClock: Bool
    private let options: Options
    private var lines = LineSplitter()
    private var lastText: String?
    private var lastTurn: SayResult?
    private var replies: ChatReplies
    /// Whether the daemon has a language model.
    private var hasModel = false
    /// What was taught here and not taken back, the newest last.
    private var lessons: [[Int64]] = []
    /// The first line that was refused.
    private var failed: Failure?

    /// - Parameter session: the one to go on with; nil opens a new one.
    init(
        _ connection: consuming Connection, _ session: String?, system: String, at clock: String?,
        _ options: Options
    ) {
        replies = ChatReplies(
            system: system, limit: connection.hello.limits.textBytes,
            isInteractive: LinePrompt.canEdit(.standard))
        self.connection = connection
        self.session = session ?? SessionID.random()
        isNew = session == nil
        startsClock = clock != nil
        self.clock = clock
        self.options = options
    }

    /// With `--json` the session comes first, at a terminal last.
    ///
    /// - Throws: what ended the chat early; of lines through a pipe the first one's failure, at the end.
    mutating func run(_ input: borrowing Input) throws(Failure) {
        if options.json { try options.print(ChatOpening(session: session)) { _ in "" } }
        try talk(input)
        if !input.isTerminal, let failed { throw failed }
        guard !options.json, input.isTerminal, Terminal.output.isTerminal else { return }
        try Terminal.output.write(line: "Go on with this chat: \(command("chat"))")
        try Terminal.output.write(line: "See what was said:    \(command("log"))")
    }

    /// A command about this session, to be copied into a shell.
    private func command(_ name: String) -> String {
        let socket = options.socket.map { " --socket \(Rendering.shellWord($0))" } ?? ""
        return "slmctl \(name)\(socket) --session \(Rendering.shellWord(session))"
    }

    private mutating func talk(_ input: borrowing Input) throws(Failure) {
        let prompts = input.isTerminal && Terminal.output.isTerminal
        if prompts { try Terminal.output.write(line: "\(ChatLine.helpText)\n") }
        if let news = lookForModel(), prompts { try Terminal.output.write(line: "\(news)\n") }
        if LinePrompt.canEdit(input) { return try converse(input) }
        while true {
            if prompts { try Terminal.output.write(Array("> ".utf8)) }
            guard let line = try nextLine(input) else { break }
            guard try answer(line) else { return }
        }
        if prompts { try Terminal.output.write(line: "") }
    }

    /// With lines that can be edited.
    private mutating func converse(_ input: borrowing Input) throws(Failure) {
        var prompt = LinePrompt(history: Environment.history.map(HistoryFile.init))
        while let text = try prompt.line(
            from: input, completion: { ChatLine.completion(of: $0, intents: { knownIntents() }) })
        {
            let request = ChatLine(text)
            if request == .quit { return }
            try answer(request)
        }
    }

    /// - Returns: whether there are replies, and what they are worth.
    private mutating func lookForModel() -> String? {
        do {
            hasModel = try connection.status().slm != nil
            let hasSources = try hasSources()
            replies.areOn = hasModel || hasSources
            if hasSources { return ChatReplies.grounded }
            return hasModel ? ChatReplies.caution : "Here \(ChatReplies.off)."
        } catch {
            return nil  // there are none then; what is entered next says what is wrong
        }
    }

    private mutating func findSources() throws(Failure) -> Bool {
        do {
            return try hasSources()
        } catch {
            throw Failure(error)
        }
    }

    /// Whether there is anything to answer from.
    private mutating func hasSources() throws(ClientError) -> Bool {
        try connection.sources(ListSourcesParams(limit: 0)).count > 0
    }

    private mutating func knownIntents() -> [String] {
        do {
            return try connection.intents().map(\.intent)
        } catch {
            return []  // nothing is offered; what is entered next says what is wrong
        }
    }

    private mutating func nextLine(_ input: borrowing Input) throws(Failure) -> LineSplitter.Line? {
        while true {
            if let line = lines.next() { return line }
            let bytes = try input.read()
            if bytes.isEmpty {
                lines.end()
                return lines.next()
            }
            lines.append(bytes)
        }
    }

    /// - Returns: whether the conversation goes on.
    private mutating func answer(_ line: LineSplitter.Line) throws(Failure) -> Bool {
        switch line.content {
        case .text(let text):
            let request = ChatLine(text)
            if request == .quit { return false }
            try answer(request)
        case .notUTF8: try complain("line \(line.number): expected UTF-8, found other bytes")
        case .tooLong: try complain("line \(line.number): too long")
        }
        return true
    }

    private mutating func answer(_ request: ChatLine) throws(Failure) {
        switch request {
        case .nothing, .quit: break
        case .text(let text):
            lastText = text
            try say(text)
        case .correct(let intent):
            guard let lastText else { return try complain("there is no line to correct yet") }
            let lesson = try call(TeachParams(intent: intent, text: lastText, session: session)) {
                "  " + Rendering.lesson($0, on: .output)
            }
            if let lesson {
                lessons.append([lesson.event])
                failed = failed ?? Failure(lesson)
            }
        case .undo:
            guard let events = lessons.popLast() else {
                return try complain("nothing was learnt in this chat")
            }
            for event in events.reversed() {
                try call(UndoParams(event: event)) {
                    "  took back event \(event); \(Rendering.count($0.intents, "intent"))"
                }
            }
        case .judge(let isRight): try judge(isRight)
        case .reply(let isOn): try turnReplies(on: isOn)
        case .beginAnew:
            replies.forget()
            session = SessionID.random()
            isNew = true
            startsClock = clock != nil
            (lastText, lastTurn) = (nil, nil)
            try options.print(ChatOpening(session: session)) { _ in "  a new conversation" }
        case .state:
            guard !isNew else { return try complain("nothing has been said in this session yet") }
            let session = session
            try call(ShowSessionParams(session: session)) { Rendering.state($0.state, indent: "  ") }
        case .why: try explain()
        case .intents: try call(IntentsParams()) { Rendering.intents($0.intents) }
        case .status:
            let session = session
            try call(StatusParams()) { StatusScreen(status: $0, session: session).text }
        case .help: try Terminal.output.write(line: ChatLine.helpText)
        case .wrong(let message): try complain(message)
        }
    }

    /// The reply is the dialogue's; where that has none, the knowledge base's, or where there is none, the model's.
    private mutating func say(_ text: String) throws(Failure) {
        let areOn = replies.areOn
        let hasSources = areOn ? try findSources() : false
        let isAnswered = areOn && (hasSources || hasModel)
        let at = startsClock ? clock : nil
        let turn = try call(SayParams(text: text, session: session, at: at)) { turn in
            let intents = "  " + Rendering.intents(of: turn, on: .output, indent: 2)
            let leaves = isAnswered && turn.leavesReply
            return leaves ? intents : intents + "\n  " + Rendering.shown(turn.reply, keeping: ["\n"])
        }
        lastTurn = turn ?? lastTurn
        isNew = isNew && turn == nil
        startsClock = startsClock && turn == nil
        guard let turn else { return }
        lessons += turn.learned.map { [$0] }
        guard isAnswered, turn.leavesReply else { return replies.note(text, reply: turn.reply) }
        let question = AskParams(text: text, at: clock, isStreamed: !options.json)
        let refusal =
            hasSources
            ? try replies.answer(question, otherwise: turn.reply, over: &connection, options)
            : try replies.reply(to: text, over: &connection, options)
        if let refusal { try complain(refusal.message, Failure(refusal)) }
    }

    private mutating func judge(_ isRight: Bool) throws(Failure) {
        guard let (question, citations) = replies.lastAnswer else {
            return try complain("the knowledge base has answered nothing in this chat yet")
        }
        var seen: Set<CitedPlace> = []
        let places = citations.map { CitedPlace($0) }.filter { seen.insert($0).inserted }
        let params = FeedbackParams(
            text: question.text, isRight: isRight, citations: places, limit: question.limit,
            filter: question.filter, session: session)
        let answer = try call(params) { Rendering.judged($0, on: .output, indent: "  ") }
        if let answer { lessons.append(answer.judged.map(\.event)) }
    }

    /// How the last turn came about.
    private mutating func explain() throws(Failure) {
        guard let lastText, let lastTurn else { return try complain("nothing has been said yet") }
        try options.print(lastTurn) { Rendering.trace($0, indent: "  ") }
        try call(ExplainParams(text: lastText)) {
            Rendering.explanation($0, on: .output).split(separator: "\n").map { "  \($0)" }.joined(
                separator: "\n")
        }
    }

    /// The daemon may have been given a model meanwhile.
    private mutating func turnReplies(on isOn: Bool) throws(Failure) {
        if isOn {
            let isPossible = try Failure.wrapping { () throws(ClientError) in
                hasModel = try connection.status().slm != nil
                return hasModel ? true : try hasSources()
            }
            guard isPossible else { return try complain(ChatReplies.off) }
        }
        replies.areOn = isOn
        try options.print(ChatReplyState(areOn: isOn)) { _ in "  replies are \(isOn ? "on" : "off")" }
    }

    /// A refusal is said, and the conversation goes on.
    ///
    /// - Returns: the answer; nil when it was a refusal.
    @discardableResult
    private mutating func call<P: Params>(
        _ params: P, text: (P.Answer) -> String
    ) throws(Failure) -> P.Answer? {
        let answer: P.Answer
        do {
            answer = try connection.call(params)
        } catch {
            guard case .refused(let reply) = error else { throw Failure(error) }
            try complain(reply.message, Failure(reply))
            return nil
        }
        try options.print(answer, text: text)
        return answer
    }

    private mutating func complain(_ message: String, _ failure: Failure? = nil) throws(Failure) {
        let failure = failure ?? Failure(.data, "chat", message)
        failed = failed ?? failure
        if options.json {
            try Terminal.output.write(JSONWriter.encode(failure) + [UInt8(ascii: "\n")])
        } else {
            try Terminal.output.write(line: "  " + Terminal.output.styled(message, .red))
        }
    }
}

/// What a chat with `--json` begins with.
private struct ChatOpening: JSONWritable {
    let session: String

    func write(to json: inout JSONWriter) {
        json.object { $0.field("session", session) }
    }
}

extension SayResult {
    /// No task has anything to say: what the rules answer by a phrase, a greeting or a no, is not the model's.
    fileprivate var leavesReply: Bool {
        learned.isEmpty && state.missing.isEmpty && state.step != "confirming"
            && ["question", "no_task", "not_understood"].contains(decision.rule)
    }
}

extension String {
    fileprivate func trimmingBlanks() -> String {
        let start = drop(while: \.isWhitespace)
        return String(start.reversed().drop(while: \.isWhitespace).reversed())
    }
}
