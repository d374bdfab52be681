import ArgumentParser
import SLMClient
import Wire

/// What a text is a part of.
struct TurnOptions: ParsableArguments {
    @Option(name: .long, help: "What the system said before the text.")
    var context: String?

    @Option(name: .long, help: "The conversation that the text belongs to.")
    var session: String?

    func validate() throws { try SessionNames.check(session) }
}

struct Predict: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the intent of a text.",
        discussion: "Without TEXT, lines are read from standard input and answered one line each.")

    @Argument(help: ArgumentHelp("The text; several words are joined with blanks.", valueName: "text"))
    var words: [String] = []

    @OptionGroup var turn: TurnOptions

    @Flag(name: .long, help: "Refuse a text longer than the encoder reads, instead of reading its beginning.")
    var noTruncate = false

    @OptionGroup var options: Options

    func run() throws {
        let (turn, overflow) = (turn, noTruncate ? OverflowRule.error : .truncate)
        try options.answerEach(
            words,
            request: {
                PredictParams(text: $0, context: turn.context, session: turn.session, overflow: overflow)
            },
            text: words.isEmpty ? { Rendering.line($0) } : { Rendering.prediction($0, on: .output) })
    }
}

struct Embed: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the sentence vector of a text.",
        discussion: "Without TEXT, lines are read from standard input and answered one line each.")

    @Argument(help: ArgumentHelp("The text; several words are joined with blanks.", valueName: "text"))
    var words: [String] = []

    @Flag(name: .long, help: "Refuse a text longer than the encoder reads, instead of reading its beginning.")
    var noTruncate = false

    @OptionGroup var options: Options

    func run() throws {
        let overflow = noTruncate ? OverflowRule.error : .truncate
        try options.answerEach(
            words, request: { EmbedParams(text: $0, overflow: overflow) },
            text: { $0.embedding.map(\.description).joined(separator: " ") })
    }
}

struct Teach: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Teach the intent of a text. It is in force for the next request.",
        discussion: """
            Without TEXT, each line of standard input is taught. A new intent needs no other step. A lesson that \
            contradicts may be held until an administrator approves it; the exit status is then 77.

            Slots are marked in the text and learnt, too: "show my [blood test](report_type) from [yesterday](date)". \
            '\\[' stands for a bracket that marks nothing.
            """)

    @Argument(help: "The intent.", completion: IntentNames.completion)
    var intent: String

    @Argument(help: ArgumentHelp("The text; several words are joined with blanks.", valueName: "text"))
    var words: [String] = []

    @Flag(help: "Take brackets as they are: no slots are marked.") var plain = false
    @OptionGroup var turn: TurnOptions
    @OptionGroup var options: Options

    func run() throws {
        let (intent, turn, plain) = (intent, turn, plain)
        try options.answerEach(
            words,
            request: {
                TeachParams(
                    intent: intent, text: $0, context: turn.context, session: turn.session,
                    isMarked: !plain && $0.contains("["))
            },
            text: { Rendering.lesson($0, on: .output) }, problem: Failure.init)
    }
}

struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say why a text has its intent.",
        discussion: """
            The nearest taught examples and the events behind them, and what each voice of the head says. Texts that \
            others taught are shown to administrators only.
            """)

    @Argument(help: ArgumentHelp("The text; several words are joined with blanks.", valueName: "text"))
    var words: [String] = []

    @Option(name: .long, help: "What the system said before the text.") var context: String?
    @OptionGroup var options: Options

    func run() throws {
        let context = context
        try options.answerEach(
            words, request: { ExplainParams(text: $0, context: context) },
            text: { Rendering.explanation($0, on: .output) })
    }
}
