import ArgumentParser
import CSV
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
    let path: String
    private(set) var samples: [Sample] = []
    /// Of each sample, from 1.
    private var lines: [Int] = []

    private typealias PlacedSample = (sample: Sample, line: Int)

    /// Where a text of the file has a marked slot, as `show my [blood test](report_type)`, those with a bracket are all
    /// marked.
    ///
    /// - Parameters:
    ///   - path: the file's name, for errors and for its extension; `-` is standard input.
    ///   - format: `nil` to find it out.
    ///   - isPlain: whether brackets mark nothing.
    init(path: String, bytes: [UInt8], format: SampleFormat?, isPlain: Bool = false) throws(Failure) {
        self.path = path == "-" ? "standard input" : path
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        let firstLine = content.drop { $0 == 0x0A || $0 == 0x0D || $0 == 0x20 }.prefix { $0 != 0x0A }
        let sniffed = SampleFormat(path: path, firstLine: String(decoding: firstLine, as: UTF8.self))
        guard let format = format ?? sniffed else {
            let found = firstLine.isEmpty ? "nothing" : "none of them"
            throw wrong(1, expected: "JSON lines, intent<TAB>text or CSV", found: found)
        }
        let read: [PlacedSample] =
            switch format {
            case .jsonl:
                try eachLine(of: content) { text, line throws(Failure) in try jsonSample(text, line) }
            case .tsv:
                try eachLine(of: content) { text, line throws(Failure) in try tabSample(text, line) }
            case .csv: try csvSamples(Array(content))
            }
        guard !read.isEmpty else { throw wrong(1, expected: "at least one example", found: "none") }
        samples = read.map(\.sample)
        lines = read.map(\.line)
        guard !isPlain, samples.contains(where: { $0.text.contains("](") }) else { return }
        for index in samples.indices { samples[index].isMarked = samples[index].text.contains("[") }
    }

    /// What the daemon refused, by the line of the example that it is about.
    func placed(_ reply: ErrorReply) -> ErrorReply {
        guard let number = reply.example, lines.indices.contains(number - 1) else { return reply }
        return reply.replacing("example \(number)", by: "\(path):\(lines[number - 1])")
    }

    private func eachLine(
        of bytes: ArraySlice<UInt8>, _ sample: (String, Int) throws(Failure) -> Sample
    ) throws(Failure) -> [PlacedSample] {
        var samples: [PlacedSample] = []
        var lines = LineSplitter()
        lines.append(Array(bytes))
        lines.end()
        while let line = lines.next() {
            switch line.content {
            case .text(let text) where text.allSatisfy(\.isWhitespace): continue
            case .text(let text):
                samples.append((try checked(try sample(text, line.number), line.number), line.number))
            case .notUTF8: throw wrong(line.number, expected: "UTF-8", found: "other bytes")
            case .tooLong:
                let expected = "a line of at most \(LineSplitter.longestLine) bytes"
                throw wrong(line.number, expected: expected, found: "a longer one")
            }
        }
        return samples
    }

    private func jsonSample(_ text: String, _ line: Int) throws(Failure) -> Sample {
        let bytes = Array(text.utf8)
        let sample: Sample
        do {
            sample = try Sample(json: bytes)
        } catch {
            let found = text.count > 60 ? text.prefix(60) + "…" : text[...]
            let expected = error.expected.map { "\($0) for \(error.subject ?? "it")" } ?? "a JSON object"
            throw wrong(line, expected: expected, found: error.found ?? String(found))
        }
        guard let key = JSONKeys.repeated(in: bytes) else { return sample }
        throw wrong(line, expected: "one value for \(key)", found: "several")
    }

    private func tabSample(_ text: String, _ line: Int) throws(Failure) -> Sample {
        let columns = text.split(separator: "\t", omittingEmptySubsequences: false)
        guard columns.count == 2 else {
            let found = columns.count == 1 ? "no tab" : "\(columns.count) columns"
            throw wrong(line, expected: "intent<TAB>text", found: found)
        }
        return Sample(text: String(columns[1]), intent: String(columns[0]))
    }

    private func csvSamples(_ bytes: [UInt8]) throws(Failure) -> [PlacedSample] {
        var samples: [PlacedSample] = []
        var records = CSVRecords(bytes)
        var columns: CSVColumns?
        while let record = try csv({ () throws(CSVError) in try records.next() }) {
            guard let known = columns else {
                columns = try header(record)
                continue
            }
            guard record.fields.count == known.count else {
                throw wrong(
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
            let found = record.fields.joined(separator: ",").prefix(60)
            throw wrong(record.line, expected: "a header with text and intent once", found: String(found))
        }
        return columns
    }

    private func csv<Value>(_ read: () throws(CSVError) -> Value) throws(Failure) -> Value {
        do {
            return try read()
        } catch {
            throw wrong(error.line, expected: error.expected, found: error.found)
        }
    }

    private func checked(_ sample: Sample, _ line: Int) throws(Failure) -> Sample {
        if sample.text.allSatisfy(\.isWhitespace) {
            throw wrong(line, expected: "a text", found: "an empty one")
        }
        if sample.intent.allSatisfy(\.isWhitespace) {
            throw wrong(line, expected: "an intent", found: "an empty one")
        }
        return sample
    }

    private func wrong(_ line: Int, expected: String, found: String) -> Failure {
        Failure(.data, "bad_line", "\(path):\(line): expected \(expected), found \(found)")
    }
}
