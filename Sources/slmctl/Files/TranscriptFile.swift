import Wire

/// The turns of one session, as `slmctl session export` writes them. A broken line is named as `file:line`, and nothing is
/// given then.
struct TranscriptFile {
    private let file: TextFile
    let turns: [TranscriptLine]
    /// Of each turn, from 1.
    private let lines: [Int]
    /// What the lines call it; nil where they do not.
    let session: String?

    /// - Parameter path: the file's name, for errors; `-` is standard input.
    init(path: String, bytes: [UInt8]) throws(Failure) {
        let file = TextFile(path: path, bytes: bytes)
        let read = try file.eachLine { text, line throws(Failure) in
            try file.object(text, line) { json throws(ErrorReply) in try TranscriptLine(json: json) }
        }
        guard let first = read.first else {
            throw file.wrong(1, expected: "at least one turn", found: "none")
        }
        if let other = read.first(where: { $0.value.session != first.value.session }) {
            func told(_ session: String?) -> String {
                session.map { "of session \(Rendering.shown($0))" } ?? "of none"
            }
            throw file.wrong(
                other.line, expected: "a turn \(told(first.value.session))",
                found: "one \(told(other.value.session))")
        }
        self.file = file
        turns = read.map(\.value)
        lines = read.map(\.line)
        session = first.value.session
    }

    /// What the daemon refused, by the line of the turn that it is about.
    func placed(_ reply: ErrorReply) -> ErrorReply { file.placed(reply, "turn", at: lines) }
}
