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
        abstract: "Keep what has been learnt under a name, verify it, or bring it back.",
        subcommands: [Create.self, List.self, Verify.self, Restore.self], defaultSubcommand: Create.self)

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

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Replay the log from nothing and compare.",
            discussion:
                "Without a name, what is learnt now is compared. The status is 0 only when both are equal.")
        @Argument(help: "The snapshot.") var name: String?
        @OptionGroup var options: Options

        func run() throws {
            try options.run { () throws(Failure) in
                let answer = try options.calling { connection, progress throws(ClientError) in
                    try connection.verify(snapshot: name, progress: progress)
                }
                try options.print(answer) { Rendering.verification($0) }
                guard answer.isEqual else {
                    throw Failure.differing(answer.digest, replayed: answer.replayedDigest)
                }
            }
        }
    }

    struct Restore: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make what is learnt again what it was in a snapshot.",
            discussion:
                "What was learnt since then does not count any more; slmctl undo takes the restoration back.")
        @Argument(help: "The snapshot.") var name: String
        @OptionGroup var options: Options

        func run() throws {
            try options.answer(
                { connection throws(ClientError) in try connection.restore(snapshot: name) },
                text: { "restored \(name); \($0.intents) intents, event \($0.event)" })
        }
    }
}
