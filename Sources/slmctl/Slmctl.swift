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
            Predict.self, Teach.self, Train.self, Eval.self, Intents.self, Embed.self, Status.self,
            Snapshot.self, Chat.self,
        ])
}

/// Options that may stand before the command.
enum GlobalOptions {
    /// Puts `--json` and `--socket PATH` that stand before the command behind it, where its parser looks for them.
    static func moved(behindCommandIn arguments: [String]) -> [String] {
        var moved: [String] = []
        var rest = arguments[...]
        while let word = rest.first {
            if word == "--json" || word.hasPrefix("--socket=") {
                moved.append(rest.removeFirst())
            } else if word == "--socket", rest.count > 1 {
                moved += rest.prefix(2)
                rest = rest.dropFirst(2)
            } else {
                break
            }
        }
        guard let command = rest.first, !command.hasPrefix("-") else { return moved + rest }
        return commandWords(rest) + moved + rest.dropFirst(commandWords(rest).count)
    }

    /// `intents rename` is a command of two words.
    private static func commandWords(_ arguments: ArraySlice<String>) -> [String] {
        let families: [String: Set<String>] = [
            "intents": ["list", "rename", "merge", "remove"], "snapshot": ["create", "list"],
        ]
        let words = Array(arguments.prefix(2))
        guard let family = families[words[0]], words.count == 2, family.contains(words[1]) else {
            return Array(words.prefix(1))
        }
        return words
    }
}
