import ArgumentParser
internal import JSON
import SLMClient
import Wire

struct History: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List what was taught, when, by whom, and with what effect.",
        discussion: "Oldest first. With --json, one object an event.")

    @Option(name: .long, help: ArgumentHelp("Only the newest so many.", valueName: "n")) var limit: Int?
    @Flag(name: .long, help: "Only lessons that wait for approval.") var quarantined = false
    @OptionGroup var options: Options

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit: expected 1 or more, found \(limit)") }
    }

    func run() throws {
        try options.run { () throws(Failure) in
            var connection = try options.connect()
            var position: Int64 = 0
            var isEmpty = true
            while true {
                let page = try Failure.wrapping { () throws(ClientError) in
                    try connection.history(after: position, last: limit, isQuarantined: quarantined)
                }
                for event in page.events { try options.print(event, text: Rendering.event) }
                isEmpty = isEmpty && page.events.isEmpty
                guard page.hasMore, let last = page.events.last else { break }
                position = last.event
            }
            guard isEmpty else { return }
            quarantined
                ? options.note("Nothing waits for approval.")
                : options.noteNothingYet("taught", "slmctl teach INTENT TEXT")
        }
    }
}

/// `--prove`, of the commands that take lessons back.
struct Proof: ParsableArguments {
    @Flag(name: .long, help: "Replay the whole log from nothing as well, and compare.") var prove = false
}

struct Undo: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take the newest lessons back.",
        discussion: """
            The head becomes what it would be had they never been; their texts are erased, but for what was said in \
            dialogues: that stays, and a dialogue that taught one is where it would be without that turn. What the \
            bootstrap file taught stays.
            """)

    @Argument(help: "How many; one when left out.") var count: Int?
    @Option(name: .long, help: "This event instead of the newest.") var event: Int64?
    @OptionGroup var proof: Proof
    @OptionGroup var options: Options

    func validate() throws {
        if let count, count < 1 { throw ValidationError("count: expected 1 or more, found \(count)") }
        if let event, event < 1 { throw ValidationError("--event: expected 1 or more, found \(event)") }
        if count != nil, event != nil { throw ValidationError("expected a count or --event, found both") }
    }

    func run() throws {
        try options.takeBack(
            { connection, progress throws(ClientError) in
                try connection.undo(count ?? 1, event: event, isProved: proof.prove, progress: progress)
            }, text: Rendering.undone, digests: { ($0.digest, $0.replayedDigest) })
    }
}

struct Forget: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Erase what a session or a user taught and said, or one lesson.",
        discussion: """
            Texts, vectors and turns leave the log, its file, the checkpoints, the snapshots and the archive, and the head \
            becomes what it would be had they never been. What the bootstrap file taught stays.
            """)

    @Option(
        name: .long, help: "The session whose lessons and turns are erased.",
        completion: SessionNames.completion)
    var session: String?
    @Option(name: .long, help: ArgumentHelp("The user whose lessons are erased.", valueName: "uid"))
    var user: UInt32?
    @Option(name: .long, help: ArgumentHelp("The lesson that is erased.", valueName: "id")) var event: Int64?
    @OptionGroup var proof: Proof
    @OptionGroup var options: Options

    func validate() throws {
        try SessionNames.check(session)
        guard selections.count == 1 else {
            throw ValidationError("expected one of --session, --user and --event, found \(selections.count)")
        }
    }

    private var selections: [ForgetParams.Selection] {
        [session.map { .session($0) }, user.map { .user($0) }, event.map { .event($0) }].compactMap(\.self)
    }

    func run() throws {
        guard let selection = selections.first else { return }
        try options.takeBack(
            { connection, progress throws(ClientError) in
                try connection.forget(selection, isProved: proof.prove, progress: progress)
            }, text: Rendering.forgotten, digests: { ($0.digest, $0.replayedDigest) })
    }
}

extension Options {
    /// Prints the answer; digests that differ are a failure.
    fileprivate func takeBack<Answer: JSONWritable>(
        _ call: (inout Connection, (Progress) -> Void) throws(ClientError) -> Answer,
        text: (Answer) -> String, digests: (Answer) -> (now: String, replayed: String?)
    ) throws {
        try run { () throws(Failure) in
            let answer = try calling(call)
            try print(answer, text: text)
            let (now, replayed) = digests(answer)
            if let replayed, replayed != now { throw Failure.differing(now, replayed: replayed) }
        }
    }

    /// Connects, calls with a progress bar, and prints the answer.
    func answer<Answer: JSONWritable>(
        _ call: (inout Connection, (Progress) -> Void) throws(ClientError) -> Answer, text: (Answer) -> String
    ) throws {
        try run { () throws(Failure) in try print(try calling(call), text: text) }
    }

    /// Connects and calls, with a progress bar.
    func calling<Answer>(
        _ call: (inout Connection, (Progress) -> Void) throws(ClientError) -> Answer
    ) throws(Failure) -> Answer {
        var connection = try connect()
        return try showingProgress(on: &connection, call)
    }

    func showingProgress<Answer>(
        on connection: inout Connection,
        _ call: (inout Connection, (Progress) -> Void) throws(ClientError) -> Answer
    ) throws(Failure) -> Answer {
        let bar = ProgressBar(on: .error)
        defer { bar.clear() }
        return try Failure.wrapping { () throws(ClientError) in try call(&connection) { bar.show($0) } }
    }
}

extension Failure {
    /// The log does not give the head that is in force.
    static func differing(_ answer: VerifyResult) -> Failure {
        guard answer.digest == answer.replayedDigest else {
            return differing(answer.digest, replayed: answer.replayedDigest)
        }
        return Failure(
            .software, "differs",
            "a replay of the log gives another: \(answer.differing.joined(separator: ", "))")
    }

    static func differing(_ digest: String, replayed: String) -> Failure {
        Failure(
            .software, "differs",
            "a replay of the log gives sha256 \(replayed), expected \(digest)")
    }
}
