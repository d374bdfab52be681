import ArgumentParser
import SLMClient
import Wire

/// How the next token is chosen, and where a reply ends.
struct GenerationOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("End after so many tokens.", valueName: "n"))
    var maxTokens = GenerateParams.usualTokens

    @Option(
        name: .long,
        help: ArgumentHelp(
            "0 takes the likeliest token; more, up to 100, leaves more to chance.", valueName: "t"))
    var temperature = 0.0

    @Option(name: .long, help: ArgumentHelp("Draw from so many of the likeliest tokens.", valueName: "n"))
    var topK: Int?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Draw from the likeliest tokens that together have this probability.", valueName: "p"))
    var topP = 1.0

    @Option(
        name: .long,
        help: ArgumentHelp("Draw from tokens this many times as likely as the likeliest.", valueName: "p"))
    var minP = 0.0

    @Option(
        name: .long,
        help: ArgumentHelp("Above 1, up to 100, makes tokens that have come less likely.", valueName: "r"))
    var repetitionPenalty = 1.0

    @Option(name: .long, help: ArgumentHelp("The same seed gives the same text.", valueName: "n"))
    var seed: Int64 = 0

    @Option(
        name: .long, help: ArgumentHelp("End before this text; up to 16 times.", valueName: "text"))
    var stop: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp("Reply with this or another choice, and nothing else.", valueName: "text"))
    var choice: [String] = []

    @Option(name: .long, help: ArgumentHelp("End after so long.", valueName: "seconds"))
    var timeout: Double?

    func validate() throws {
        typealias Sampling = GenerateParams.Sampling
        let counts = 1...Int(Int32.max)
        try Self.check("--max-tokens", maxTokens, counts, "1 or more")
        try Self.check("--temperature", temperature, Sampling.temperatures, "0 to 100")
        try Self.check("--top-k", topK, counts, "1 or more")
        try Self.check("--top-p", topP, Double.leastNonzeroMagnitude...1, "above 0 and at most 1")
        try Self.check("--min-p", minP, 0...1, "0 to 1")
        try Self.check("--repetition-penalty", repetitionPenalty, Sampling.penalties, "0.01 to 100")
        try Self.check("--seed", seed, Sampling.seeds, "0 to \(Sampling.seeds.upperBound)")
        try Self.check("--timeout", timeout, 0.001...3600, "0.001 to 3600 seconds")
        try Self.check("--stop", stop.count, 0...GenerateParams.mostStops, "16 at most")
        try Self.check("--choice", choice.count, 0...GenerateParams.mostChoices, "256 at most")
        for text in stop {
            let bytes = text.utf8.count
            try Self.check("--stop", bytes, 1...GenerateParams.longestStop, "a text of 1 to 256 bytes")
        }
        if choice.contains("") { throw ValidationError("--choice: expected a text, found an empty one") }
    }

    private static func check<Value: Comparable>(
        _ name: String, _ value: Value?, _ range: ClosedRange<Value>, _ expected: String
    ) throws {
        guard let value, !range.contains(value) else { return }
        throw ValidationError("\(name): expected \(expected), found \(value)")
    }

    func params(_ prompt: GenerateParams.Prompt, isStreamed: Bool) -> GenerateParams {
        GenerateParams(
            prompt, maximumTokens: maxTokens,
            sampling: .init(
                temperature: temperature, topK: topK, topP: topP, minP: minP,
                repetitionPenalty: repetitionPenalty, seed: seed),
            stop: stop, choices: choice.isEmpty ? nil : choice,
            timeoutMilliseconds: timeout.map { Int(($0 * 1000).rounded()) }, isStreamed: isStreamed)
    }
}

struct Generate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Have the language model reply to a prompt.",
        discussion: """
            Without PROMPT all of standard input is one prompt, for a prompt may have many lines; the line end behind \
            its last one is left off. The reply is written as it comes, and Ctrl-C ends it, with status 130. With \
            --json it is one object in the end. What the model says is its own words: nothing checks it.
            """)

    @Argument(help: ArgumentHelp("The prompt; several words are joined with blanks.", valueName: "prompt"))
    var words: [String] = []

    @Flag(name: .long, help: "Go on with the prompt as it is, and not as a message to reply to.")
    var raw = false

    @Option(name: .long, help: ArgumentHelp("What the model is told before the prompt.", valueName: "text"))
    var system: String?

    @OptionGroup var generation: GenerationOptions
    @OptionGroup var options: Options

    func validate() throws {
        guard raw, system != nil else { return }
        throw ValidationError("--system: expected no --raw beside it, for a raw prompt has no messages")
    }

    func run() throws {
        try options.run { () throws(Failure) in
            var connection = try options.connect()
            let prompt = try prompt(atMost: connection.hello.limits.frameBytes)
            let params = generation.params(prompt, isStreamed: !options.json)
            let interruption = try Interruption()
            var stream = ReplyStream(on: .output)
            let result = Result { () throws(ClientError) in
                try connection.generate(params, cancelledBy: interruption.descriptor) { piece in
                    stream.write(piece)
                    if stream.failure != nil { interruption.come() }
                }
            }
            if !options.json { stream.end(isWhole: (try? result.get()) != nil) }  // a refusal is no text
            if let failure = stream.failure { throw failure }
            switch result {
            case .success(let reply): try conclude(reply)
            case .failure where interruption.hasCome: throw .interrupted
            case .failure(let error): throw Failure(error)
            }
        }
    }

    private func conclude(_ reply: GenerateResult) throws(Failure) {
        if options.json { return try options.print(reply) { _ in "" } }
        guard Terminal.error.isTerminal, let cut = Rendering.cut(reply) else { return }
        let option = Self.remedies[reply.stopReason].map { ": \($0)" } ?? ""
        options.note(Terminal.error.styled("\(cut)\(option)", .dim))
    }

    /// What gives a reply that was cut more room.
    private static let remedies: [GenerateResult.StopReason: String] = [
        .length: "--max-tokens", .deadline: "--timeout",
    ]

    private func prompt(atMost limit: Int) throws(Failure) -> GenerateParams.Prompt {
        let text =
            words.isEmpty ? try Self.standardInput(options, atMost: limit) : words.joined(separator: " ")
        if raw { return .text(text) }
        guard !text.allSatisfy(\.isWhitespace) else {
            throw Failure(.data, "empty_text", "the prompt is empty")
        }
        let system = system.map { GenerateParams.Message(role: .system, text: $0) }
        return .messages((system.map { [$0] } ?? []) + [.init(role: .user, text: text)])
    }

    private static func standardInput(_ options: Options, atMost limit: Int) throws(Failure) -> String {
        let input = Input.standard
        if input.isTerminal { options.note("Type the prompt; Ctrl-D ends it.") }
        var bytes = try input.readAll(atMost: limit)
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure(.data, "not_utf8", "standard input: expected UTF-8, found other bytes")
        }
        return text
    }
}
