import ArgumentParser
import SLMClient
import Wire

struct Backup: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a backup of everything the daemon keeps into one file.",
        discussion: """
            Lessons go on meanwhile. The file is a tar archive; it is read back and compared before it takes its \
            name.
            """)

    @Argument(help: "The file; - is standard output.", completion: .file()) var file: String
    @Flag(name: .long, help: "Replace a file that is there.") var force = false
    @Flag(name: .long, help: "Replay the backup's whole log from nothing as well, and compare.")
    var verify = false
    @OptionGroup var options: Options

    func run() throws {
        try options.download(to: file, replacing: force) { connection, progress throws(ClientError) in
            try connection.backup(isProved: verify, progress: progress)
        } holding: {
            "event \($0.event)"
        }
    }
}

struct Restore: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put the state of a backup in the place of the daemon's.",
        discussion: """
            Everything in the backup is verified before anything changes, and the daemon goes on answering. The \
            state before stays on its disk until it starts again.
            """)

    @Argument(help: "The backup; - is standard input.", completion: .file()) var file: String
    @Flag(name: .long, help: "Replay the backup's whole log from nothing first, and compare.") var verify =
        false
    @Flag(name: .long, help: "Keep the state before until it is removed by hand.") var keep = false
    @OptionGroup var options: Options

    private static func until(_ isKept: Bool) -> String {
        isKept ? "until it is removed by hand" : "until the daemon's next start"
    }

    func run() throws {
        try options.upload(file) { connection, progress throws(ClientError) in
            try connection.restore(isProved: verify, keepingPrevious: keep, progress: progress)
        } text: {
            "restored \(file): event \($0.event), \(Rendering.count($0.events, "event")), "
                + "\(Rendering.count($0.intents, "intent"))\nsha256 \($0.digest)"
                + ($0.previous.map { "\nthe state before lies in \($0) \(Self.until(keep))" } ?? "")
        }
    }
}
