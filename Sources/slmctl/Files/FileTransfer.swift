internal import JSON
import SLMClient
import Wire

/// The answer to a request that has the daemon make a file ready.
protocol FileAnswer: JSONWritable {
    var bytes: Int64 { get }
    var sha256: String { get }
}

extension BackupResult: FileAnswer {}
extension ExportSnapshotResult: FileAnswer {}

extension Options {
    /// Has the daemon make a file, puts it in its place once it is whole, and says so.
    ///
    /// - Parameters:
    ///   - file: `-` is standard output; what is said goes to standard error then.
    ///   - call: has it made.
    ///   - content: what it holds, for people.
    func download<Answer: FileAnswer>(
        to file: String, replacing replaces: Bool,
        _ call: (inout Connection, (Progress) -> Void) throws(ClientError) -> Answer,
        holding content: (Answer) -> String
    ) throws {
        try run { () throws(Failure) in
            var connection = try connect()
            var output = try OutputFile.create(file, replacing: replaces)
            let answer = try showingProgress(on: &connection, call)
            try connection.download(answer.bytes, digest: answer.sha256, to: &output)
            let rendered = render(answer) {
                "\(file): \(content($0)), \($0.bytes) bytes, sha256 \($0.sha256)"
            }
            try (file == "-" ? Terminal.error : Terminal.output).write(rendered)
        }
    }

    /// Sends a file, has the daemon do something with it, and prints the answer.
    ///
    /// - Parameter file: `-` is standard input.
    func upload<Answer: JSONWritable>(
        _ file: String, _ call: (inout Connection, (Progress) -> Void) throws(ClientError) -> Answer,
        text: (Answer) -> String
    ) throws {
        try run { () throws(Failure) in
            let input = try Input.open(file)
            var connection = try connect()
            try connection.upload(input.ofKnownSize())
            try print(try showingProgress(on: &connection, call), text: text)
        }
    }
}

extension Connection {
    /// Reads the file that the daemon has made ready, and puts it in place.
    fileprivate mutating func download(
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
    fileprivate mutating func upload(_ input: borrowing Input) throws(Failure) {
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
