import SLMClient
import Testing
import Wire

@testable import slmctl

@Test(arguments: 1...9)
func `lines come out the same however the bytes arrive`(piece: Int) {
    let bytes = Array("one\r\ntwo\n\nfour: é\r\r\n".utf8) + [0xFF, 0x0A] + Array("a\0b\nlast".utf8)
    var lines = LineSplitter()
    var found: [LineSplitter.Line] = []
    for start in stride(from: 0, to: bytes.count, by: piece) {
        lines.append(Array(bytes[start..<min(start + piece, bytes.count)]))
        while let line = lines.next() { found.append(line) }
    }
    lines.end()
    while let line = lines.next() { found.append(line) }
    let contents: [LineSplitter.Content] = [
        .text("one"), .text("two"), .text(""), .text("four: é\r"), .notUTF8, .text("a\0b"), .text("last"),
    ]
    #expect(found.map(\.content) == contents)
    #expect(found.map(\.number) == Array(1...7))
}

@Test func `a line that is too long is refused and its bytes are not kept`() {
    var lines = LineSplitter()
    let piece = [UInt8](repeating: 0x61, count: 1 << 20)
    for _ in 0..<20 {
        lines.append(piece)
        #expect(lines.next() == nil)
    }
    lines.append(Array("\nnext\n".utf8))
    #expect(lines.next() == LineSplitter.Line(number: 1, content: .tooLong))
    #expect(lines.next() == LineSplitter.Line(number: 2, content: .text("next")))
}

@Test(arguments: [
    (["--json", "predict", "hi"], ["predict", "--json", "hi"]),
    (["predict", "--json", "hi"], ["predict", "--json", "hi"]),
    (["--socket", "/s", "--json", "status"], ["status", "--socket", "/s", "--json"]),
    (["--socket=/s", "intents", "rename", "a", "b"], ["intents", "rename", "--socket=/s", "a", "b"]),
    (["--json", "intents"], ["intents", "--json"]),
    (["intents", "--json", "list"], ["intents", "list", "--json"]),
    (
        ["--json", "snapshot", "--socket", "/s", "create"],
        ["snapshot", "create", "--json", "--socket", "/s"]
    ),
    (["snapshot", "--json", "monday"], ["snapshot", "--json", "monday"]),
    (["--json", "snapshot", "monday"], ["snapshot", "--json", "monday"]),
    (["--json", "predict", "--", "-5"], ["predict", "--json", "--", "-5"]),
    (["--socket=", "status"], ["status", "--socket", ""]),
    (["predict", "--socket=", "--", "--socket="], ["predict", "--socket", "", "--", "--socket="]),
    (["--socket"], ["--socket"]),
    (["--json", "--help"], ["--help"]), (["--socket", "/s", "--nope", "status"], ["--nope", "status"]),
    ([], []),
])
func `options before the command are moved behind it`(given: [String], parsed: [String]) throws {
    #expect(try GlobalOptions.moved(behindCommandIn: given) == parsed)
}

@Test(arguments: [["nope"], ["--json", "nope", "x"], ["--socket", "/s", "nope"], ["help", "nope"]])
func `a command that is none is named, whatever stands around it`(arguments: [String]) {
    let fault = Failure(.usage, "usage", "there is no command 'nope'; slmctl --help lists them")
    #expect(throws: fault) { try GlobalOptions.moved(behindCommandIn: arguments) }
}

@Test(arguments: [
    (["statu"], "there is no command 'statu', did you mean 'status'? slmctl --help lists them"),
    (["help", "top1"], "there is no command 'top1', did you mean 'top'? slmctl --help lists them"),
    (["--socket", "status"], "no command follows --socket status; slmctl --help lists them"),
    (["--json"], "no command follows --json; slmctl --help lists them"),
])
func `what may have been meant is said`(arguments: [String], message: String) {
    #expect(throws: Failure(.usage, "usage", message)) {
        try GlobalOptions.moved(behindCommandIn: arguments)
    }
}

@Test(arguments: [
    ["session", "nope"], ["--socket", "/s", "session", "nope"],
    ["--json", "session", "--socket", "/s", "nope"],
    ["session"], ["--json", "session"], ["kb"], ["--json", "kb", "nope"], ["intents", "nope"],
    ["policy", "--json", "nope"],
])
func `a second word that is no command is named, not the options around it`(arguments: [String]) throws {
    let parsed = try GlobalOptions.moved(behindCommandIn: arguments)
    let failure = try #require(throws: Failure.self) { try GlobalOptions.refuseMistypedVerb(in: parsed) }
    let said = arguments.filter { !$0.hasPrefix("-") && $0 != "/s" }.joined(separator: " ")
    #expect(failure.message.hasPrefix("there is no command '\(said)': expected one of "), "\(failure)")
}

@Test(arguments: [
    ["snapshot", "nope"], ["intents"], ["intents", "--json"], ["session", "--help"], ["session", "help"],
    ["session", "show", "x"], ["policy"], ["status", "nope"],
])
func `other second words are left to the parser`(arguments: [String]) throws {
    try GlobalOptions.refuseMistypedVerb(in: GlobalOptions.moved(behindCommandIn: arguments))
}

