import ArgumentParser
import Wire

struct Slmctl: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slmctl",
        abstract: "Talk to slmd, the local conversational runtime.",
        discussion: """
            A command that takes TEXT reads lines from standard input when no text is given, and answers one \
            line each, in order. --json and --socket work before and after the command.

            The socket is that of --socket, else of the variable SLMD_SOCKET, else the user's own daemon's, \
            else the system's.
            """,
        version: Release.version,
        subcommands: [
            Predict.self, Teach.self, Train.self, Eval.self, Intents.self, Embed.self, Status.self, Top.self,
            Doctor.self, Reload.self, Snapshot.self, History.self, Approve.self, Reject.self, Explain.self,
            Log.self, Sessions.self, Undo.self, Forget.self, Backup.self, Restore.self, Chat.self,
        ])

    static var commandNames: [String] { configuration.subcommands.map { $0._commandName } }
}

/// Options that may stand before the command.
enum GlobalOptions {
    /// Puts `--json` and `--socket PATH` that stand before the command behind it, where its parser looks for them.
    ///
    /// - Throws: when the command is none.
    static func moved(behindCommandIn arguments: [String]) throws(Failure) -> [String] {
        var rest = spelledApart(arguments)[...]
        var moved = take(from: &rest)
        guard let command = rest.first, !command.hasPrefix("-") else { return moved + rest }
        guard command == "help" || Slmctl.commandNames.contains(command) else {
            throw Failure(.usage, "usage", "there is no command '\(command)'; slmctl --help lists them")
        }
        rest.removeFirst()
        guard let family = families[command] else { return [command] + moved + rest }
        // Between the two words of a command such as `intents rename`, too.
        var after = rest
        let between = take(from: &after)
        guard let verb = after.first, family.contains(verb) else { return [command] + moved + rest }
        moved += between
        return [command, verb] + moved + after.dropFirst()
    }

    /// Whether `--json` is among the arguments, for what goes wrong before they are parsed.
    static func asksForJSON(_ arguments: some Sequence<String>) -> Bool {
        arguments.prefix { $0 != "--" }.contains("--json")
    }

    /// With `--socket=` as two words: the parser would take the word behind it for the path.
    private static func spelledApart(_ arguments: [String]) -> [String] {
        let end = arguments.firstIndex(of: "--") ?? arguments.count
        return arguments[..<end].flatMap { $0 == "--socket=" ? ["--socket", ""] : [$0] } + arguments[end...]
    }

    /// The options that `arguments` begin with; they are gone from it.
    private static func take(from arguments: inout ArraySlice<String>) -> [String] {
        var taken: [String] = []
        while let word = arguments.first {
            if word == "--json" || word.hasPrefix("--socket=") {
                taken.append(arguments.removeFirst())
            } else if word == "--socket", arguments.count > 1 {
                taken += arguments.prefix(2)
                arguments = arguments.dropFirst(2)
            } else {
                break
            }
        }
        return taken
    }

    /// Refuses `snapshot lsit`, which would make a snapshot of that name.
    ///
    /// - Parameter arguments: as `moved(behindCommandIn:)` leaves them.
    static func refuseMistypedVerb(in arguments: [String]) throws(Failure) {
        guard arguments.first == "snapshot", let verbs = families["snapshot"] else { return }
        var rest = arguments.dropFirst()
        _ = take(from: &rest)
        guard let word = rest.first, !word.hasPrefix("-"), !verbs.contains(word), word != "help" else {
            return
        }
        let near = verbs.map { (verb: $0, edits: EditDistance.between(word, $0)) }
        guard let best = near.min(by: { ($0.edits, $0.verb) < ($1.edits, $1.verb) }) else { return }
        // In a short verb two edits are another word, unless its letters only changed places.
        let isMixedUp = word.sorted() == best.verb.sorted()
        guard best.edits < 2 || best.edits == 2 && (best.verb.count > 5 || isMixedUp) else { return }
        throw Failure(
            .usage, "usage",
            """
            did you mean `snapshot \(best.verb)`? To make a snapshot of that name: \
            `snapshot create \(word)`
            """)
    }

    /// Commands of two words: `intents rename`.
    private static let families: [String: Set<String>] = [
        "intents": ["list", "rename", "merge", "remove"],
        "snapshot": ["create", "list", "show", "diff", "remove", "verify", "restore", "export", "import"],
    ]
}
