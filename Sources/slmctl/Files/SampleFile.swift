import ArgumentParser
import CSV
import JSON
import Wire

/// How a training or test file is written.
enum SampleFormat: String, CaseIterable, ExpressibleByArgument {
    /// A JSON object a line, with `text` and `intent`, and `context` if there is one.
    case jsonl
    /// `intent<TAB>text` a line.
    case tsv
    /// RFC 4180, with a header that names `text` and `intent`.
    case csv

    /// By the file's extension, and by its first line when that says nothing.
    init?(path: String, firstLine: String) {
        switch path.split(separator: "/").last?.split(separator: ".").dropFirst().last?.lowercased() {
        case "jsonl", "ndjson", "json": self = .jsonl
        case "tsv", "tab": self = .tsv
        case "csv": self = .csv
        default:
            if firstLine.first == "{" {
                self = .jsonl
            } else if firstLine.contains("\t") {
                self = .tsv
            } else if firstLine.contains(",") {
                self = .csv
            } else {
                return nil
            }
        }
    }
}

/// The samples of a training or test file. A broken line is named as `file:line`, and nothing is given then.
struct SampleFile {
    private let file: TextFile
    private(set) var samples: [Sample] = []
    /// Of each sample, from 1.
    private var lines: [Int] = []

    /// Where a text of the file has a marked slot, as `show my [blood test](report_type)`, those with a bracket are all
    /// marked.
    ///
    /// - Parameters:
    ///   - path: the file's name, for errors and for its extension; `-` is standard input.
    ///   - format: `nil` to find it out.
    ///   - isPlain: whether brackets mark nothing.
    init(path: String, bytes: [UInt8], format: SampleFormat?, isPlain: Bool = false) throws(Failure) {
        file = TextFile(path: path, bytes: bytes)
        let firstLine = file.firstLine
        let sniffed = SampleFormat(path: path, firstLine: String(decoding: firstLine, as: UTF8.self))
        guard let format = format ?? sniffed else {
            let found = firstLine.isEmpty ? "nothing" : "none of them"
            throw file.wrong(1, expected: "JSON lines, intent<TAB>text or CSV", found: found)
        }
        let read: [TextFile.Placed<Sample>] =
            switch format {
            case .jsonl: try file.eachLine { text, line throws(Failure) in try jsonSample(text, line) }
            case .tsv: try file.eachLine { text, line throws(Failure) in try tabSample(text, line) }
            case .csv: try csvSamples(Array(file.content))
            }
        guard !read.isEmpty else { throw file.wrong(1, expected: "at least one example", found: "none") }
        samples = read.map(\.value)
        lines = read.map(\.line)
        guard !isPlain, samples.contains(where: { Self.isMarked($0.text) }) else { return }
        for index in samples.indices { samples[index].isMarked = samples[index].text.contains("[") }
    }

    /// Whether a text has a marked slot, as it seems: `](`, with no backslash before it.
    private static func isMarked(_ text: String) -> Bool {
        var rest = Substring(text)
        while let place = rest.firstIndex(where: { $0 == "\\" || $0 == "]" }) {
            let next = rest.index(after: place)
            guard next < rest.endIndex else { return false }
            if rest[place] == "]", rest[next] == "(" { return true }
            // A backslash before a bracket or a backslash stands for that.
            let isEscape = rest[place] == "\\" && "[]\\".contains(rest[next])
            rest = rest[(isEscape ? rest.index(after: next) : next)...]
        }
        return false
    }

    /// What the daemon refused, by the line of the example that it is about.
    func placed(_ reply: ErrorReply) -> ErrorReply { file.placed(reply, "example", at: lines) }

    private func jsonSample(_ text: String, _ line: Int) throws(Failure) -> Sample {
        let sample = try file.object(text, line) { json throws(ErrorReply) in try Sample(json: json) }
        return try checked(sample, line)
    }

    private func tabSample(_ text: String, _ line: Int) throws(Failure) -> Sample {
        let columns = text.split(separator: "\t", omittingEmptySubsequences: false)
        guard columns.count == 2 else {
            let found = columns.count == 1 ? "no tab" : "\(columns.count) columns"
            throw file.wrong(line, expected: "intent<TAB>text", found: found)
        }
        return try checked(Sample(text: String(columns[1]), intent: String(columns[0])), line)
    }

    private func csvSamples(_ bytes: [UInt8]) throws(Failure) -> [TextFile.Placed<Sample>] {
        var samples: [TextFile.Placed<Sample>] = []
        var records = CSVRecords(bytes)
        var columns: CSVColumns?
        while let record = try csv({ () throws(CSVError) in try records.next() }) {
            guard let known = columns else {
                columns = try header(record)
                continue
            }
            guard record.fields.count == known.count else {
                throw file.wrong(
                    record.line, expected: "\(known.count) columns", found: "\(record.fields.count)")
            }
            let (text, intent, context) = known.example(record.fields)
            let sample = try checked(Sample(text: text, intent: intent, context: context), record.line)
            samples.append((sample, record.line))
        }
        return samples
    }

    private func header(_ record: CSVRecord) throws(Failure) -> CSVColumns {
        guard let columns = CSVColumns(header: record.fields) else {
            throw file.wrong(
                record.line, expected: "a header with text and intent once",
                found: record.fields.joined(separator: ",").cut(to: 60))
        }
        return columns
    }

    private func csv<Value>(_ read: () throws(CSVError) -> Value) throws(Failure) -> Value {
        do {
            return try read()
        } catch {
            throw file.wrong(error.line, expected: error.expected, found: error.found)
        }
    }

    private func checked(_ sample: Sample, _ line: Int) throws(Failure) -> Sample {
        if sample.text.allSatisfy(\.isWhitespace) {
            throw file.wrong(line, expected: "a text", found: "an empty one")
        }
        if sample.intent.allSatisfy(\.isWhitespace) {
            throw file.wrong(line, expected: "an intent", found: "an empty one")
        }
        return sample
    }
}