@Test(arguments: [
    ("  I need report ", ChatLine.text("I need report")), ("", .nothing), (" \t", .nothing),
    ("/correct ask_question", .correct(intent: "ask_question")),
    ("/correct two words ", .correct(intent: "two words")),
    ("/correct", .wrong("/correct needs an intent: /correct INTENT")), ("/quit", .quit), ("/help", .help),
    ("/intents", .intents), ("/status", .status), ("/undo", .undo), ("/new", .beginAnew),
    ("/reply off", .reply(isOn: false)), ("/reply  on ", .reply(isOn: true)),
    ("/reply", .wrong("/reply needs on or off: /reply off")),
    ("/reply maybe", .wrong("/reply needs on or off: /reply off")),
    ("/foo x", .wrong("/foo x: no such command; /help lists them")),
    ("/quit now", .wrong("/quit now: no such command; /help lists them")),
])
func `a chat line is a text or a command`(line: String, request: ChatLine) {
    #expect(ChatLine(line) == request)
}

@Test(arguments: [
    (0.0, 2, "0.00"), (0.005, 2, "0.01"), (0.994, 2, "0.99"), (0.996, 2, "1.00"), (-0.001, 2, "0.00"),
    (-1.25, 1, "-1.3"),
    (12.5, 0, "13"), (99.95, 1, "100.0"), (.infinity, 2, "inf"),
])
func `numbers are rounded to the digits asked for`(value: Double, digits: Int, text: String) {
    #expect(Rendering.fixed(value, digits) == text)
}

@Test func `the largest confusions come first, and right answers are none`() {
    let confusion = ["a": ["a": 90, "b": 2, "c": 7], "b": ["a": 2], "c": ["c": 5, "a": 0]]
    #expect(
        Rendering.largestConfusions(confusion, limit: 10) == [
            ["a", "c", "7"], ["a", "b", "2"], ["b", "a", "2"],
        ])
    #expect(Rendering.largestConfusions(confusion, limit: 1) == [["a", "c", "7"]])
}

@Test func `columns are as wide as their widest cell`() {
    #expect(
        Rendering.table(["intent", "n"], [["a", "10"], ["longer_name", "2"]]) == """
            intent       n
            a            10
            longer_name  2
            """)
}

@Test(arguments: [
    ("0af", "0af"), ("a/b-c_d.e:f@g%h+i,j", "a/b-c_d.e:f@g%h+i,j"), ("", "''"), ("two words", "'two words'"),
    ("it's", #"'it'\''s'"#), ("$HOME", "'$HOME'"), ("é", "'é'"), ("'", #"''\'''"#),
])
func `a word for the shell is quoted where it must be`(word: String, quoted: String) {
    #expect(Rendering.shellWord(word) == quoted)
}

@Test func `a number of things is spoken of as one or as many`() {
    #expect((0...2).map { Rendering.count($0, "turn") } == ["0 turns", "1 turn", "2 turns"])
    let erased = { ForgetResult.Erased(events: 1, turns: 1, checkpoints: $0) }
    let answer = { ForgetResult(erased: erased($0), digest: "d", intents: 1, replayedDigest: nil) }
    #expect(Rendering.forgotten(answer(0)) == "erased 1 event and 1 turn; 1 intent\nsha256 d")
    #expect(
        Rendering.forgotten(answer(1)) == "erased 1 event and 1 turn, in 1 checkpoint too; 1 intent\nsha256 d"
    )
}

@Test func `a progress bar fills from empty to full`() {
    func line(_ done: Int, _ total: Int) -> String {
        ProgressBar.line(Progress(id: .number(1), phase: .learning, done: done, total: total), width: 4)
    }
    #expect(line(0, 8) == "learning [....] 0/8")
    #expect(line(4, 8) == "learning [##..] 4/8")
    #expect(line(8, 8) == "learning [####] 8/8")
    #expect(line(0, 0) == "learning [....] 0/0")
}

@Test(arguments: [
    (ClientError.notRunning(socket: "/s"), Exit.unavailable), (.closed(socket: "/s"), .unavailable),
    (.permissionDenied(socket: "/s"), .permission), (.silent(for: .seconds(1)), .temporary),
    (.malformed(ErrorReply(.parse, "")), .protocolError),
    (.otherProtocol(expected: 1, found: 2), .protocolError),
    (.system(call: "recv", errno: 5, message: ""), .io), (.refused(ErrorReply(.busy, "")), .temporary),
    (.refused(ErrorReply(.invalidParams, "")), .data), (.refused(ErrorReply(.emptyText, "")), .data),
    (.refused(ErrorReply(.badLabel, "")), .data),
    (.refused(ErrorReply(.forbidden, "")), .permission), (.refused(ErrorReply(.storage, "")), .io),
    (.refused(ErrorReply(.internalError, "")), .software),
    (.refused(ErrorReply(.repliesOff, "")), .unavailable),
    (.refused(ErrorReply(.unknownMethod, "")), .protocolError),
])
func `each error has the exit code of its kind`(error: ClientError, exit: Exit) {
    #expect(Failure(error).exit == exit)
}

/// FIPS 180-4's own examples, and lengths about the end of a block, by sha256sum.
@Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
])
func `SHA-256 agrees with its standard, in pieces too`(text: String, digest: String) {
    for size in [1, 5, 64, 1000] {
        var hash = SHA256()
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            hash.update(Array(bytes[start..<min(start + size, bytes.count)]))
        }
        #expect(hash.finish() == digest)
    }
}

@Test func `Base64 comes back as it went, and says no to what it would not write`() {
    for count in 0..<70 {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
        #expect(Base64.decode(Base64.encode(bytes)) == bytes)
    }
    // RFC 4648, section 10.
    #expect(Base64.encode(Array("foob".utf8)) == "Zm9vYg==")
    for text in ["Zm9vYg=", "Zm9vYh==", "Zm9v====", "Zm 9", "=m9v", "Zm9v\u{e9}a"] {
        #expect(Base64.decode(text) == nil, "\(text)")
    }
}
