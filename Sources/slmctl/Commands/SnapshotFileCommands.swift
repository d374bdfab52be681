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
            try options.download(to: file, replacing: force) { connection, progress throws(ClientError) in
                try connection.exportSnapshot(name, progress: progress)
            } holding: {
                Rendering.count($0.events, "event")
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
            try options.upload(file) { connection, progress throws(ClientError) in
                try connection.importSnapshot(as: name, progress: progress)
            } text: {
                Rendering.snapshot($0)
                    + "\nslmctl snapshot restore \(Rendering.shellWord($0.name)) puts it in force"
            }
        }
    }
}
