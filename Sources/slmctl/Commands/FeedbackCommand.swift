import ArgumentParser
import SLMClient
import Wire

struct Feedback: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say that the answer to a question is right or wrong.",
        discussion: """
            It is about the answer that slmctl ask gives now, or with --sentence about a sentence of a passage. A sentence \
            that is wrong is never again the answer to that question, one that is right always is, and where the \
            question was declined and that is wrong, the sentence that comes nearest is the answer from now on. \
            It counts for your own questions; an administrator's counts for everybody's. slmctl undo takes it back.
            """)

    enum Verdict: String, ExpressibleByArgument, CaseIterable { case right, wrong }

    @Argument(help: "Whether the answer is right or wrong.") var verdict: Verdict
    @Argument(help: ArgumentHelp("The question; several words are joined with blanks.", valueName: "text"))
    var words: [String]

    @Option(
        name: .customLong("sentence"),
        help: ArgumentHelp(
            "The sentence at these bytes of a passage, such as 12:0-40, as slmctl ask --json cites it; may be given more than once.",
            valueName: "passage:start-end"))
    var places: [Place] = []

    @OptionGroup var passages: PassageFilterOptions

    @Option(
        name: .long, help: ArgumentHelp("As with slmctl ask, from 1 to 20.", valueName: "n"))
    var limit = AskParams.usual

    @Option(name: .long, help: "The session that it belongs to.", completion: SessionNames.completion)
    var session: String?

    @OptionGroup var options: Options

    func validate() throws {
        try SessionNames.check(session)
        guard !words.isEmpty else { throw ValidationError("text: expected a question, found nothing") }
        guard 1...AskParams.most ~= limit else {
            throw ValidationError("--limit: expected 1 to \(AskParams.most), found \(limit)")
        }
    }

    func run() throws {
        try options.answer(
            { connection throws(ClientError) in
                try connection.call(
                    FeedbackParams(
                        text: words.joined(separator: " "), isRight: verdict == .right,
                        citations: places.map(\.place), limit: limit,
                        filter: try passages.filter(over: &connection), session: session))
            }, text: { Rendering.judged($0, on: .output) })
    }
}

extension Feedback {
    /// `12:0-40`.
    struct Place: ExpressibleByArgument {
        let place: CitedPlace

        init?(argument: String) {
            let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, let passage = Int64(parts[0]), passage > 0 else { return nil }
            let ends = parts[1].split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard ends.count == 2, let start = ends[0], let end = ends[1], 0 <= start, start < end else {
                return nil
            }
            place = CitedPlace(passage: passage, span: start..<end)
        }
    }
}

extension Rendering {
    /// A line for each sentence: what it is from now on, for whom, and where it stands.
    static func judged(_ answer: FeedbackResult, on terminal: Terminal, indent: String = "") -> String {
        let audience = answer.isForAll ? "for everybody" : "for you"
        let lines = answer.judged.map { judged in
            let place = Self.place(of: judged.citation)
            let text = terminal.styled(shown(onOneLine(judged.citation.text)), .dim)
            return "\(indent)\(judged.isAnswer ? "the answer" : "no answer") \(audience) from now on "
                + "(event \(judged.event)): [\(place)] \(text)"
        }
        return lines.joined(separator: "\n")
    }
}
