import Foundation
import SLMClient
import Synchronization
import Testing
import Wire

@testable import slmctl

/// What a daemon was asked to reply to, in order.
private final class Asked: Sendable {
    private let params = Mutex<[GenerateParams]>([])

    func note(_ params: GenerateParams) { self.params.withLock { $0.append(params) } }

    var all: [GenerateParams] { params.withLock { $0 } }

    /// The messages of each request, as `role: text`, without what a chat tells a model.
    var messages: [[String]] {
        let usual = "system: \(ChatReplies.usualSystem)"
        return all.map { $0.prompt.lines.filter { $0 != usual } }
    }
}

extension GenerateParams.Prompt {
    /// The messages, as `role: text`.
    fileprivate var lines: [String] {
        guard case .messages(let messages) = self else { return [] }
        return messages.map { "\($0.role.rawValue): \($0.text)" }
    }
}

/// A daemon with a language model, which replies as it is told.
private func daemon(
    _ asked: Asked = Asked(), reply: @escaping @Sendable (Int) -> Result<CannedReply, ErrorReply>
) throws -> FakeDaemon {
    try FakeDaemon { call, id in
        switch call {
        case .status: return Frame.encode(Answer(id: id, result: Canned.status(Canned.slm)))
        case .generate(let params):
            asked.note(params)
            switch reply(asked.all.count) {
            case .success(let reply):
                let deltas = params.isStreamed ? reply.deltas(of: id) : []
                return deltas.flatMap { Frame.encode(Notification($0)) }
                    + Frame.encode(Answer(id: id, result: reply.result))
            case .failure(let error): return Frame.encode(Refusal(id: id, error: error))
            }
        default: return Canned.answer(call, id)
        }
    }
}

/// A daemon whose replies never end before they are given up.
private func endlessDaemon(_ asked: Asked = Asked(), begins: [String]) throws -> FakeDaemon {
    try FakeDaemon { peer in
        while let request = peer.request() {
            guard let id = request.id else { continue }
            guard case .generate(let params) = request.call else {
                let isStatus = if case .status = request.call { true } else { false }
                let status = Frame.encode(Answer(id: id, result: Canned.status(Canned.slm)))
                peer.send(bytes: isStatus ? status : Canned.answer(request.call, id))
                continue
            }
            asked.note(params)
            for piece in begins { peer.send(Notification(Delta(id: id, text: piece))) }
            guard case .cancel(id)? = peer.request()?.call else { return }
            peer.send(Refusal(id: id, error: ErrorReply(.cancelled, "the request was cancelled")))
        }
    }
}

@Suite struct GenerationClientTests {
    @Test func `the pieces of a reply come in order, and are its text`() throws {
        let daemon = try FakeDaemon(answer: Canned.answer)
        var connection = try Connection(socket: daemon.socket)
        var pieces: [String] = []
        let result = try connection.generate(GenerateParams(.text("hi"))) { pieces.append($0) }
        #expect(pieces == Canned.reply.pieces)
        #expect(result == Canned.reply.result && result.text == pieces.joined())
        let whole = GenerateParams(.text("hi"), isStreamed: false)
        #expect(try connection.generate(whole) { _ in Issue.record("a piece") } == result)
    }

    @Test func `pieces of another reply are passed over, as is what is not known`() throws {
        let daemon = try FakeDaemon { peer in
            guard let first = peer.request()?.id, let second = peer.request()?.id else { return }
            for (id, text) in [(first, "old"), (second, "new")] {
                peer.send(Notification(Delta(id: id, text: text)))
            }
            let unknown = #"{"jsonrpc":"2.0","method":"later","params":{"id":2}}"#
            peer.send(bytes: [0, 0, 0, UInt8(unknown.utf8.count)] + Array(unknown.utf8))
            for id in [first, second] { peer.send(Answer(id: id, result: Canned.reply.result)) }
        }
        var connection = try Connection(socket: daemon.socket)
        _ = try connection.send(GenerateParams(.text("given up")))
        var pieces: [String] = []
        _ = try connection.generate(GenerateParams(.text("hi"))) { pieces.append($0) }
        #expect(pieces == ["new"])
    }

