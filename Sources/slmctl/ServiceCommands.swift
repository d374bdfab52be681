import ArgumentParser
import SLMClient
import Wire

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the state of the daemon.")
    @OptionGroup var options: Options

    func run() throws {
        try options.answer(
            { connection throws(ClientError) in try connection.status() }, text: { Rendering.status($0) })
    }
}

struct Snapshot: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Keep what has been learnt under a name, or list what is kept.",
        subcommands: [Create.self, List.self], defaultSubcommand: Create.self)

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Write a snapshot.")
        @Argument(help: "Its name; the daemon chooses one when there is none.") var name: String?
        @OptionGroup var options: Options

        func run() throws {
            try options.answer(
                { connection throws(ClientError) in try connection.createSnapshot(named: name) },
                text: { "\($0.name): event \($0.event), \($0.bytes) bytes, sha256 \($0.digest)" })
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the snapshots.")
        @OptionGroup var options: Options

        func run() throws {
            try options.answer(
                { connection throws(ClientError) in try connection.call(ListSnapshotsParams()) },
                text: { Rendering.snapshots($0.snapshots) })
        }
    }
}
