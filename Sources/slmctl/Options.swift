import ArgumentParser
import Glibc
internal import JSON
import SLMClient
import Wire

/// What every command takes.
struct Options: ParsableArguments {
    @Flag(name: .long, help: "Print one JSON object a line.")
    var json = false

    @Option(
        name: .long, help: ArgumentHelp("The daemon's socket.", valueName: "path"),
        completion: .file())
    var socket: String?

    func validate() throws {
        if socket == "" { throw ValidationError("--socket: expected a path, found an empty one") }
    }

    func connect() throws(Failure) -> Connection {
        try Failure.wrapping { () throws(ClientError) in
            try Connection(socket: Environment.socket(flag: socket))
        }
    }

    /// Runs a command; an error ends it with its exit code, said in the form the user asked for.
    func run(_ body: () throws(Failure) -> Void) throws {
        do {
            try body()
        } catch {
            error.report(asJSON: json)
            throw ExitCode(error.exit.rawValue)
        }
    }

    /// Connects, calls, and prints the answer: as JSON, or as `text` words it.
    ///
    /// - Parameter problem: what is wrong with an answer that was printed.
    func answer<Answer: JSONWritable>(
        _ call: (inout Connection) throws(ClientError) -> Answer, text: (Answer) -> String,
        problem: (Answer) -> Failure? = { _ in nil }
    ) throws {
        try run { () throws(Failure) in
            var connection = try connect()
            let answer = try Failure.wrapping { () throws(ClientError) in try call(&connection) }
            try print(answer, text: text)
            if let problem = problem(answer) { throw problem }
        }
    }

    /// Says what programs know by themselves, such as that a list is empty: on standard error, and not with `--json`.
    func note(_ message: String) {
        guard !json else { return }
        try? Terminal.error.write(line: message)  // there is nowhere left to say it
    }

    /// - Parameter remedy: what makes that there is something.
    func noteNothingYet(_ done: String, _ remedy: String) {
        note("Nothing yet has been \(done): \(remedy)")
    }

    func print<Answer: JSONWritable>(_ answer: Answer, text: (Answer) -> String) throws(Failure) {
        try Terminal.output.write(render(answer, text: text))
    }

    func render<Answer: JSONWritable>(_ answer: Answer, text: (Answer) -> String) -> [UInt8] {
        (json ? JSONWriter.encode(answer) : Array(text(answer).utf8)) + [UInt8(ascii: "\n")]
    }

    /// One text from the command line, or one a line from standard input.
    ///
    /// - Parameter problem: what is wrong with an answer that was printed; the first makes the exit status.
    func answerEach<P: Params>(
        _ words: [String], request: @escaping (String) -> P, text: @escaping (P.Answer) -> String,
        problem: @escaping (P.Answer) -> Failure? = { _ in nil }
    ) throws {
        if !words.isEmpty {
            let params = request(words.joined(separator: " "))
            return try answer(
                { connection throws(ClientError) in try connection.call(params) }, text: text,
                problem: problem)
        }
        try run { () throws(Failure) in
            let options = self
            let connection = try connect()
            if Input.standard.isTerminal { note("Type a text a line; Ctrl-D ends.") }
            let work = LineByLine(
                connection, json: json, request: request, render: { options.render($0, text: text) },
                problem: problem)
            try work.run(.standard)
        }
    }
}
