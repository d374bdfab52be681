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
            Predict.self, Say.self, Teach.self, Train.self, Eval.self, Intents.self, Entities.self,
            Embed.self, Status.self, Top.self, Doctor.self, Reload.self, Snapshot.self, History.self,
            Approve.self, Reject.self, Explain.self, Log.self, Sessions.self, Session.self, Policy.self,
            Transitions.self, Undo.self, Forget.self, Backup.self, Restore.self, Ask.self, Feedback.self,
            Generate.self, Chat.self, KnowledgeBase.self,
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
        guard let command = rest.first, !command.hasPrefix("-") else {
            guard moved.isEmpty || !rest.isEmpty else {
                let said = moved.joined(separator: " ")
                throw Failure(.usage, "usage", "no command follows \(said); slmctl --help lists them")
            }
            // Of an option that no command follows the parser has to speak, not of these.
            return Array(rest)
        }
        let asked = command == "help" ? rest.dropFirst().first { !$0.hasPrefix("-") } : command
        if let asked, asked != "help", !Slmctl.commandNames.contains(asked) { throw noCommand(asked) }
        rest.removeFirst()
        guard let family = families[command] else { return [command] + moved + rest }
        // Between the two words of a command such as `intents rename`, too.
        var after = rest
        let between = take(from: &after)
        guard let verb = after.first, family.contains(verb) else { return [command] + moved + rest }
        moved += between
        return [command, verb] + moved + after.dropFirst()
    }

    private static func noCommand(_ word: String) -> Failure {
        let near = nearest(to: word, among: Slmctl.commandNames).map { ", did you mean '\($0)'?" } ?? ";"
        return Failure(.usage, "usage", "there is no command '\(word)'\(near) slmctl --help lists them")
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

    /// Refuses `snapshot lsit`, which would make a snapshot of that name, `intents renam`, and `session` alone.
    ///
    /// - Parameter arguments: as `moved(behindCommandIn:)` leaves them.
    static func refuseMistypedVerb(in arguments: [String]) throws(Failure) {
        guard let command = arguments.first, let verbs = families[command] else { return }
        var rest = arguments.dropFirst()
        _ = take(from: &rest)
        guard let word = rest.first else {
            if needsVerb.contains(command) { throw noCommand(command, expecting: verbs) }
            return
        }
        guard !word.hasPrefix("-"), !verbs.contains(word), word != "help" else { return }
        guard let verb = nearest(to: word, among: verbs) else {
            // Any other word behind `snapshot` is a name for one.
            if command == "snapshot" { return }
            throw noCommand("\(command) \(word)", expecting: verbs)
        }
        let otherwise =
            command == "snapshot" ? " To make a snapshot of that name: `snapshot create \(word)`" : ""
        throw Failure(.usage, "usage", "did you mean `\(command) \(verb)`?\(otherwise)")
    }

    private static func noCommand(_ said: String, expecting verbs: Set<String>) -> Failure {
        let expected = verbs.sorted().joined(separator: ", ")
        return Failure(
            .usage, "usage", "there is no command '\(said)': expected one of \(expected) as its second word")
    }

    /// The word that may have been meant; nil when none is near.
    private static func nearest(to word: String, among words: some Sequence<String>) -> String? {
        let near = words.map { (word: $0, edits: EditDistance.between(word, $0)) }
        guard let best = near.min(by: { ($0.edits, $0.word) < ($1.edits, $1.word) }) else { return nil }
        // In a short word two edits make another one, unless its letters only changed places.
        let isMixedUp = word.sorted() == best.word.sorted()
        return best.edits < 2 || best.edits == 2 && (best.word.count > 5 || isMixedUp) ? best.word : nil
    }

    /// Those whose first word alone does nothing.
    private static let needsVerb: Set = ["kb", "session"]

    /// Commands of two words: `intents rename`.
    private static let families: [String: Set<String>] = [
        "kb": ["add", "list", "show", "search", "remove", "reindex", "export"],
        "session": ["show", "export", "import"],
        "policy": ["show", "eval", "log", "freeze", "unfreeze", "undo"],
        "intents": ["list", "rename", "merge", "remove"],
        "snapshot": ["create", "list", "show", "diff", "remove", "verify", "restore", "export", "import"],
    ]
}
