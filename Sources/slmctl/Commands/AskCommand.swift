import ArgumentParser
import Glibc
import SLMClient
import Wire

/// A day as an option gives it.
enum Day {
    static func text(_ text: String) throws -> String {
        guard AddSourceParams.isDay(text) else {
            throw ValidationError("expected a day as 2026-01-08, found \(text)")
        }
        return text
    }
}

/// Which passages may be found.
struct PassageFilterOptions: ParsableArguments {
    @Option(help: "Only of this source.", completion: SourceNames.completion) var source: String?
    @Option(help: "Only of sources with this tag; may be given more than once.") var tag: [String] = []
    @Option(
        help: ArgumentHelp("Only of sources of this day or later.", valueName: "date"), transform: Day.text)
    var from: String?
    @Option(
        help: ArgumentHelp("Only of sources of this day or earlier.", valueName: "date"), transform: Day.text)
    var to: String?
    @Flag(help: "Only of your own sources.") var mine = false

    func filter(over connection: inout Connection) throws(ClientError) -> PassageFilter {
        PassageFilter(
            source: try source.map { name throws(ClientError) in try connection.reference(name) }, tags: tag,
            from: from, to: to, isMine: mine)
    }
}

struct Ask: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask a question, and be answered from the knowledge base alone.",
        discussion: """
            A sentence of the reply is printed once a passage supports it; where none does, the passage's own words \
            stand for it, in quotation marks. Where nothing answers the question the reply says so, and the exit \
            status is 3. Without TEXT, lines are read from standard input and answered one line each.
            """)

    @Argument(help: ArgumentHelp("The question; several words are joined with blanks.", valueName: "text"))
    var words: [String] = []

    @Flag(name: .long, help: "Print what each sentence rests on, too.")
    var sources = false

    @OptionGroup var passages: PassageFilterOptions

    @Option(
        name: .long,
        help: ArgumentHelp("Answer from so many passages, from 1 to 20.", valueName: "n"))
    var limit = AskParams.usual

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What \"yesterday\" is relative to, such as 2026-01-09T10:00:00+01:00 or 2026-01-09.",
            valueName: "time"))
    var at: String?

    @OptionGroup var options: Options

    func validate() throws {
        guard 1...AskParams.most ~= limit else {
            throw ValidationError("--limit: expected 1 to \(AskParams.most), found \(limit)")
        }
    }

    func run() throws {
        guard words.isEmpty || options.json else { return try options.run(answerOne) }
        var filter = PassageFilter()
        try options.run { () throws(Failure) in
            var connection = try options.connect()
            filter = try self.filter(over: &connection)
        }
        try options.answerEach(
            words, request: { [filter] in params($0, filter, isStreamed: false) },
            text: { Rendering.shown($0.reply) }, problem: Failure.init)
    }

    private func filter(over connection: inout Connection) throws(Failure) -> PassageFilter {
        do {
            return try passages.filter(over: &connection)
        } catch {
            throw Failure(error)
        }
    }

    private func params(_ text: String, _ filter: PassageFilter, isStreamed: Bool) -> AskParams {
        AskParams(text: text, limit: limit, filter: filter, at: at, isStreamed: isStreamed)
    }

    /// A sentence at a time, as they pass.
    private func answerOne() throws(Failure) {
        var connection = try options.connect()
        let filter = try filter(over: &connection)
        let interruption = try Interruption()
        var answer = AnswerStream(on: .output)
        let result = Result { () throws(ClientError) in
            try connection.ask(
                params(words.joined(separator: " "), filter, isStreamed: true),
                cancelledBy: interruption.descriptor
            ) { delta in
                answer.write(delta)
                if answer.failure != nil { interruption.come() }
            }
        }
        answer.end()
        if let failure = answer.failure { throw failure }
        switch result {
        case .success(let reply):
            try answer.complete(reply)
            if sources, !reply.citations.isEmpty {
                try Terminal.output.write(line: Rendering.sources(of: reply, on: .output))
            }
            if let failure = Failure(reply) { throw failure }
        case .failure where interruption.hasCome: throw .interrupted
        case .failure(let error): throw Failure(error)
        }
    }
}

/// The sentences of a reply on their way to standard output.
struct AnswerStream {
    private var stream: ReplyStream

    /// - Parameter indent: before each line.
    init(on terminal: Terminal, indent: String = "") {
        stream = ReplyStream(on: terminal, indent: indent)
    }

    /// What came so far.
    var text: String { stream.text }
    /// Why it cannot be written.
    var failure: Failure? { stream.failure }

    mutating func wait() { stream.wait() }

    mutating func write(_ delta: Delta) { stream.write(delta.text) }

    /// What came so far is all that comes before the answer.
    mutating func end() { stream.end(isWhole: false) }

    /// Prints what of a reply was not sent ahead.
    func complete(_ reply: AskResult) throws(Failure) {
        guard stream.text != reply.reply else { return }
        let rest =
            reply.reply.hasPrefix(stream.text) ? reply.reply.dropFirst(stream.text.count) : reply.reply[...]
        try Terminal.output.write(line: Rendering.shown(String(rest), keeping: ["\n"]))
    }
}

extension Failure {
    /// A question that was not answered; nil for one that was.
    init?(_ answer: AskResult) {
        guard answer.grounding == .declined else { return nil }
        self.init(known: .declined, "declined", answer.reply)
    }
}

extension Rendering {
    /// The source of a citation, whose it is where it is another's, and its passage.
    static func place(of citation: CitationEntry) -> String {
        let owner = citation.owner == getuid() ? "" : " of \(user(citation.owner))"
        return "\(shown(citation.source))\(owner), \(PassageName(citation.passage))"
    }

    /// Each passage that a reply rests on, once: its source, where in it, and the words.
    static func sources(of reply: AskResult, on terminal: Terminal, indent: String = "") -> String {
        var seen: Set<CitationEntry> = []
        let lines = reply.citations.filter { seen.insert($0).inserted }.map { citation in
            "\(indent)[\(place(of: citation))] \(terminal.styled(shown(onOneLine(citation.text)), .dim))"
        }
        return lines.joined(separator: "\n")
    }

    static func onOneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