    @Test func `a reply is given up once the descriptor is readable, and the connection goes on`() throws {
        let daemon = try endlessDaemon(begins: ["a", "b"])
        var connection = try Connection(socket: daemon.socket)
        let pipe = Pipe()
        let cancelled = ClientError.refused(ErrorReply(.cancelled, "the request was cancelled"))
        var pieces: [String] = []
        #expect(throws: cancelled) {
            try connection.generate(
                GenerateParams(.text("hi")), cancelledBy: pipe.fileHandleForReading.fileDescriptor
            ) { piece in
                pieces.append(piece)
                if pieces.count == 2 { pipe.fileHandleForWriting.write(Data([1])) }
            }
        }
        #expect(pieces == ["a", "b"])
        #expect(try connection.predict("I need report").text == "I need report")
        // What is readable before is as good.
        #expect(throws: cancelled) {
            try connection.generate(
                GenerateParams(.text("hi")), cancelledBy: pipe.fileHandleForReading.fileDescriptor)
        }
    }
}

@Suite struct GenerateCommandTests {
    private let asked = Asked()

    private func run(_ arguments: [String], input: [UInt8] = [], redirection: String = "") throws -> Run {
        let daemon = try daemon(asked) { _ in .success(Canned.reply) }
        return try Run(
            ["generate"] + arguments, input: input, socket: daemon.socket, redirection: redirection)
    }

    @Test(arguments: [
        (["hi", "there"], GenerateParams(.messages([.init(role: .user, text: "hi there")]))),
        (["--raw", "Once upon"], GenerateParams(.text("Once upon"))),
        (
            ["hi", "--system", "Be short."],
            GenerateParams(
                .messages([
                    .init(role: .system, text: "Be short."), .init(role: .user, text: "hi"),
                ]))
        ),
        (
            [
                "--raw", "--max-tokens", "64", "--temperature", "0.7", "--top-k", "40", "--top-p", "0.9",
                "--min-p", "0.05", "--repetition-penalty", "1.1", "--seed", "7", "--stop", "\n", "--stop",
                "END", "--choice", "yes", "--choice", "no", "--timeout", "2.5", "hi",
            ],
            GenerateParams(
                .text("hi"), maximumTokens: 64,
                sampling: .init(
                    temperature: 0.7, topK: 40, topP: 0.9, minP: 0.05, repetitionPenalty: 1.1, seed: 7),
                stop: ["\n", "END"], choices: ["yes", "no"], timeoutMilliseconds: 2500)
        ),
    ])
    func `options become what is asked for`(arguments: [String], params: GenerateParams) throws {
        let run = try run(arguments)
        #expect(run.status == 0 && run.error.isEmpty)
        #expect(run.output == "Hello, wörld\n")
        #expect(asked.all == [params])
    }

    @Test(arguments: [
        ("one\ntwo\n", "one\ntwo"), ("one\n\n", "one\n"), ("one", "one"), ("\n", ""), ("é\r\n", "é\r"),
    ])
    func `all of standard input is one prompt, without the last line end`(input: String, prompt: String)
        throws
    {
        #expect(try run(["--raw"], input: Array(input.utf8)).status == 0)
        #expect(asked.all == [GenerateParams(.text(prompt))])
    }

    @Test(arguments: ["", " \n\n"])
    func `a message without a word is refused before it is sent`(prompt: String) throws {
        for run in [try run([], input: Array(prompt.utf8)), try run([prompt])] {
            #expect(run.status == 65 && run.error == "slmctl: the prompt is empty\n")
        }
        #expect(asked.all.isEmpty)
    }

    @Test func `standard input that is not UTF-8 is refused before anything is asked`() throws {
        let run = try run([], input: [0x61, 0xFF])
        #expect(run.status == 65)
        #expect(run.error == "slmctl: standard input: expected UTF-8, found other bytes\n")
        #expect(asked.all.isEmpty)
    }

    @Test func `standard input that fits no frame is refused`() throws {
        let run = try run([], input: Array(repeating: 0x61, count: 8 << 20 + 1))
        #expect(run.status == 65)
        #expect(run.error == "slmctl: expected at most 8388608 bytes, found more\n")
    }

