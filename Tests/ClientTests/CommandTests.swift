import Foundation
import JSON
import Synchronization
import Testing
import Wire

@Test(arguments: [(["predict"], "<&-"), (["predict", "hi"], ">&-"), (["status", "--json"], ">&-")])
func `a closed standard input or output is an error, and never the daemon's socket`(
    arguments: [String], redirection: String
) throws {
    let run = try Run(arguments, socket: try daemon.get().socket, redirection: redirection)
    #expect(run.status == 74)
    #expect(run.error.contains("Bad file descriptor"))
}

@Test func `top without a terminal prints a status at each look`() throws {
    let run = try slmctl("top", "--count", "2", "--interval", "0.1", "--json")
    #expect(run.lines == [json(Canned.status)[...], json(Canned.status)[...]])
    #expect(try slmctl("top", "--interval", "0").status == 64)
    #expect(try Run(["top"], socket: "/nowhere").status == 69)
}

@Test func `the doctor says what is well, a line each`() throws {
    let run = try slmctl("doctor", "--json")
    #expect(run.lines.count == 10 || run.lines.count == 9)  // with systemd there is one on its units
    #expect(run.lines[0].hasPrefix(#"{"check":"socket","verdict":"ok","found":"#))
    #expect(run.lines.contains { $0.contains(#""check":"model","verdict":"ok","found":"all-MiniLM-L6-v2"#) })
}

@Test func `the doctor of a daemon that is not there finds a problem`() throws {
    let run = try Run(["doctor"], socket: "/nowhere")
    #expect(run.status == 69)
    #expect(run.lines[0] == "problem  socket    there is no socket at /nowhere")
    #expect(run.error.hasPrefix("slmctl: ") && run.error.hasSuffix("found\n"))
}

@Test func `a directory is no input file`() throws {
    let run = try slmctl("eval", "/tmp")
    #expect(run.status == 66)
    #expect(run.error == "slmctl: /tmp: Is a directory\n")
}

private func json(_ value: some JSONWritable) -> String {
    String(decoding: JSONWriter.encode(value), as: UTF8.self)
}

@Test func `a text on the command line gets one answer`() throws {
    let run = try slmctl("predict", "I", "need report")
    #expect(run.status == 0)
    #expect(run.output == "request_data 0.75   ask_question 0.25\n")
    #expect(try slmctl("--json", "predict", "hi").output == json(Canned.prediction("hi")) + "\n")
    #expect(try slmctl("predict", "hi", "--json").output == json(Canned.prediction("hi")) + "\n")
}

@Test func `lines get one answer each, in order, the broken ones too`() throws {
    let bytes = Array("first\n\n".utf8) + [0xFF, 0x0A] + Array("last".utf8)
    let run = try Run(["predict", "--json"], input: bytes, socket: try daemon.get().socket)
    #expect(run.status == 65)
    #expect(
        run.lines == [
            "\(json(Canned.prediction("first")))",
            #"{"error":{"code":-32009,"kind":"empty_text","message":"line 2: the text is empty"},"line":2}"#,
            #"{"error":{"kind":"not_utf8","message":"line 3: expected UTF-8, found other bytes"},"line":3}"#,
            "\(json(Canned.prediction("last")))",
        ])
    #expect(
        run.error == #"{"error":{"code":-32009,"kind":"empty_text","message":"line 2: the text is empty"}}"#
            + "\n")
}

@Test func `thousands of lines keep their order`() throws {
    let texts = (0..<3000).map { "text \($0)" }
    let run = try slmctl("predict", "--json", input: texts.joined(separator: "\n"))
    #expect(run.status == 0)
    #expect(run.lines.map(String.init) == texts.map { json(Canned.prediction($0)) })
}

@Test func `only broken lines, more than are asked at once, are all answered`() throws {
    let bytes = [UInt8]((0..<200).flatMap { _ -> [UInt8] in [0xFF, 0x0A] })
    let run = try Run(["predict", "--json"], input: bytes, socket: try daemon.get().socket)
    #expect(run.lines.count == 200 && run.status == 65)
}

