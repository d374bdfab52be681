internal import Glibc
internal import Logging
internal import Storage

extension Contributor {
    /// What slmd learns on its own account.
    fileprivate static let thisProcess = Contributor(uid: getuid(), pid: getpid())
}

extension LocalAssistant {
    /// Trains the examples of the bootstrap file as the first event.
    func begin(with path: String) throws(AssistantError) {
        let file: ExampleFile
        do throws(ExampleFile.Fault) {
            file = try ExampleFile(path: path)
        } catch {
            throw .bootstrap(path: path, line: error.line, reason: error.reason)
        }
        do throws(AssistantError) {
            let summary = try train(file.examples, .bootstrap, by: .thisProcess) { _ in }
            logger.info("bootstrapped", metadata: ["path": "\(path)", "examples": "\(summary.count)"])
        } catch .badExample(let number, let error) {
            throw .bootstrap(path: path, line: file.lines[number - 1], reason: "\(error)")
        } catch .noExamples {
            throw .bootstrap(path: path, line: nil, reason: "it has no examples")
        }
    }
}
