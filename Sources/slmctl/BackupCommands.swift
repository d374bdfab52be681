import ArgumentParser
import SLMClient
import Wire

struct Backup: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a backup of everything the daemon keeps into one file.",
        discussion: """
            Lessons go on meanwhile. The file is a tar archive; it is read back and compared before it takes its \
            name.
            """)

    @Argument(help: "The file; - is standard output.", completion: .file()) var file: String
    @Flag(name: .long, help: "Replace a file that is there.") var force = false
    @Flag(name: .long, help: "Replay the backup's whole log from nothing as well, and compare.")
    var verify = false
    @OptionGroup var options: Options

    func run() throws {
        try options.run { () throws(Failure) in
            var connection = try options.connect()
            var output = try OutputFile.create(file, replacing: force)
            let answer = try options.showingProgress { show throws(ClientError) in
                try connection.backup(isProved: verify, progress: show)
            }
            try connection.download(answer.bytes, digest: answer.sha256, to: &output)
            let text = "\(file): event \(answer.event), \(answer.bytes) bytes, sha256 \(answer.sha256)"
            let rendered = options.render(answer) { _ in text }
            try (file == "-" ? Terminal.error : Terminal.output).write(rendered)
        }
    }
}

struct Restore: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put the state of a backup in the place of the daemon's.",
        discussion: """
            Everything in the backup is verified before anything changes, and the daemon goes on answering. The \
            state before stays on its disk until it starts again.
            """)

    @Argument(help: "The backup; - is standard input.", completion: .file()) var file: String
    @Flag(name: .long, help: "Replay the backup's whole log from nothing first, and compare.") var verify =
        false
    @Flag(name: .long, help: "Keep the state before until it is removed by hand.") var keep = false
    @OptionGroup var options: Options

    private static func until(_ isKept: Bool) -> String {
        isKept ? "until it is removed by hand" : "until the daemon's next start"
    }

    func run() throws {
        try options.run { () throws(Failure) in
            let input = try Input.open(file)
            var connection = try options.connect()
            try connection.upload(input.ofKnownSize())
            let answer = try options.showingProgress { show throws(ClientError) in
                try connection.restore(isProved: verify, keepingPrevious: keep, progress: show)
            }
            try options.print(answer) {
                "restored \(file): event \($0.event), \(Rendering.count($0.events, "event")), "
                    + "\(Rendering.count($0.intents, "intent"))\nsha256 \($0.digest)"
                    + ($0.previous.map { "\nthe state before lies in \($0) \(Self.until(keep))" } ?? "")
            }
        }
    }
}

extension Options {
    func showingProgress<Answer>(
        _ call: ((Progress) -> Void) throws(ClientError) -> Answer
    ) throws(Failure) -> Answer {
        let bar = ProgressBar(on: .error)
        defer { bar.clear() }
        return try Failure.wrapping { () throws(ClientError) in try call { bar.show($0) } }
    }
}

extension Connection {
    /// Reads the file that the daemon has made ready, and puts it in place.
    mutating func download(
        _ size: Int64, digest: String, to output: inout OutputFile
    ) throws(Failure) {
        var offset: Int64 = 0
        while offset < size {
            let piece: [UInt8]
            do {
                piece = try self.piece(at: offset)
            } catch {
                throw Failure(error)
            }
            guard !piece.isEmpty, Int64(piece.count) <= size - offset else {
                throw Failure(
                    .protocolError, "protocol", "a piece of \(piece.count) bytes at \(offset) of \(size)")
            }
            try output.write(piece)
            offset += Int64(piece.count)
        }
        try output.place(expecting: digest)
    }

    /// Sends a file in pieces.
    ///
    /// - Parameter input: of a known size.
    mutating func upload(_ input: borrowing Input) throws(Failure) {
        let size = input.size ?? 0
        var offset: Int64 = 0
        repeat {
            let piece = try input.read(atMost: pieceBytes)
            guard !piece.isEmpty || size == 0 else {
                throw Failure(.io, "io", "the file ended at byte \(offset) of \(size)")
            }
            do {
                try send(piece: piece, at: offset, of: size)
            } catch {
                throw Failure(error)
            }
            offset += Int64(piece.count)
        } while offset < size
    }
}
