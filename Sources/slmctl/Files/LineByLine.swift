internal import JSON
import SLMClient
import Wire

/// One request a line of standard input, one answer a line of standard output, in order.
///
/// Up to `window` requests are under way at once. An answer is written as soon as those before it are, and what
/// has been written is flushed before waiting, so it also serves a program that waits for each answer.
struct LineByLine<P: Params>: ~Copyable {
    private let window = 64
    private let request: (String) -> P
    private let render: (P.Answer) -> [UInt8]
    private let problem: (P.Answer) -> Failure?
    private let json: Bool
    private var connection: Connection
    private var lines = LineSplitter()
    private var isEnded = false
    private var answers = AnswerQueue<P.Answer>()
    private var pending: [Pending] = []
    private var output: [UInt8] = []
    private var failed: Failure?

    private enum Pending {
        case asked(line: Int)
        case failed(Failure, line: Int)
    }

    init(
        _ connection: consuming Connection, json: Bool, request: @escaping (String) -> P,
        render: @escaping (P.Answer) -> [UInt8], problem: @escaping (P.Answer) -> Failure?
    ) {
        self.connection = connection
        self.json = json
        self.request = request
        self.render = render
        self.problem = problem
    }

    /// - Throws: what ended the work early, or the first line's failure once all lines have their answers.
    consuming func run(_ input: borrowing Input) throws(Failure) {
        do {
            while try step(input) {}
        } catch {
            try Terminal.output.write(output)
            throw error
        }
        try flush()
        if let failed { throw failed }
    }

    /// - Returns: whether there is more to do.
    private mutating func step(_ input: borrowing Input) throws(Failure) -> Bool {
        while pending.count < window, let line = lines.next() { try ask(line) }
        if writeAnswers() { return true }
        if pending.count < window, !isEnded, !connection.hasPendingBytes {
            try wait(input)
            return true
        }
        guard !pending.isEmpty else { return false }
        try receive()
        return true
    }

    private mutating func wait(_ input: borrowing Input) throws(Failure) {
        let isAsking = answers.count > 0
        try flush()
        let ready = try Input.wait([input.descriptor] + (isAsking ? [connection.descriptor] : []))
        if isAsking, ready[1] { try receive() }
        guard ready[0] else { return }
        let bytes = try input.read()
        isEnded = bytes.isEmpty
        if isEnded { lines.end() } else { lines.append(bytes) }
    }

    private mutating func ask(_ line: LineSplitter.Line) throws(Failure) {
        switch line.content {
        case .text(let text):
            do {
                answers.expect(try connection.send(request(text)))
            } catch {
                throw Failure(error)
            }
            pending.append(.asked(line: line.number))
        case .notUTF8:
            let message = "line \(line.number): expected UTF-8, found other bytes"
            pending.append(.failed(Failure(.data, "not_utf8", message), line: line.number))
        case .tooLong:
            let message =
                "line \(line.number): expected at most \(LineSplitter.longestLine) bytes, found more"
            pending.append(.failed(Failure(.data, "line_too_long", message), line: line.number))
        }
    }

    private mutating func receive() throws(Failure) {
        if !connection.hasPendingBytes { try flush() }
        do {
            answers.arrive(try connection.receive(P.self))
        } catch {
            throw Failure(error)
        }
    }

    /// - Returns: whether there was an answer to write.
    private mutating func writeAnswers() -> Bool {
        var done = 0
        loop: for entry in pending {
            switch entry {
            case .failed(let failure, let line): write(failure, line: line)
            case .asked(let line):
                guard let result = answers.next() else { break loop }
                switch result {
                case .success(let answer):
                    output += render(answer)
                    failed = failed ?? problem(answer)
                case .failure(let error): write(Failure(error, line: line), line: line)
                }
            }
            done += 1
        }
        pending.removeFirst(done)
        return done > 0
    }

    private mutating func write(_ failure: Failure, line: Int) {
        failed = failed ?? failure
        if json {
            output += JSONWriter.encode(LineFailure(failure: failure, line: line)) + [UInt8(ascii: "\n")]
        } else {
            output += Array("error: \(failure.message)\n".utf8)
        }
    }

    private mutating func flush() throws(Failure) {
        guard !output.isEmpty else { return }
        try Terminal.output.write(output)
        output.removeAll(keepingCapacity: true)
    }
}
