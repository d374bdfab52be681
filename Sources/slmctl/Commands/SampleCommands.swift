import ArgumentParser
internal import JSON
import SLMClient
import Wire

/// The file of a training or test set.
struct SampleSource: ParsableArguments {
    @Argument(
        help: ArgumentHelp("The file; - is standard input.", valueName: "file"), completion: .file())
    var path: String

    @Option(name: .long, help: "How the file is written; by default its extension or first line tells.")
    var format: SampleFormat?

    @Flag(help: "Take brackets as they are: no slots are marked.") var plain = false

    func file() throws(Failure) -> SampleFile {
        let input = try Input.open(path)
        return try SampleFile(path: path, bytes: try input.readAll(), format: format, isPlain: plain)
    }
}

private let fileFormats = """
    FILE has JSON lines {"text", "intent"}, or lines intent<TAB>text, or CSV with a header that names text and \
    intent. A line that cannot be read is named, and nothing is sent.

    Slots are marked as 'slmctl teach' has them: "show my [blood test](report_type)". In a file with such a mark, '\\[' \
    stands for a bracket that marks nothing; in one without, brackets are what they are.
    """

struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Learn a file of examples.",
        discussion:
            "\(fileFormats)\n\nMarked slots are learnt, too. What was learnt before is replaced; --add keeps it."
    )

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
        discussion: "\(fileFormats)\n\nNothing is learnt from it, and slots are not measured.")

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
            let file = try source.file()
            let answer = try calling { connection, progress throws(ClientError) in
                do throws(ClientError) {
                    return try call(&connection, file.samples, progress)
                } catch .refused(let reply) {
                    throw .refused(file.placed(reply))
                }
            }
            try print(answer, text: text)
        }
    }
}
