import ArgumentParser
import SLMClient
import Wire

struct Policy: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what was learnt of choosing in dialogues, judge it, freeze it or take it back.",
        subcommands: [
            ShowPolicy.self, EvaluatePolicy.self, PolicyLog.self, FreezePolicy.self, UnfreezePolicy.self,
            UndoPolicy.self,
        ], defaultSubcommand: ShowPolicy.self)
}

struct ShowPolicy: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print what decides now, its versions, and what is tried.")

    @OptionGroup var options: Options

    func run() throws {
        try options.answer(
            { connection throws(ClientError) in try connection.call(ShowPolicyParams()) },
            text: { Rendering.policy($0) })
    }
}

struct EvaluatePolicy: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval",
        abstract: "Estimate what policies get, by the decisions that were logged.",
        discussion: """
            A task done is worth 1, a turn costs 0.1. Each estimate is a mean a task, with its 95 % interval: by importance \
            weighting (ips), self-normalised (snips), and doubly robust (dr).
            """)

    @OptionGroup var options: Options

    func run() throws {
        try options.answer(
            { connection throws(ClientError) in try connection.call(EvaluatePolicyParams()) },
            text: { Rendering.evaluation($0) })
    }
}

struct PolicyLog: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "Print the newest decisions, and what came of them.",
        discussion: "Oldest first. With --json, one object a decision.")

    @Option(name: .long, help: "Only this session.", completion: SessionNames.completion) var session: String?
    @Option(name: .long, help: ArgumentHelp("Only the newest so many.", valueName: "n"))
    var limit = PolicyLogParams.usual
    @OptionGroup var options: Options

    func validate() throws {
        try SessionNames.check(session)
        guard !(1...PolicyLogParams.most).contains(limit) else { return }
        throw ValidationError("--limit: expected 1 to \(PolicyLogParams.most), found \(limit)")
    }

    func run() throws {
        let params = PolicyLogParams(last: limit, session: session)
        try options.run { () throws(Failure) in
            var connection = try options.connect()
            let log = try Failure.wrapping { () throws(ClientError) in try connection.call(params) }
            if options.json {
                for decision in log.decisions { try options.print(decision) { _ in "" } }
            } else if log.decisions.isEmpty {
                options.noteNothingYet("decided", "slmctl say opens a dialogue")
            } else {
                try Terminal.output.write(line: Rendering.decisions(log.decisions))
            }
        }
    }
}

struct FreezePolicy: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "freeze", abstract: "Have the policy stay as it is, and try nothing.")

    @OptionGroup var options: Options

    func run() throws {
        try options.answer(
            { connection throws(ClientError) in try connection.call(FreezePolicyParams()) },
            text: { Rendering.policy($0) })
    }
}

struct UnfreezePolicy: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unfreeze", abstract: "Have a frozen policy go on learning.")

    @OptionGroup var options: Options

    func run() throws {
        try options.answer(
            { connection throws(ClientError) in try connection.call(UnfreezePolicyParams()) },
            text: { Rendering.policy($0) })
    }
}

struct UndoPolicy: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo",
        abstract: "Take the newest version back: the one before decides again, and is frozen.")

    @OptionGroup var options: Options

    func run() throws {
        try options.answer(
            { connection throws(ClientError) in try connection.call(UndoPolicyParams()) },
            text: { Rendering.policy($0) })
    }
}

struct Transitions: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print what moves in dialogues have led to, and how often a task was done then.",
        discussion:
            "With --dot, as a graph in the language of Graphviz: slmctl transitions --dot | dot -Tsvg.")

    @Flag(name: .long, help: "Print a graph for Graphviz.") var dot = false
    @OptionGroup var options: Options

    func validate() throws {
        if dot, options.json { throw ValidationError("--dot: expected without --json, found both") }
    }

    func run() throws {
        try options.run { () throws(Failure) in
            var connection = try options.connect()
            let answer = try Failure.wrapping { () throws(ClientError) in
                try connection.call(TransitionsParams())
            }
            if options.json {
                try options.print(answer) { _ in "" }
            } else if dot {
                try Terminal.output.write(line: Rendering.graph(answer.transitions))
            } else if answer.transitions.isEmpty {
                options.noteNothingYet("learnt of dialogues", "a task counts minutes after it has ended")
            } else {
                try Terminal.output.write(line: Rendering.transitions(answer.transitions))
            }
        }
    }
}
