import ArgumentParser
import SLMClient
import Wire

extension Snapshot {
    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a snapshot into a file for another machine.",
            discussion: """
                The file has the lessons that the snapshot was made of, their texts and who taught them. It is a tar \
                archive; it is read back and compared before it takes its name.
                """)
        @Argument(help: "The snapshot.") var name: String
        @Argument(help: "The file; - is standard output.", completion: .file()) var file: String
        @Flag(name: .long, help: "Replace a file that is there.") var force = false
        @OptionGroup var options: Options

        func run() throws {
            try options.run { () throws(Failure) in
                var connection = try options.connect()
                var output = try OutputFile.create(file, replacing: force)
                let answer = try options.showingProgress { show throws(ClientError) in
                    try connection.exportSnapshot(name, progress: show)
                }
                try connection.download(answer.bytes, digest: answer.sha256, to: &output)
                let text =
                    "\(file): \(Rendering.count(answer.events, "event")), \(answer.bytes) bytes, "
                    + "sha256 \(answer.sha256)"
                let rendered = options.render(answer) { _ in text }
                try (file == "-" ? Terminal.error : Terminal.output).write(rendered)
            }
        }
    }

    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Keep a snapshot of another machine.",
            discussion: """
                Everything in the file is verified first; the encoder and the seed must be those of this daemon. What is \
                learnt does not change: slmctl snapshot restore puts it in force.
                """)
        @Argument(help: "The file; - is standard input.", completion: .file()) var file: String
        @Argument(help: "Its name here; the one it had when there is none.") var name: String?
        @OptionGroup var options: Options

        func run() throws {
            try options.run { () throws(Failure) in
                let input = try Input.open(file)
                var connection = try options.connect()
                try connection.upload(input.ofKnownSize())
                let answer = try options.showingProgress { show throws(ClientError) in
                    try connection.importSnapshot(as: name, progress: show)
                }
                try options.print(answer) { Rendering.snapshot($0) }
            }
        }
    }
}