@Test(arguments: [
    (["intents"], "intent  examples\na       3\n"),
    (["--json", "intents"], #"{"intents":[{"intent":"a","examples":3}]}"# + "\n"),
    (["intents", "rename", "a", "b"], "renamed a to b; 5 intents, event 3\n"),
    (["intents", "merge", "a", "b", "--json"], #"{"event":3,"intents":5}"# + "\n"),
    (["intents", "remove", "a"], "removed a; 5 intents, event 3\n"),
    (["snapshot"], "auto: event 2, 90 bytes, sha256 abcdef\n"),
    (
        ["snapshot", "monday", "--json"],
        #"{"name":"monday","event":2,"digest":"abcdef","bytes":90,"accuracy":null,"held_back":null,"unmeasured":null}"#
            + "\n"
    ),
    (
        ["snapshot", "create", "early"],
        "early: event 2, 90 bytes, sha256 abcdef\nwithout accuracy: they are still being embedded\n"
    ),
    (["snapshot", "create", "lsit"], "lsit: event 2, 90 bytes, sha256 abcdef\n"),
    (["snapshot", "test"], "test: event 2, 90 bytes, sha256 abcdef\n"),
    (
        ["snapshot", "create", "measured"],
        "measured: event 2, 90 bytes, sha256 abcdef\naccuracy 0.7500 of 8 held-back examples\n"
    ),
    (["snapshot", "create", "monday"], "monday: event 2, 90 bytes, sha256 abcdef\n"),
    (
        ["--json", "snapshot", "list"],
        #"{"snapshots":[{"name":"first","event":2,"digest":"abcdef","bytes":90,"created_at":"2026-01-08T10:00:00Z","accuracy":null,"held_back":null}]}"#
            + "\n"
    ),
    (
        ["entities", "Thursday,", "5", "kg"],
        "date      Thursday  2016-11-10   or 2016-11-03\nquantity  5 kg      5 kg\n"
    ),
    (["entities", "--at", "2016-11-07T16:12:00Z", "nothing"], "no entities\n"),
    (["entities", "nothing..."], "no entities\nthe end of the text was not read\n"),
    (
        ["entities", "nothing", "--json"], #"{"text":"nothing","entities":[],"truncated":false}"# + "\n"
    ),
    (["embed", "a"], "0.6 0.8\n"),
    (
        ["embed", "a", "--json"],
        #"{"text":"a","embedding":[0.6,0.8],"tokens":3,"tokens_total":3,"truncated":false}"# + "\n"
    ),
    (["teach", "x", "some text"], "learnt x: nothing before, x 0.50 now (event 1)\n"),
    (
        ["--json", "teach", "x", "some text"],
        #"{"event":1,"intent":"x","before":{"intent":null,"confidence":0.0},"after":{"intent":"x","confidence":0.5},"quarantined":false}"#
            + "\n"
    ),
    (["--version"], "0.1.0\n"),
])
func `each command prints its answer`(arguments: [String], output: String) throws {
    let run = try Run(arguments, socket: try daemon.get().socket)
    #expect(run.output == output)
    #expect(run.status == 0)
}

private let same = "and the log replayed from nothing gives the same"
private let listed = """
    1  2026-01-08T10:00:00Z  uid 1000  bootstrapped  60 examples
    2  2026-01-08T10:00:00Z  uid 1000  session s-1  taught  "hi\\u{1B}[2J" is greet  \
    (nothing before, greet 0.50 after)
    3  2026-01-08T10:00:00Z  uid 1000  renamed  greet to salute
    5  2026-01-08T10:00:00Z  uid 1000  restored  what was learnt up to event 2
    """
private let historyCommands: [(arguments: String, output: String)] = [
    (
        "snapshot show first",
        """
        name   event  bytes  created               sha256
        first  2      90     2026-01-08T10:00:00Z  abcdef

        intent  examples
        a       3
        b       1
        """
    ),
    (
        "snapshot show first --json",
        #"{"name":"first","event":2,"digest":"abcdef","bytes":90,"created_at":"2026-01-08T10:00:00Z","#
            + #""accuracy":null,"held_back":null,"version":6,"#
            + #""intents":[{"intent":"a","examples":3},{"intent":"b","examples":1}]}"#
    ),
    (
        "snapshot show old",
        """
        name   event  bytes  created               sha256
        first  2      90     2026-01-08T10:00:00Z  abcdef

        its head is of version 5, which this slmd does not read: its intents are not known; slmctl snapshot \
        restore makes it anew from the log
        """
    ),
    (
        "snapshot show old --json",
        #"{"name":"first","event":2,"digest":"abcdef","bytes":90,"created_at":"2026-01-08T10:00:00Z","#
            + #""accuracy":null,"held_back":null,"version":5,"intents":null}"#
    ),
    (
        "snapshot diff first second",
        "intent  before  after\na       3       5\nb       1       0\nc       0       2"
    ),
    (
        "snapshot show measured",
        """
        name      event  bytes  created               accuracy     sha256
        measured  2      90     2026-01-08T10:00:00Z  0.7500 of 8  abcdef

        intent  examples
        a       5
        c       2
        """
    ),
    (
        "snapshot diff first measured",
        "accuracy - before, 0.7500 of 8 after\n\n"
            + "intent  before  after\na       3       5\nb       1       0\nc       0       2"
    ),
    (
        "snapshot diff first --json",
        #"{"changes":[{"intent":"b","before":1,"after":0}],"#
            + #""accuracy":{"before":null,"after":null},"held_back":{"before":null,"after":null}}"#
    ),
    (
        "--json snapshot diff measured measured",
        #"{"changes":[],"accuracy":{"before":0.75,"after":0.75},"held_back":{"before":8,"after":8}}"#
    ),
    ("snapshot diff first first", "the same intents with as many examples"),
    ("snapshot remove first", "removed first, of event 2"),
    ("snapshot verify", "2 events\nsha256 abcdef, \(same)"),
    (
        "--json snapshot verify first",
        #"{"digest":"abcdef","replayed_digest":"abcdef","equal":true,"events":2}"#
    ),
    ("snapshot restore first", "restored first; 5 intents, event 4"),
    ("snapshot restore first --json", #"{"event":4,"position":2,"digest":"abcdef","intents":5}"#),
    ("undo", "took back event 8; 5 intents\nsha256 abcdef"),
    ("undo 2 --prove", "took back events 7, 8; 5 intents\nsha256 abcdef, \(same)"),
    ("undo --event 3", "took back event 3; 5 intents\nsha256 abcdef"),
    ("undo 2 --json", #"{"undone":[7,8],"digest":"abcdef","intents":5}"#),
    (
        "forget --session s-1",
        "erased 3 events and 0 turns, in 2 checkpoints too; 5 intents\nsha256 abcdef"
    ),
    (
        "forget --user 1000 --json",
        #"{"erased":{"events":3,"turns":0,"sources":0,"checkpoints":2},"digest":"abcdef","intents":5}"#
    ),
    ("history", listed),
    ("history --limit 1", "5  2026-01-08T10:00:00Z  uid 1000  restored  what was learnt up to event 2"),
    ("history --json", Canned.history.map { json($0) }.joined(separator: "\n")),
]

private let explained = """
    request_data 0.75   ask_question 0.25
    read as  hello
    familiarity 1.50, below 2.00: in scope

    similarity  intent  event  time                  uid   text
    0.50        greet   2      2026-01-08T10:00:00Z  1000  hi
    0.25        greet   1      2026-01-08T10:00:00Z  0     -

    voice   weight  what it says alone
    cosine  0.50    greet 0.75
    """
private let quarantineCommands: [(arguments: String, output: String)] = [
    (
        "history --quarantined",
        """
        7  2026-01-08T10:00:00Z  uid 1000  session s-1  held  "bye" is greet  \
        (it contradicts what others taught, as too many lessons of this user do)  \
        (nothing before, greet 0.50 after)
        """
    ),
    ("history --quarantined --json", json(Canned.held)),
    (
        "approve 7 8",
        "learnt greet: greet 0.50 before, greet 0.50 now (event 17)\n"
            + "learnt greet: greet 0.50 before, greet 0.50 now (event 18)"
    ),
    ("reject 7", "rejected event 7"),
    ("reject 7 8 --json", #"{"rejected":[7,8]}"#),
    ("explain helo", explained),
    ("explain helo --json", json(Canned.explanation)),
]

@Test(arguments: quarantineCommands)
func `what is held is shown, approved and rejected, and a prediction explained`(
    arguments: String, output: String
) throws {
    let run = try Run(
        arguments.split(separator: " ").map { String($0) }, socket: try daemon.get().socket)
    #expect(run.output == output + "\n")
    #expect(run.status == 0)
}

private let policyCommands: [(arguments: String, output: String)] = [
    (
        "policy",
        """
        decides    version 2
        tries      other moves with probability 0.10
        tasks      420
        candidate  gains not known yet a task, by 1 task
        version 1  after 150 tasks, gains 0.25 (0.13 to 0.38) a task
        version 2  after 400 tasks, gains not known yet a task
        """
    ),
    ("policy show --json", json(Canned.policy())),
    ("--json policy unfreeze", json(Canned.policy())),
    (
        "policy undo",
        """
        decides    version 1
        tries      nothing, it is frozen
        tasks      420
        version 1  after 150 tasks, gains 0.25 (0.13 to 0.38) a task
        """
    ),
    ("policy freeze --json", json(Canned.policy(isFrozen: true))),
    (
        "policy eval",
        """
        by 40 tasks, which got 0.50 (0.25 to 0.75)

        policy  ips                  snips                dr
        usual   0.50 (0.00 to 1.00)  0.50 (0.25 to 0.75)  not known yet
        """
    ),
    ("policy eval --json", json(Canned.judgement)),
    (
        "policy log --limit 1",
        """
        time                  session  turn  rule          move                   chosen  propensity  policy       \
        outcome   reward
        2026-01-08T10:00:00Z  s-1      2     missing_slot  ask_missing_info:time  1 of 2  0.05        usual moves  \
        answered  -0.13
        """
    ),
    (
        "policy log --json",
        #"{"session_id":"s-1","turn":2,"time":"2026-01-08T10:00:00Z","decision":{"rule":"missing_slot","#
            + #""admissible":["ask_missing_info:date","ask_missing_info:time"],"move":"ask_missing_info:time","#
            + #""propensity":0.05,"policy":null},"outcome":"answered","reward":-0.125}"#
    ),
    (
        "transitions",
        """
        step          move     tried  done  rate  next
        collecting 1  ask_one  8      6     0.70  ready 7, collecting 1 1
        """
    ),
    (
        "transitions --dot",
        #"""
        digraph transitions {
            rankdir=LR;
            node [shape=box];
            "collecting 1" -> "collecting 1" [label="ask_one\n1, 0.70", color="gray24"];
            "collecting 1" -> "ready" [label="ask_one\n7, 0.70", color="gray24"];
        }
        """#
    ),
    (
        "transitions --json",
        #"{"episodes":8,"transitions":[{"step":"collecting 1","move":"ask_one","tried":8,"succeeded":6,"#
            + #""rate":0.7,"next":{"collecting 1":1,"ready":7},"outcomes":{"answered":7,"missed":1}}]}"#
    ),
]

@Test(arguments: policyCommands)
func `the policy is shown, judged, frozen and taken back`(arguments: String, output: String) throws {
    let run = try Run(
        arguments.split(separator: " ").map { String($0) }, socket: try daemon.get().socket)
    #expect(run.output == output + "\n")
    #expect(run.status == 0)
}

@Test func `a lesson that is held is answered, said and no success`() throws {
    let reason = "with it an example that must stay right would be wrong"
    let run = try slmctl("teach", "x", "wrong")
    #expect(run.status == 77)
    #expect(
        run.output == "held x: \(reason); nothing as before (event 1); "
            + "an administrator can approve it: slmctl approve 1\n")
    #expect(run.error.isEmpty, "once is enough")
    let lines = try slmctl("teach", "--json", "x", input: "right\nwrong\nright")
    #expect(lines.status == 77 && lines.lines.count == 3)
    #expect(lines.lines[1].hasSuffix(#""quarantined":true,"reason":"canary"}"#))
    #expect(lines.error.hasPrefix(#"{"error":{"kind":"held","message":"event 1 is held"#))
}

@Test(arguments: historyCommands)
func `what was taught is shown, proved and taken back`(arguments: String, output: String) throws {
    let run = try Run(
        arguments.split(separator: " ").map { String($0) }, socket: try daemon.get().socket)
    #expect(run.output == output + "\n")
    #expect(run.status == 0)
}

@Test func `a snapshot whose intents are not known is compared with none`() throws {
    let run = try slmctl("snapshot", "diff", "first", "old")
    #expect(run.status == 65 && run.output.isEmpty)
    #expect(run.error.hasPrefix("slmctl: first: its head is of version 5, which this slmd does not read"))
}

@Test func `digests that differ are said, and no success`() throws {
    let verified = try slmctl("snapshot", "verify", "torn")
    #expect(verified.status == 70)
    #expect(verified.output == "2 events\nsha256 abcdef, but the log replayed from nothing gives 123456\n")
    #expect(verified.error == "slmctl: a replay of the log gives sha256 123456, expected abcdef\n")
    #expect(try slmctl("forget", "--event", "3", "--prove").status == 70)
}

@Test(arguments: [
    (["undo", "0"], "count: expected 1 or more, found 0"),
    (["undo", "2", "--event", "3"], "expected a count or --event, found both"),
    (["history", "--limit", "0"], "--limit: expected 1 or more, found 0"),
    (["kb", "remove", "a", ""], "expected a name, found an empty one"),
    (["kb", "add", "", "--watch"], "expected a path, found an empty one"),
    (["approve"], "Missing expected argument '<event> ...'"),
    (["reject", "x"], "The value 'x' is invalid for '<event>'"),
    (
        ["snapshot", "lsit"],
        "did you mean `snapshot list`? To make a snapshot of that name: `snapshot create lsit`"
    ),
    (["--json", "snapshot", "crate"], "did you mean `snapshot create`?"),
    (["intents", "renam", "a", "b"], "did you mean `intents rename`?"),
    (["policy", "freez"], "did you mean `policy freeze`?"),
    (["policy", "log", "--limit", "1001"], "--limit: expected 1 to 1000, found 1001"),
    (["transitions", "--dot", "--json"], "--dot: expected without --json, found both"),
    (["forget"], "expected one of --session, --user and --event, found 0"),
    (["forget", "--event", "1", "--user", "2"], "expected one of --session, --user and --event, found 2"),
])
func `what cannot be meant is wrong usage`(arguments: [String], error: String) throws {
    let run = try Run(arguments, socket: try daemon.get().socket)
    #expect(run.status == 64 && run.output.isEmpty)
    #expect(run.error.contains(error))
}

@Test func `status is one object, or a line for each thing`() throws {
    #expect(try slmctl("status", "--json").output == json(Canned.status) + "\n")
    let text = try slmctl("status").output
    #expect(text.contains("process 12, up 1 h 2 min\n"))
    #expect(text.contains("replies   off (slm: none)\n"))
    #expect(text.contains("predict          9    1.00    2.50    3.00\n"))
}

@Test func `a session is carried from one machine to another`() throws {
    let exported = try slmctl("session", "export", "s-1")
    #expect(exported.status == 0)
    let lines = #"{"microseconds":5,"text":"hi","confidence":0.5,"session":"s-9"}"# + "\n\n"
    let imported = try slmctl("session", "import", "-", input: lines)
    #expect(
        imported.lines.first == "session s-9, 1 turn" && imported.lines.contains("goal         get_report"))
    let named = try slmctl("--json", "session", "import", "--session", "mine", "-", input: lines)
    #expect(
        named.output.hasPrefix(#"{"state":{"session_id":"mine","#) && named.output.hasSuffix("\"turns\":1}\n")
    )
    let bad = try slmctl("session", "import", "-", input: lines + lines.replacing("hi", with: "bad"))
    #expect(bad.status == 65 && bad.error == "slmctl: standard input:3: it is bad\n")
    #expect(try slmctl("session", "import", "/nonexistent.jsonl").status == 66)
}

@Test func `a training file is learnt, and a broken one is not sent`() throws {
    let lines = "a\tone\nb\ttwo\n"
    #expect(
        try slmctl("train", "-", "--json", input: lines).output
            == #"{"count":3,"intents":2,"seconds":0.5,"event":2}"# + "\n")
    #expect(
        try slmctl("train", "-", input: lines).output
            == "learnt 3 examples, in 0.50 s; 2 intents known now\n")
    #expect(
        try slmctl("train", "--add", "-", input: lines).output
            == "learnt 3 examples beside what was learnt before, in 0.50 s; 2 intents known now\n")
    let broken = try slmctl("train", "-", "--format", "tsv", input: lines + "c")
    #expect(broken.status == 65 && broken.output.isEmpty)
    #expect(broken.error == "slmctl: standard input:3: expected intent<TAB>text, found no tab\n")
    let marked = lines + "\nc\tthe [x](bad)\n"
    let refused = try slmctl("train", "-", input: marked)
    #expect(refused.status == 65 && refused.error == "slmctl: standard input:4: bad\n")
    #expect(try slmctl("eval", "-", input: marked).error == "slmctl: standard input:4: bad\n")
    #expect(try slmctl("train", "--plain", "-", input: marked).status == 0)
    #expect(try slmctl("train", "/nonexistent.tsv").status == 66)
}

@Test func `an evaluation shows accuracy, each intent and what was confused`() throws {
    #expect(try slmctl("--json", "eval", "-", input: "a\tone").output == json(Canned.evaluation) + "\n")
    #expect(
        try slmctl("eval", "-", input: "a\tone").output == """
            accuracy 0.7500 over 4 texts, ECE 0.0100

            intent  precision  recall  f1     texts
            a       1.000      0.500   0.667  4

            intent  taken for  times
            a       b          3

            """)
}

@Test func `a chat answers lines and learns corrections`() throws {
    let run = try slmctl(
        "chat",
        input: "/correct x\nI need report\n/correct ask_question\n\n/undo\n/undo\n/nope\n/quit\nnot read")
    #expect(run.status == 65, "a line was refused")
    #expect(run.error == "slmctl: there is no line to correct yet\n", "the first one")
    #expect(
        run.lines == [
            "  there is no line to correct yet", "  request_data 0.75   ask_question 0.25",
            "  I have no answer to that.",
            "  learnt ask_question: nothing before, ask_question 0.50 now (event 1)",
            "  took back event 1; 5 intents", "  nothing was learnt in this chat",
            "  /nope: no such command; /help lists them",
        ])
}

@Test func `feedback says what is known of a sentence from now on, and for whom`() throws {
    #expect(
        try slmctl("feedback", "wrong", "What", "does", "it", "cost?").output
            == "no answer for everybody from now on (event 9): [page.md, passage:3] It costs 4 euros.\n")
    let two = try slmctl(
        "feedback", "right", "What?", "--sentence", "4:2-9", "--sentence", "5:0-3", "--session", "s")
    #expect(
        two.lines == [
            "the answer for you from now on (event 9): [page.md, passage:4] It costs 4 euros.",
            "the answer for you from now on (event 10): [page.md, passage:5] It costs 4 euros.",
        ])
    for place in ["4", "4:9-2", "0:1-2", "4:1-2-3", "x:1-2", "4:-1-2"] {
        #expect(try slmctl("feedback", "right", "What?", "--sentence", place).status == 64, "\(place)")
    }
    #expect(try slmctl("feedback", "maybe", "What?").status == 64)
    #expect(try slmctl("feedback", "right").status == 64)
    let chat = try slmctl("chat", input: "/right\n")
    #expect(chat.lines == ["  the knowledge base has answered nothing in this chat yet"])
}

@Test func `a chat through a pipe ends with the status of the first line that was refused`() throws {
    #expect(try slmctl("chat", input: "hello\n/quit\n").status == 0)
    let held = try slmctl("chat", input: "wrong\n/correct x\n/nope\n")
    #expect(held.status == 77 && held.error.isEmpty, "the answer says it")
    let json = try slmctl("chat", "--json", input: "/nope\nhello\n")
    #expect(json.status == 65 && json.lines.count == 3)
}

@Test(arguments: ["predict", "teach a", "chat", "log", "forget"])
func `a session without a name is a fault of usage`(command: String) throws {
    let words = command.split(separator: " ").map { String($0) }
    let run = try Run(words + ["--session", ""], socket: try daemon.get().socket)
    #expect(run.status == 64)
    #expect(run.error.contains("--session: expected a session, found an empty name"))
}

@Test(arguments: [
    ("history", "Nothing yet has been taught: slmctl teach INTENT TEXT\n"),
    ("history --quarantined", "Nothing waits for approval.\n"),
    ("log", "Nothing yet has been said in a session: slmctl chat opens one\n"),
    ("sessions", "Nothing yet has been said in a session: slmctl chat opens one\n"),
    ("policy log", "Nothing yet has been decided: slmctl say opens a dialogue\n"),
])
func `a list that is empty says so to people, and is nothing to programs`(
    command: String, message: String
) throws {
    let empty = try FakeDaemon { call, id in
        switch call {
        case .history: Frame.encode(Answer(id: id, result: HistoryResult(events: [], hasMore: false)))
        case .log: Frame.encode(Answer(id: id, result: LogResult(turns: [], hasMore: false)))
        case .sessions: Frame.encode(Answer(id: id, result: SessionsResult(sessions: [])))
        case .policyLog: Frame.encode(Answer(id: id, result: PolicyLogResult(decisions: [])))
        default: Canned.answer(call, id)
        }
    }
    let words = command.split(separator: " ").map { String($0) }
    let run = try Run(words, socket: empty.socket)
    #expect(run.status == 0 && run.output.isEmpty && run.error == message)
    let json = try Run(words + ["--json"], socket: empty.socket)
    #expect(json.status == 0 && json.output.isEmpty && json.error.isEmpty)
}

@Test func `a chat speaks in a session of its own or in the one it is given, and tells it`() throws {
    let opened = try slmctl("--json", "chat", input: "hello\n/quit\n")
    #expect(opened.lines.first?.wholeMatch(of: #/\{"session":"[0-9a-f]{32}"\}/#) != nil)
    let given = try slmctl("--json", "chat", "--session", "mine", input: "")
    #expect(given.lines == [#"{"session":"mine"}"#])
    let status = try slmctl("chat", "--session", "mine", input: "/status\n")
    #expect(status.lines.contains("session   mine"))
}

@Test func `a log is read to its end, as a transcript or an object a turn`() throws {
    let asJSON = try slmctl("log", "--json")
    #expect(asJSON.status == 0 && asJSON.lines.count == 3)
    #expect(
        asJSON.lines[0] == #"{"turn":1,"time":"2026-01-08T10:00:00Z","session":"s-1","uid":1000,"#
            + #""kind":"predicted","text":"I need my report","context":null,"intent":"request_data","#
            + #""confidence":0.75,"out_of_scope":true,"event":null}"#)
    #expect(asJSON.lines[1].contains(#""kind":"corrected""#) && asJSON.lines[1].contains(#""event":7"#))
    #expect(try slmctl("log").lines.count == 9)
    #expect(try slmctl("log", "--limit", "1", "--json").lines.count == 1)
    let another = try slmctl("log", "--session", "another's")
    #expect(another.status == 77 && another.error == "slmctl: the session 'another's' is not one of yours\n")
    #expect(try slmctl("log", "--since", "yesterday").status == 64)
    #expect(try slmctl("log", "--limit", "0").status == 64)
}

@Test func `a shown session tells what was chosen, and how surely`() throws {
    let shown = try slmctl("session", "show", "s-1")
    #expect(
        shown.lines.contains(
            "    ask_missing_info:date, not ask_missing_info:report_type: version 2, propensity 0.95"))
    let asJSON = try slmctl("--json", "session", "show", "s-1")
    #expect(asJSON.output.contains(#""move":"ask_missing_info:date","propensity":0.95,"policy":2}"#))
}

@Test func `sessions are listed`() throws {
    #expect(
        try slmctl("sessions").output == """
            session  uid   created               turns  last                  goal        step
            s-1      1000  2026-01-08T10:00:00Z  2      2026-01-08T10:00:05Z  get_report  collecting
            s-2      1000  2026-01-08T09:00:00Z  0      -                     -           -

            """)
    #expect(
        try slmctl("sessions", "--json").lines.last
            == #"{"session":"s-2","uid":1000,"created":"2026-01-08T09:00:00Z","turns":0,"last":null,"goal":null,"current_step":null}"#
    )
    #expect(try slmctl("sessions", "--limit", "1001").status == 64)
}

@Test func `with the daemon down, the error names the path and how to start it`() throws {
    let run = try Run(["predict", "hi"], socket: "/nonexistent/s.sock")
    #expect(run.status == 69 && run.output.isEmpty)
    #expect(
        run.error.hasPrefix("slmctl: no daemon listens at /nonexistent/s.sock\nslmctl: start one with: slmd"))
    let asJSON = try Run(["--json", "status"], socket: "/nonexistent/s.sock")
    #expect(asJSON.status == 69)
    #expect(asJSON.error.hasPrefix(#"{"error":{"kind":"unavailable","message":"no daemon"#))
}

@Test(arguments: [
    ["predict", "--nope"], ["nope"], ["intents", "rename", "a"], ["train"], ["eval", "x", "--format", "xml"],
])
func `wrong usage is said on standard error and ends with 64`(arguments: [String]) throws {
    let run = try Run(arguments, socket: nil)
    #expect(run.status == 64 && run.output.isEmpty)
    #expect(run.error.hasPrefix("slmctl: "))
}

@Test(arguments: [
    (["predict", "--nope", "--json"], "Unknown option '--nope'"), (["--json", "nope"], "nope"),
    (["intents", "rename", "a", "--json"], "'<to>'"),
    (["status", "--json", "--socket", ""], "--socket: expected a path, found an empty one"),
    (["status", "--json", "--socket", String(repeating: "p", count: 108)], "at most 107 bytes, found 108"),
])
func `with --json wrong usage is one object too`(arguments: [String], message: String) throws {
    let run = try Run(arguments, socket: nil)
    #expect(run.status == 64 && run.output.isEmpty)
    let lines = run.error.split(separator: "\n")
    #expect(lines.count == 1 && run.error.hasPrefix(#"{"error":{"kind":""#))
    let said = try JSONDecoder().decode([String: [String: String]].self, from: Data(run.error.utf8))
    #expect(said["error"]?["message"]?.contains(message) == true)
}

@Test func `a socket path that is empty or too long is wrong usage`() throws {
    let empty = try Run(["--socket=", "predict", "hi"], socket: nil)
    #expect(empty.status == 64)
    #expect(empty.error.hasPrefix("slmctl: --socket: expected a path, found an empty one\nUsage: "))
    #expect(try Run(["status"], socket: String(repeating: "p", count: 108)).status == 64)
}

@Test(arguments: [["predict"], ["teach", "a"], ["predict", "--context", "x", "--json", "fine"]])
func `an argument that is not UTF-8 is refused, and nothing is asked`(arguments: [String]) throws {
    let run = try Run(
        arguments, socket: try daemon.get().socket, redirection: #""$(printf 'a\377b')""#)
    #expect(run.status == 65 && run.output.isEmpty)
    let message = "argument \(arguments.count + 1): expected UTF-8, found other bytes"
    let json = #"{"error":{"kind":"not_utf8","message":"\#(message)"}}"#
    #expect(run.error == (arguments.contains("--json") ? json : "slmctl: \(message)") + "\n")
}

@Test func `a byte order mark before the first line is no part of it`() throws {
    let run = try slmctl("predict", "--json", input: "\u{FEFF}one\n\u{FEFF}two\n")
    #expect(run.lines.map(String.init) == ["one", "\u{FEFF}two"].map { json(Canned.prediction($0)) })
}

@Test(arguments: ["bash", "zsh", "fish"])
func `completion scripts know the commands`(shell: String) throws {
    let run = try Run(["--generate-completion-script", shell], socket: nil)
    #expect(run.status == 0)
    #expect(["predict", "teach", "snapshot", "chat"].allSatisfy { run.output.contains($0) })
}

@Test func `completion offers the names of the intents`() throws {
    let run = try Run(
        ["---completion", "intents", "remove", "--", "positional@0", "0", "0", ""],
        socket: try daemon.get().socket)
    #expect(run.lines.contains("a"))
}

/// A folder that is removed with the value.
private final class Folder {
    let path = NSTemporaryDirectory() + "slmctl-\(UUID().uuidString)"

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: path) }  // the system clears its temporary files

    var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() } }
}

@Test func `a backup is written whole, and never over a file unless that is wanted`() throws {
    let folder = try Folder()
    let file = "\(folder.path)/b.tar"
    let run = try slmctl("backup", file, "--json")
    #expect(run.status == 0)
    #expect(run.output.contains("\"event\":9"))
    #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == Data(Canned.file))
    let again = try slmctl("backup", file)
    #expect(again.status == 73)
    #expect(again.error == "slmctl: \(file): there is such a file already; --force replaces it\n")
    #expect(try slmctl("backup", "--force", file).status == 0)
    #expect(try folder.names == ["b.tar"])
    let restored =
        "restored \(file): event 9, 8 events, 5 intents\nsha256 abcdef\nthe state before lies in /state/"
    #expect(
        try slmctl("restore", file).output == "\(restored)restore.previous until the daemon's next start\n")
    #expect(
        try slmctl("restore", "--keep", file).output
            == "\(restored)restore.previous until it is removed by hand\n")
}

@Test(arguments: [["restore", "-"], ["snapshot", "import", "-", "theirs"]])
func `a file through a pipe is sent whole, and leaves no file`(command: [String]) throws {
    let sent = Mutex<[UInt8]>([])
    let daemon = try FakeDaemon { call, id in
        if case .writeTransfer(let params) = call {
            sent.withLock { bytes in if params.offset == bytes.count { bytes += params.data } }
        }
        return Canned.answer(call, id)
    }
    let folder = try Folder()
    let file = (0..<300_001).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let run = try Run(
        command, input: file, socket: daemon.socket, variables: ["TMPDIR": folder.path], isPiped: true)
    #expect(run.status == 0)
    #expect(sent.withLock { $0 } == file)
    #expect(try folder.names.isEmpty)
    let nowhere = try Run(
        command, input: file, socket: daemon.socket, variables: ["TMPDIR": "/nowhere"], isPiped: true)
    #expect(nowhere.status == 73 && nowhere.error.hasPrefix("slmctl: /nowhere: "))
}

@Test func `a backup that arrives otherwise than the daemon says leaves no file`() throws {
    let folder = try Folder()
    // Of this backup the daemon names another digest.
    let run = try slmctl("backup", "--verify", "\(folder.path)/b.tar")
    #expect(run.status == 74)
    #expect(run.error.contains("expected 123456"))
    #expect(try folder.names.isEmpty)
    #expect(try slmctl("restore", "\(folder.path)/none").status == 66)
}

@Test func `a snapshot is exported to a file, and imported from it`() throws {
    let folder = try Folder()
    let file = "\(folder.path)/s.tar"
    let run = try slmctl("snapshot", "export", "monday", file)
    #expect(run.output.hasPrefix("\(file): 4 events, 2500 bytes, sha256 a75c5b") && run.status == 0)
    #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == Data(Canned.file))
    #expect(try slmctl("snapshot", "export", "monday", file).status == 73)
    #expect(
        try slmctl("--json", "snapshot", "export", "monday", "--force", file).output.hasPrefix(
            #"{"name":"monday","event":9,"digest":"abcdef","events":4,"bytes":2500,"sha256":"#))
    #expect(
        try slmctl("snapshot", "import", file).output
            == "theirs: event 9, 90 bytes, sha256 abcdef\nslmctl snapshot restore theirs puts it in force\n")
    #expect(try slmctl("snapshot", "import", file, "tuesday").output.hasPrefix("tuesday: event 9"))
    let piped = try slmctl("snapshot", "export", "monday", "-")
    #expect(piped.output == String(decoding: Canned.file, as: UTF8.self))
    #expect(piped.error.contains("4 events"))
}

@Test func `a backup on standard output is nothing but the backup`() throws {
    let run = try slmctl("backup", "-")
    #expect(run.status == 0)
    #expect(run.output == String(decoding: Canned.file, as: UTF8.self))
    #expect(run.error.contains("event 9"))
}