    @Test func `with JSON there is one line in the end, and nothing is streamed`() throws {
        let run = try run(["--json", "hi"])
        #expect(run.status == 0)
        #expect(
            run.output
                == #"{"text":"Hello, wörld","stop_reason":"end","usage":{"prompt_tokens":12,"#
                + #""cached_tokens":8,"generated_tokens":3,"prompt_seconds":0.25,"generate_seconds":0.5}}"#
                + "\n")
        #expect(asked.all.first?.isStreamed == false)
    }

    @Test(arguments: [([], "\n"), (["a"], "a\n"), (["a", "\n"], "a\n"), (["a\n", "b"], "a\nb\n")])
    func `a line end follows a reply that has none`(pieces: [String], output: String) throws {
        let daemon = try daemon { _ in .success(CannedReply(pieces)) }
        #expect(try Run(["generate", "hi"], socket: daemon.socket).output == output)
    }

    @Test(arguments: [
        ("--raw --system x", "--system: expected no --raw beside it, for a raw prompt has no messages"),
        ("--max-tokens 0", "--max-tokens: expected 1 or more, found 0"),
        ("--temperature 101", "--temperature: expected 0 to 100, found 101.0"),
        ("--temperature nan", "--temperature: expected 0 to 100, found nan"),
        ("--top-k 0", "--top-k: expected 1 or more, found 0"),
        ("--top-p 0", "--top-p: expected above 0 and at most 1, found 0.0"),
        ("--min-p=-1", "--min-p: expected 0 to 1, found -1.0"),
        ("--repetition-penalty 0", "--repetition-penalty: expected 0.01 to 100, found 0.0"),
        ("--seed=-1", "--seed: expected 0 to 9007199254740992, found -1"),
        ("--timeout 3601", "--timeout: expected 0.001 to 3600 seconds, found 3601.0"),
        ("--stop ", "--stop: expected a text of 1 to 256 bytes, found 0"),
        ("--choice ", "--choice: expected a text, found an empty one"),
        ("--stop a" + String(repeating: " --stop a", count: 16), "--stop: expected 16 at most, found 17"),
    ])
    func `what cannot be meant is wrong usage`(options: String, message: String) throws {
        let words = options.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        let run = try run(["hi"] + words)
        #expect(run.status == 64 && run.output.isEmpty && asked.all.isEmpty)
        #expect(run.error.contains(message))
    }

    @Test(
        arguments: [
            (ErrorKind.repliesOff, 69), (.busy, 75), (.textTooLong, 65), (.emptyText, 65), (.forbidden, 77),
        ] as [(ErrorKind, Int32)])
    func `a refusal has the exit code of its kind, and leaves nothing on standard output`(
        kind: ErrorKind, status: Int32
    ) throws {
        let daemon = try daemon { _ in .failure(ErrorReply(kind, "not now")) }
        let run = try Run(["generate", "hi"], socket: daemon.socket)
        #expect(run.status == status && run.output.isEmpty && run.error == "slmctl: not now\n")
        let json = try Run(["generate", "--json", "hi"], socket: daemon.socket)
        #expect(json.status == status && json.output.isEmpty)
        #expect(
            json.error == #"{"error":{"code":\#(kind.code),"kind":"\#(kind.rawValue)","message":"not now"}}"#
                + "\n")
    }

    @Test func `a reader that has gone ends it quietly`() throws {
        let daemon = try daemon { _ in
            .success(CannedReply(Array(repeating: String(repeating: "x", count: 1000), count: 1000)))
        }
        let run = try Run(["generate", "hi"], socket: daemon.socket, redirection: "| head -c 3")
        #expect(run.output == "xxx" && run.error.isEmpty)
    }

    @Test func `Ctrl-C gives the reply up, and a second one ends the program as ever`() throws {
        let daemon = try endlessDaemon(begins: ["Hel", "lo"])
        let terminal = try PseudoTerminal(["generate", "hi"], socket: daemon.socket)
        try #require(terminal.waitFor("Hello"))
        kill(terminal.process.processIdentifier, SIGINT)
        try #require(terminal.waitFor("\r\n"))
        terminal.process.waitUntilExit()
        #expect(terminal.process.terminationReason == .exit && terminal.process.terminationStatus == 130)

        let cancelled = DispatchSemaphore(value: 0)
        let stuck = try FakeDaemon { peer in
            guard let id = peer.request()?.id else { return }
            peer.send(Notification(Delta(id: id, text: "Hello")))
            if case .cancel(id)? = peer.request()?.call { cancelled.signal() }
            _ = peer.request()
        }
        let second = try PseudoTerminal(["generate", "hi"], socket: stuck.socket)
        try #require(second.waitFor("Hello"))
        kill(second.process.processIdentifier, SIGINT)
        cancelled.wait()
        kill(second.process.processIdentifier, SIGINT)
        second.process.waitUntilExit()
        #expect(second.process.terminationReason == .uncaughtSignal)
    }

    @Test(arguments: [
        (GenerateResult.StopReason.length, "cut at 1 token: --max-tokens\r\n"),
        (.deadline, "cut when its time was over: --timeout\r\n"),
        (.context, "cut where the model's context ends\r\n"),
    ])
    func `somebody at a terminal is told where a reply was cut`(
        reason: GenerateResult.StopReason, note: String
    ) throws {
        var reply = CannedReply(["Hello"])
        reply.stopReason = reason
        let daemon = try daemon { [reply] _ in .success(reply) }
        let terminal = try PseudoTerminal(["generate", "hi"], socket: daemon.socket)
        try #require(terminal.waitFor("Hello\r\n\(note)"))
        terminal.process.waitUntilExit()
        #expect(terminal.process.terminationStatus == 0)
        #expect(try Run(["generate", "hi"], socket: daemon.socket).error.isEmpty)
    }

    @Test func `what a terminal would obey is shown to it in letters, and is whole for programs`() throws {
        let pieces = ["a\u{1B}[2J", "\u{9B}b", "\n👩\u{200D}🔬\t", "\u{202E}\r"]
        let daemon = try daemon { _ in .success(CannedReply(pieces)) }
        let terminal = try PseudoTerminal(["generate", "hi"], socket: daemon.socket)
        #expect(terminal.waitFor("a\\u{1B}[2J\\u{009B}b\r\n👩\u{200D}🔬\t\\u{202E}\\r\r\n"))
        #expect(try Run(["generate", "hi"], socket: daemon.socket).output == pieces.joined() + "\n")
    }
}

