import ArgumentParser
import SLMClient
import Wire

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the state of the daemon.")
    @OptionGroup var options: Options

    func run() throws {
        try options.answer(
            { connection throws(ClientError) in try connection.status() },
            text: { StatusScreen(status: $0).text })
    }
}

struct Reload: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Have the daemon read its settings and its head again.",
        discussion: "A settings file with a fault changes nothing, and the fault is told.")
    @OptionGroup var options: Options

    func run() throws {
        try options.answer(
            { connection throws(ClientError) in try connection.reload() }, text: { Rendering.reload($0) })
    }
}

struct Snapshot: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Keep what has been learnt under a name, verify it, or bring it back.",
        subcommands: [
            Create.self, List.self, Show.self, Diff.self, Remove.self, Verify.self, Restore.self,
        ], defaultSubcommand: Create.self)

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

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print a snapshot and its intents.")
        @Argument(help: "The snapshot.") var name: String
        @OptionGroup var options: Options

        func run() throws {
            try options.answer(
                { connection throws(ClientError) in try connection.snapshot(name) },
                text: { Rendering.snapshots([$0.snapshot]) + "\n\n" + Rendering.intents($0.intents) })
        }
    }

    struct Diff: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the intents whose examples differ between two snapshots.",
            discussion: "Without a second one, what is learnt now is compared.")
        @Argument(help: "The snapshot.") var from: String
        @Argument(help: "Another.") var to: String?
        @OptionGroup var options: Options

        func run() throws {
            try options.answer(
                { connection throws(ClientError) in
                    let before = try connection.snapshot(from).intents
                    let after =
                        if let to { try connection.snapshot(to).intents } else { try connection.intents() }
                    return SnapshotDifference(from: before, to: after)
                }, text: { Rendering.difference($0) })
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a snapshot; what it holds stays learnt.")
        @Argument(help: "The snapshot.") var name: String
        @OptionGroup var options: Options

        func run() throws {
            try options.answer(
                { connection throws(ClientError) in try connection.removeSnapshot(name) },
                text: { "removed \($0.name), of event \($0.event)" })
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

/// The intents whose number of examples differs, by name; 0 where there is no such intent.
struct SnapshotDifference: JSONWritable, Hashable {
    struct Change: JSONWritable, Hashable {
        let intent: String
        let before: Int
        let after: Int

        func write(to json: inout JSONWriter) {
            json.object { json in
                json.field("intent", intent)
                json.field("before", before)
                json.field("after", after)
            }
        }
    }

    let changes: [Change]

    init(from before: [IntentEntry], to after: [IntentEntry]) {
        let (old, new) = (Self.counts(before), Self.counts(after))
        changes = Set(old.keys).union(new.keys).sorted().compactMap { intent in
            let (before, after) = (old[intent] ?? 0, new[intent] ?? 0)
            return before == after ? nil : Change(intent: intent, before: before, after: after)
        }
    }

    private static func counts(_ intents: [IntentEntry]) -> [String: Int] {
        Dictionary(intents.map { ($0.intent, $0.examples) }) { first, _ in first }
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("changes")
            json.array(changes) { $0.value($1) }
        }
    }
}
