internal import CSV
internal import JSON
internal import Learning
internal import ModelFiles

/// A file of examples that the daemon reads itself: a JSON object with `text` and `intent` a line, or a line
/// of the intent, a tab and the text; or CSV with a header, which its name or its first line tells. Where a text of it has
/// a marked slot, those with a bracket are all marked.
struct ExampleFile {
    let examples: [LabelledText]
    /// The line of each, from 1.
    let lines: [Int]

    /// What is wrong with a file; `line` counts from 1.
    struct Fault: Error {
        let line: Int?
        let reason: String
    }

    init(path: String) throws(Fault) {
        let bytes: [UInt8]
        do {
            bytes = try MappedFile(path: path).contents()
        } catch {
            throw Fault(line: nil, reason: error.description)
        }
        let written = Self.isCSV(path, bytes) ? try Self.records(bytes) : try Self.lines(bytes)
        let isMarked = written.contains { AnnotatedText.isMarked($0.example.text) }
        lines = written.map(\.line)
        examples = written.map(\.example).map { example in
            LabelledText(
                text: example.text, intent: example.intent, context: example.context,
                isMarked: isMarked && example.text.contains("["))
        }
    }

    private typealias Written = (line: Int, example: LabelledText)

    private static func lines(_ bytes: [UInt8]) throws(Fault) -> [Written] {
        var examples: [Written] = []
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .enumerated()
        {
            guard !line.allSatisfy({ [0x20, 0x09, 0x0D].contains($0) }) else { continue }
            do throws(LineError) {
                examples.append((index + 1, try example(line)))
            } catch {
                throw Fault(line: index + 1, reason: error.reason)
            }
        }
        return examples
    }

    /// Whether a file is CSV: by its name, or by a header.
    private static func isCSV(_ path: String, _ bytes: [UInt8]) -> Bool {
        if path.lowercased().hasSuffix(".csv") { return true }
        let first = bytes.prefix { $0 != UInt8(ascii: "\n") }
        return first.first != UInt8(ascii: "{") && !first.contains(UInt8(ascii: "\t"))
            && first.contains(UInt8(ascii: ","))
    }

    private static func records(_ bytes: [UInt8]) throws(Fault) -> [Written] {
        var records = CSVRecords(bytes)
        var columns: CSVColumns?
        var examples: [Written] = []
        while let record = try next(of: &records) {
            guard let known = columns else {
                columns = CSVColumns(header: record.fields)
                guard columns != nil else {
                    throw Fault(
                        line: record.line, reason: "a header is wanted that names text and intent once")
                }
                continue
            }
            guard record.fields.count == known.count else {
                throw Fault(
                    line: record.line,
                    reason: "\(known.count) columns are wanted, there are \(record.fields.count)")
            }
            let (text, intent, context) = known.example(record.fields)
            examples.append((record.line, LabelledText(text: text, intent: intent, context: context)))
        }
        return examples
    }

    private static func next(of records: inout CSVRecords) throws(Fault) -> CSVRecord? {
        do {
            return try records.next()
        } catch {
            throw Fault(line: error.line, reason: "\(error.expected) is wanted, \(error.found) is there")
        }
    }

    private struct LineError: Error { let reason: String }

    private static func example(_ line: ArraySlice<UInt8>) throws(LineError) -> LabelledText {
        guard line.first(where: { $0 != 0x20 }) == UInt8(ascii: "{") else { return try tabbed(line) }
        do {
            let value = try JSONValue(parsing: [UInt8](line))
            guard let text = value["text"]?.string, let intent = value["intent"]?.string else {
                throw LineError(reason: "\"text\" and \"intent\" are wanted, both strings")
            }
            return LabelledText(text: text, intent: intent, context: value["context"]?.string)
        } catch let error as LineError {
            throw error
        } catch {
            throw LineError(reason: "\(error)")
        }
    }

    private static func tabbed(_ line: ArraySlice<UInt8>) throws(LineError) -> LabelledText {
        let fields = line.split(separator: UInt8(ascii: "\t"), maxSplits: 1)
        let texts = fields.compactMap { String(validating: $0, as: UTF8.self) }
        guard texts.count == 2 else {
            throw LineError(reason: "a JSON object is wanted, or an intent, a tab and a text")
        }
        let text = texts[1].hasSuffix("\r") ? String(texts[1].dropLast()) : texts[1]
        return LabelledText(text: text, intent: texts[0])
    }
}
