import ArgumentParser
import SLMClient
import Wire

/// The names of the known intents, for the shell's completion.
enum IntentNames {
    static var completion: CompletionKind {
        .custom { _, _, prefix in names().filter { $0.hasPrefix(prefix) } }
    }

    private static func names() -> [String] {
        do {
            var connection = try Connection(socket: Environment.socket(flag: nil), timeout: .seconds(1))
            return try connection.intents().map(\.intent)
        } catch {
            return []  // completion without a daemon offers nothing, and must print nothing either
        }
    }
}

struct Intents: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List, rename, merge or remove intents.",
        subcommands: [List.self, Rename.self, Merge.self, Remove.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the intents and their examples.")
        @OptionGroup var options: Options

        func run() throws {
            try options.answer(
                { connection throws(ClientError) in try connection.call(IntentsParams()) },
                text: { Rendering.intents($0.intents) })
        }
    }

    struct Rename: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Give an intent another name.")
        @Argument(help: "The intent.", completion: IntentNames.completion) var from: String
        @Argument(help: "Its new name.") var to: String
        @OptionGroup var options: Options

        func run() throws {
            try options.change(RenameIntentParams(from: from, to: to), "renamed \(from) to \(to)")
        }
    }

    struct Merge: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give the examples of an intent to another, and drop the first.")
        @Argument(help: "The intent to drop.", completion: IntentNames.completion) var from: String
        @Argument(help: "The intent that takes its examples.", completion: IntentNames.completion) var into:
            String
        @OptionGroup var options: Options

        func run() throws {
            try options.change(MergeIntentParams(from: from, into: into), "merged \(from) into \(into)")
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Forget an intent and its examples.")
        @Argument(help: "The intent.", completion: IntentNames.completion) var intent: String
        @OptionGroup var options: Options

        func run() throws {
            try options.change(RemoveIntentParams(intent: intent), "removed \(intent)")
        }
    }
}

extension Options {
    fileprivate func change<P: Params>(_ params: P, _ done: String) throws
    where P.Answer == IntentChangeResult {
        try answer(
            { connection throws(ClientError) in try connection.call(params) },
            text: { "\(done); \(Rendering.count($0.intents, "intent")), event \($0.event)" })
    }
}
