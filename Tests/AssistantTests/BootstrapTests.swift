import Foundation
import Testing

@testable import Assistant

@Suite struct BootstrapTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func start(with content: String) throws -> LocalAssistant {
        let path = "\(directory.path)/bootstrap.jsonl"
        try content.write(toFile: path, atomically: true, encoding: .utf8)
        return try open(configuration(directory, bootstrap: .file(path: path)))
    }

    @Test func `a fresh state knows the intents of the bootstrap file, as its first event`() throws {
        let assistant = try start(
            with: """
                {"text": "what is it", "intent": "ask_question"}

                {"intent": "end_conversation", "text": "good bye"}\r
                """)
        #expect(try assistant.best("good bye") == "end_conversation")
        #expect(assistant.status().events == 1)
    }

    @Test func `a state with events is not bootstrapped again`() throws {
        let first = try open(configuration(directory))
        try first.teach("x", "y")
        try first.close()
        _ = consume first
        #expect(try start(with: "not even JSON").status().events == 1)
    }

    @Test(arguments: [
        (#"{"text": "a", "intent": "b"}"# + "\n{", 2), (#"{"text": "a"}"#, 1),
        (#"{"text": 1, "intent": "b"}"#, 1),
        ("[]", 1),
    ])
    func `a broken line is named`(content: String, line: Int) throws {
        let error = try #require(throws: AssistantError.self) { try start(with: content) }
        guard case .bootstrap(_, line, _) = error else {
            Issue.record("unexpected: \(error)")
            return
        }
    }

    @Test(arguments: [
        (#"{"text": "a [b](c)", "intent": "d"}"# + "\n\n" + #"{"text": "a [b", "intent": "d"}"#, 3),
        (#"{"text": "a", "intent": "d"}"# + "\n\n\n" + #"{"text": "a [?](c)", "intent": "d"}"#, 4),
    ])
    func `a line with a bad mark is named`(content: String, line: Int) throws {
        let error = try #require(throws: AssistantError.self) { try start(with: content) }
        guard case .bootstrap(_, line, let reason) = error else {
            Issue.record("unexpected: \(error)")
            return
        }
        #expect(reason.contains("slot at byte 2"))
    }

    @Test func `marks that are all escaped mark nothing`() throws {
        let content = #"{"text": "see \\[1\\](x)", "intent": "d"}"# + "\n" + #"{"text": "[b", "intent": "d"}"#
        #expect(try start(with: content).status().events == 1)
    }

    @Test(arguments: ["", #"{"text": " ", "intent": "b"}"#, #"{"text": "a", "intent": ""}"#])
    func `a file that teaches nothing is an error, and leaves the state new`(content: String) throws {
        #expect(throws: AssistantError.self) { try start(with: content) }
        #expect(try start(with: #"{"text": "a", "intent": "b"}"#).status().events == 1)
    }

    @Test func `a file that is missing is an error`() throws {
        let path = "\(directory.path)/none.jsonl"
        let error = try #require(throws: AssistantError.self) {
            try open(configuration(directory, bootstrap: .file(path: path)))
        }
        guard case .bootstrap(path, nil, _) = error else {
            Issue.record("unexpected: \(error)")
            return
        }
    }
}
