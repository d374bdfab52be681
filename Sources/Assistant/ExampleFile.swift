internal import ModelFiles

/// A file of examples that the daemon reads itself: a JSON object with `text` and `intent` a line, or a line of the
/// intent, a tab and the text.
struct ExampleFile {
    let examples: [LabelledText]

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
        var examples: [LabelledText] = []
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .enumerated()
        {
            guard !line.allSatisfy({ [0x20, 0x09, 0x0D].contains($0) }) else { continue }
            do throws(LineError) {
                examples.append(try Self.example(line))
            } catch {
                throw Fault(line: index + 1, reason: error.reason)
            }
        }
        self.examples = examples
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
