import ArgumentParser
import SLMClient
import Wire

/// The lessons that wait for approval, for the shell's completion.
private enum HeldEvents {
    static var completion: CompletionKind {
        .custom { _, _, prefix in numbers().filter { $0.hasPrefix(prefix) } }
    }

    private static func numbers() -> [String] {
        do {
            var connection = try Connection(socket: Environment.socket(flag: nil), timeout: .seconds(1))
            return try connection.history(last: 100, isQuarantined: true).events.map { "\($0.event)" }
        } catch {
            return []  // completion without a daemon offers nothing, and must print nothing either
        }
    }
}

struct Approve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Learn lessons that are held.",
        discussion: """
            slmctl history --quarantined lists them. Each is learnt now, as an event of its own; to take that event \
            back makes the lesson wait again.
            """)

    @Argument(
        help: ArgumentHelp("The event of a held lesson.", valueName: "event"),
        completion: HeldEvents.completion)
    var events: [Int64]

    @OptionGroup var options: Options

    func run() throws {
        try options.answer(
            { connection throws(ClientError) in try connection.approve(events) },
            text: { $0.approved.map { Rendering.lesson($0, on: .output) }.joined(separator: "\n") })
    }
}

struct Reject: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Erase lessons that are held.",
        discussion: "Their texts and vectors leave the log and its file.")

    @Argument(
        help: ArgumentHelp("The event of a held lesson.", valueName: "event"),
        completion: HeldEvents.completion)
    var events: [Int64]

    @OptionGroup var options: Options

    func run() throws {
        try options.answer(
            { connection, progress throws(ClientError) in try connection.reject(events, progress: progress) },
            text: { answer in
                let events = answer.rejected.map(String.init).joined(separator: ", ")
                return "rejected event\(answer.rejected.count == 1 ? "" : "s") \(events)"
            })
    }
}
