import ArgumentParser
import SLMClient
import Wire

struct Entities: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the dates, times, numbers, amounts and addresses in a text.",
        discussion: """
            One a line: its kind, the words, what they mean, and what else they may mean. Without TEXT, lines are read \
            from standard input and answered one line each.
            """)

    @Argument(help: ArgumentHelp("The text; several words are joined with blanks.", valueName: "text"))
    var words: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What dates are relative to, such as 2026-01-08T10:00:00+01:00 or 2026-01-08; now if not given.",
            valueName: "time"))
    var at: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Whose clocks tell that time, such as Europe/Berlin.", valueName: "name"))
    var timeZone: String?

    @OptionGroup var options: Options

    func run() throws {
        let (at, timeZone) = (at, timeZone)
        try options.answerEach(
            words, request: { EntitiesParams(text: $0, at: at, timeZone: timeZone) },
            text: words.isEmpty ? { Rendering.line($0) } : { Rendering.entities($0, on: .output) })
    }
}
