import ArgumentParser
internal import JSON
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
        abstract: "Have the daemon read its settings, its tasks and its head again.",
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
            Export.self, Import.self,
        ], defaultSubcommand: Create.self)

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Write a snapshot.")
        @Argument(help: "Its name; the daemon chooses one when there is none.") var name: String?
        @OptionGroup var options: Options

        func run() throws {
            try options.answer(
                { connection throws(ClientError) in try connection.createSnapshot(named: name) },
                text: { Rendering.snapshot($0) })
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
                text: { Rendering.content($0) })
        }
    }

    struct Diff: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Compare two snapshots: the intents whose examples differ, and the accuracy.",
            discussion: "Without a second one, what is learnt now is compared.")
        @Argument(help: "The snapshot.") var from: String
        @Argument(help: "Another.") var to: String?
        @OptionGroup var options: Options

        func run() throws {
            try options.run { () throws(Failure) in
                let (before, after) = try options.calling { connection, _ throws(ClientError) in
                    (try connection.snapshot(from), try connection.snapshot(to))
                }
                try options.print(SnapshotDifference(from: before, to: after)) { Rendering.difference($0) }
            }
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a snapshot; what it holds stays learnt.")
        @Argument(help: "The snapshot.") var name: String
        @OptionGroup var options: Options

        func run() throws {
            try options.answer(
                { connection, progress throws(ClientError) in
                    try connection.removeSnapshot(name, progress: progress)
                }, text: { "removed \($0.name), of event \($0.event)" })
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
                    throw Failure.differing(answer)
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
                { connection, progress throws(ClientError) in
                    try connection.restore(snapshot: name, progress: progress)
                }, text: { "restored \(name); \(Rendering.count($0.intents, "intent")), event \($0.event)" })
        }
    }
}

/// Two snapshots, and the intents whose number of examples differs, by name; 0 where there is no such intent.
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

    let before: SnapshotEntry
    let after: SnapshotEntry
    let changes: [Change]

    /// - Throws: where the intents of one are not known.
    init(from before: SnapshotContentResult, to after: SnapshotContentResult) throws(Failure) {
        (self.before, self.after) = (before.snapshot, after.snapshot)
        let (old, new) = (try Self.counts(before), try Self.counts(after))
        changes = Set(old.keys).union(new.keys).sorted().compactMap { intent in
            let (before, after) = (old[intent] ?? 0, new[intent] ?? 0)
            return before == after ? nil : Change(intent: intent, before: before, after: after)
        }
    }

    private static func counts(_ content: SnapshotContentResult) throws(Failure) -> [String: Int] {
        guard let intents = content.intents else {
            throw Failure(.data, "unreadable", "\(content.snapshot.name): \(Rendering.unreadable(content))")
        }
        return Dictionary(intents.map { ($0.intent, $0.examples) }) { first, _ in first }
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("changes")
            json.array(changes) { $0.value($1) }
            json.key("accuracy")
            json.object { json in
                json.field(orNull: "before", before.accuracy)
                json.field(orNull: "after", after.accuracy)
            }
            json.key("held_back")
            json.object { json in
                json.field(orNull: "before", before.heldBack)
                json.field(orNull: "after", after.heldBack)
            }
        }
    }
}
