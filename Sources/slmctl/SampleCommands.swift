import ArgumentParser
import SLMClient
import Wire

/// The file of a training or test set.
struct SampleSource: ParsableArguments {
    @Argument(
        help: ArgumentHelp("The file; - is standard input.", valueName: "file"), completion: .file())
    var path: String

    @Option(name: .long, help: "How the file is written; by default its extension or first line tells.")
    var format: SampleFormat?

    func samples() throws(Failure) -> [Sample] {
        let input = try Input.open(path)
        return try SampleFile(path: path, bytes: try input.readAll(), format: format).samples
    }
}

private let fileFormats = """
    FILE has JSON lines {"text", "intent"}, or lines intent<TAB>text, or CSV with a header that names text and \
    intent. A line that cannot be read is named, and nothing is sent.
    """

struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Learn a file of examples.",
        discussion: "\(fileFormats)\n\nWhat was learnt before is replaced; --add keeps it.")

    @OptionGroup var source: SampleSource
    @Flag(name: .long, help: "Keep what was learnt before.") var add = false
    @OptionGroup var options: Options

    func run() throws {
        try options.withSamples(source) { connection, samples, progress throws(ClientError) in
            try connection.train(samples, keepingBase: add, progress: progress)
        } text: {
            "learnt \(Rendering.count($0.count, "example"))\(add ? " beside what was learnt before" : ""), "
                + "in \(Rendering.fixed($0.seconds, 2)) s; \(Rendering.count($0.intents, "intent")) known now"
        }
    }
}

struct Eval: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure how well the intents of a file are recognised.",
        discussion: "\(fileFormats)\n\nNothing is learnt from it.")

    @OptionGroup var source: SampleSource
    @OptionGroup var options: Options

    func run() throws {
        try options.withSamples(source) { connection, samples, progress throws(ClientError) in
            try connection.evaluate(samples, progress: progress)
        } text: {
            Rendering.evaluation($0)
        }
    }
}

extension Options {
    fileprivate func withSamples<Answer: JSONWritable>(
        _ source: SampleSource,
        _ call: @escaping (inout Connection, [Sample], (Progress) -> Void) throws(ClientError) -> Answer,
        text: (Answer) -> String
    ) throws {
        try run { () throws(Failure) in
            let samples = try source.samples()
            let answer = try calling { connection, progress throws(ClientError) in
                try call(&connection, samples, progress)
            }
            try print(answer, text: text)
        }
    }
}
