internal import Glibc
internal import Logging
internal import ModelFiles
internal import Storage

/// The examples a fresh state begins with: JSON lines, each an object with `text` and `intent`.
struct BootstrapFile {
    let examples: [LabelledText]

    /// - Throws: `bootstrap`, with the line where there is one.
    init(path: String) throws(AssistantError) {
        let bytes: [UInt8]
        do {
            bytes = try MappedFile(path: path).contents()
        } catch {
            throw .bootstrap(path: path, line: nil, reason: error.description)
        }
        var examples: [LabelledText] = []
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .enumerated()
        {
            guard !line.allSatisfy({ [0x20, 0x09, 0x0D].contains($0) }) else { continue }
            do throws(LineError) {
                examples.append(try Self.example([UInt8](line)))
            } catch {
                throw .bootstrap(path: path, line: index + 1, reason: error.reason)
            }
        }
        self.examples = examples
    }

    private struct LineError: Error { let reason: String }

    private static func example(_ line: [UInt8]) throws(LineError) -> LabelledText {
        do {
            let value = try JSONValue(parsing: line)
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
}

extension Contributor {
    /// What slmd learns on its own account.
    fileprivate static let thisProcess = Contributor(uid: getuid(), pid: getpid())
}

extension LocalAssistant {
    /// Trains the examples of the bootstrap file as the first event.
    func begin(with path: String) throws(AssistantError) {
        let file = try BootstrapFile(path: path)
        do throws(AssistantError) {
            let summary = try train(file.examples, .bootstrap, by: .thisProcess) { _ in }
            logger.info("bootstrapped", metadata: ["path": "\(path)", "examples": "\(summary.count)"])
        } catch .badExample(let number, let error) {
            throw .bootstrap(path: path, line: nil, reason: "example \(number): \(error)")
        } catch .noExamples {
            throw .bootstrap(path: path, line: nil, reason: "it has no examples")
        }
    }
}