@Suite struct ChatReplyTests {
    private let asked = Asked()

    private func chat(
        _ lines: String..., json: Bool = false,
        reply: @escaping @Sendable (Int) -> Result<CannedReply, ErrorReply>
    ) throws -> Run {
        let daemon = try daemon(asked, reply: reply)
        return try Run(
            ["chat"] + (json ? ["--json"] : []), input: Array(lines.joined(separator: "\n").utf8),
            socket: daemon.socket)
    }

    private static let intent: Substring = "  request_data 0.75   ask_question 0.25"
    private static let none: Substring = "  I have no answer to that."

    @Test func `what a task has to say the model does not, but hears`() throws {
        let run = try chat("my results", "hi") { _ in .success(CannedReply(["Hello"])) }
        #expect(run.lines == [Self.intent, "  From which day?", Self.intent, "  Hello"])
        #expect(asked.messages == [["user: my results", "assistant: From which day?", "user: hi"]])
    }

    @Test func `a reply comes behind its line's intent, and what was said is said again`() throws {
        let run = try chat("hi", "and now?") { _ in .success(CannedReply(["\n He", "llo\n", "you"])) }
        #expect(run.status == 0 && run.error.isEmpty)
        #expect(run.lines == [Self.intent, "  Hello", "  you", Self.intent, "  Hello", "  you"])
        #expect(
            asked.messages == [
                ["user: hi"], ["user: hi", "assistant: \n Hello\nyou", "user: and now?"],
            ])
        #expect(asked.all.allSatisfy { $0.overflow == .dropOldest && $0.isStreamed })
    }

    @Test(arguments: [
        ([], ["system: \(ChatReplies.usualSystem)", "user: hi"]), (["--system", ""], ["user: hi"]),
        (["--system", "Be rude."], ["system: Be rude.", "user: hi"]),
    ])
    func `a model is told what to be, or nothing`(arguments: [String], messages: [String]) throws {
        let daemon = try daemon(asked) { _ in .success(CannedReply(["Hello"])) }
        let run = try Run(
            ["chat"] + arguments, input: Array("hi\n/new\nhi".utf8), socket: daemon.socket)
        #expect(run.status == 0)
        #expect(asked.all.map { $0.prompt.lines } == [messages, messages])
    }

    @Test func `a reply that is refused is said, and the chat goes on without its line`() throws {
        let run = try chat("hi", "again") { count in
            count == 1 ? .failure(ErrorReply(.busy, "try again")) : .success(CannedReply(["Hello"]))
        }
        #expect(run.status == 75 && run.error == "slmctl: try again\n")
        #expect(run.lines == [Self.intent, "  try again", Self.intent, "  Hello"])
        #expect(asked.messages == [["user: hi"], ["user: again"]])
    }

    @Test func `replies can be turned off and on, and what was said can be forgotten`() throws {
        let run = try chat("/reply off", "one", "/reply on", "two", "/new", "three") { _ in
            .success(CannedReply(["Hello"]))
        }
        #expect(
            run.lines == [
                "  replies are off", Self.intent, Self.none, "  replies are on", Self.intent, "  Hello",
                "  a new conversation", Self.intent, "  Hello",
            ])
        #expect(
            asked.messages == [
                ["user: one", "assistant: I have no answer to that.", "user: two"], ["user: three"],
            ])
    }

    @Test func `with JSON a reply is an object behind that of the intent`() throws {
        let run = try chat("hi", "/reply off", json: true) { _ in .success(CannedReply(["Hello"])) }
        #expect(run.lines.count == 4)
        #expect(run.lines[1].hasPrefix(#"{"session_id":""#))
        #expect(run.lines[1].contains(#""intent":"request_data""#))
        #expect(run.lines[2].hasPrefix(#"{"text":"Hello","stop_reason":"end","usage":{"#))
        #expect(run.lines[3] == #"{"replies":false}"#)
        #expect(asked.all.first?.isStreamed == false)
    }

    @Test func `without a language model nothing is asked of it, and a chat at a terminal says so once`()
        throws
    {
        let asked = asked
        let daemon = try FakeDaemon { call, id in
            if case .generate(let params) = call { asked.note(params) }
            return Canned.answer(call, id)
        }
        let run = try Run(["chat"], input: Array("hi\n/reply on\n".utf8), socket: daemon.socket)
        #expect(run.lines == [Self.intent, Self.none, "  replies are off: slmd has no language model"])
        let terminal = try PseudoTerminal(socket: daemon.socket)
        try #require(
            terminal.waitFor("Here replies are off: slmd has no language model.") && terminal.waitFor("> "))
        terminal.type("\u{04}")
        terminal.process.waitUntilExit()
        #expect(asked.all.isEmpty)
    }

    @Test func `Ctrl-C stops the reply and not the chat, and the model knows what was shown`() throws {
        let daemon = try endlessDaemon(asked, begins: ["Hel", "lo", " wor"])
        let terminal = try PseudoTerminal(socket: daemon.socket)
        let usual = terminal.mode
        try #require(terminal.waitFor(ChatReplies.caution) && terminal.waitFor("> "))
        for line in ["hi", "again"] {
            terminal.type("\(line)\r")
            try #require(terminal.waitFor("request_data 0.75") && terminal.waitFor("  Hello"))
            kill(terminal.process.processIdentifier, SIGINT)
            try #require(terminal.waitFor("> "))
        }
        terminal.type("\u{04}")
        try #require(terminal.waitFor("Go on with this chat"))
        terminal.process.waitUntilExit()
        #expect(terminal.process.terminationStatus == 0)
        #expect(terminal.mode == usual)
        #expect(asked.messages == [["user: hi"], ["user: hi", "assistant: Hello wor", "user: again"]])
    }

    @Test func `somebody at a terminal sees what a reply took`() throws {
        var reply = CannedReply(["Hel", "lo"])
        reply.stopReason = .length
        let daemon = try daemon { [reply] _ in .success(reply) }
        let terminal = try PseudoTerminal(socket: daemon.socket)
        try #require(terminal.waitFor("> "))
        terminal.type("hi\r")
        try #require(terminal.waitFor("  …\r\u{1B}[K  Hello\r\n  2 tokens, 0.75 s; cut at 2 tokens\r\n"))
        try #require(terminal.waitFor("> "))
        terminal.type("\u{04}")
        terminal.process.waitUntilExit()
    }

    @Test func `of a long conversation the oldest messages are left out, and counted`() {
        var conversation = Conversation(limit: 10)
        for text in ["12345", "67890", "a", "b"] { conversation.say(.user, text) }
        #expect(conversation.messages.map(\.text) == ["67890", "a", "b"])
        #expect(conversation.dropped == 1)
        conversation.takeBack()
        #expect(conversation.messages.map(\.text) == ["67890", "a"])
        conversation.forget()
        #expect(conversation.messages.isEmpty && conversation.dropped == 0)
        conversation.say(.user, String(repeating: "x", count: 50))
        #expect(conversation.messages.count == 1)
    }
}
