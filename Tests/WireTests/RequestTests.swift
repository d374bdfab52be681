import Testing
import Wire

private func request(_ json: String) throws -> Request { try Request(decoding: Array(json.utf8)) }

private func fault(_ json: String) -> RequestFault? { fault(Array(json.utf8)) }

private func fault(_ body: [UInt8]) -> RequestFault? {
    do {
        _ = try Request(decoding: body)
        return nil
    } catch {
        return error
    }
}

private func body(_ frame: [UInt8]) -> [UInt8] { Array(frame.dropFirst(Frame.headerBytes)) }

@Test func `every call reads back as it was written`() throws {
    func check<P: Params>(_ params: P, _ call: Call) throws {
        let request = try Request(decoding: body(Frame.encode(ClientMessage(id: .text("a"), params))))
        #expect(request.id == .text("a"))
        #expect(request.call == call)
    }
    let samples = [
        Sample(text: "a\u{0}\"\\\n\u{1F}é😀", intent: "x", context: "before"), Sample(text: "", intent: "y"),
        Sample(text: "[t](x)", intent: "y", isMarked: true),
    ]
    let predict = PredictParams(text: "t", context: "c", session: "s", overflow: .error)
    try check(predict, .predict(predict))
    try check(EmbedParams(text: "t"), .embed(EmbedParams(text: "t")))
    let teach = TeachParams(intent: "i", text: "t", context: "c", session: "s")
    try check(teach, .teach(teach))
    let marked = TeachParams(intent: "i", text: "[t](x)", isMarked: true)
    try check(marked, .teach(marked))
    try check(StageParams(examples: samples), .stageExamples(StageParams(examples: samples)))
    let train = TrainParams(examples: samples, usesStaged: true, keepsBase: true)
    try check(train, .train(train))
    let evaluate = EvaluateParams(usesStaged: true)
    try check(evaluate, .evaluate(evaluate))
    try check(IntentsParams(), .intents)
    try check(RenameIntentParams(from: "a", to: "b"), .renameIntent(RenameIntentParams(from: "a", to: "b")))
    try check(MergeIntentParams(from: "a", into: "b"), .mergeIntent(MergeIntentParams(from: "a", into: "b")))
    try check(RemoveIntentParams(intent: "a"), .removeIntent(RemoveIntentParams(intent: "a")))
    try check(CreateSnapshotParams(name: "n"), .createSnapshot(CreateSnapshotParams(name: "n")))
    try check(ListSnapshotsParams(), .listSnapshots)
    try check(ShowSnapshotParams(name: "n"), .showSnapshot(ShowSnapshotParams(name: "n")))
    try check(RemoveSnapshotParams(name: "n"), .removeSnapshot(RemoveSnapshotParams(name: "n")))
    try check(VerifySnapshotParams(name: "n"), .verifySnapshot(VerifySnapshotParams(name: "n")))
    try check(RestoreSnapshotParams(name: "n"), .restoreSnapshot(RestoreSnapshotParams(name: "n")))
    let undo = UndoParams(count: 3, isProved: true)
    try check(undo, .undo(undo))
    let mistake = UndoParams(event: 7)
    try check(mistake, .undo(mistake))
    for selection in [.session("s"), .user(.max), .event(7)] as [ForgetParams.Selection] {
        try check(ForgetParams(selection), .forget(ForgetParams(selection)))
    }
    let log = LogParams(after: 5, session: "s", since: 7, last: 6, hasRecords: true)
    try check(log, .log(log))
    let lines = [
        #"{"microseconds":5,"text":"a","context":"b","intent":"i","confidence":0.5,"out_of_scope":true}"#,
        #"{"microseconds":6,"text":"a","confidence":0,"action":"end","reply":"r","record":"{}","turn":7}"#,
    ]
    let turns = try lines.map { try TranscriptLine(json: Array($0.utf8)) }
    let transcript = ImportSessionParams(session: "s", turns: turns)
    try check(transcript, .importSession(transcript))
    let history = HistoryParams(after: 5, last: 6)
    try check(history, .history(history))
    try check(StatusParams(), .status)
}

@Test(arguments: [
    ("undo", #"{"count":0}"#, "params.count: expected an integer from 1 to 2147483647, found 0"),
    ("undo", #"{"count":1,"event":2}"#, "params: expected one of count and event, found 2"),
    ("undo", #"{"count":1.5}"#, "params.count: expected an integer from 1 to 2147483647, found 1.5"),
    ("forget", "{}", "params: expected one of session, user and event, found none"),
    ("forget", #"{"user":1,"event":2}"#, "params: expected one of session, user and event, found 2"),
    ("forget", #"{"user":-1}"#, "params.user: expected an integer from 0 to 4294967295, found -1"),
    ("snapshot.restore", "{}", "params.name: expected a string, found nothing"),
    ("approve", #"{"events":["a"]}"#, "params.events[0]: expected a number, found something else"),
    ("approve", #"{"events":[1,0]}"#, "params.events: expected an array of whole numbers from 1, found 0"),
])
func `what is to be taken back is read strictly`(method: String, params: String, message: String) {
    let frame = #"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":\#(params)}"#
    #expect(fault(frame)?.error.message == message)
}

@Test func `a message without an id is a notification`() throws {
    let cancel = try request(#"{"jsonrpc":"2.0","method":"cancel","params":{"id":7}}"#)
    #expect(cancel.id == nil)
    #expect(cancel.call == .cancel(.number(7)))
    #expect(try request(#"{"jsonrpc":"2.0","id":null,"method":"status"}"#).id == nil)
    #expect(fault(#"{"jsonrpc":"2.0","method":"nothing"}"#)?.isNotification == true)
}

@Test(arguments: [
    (#"{"jsonrpc":"2.0","id":1,"method":"predict"}"#, "params.text: expected a string, found nothing"),
    (
        #"{"jsonrpc":"2.0","id":1,"method":"predict","params":{"text":null}}"#,
        "params.text: expected a string, found nothing"
    ),
    (
        #"{"jsonrpc":"2.0","id":1,"method":"predict","params":{"text":5}}"#,
        "params.text: expected a string, found a number"
    ),
    (
        #"{"jsonrpc":"2.0","id":1,"method":"predict","params":{"text":["a"]}}"#,
        "params.text: expected a string, found an array"
    ),
    (
        #"{"jsonrpc":"2.0","id":1,"method":"predict","params":{"text":{}}}"#,
        "params.text: expected a string, found an object"
    ),
    (
        #"{"jsonrpc":"2.0","id":1,"method":"predict","params":{"text":true}}"#,
        "params.text: expected a string, found true or false"
    ),
    (
        #"{"jsonrpc":"2.0","id":1,"method":"predict","params":["a"]}"#,
        "params: expected an object (parameters go by name), found an array"
    ),
    (
        #"{"jsonrpc":"2.0","id":1,"method":"predict","params":{"text":"a","contxt":"b"}}"#,
        "params.contxt: expected one of text, context, session, overflow, found an unknown parameter"
    ),
    (
        #"{"jsonrpc":"2.0","id":1,"method":"status","params":{"x":1}}"#,
        "params.x: expected no parameters, found an unknown parameter"
    ),
    (
        #"{"jsonrpc":"2.0","id":1,"method":"predict","params":{"text":"a","overflow":"x"}}"#,
        #"params.overflow: expected "truncate" or "error", found "x""#
    ),
    (
        #"{"jsonrpc":"2.0","id":1,"method":"train","params":{"add":"yes"}}"#,
        "params.add: expected true or false, found a string"
    ),
    (
        #"{"jsonrpc":"2.0","id":1,"method":"examples.stage"}"#,
        "params.examples: expected an array of objects, found nothing"
    ),
    (
        #"{"jsonrpc":"2.0","id":1,"method":"train","params":{"examples":{}}}"#,
        "params.examples: expected an array of objects, found an object"
    ),
    (
        #"{"jsonrpc":"2.0","id":1,"method":"train","params":{"examples":[{"text":"a","intent":"b"},5]}}"#,
        "params.examples[1]: expected an object, found something else"
    ),
    (
        #"{"jsonrpc":"2.0","id":1,"method":"train","params":{"examples":[{"text":"a","intent":"b"},{"text":"a"}]}}"#,
        "params.examples[1].intent: expected a string, found nothing"
    ),
    (
        #"{"jsonrpc":"2.0","id":1,"method":"train","params":{"examples":[{"text":"a","intent":"b","x":1}]}}"#,
        "params.examples[0].x: expected one of text, intent, context, marked, found an unknown parameter"
    ),
])
func `wrong parameters are named`(json: String, message: String) {
    let found = fault(json)
    #expect(found?.id == .number(1))
    #expect(found?.error.kind == .invalidParams)
    #expect(found?.error.message == message)
}

@Test(arguments: [
    ("", ErrorKind.parse),
    ("{", .parse),
    ("nonsense", .parse),
    (#"{"jsonrpc":"2.0","id":1,"method":"status"} x"#, .parse),
    (#"{"jsonrpc":"2.0","id":1,"method":"predict","params":{"text":"\ud800"}}"#, .parse),
    ("[]", .invalidRequest),
    (#"[{"jsonrpc":"2.0","id":1,"method":"status"}]"#, .invalidRequest),
    ("5", .invalidRequest),
    (#""text""#, .invalidRequest),
    ("null", .invalidRequest),
    ("{}", .invalidRequest),
    (#"{"id":1,"method":"status"}"#, .invalidRequest),
    (#"{"jsonrpc":"1.0","id":1,"method":"status"}"#, .invalidRequest),
    (#"{"jsonrpc":"2.0","id":1}"#, .invalidRequest),
    (#"{"jsonrpc":"2.0","id":1,"method":5}"#, .invalidRequest),
    (#"{"jsonrpc":"2.0","id":{},"method":"status"}"#, .invalidRequest),
    (#"{"jsonrpc":"2.0","id":1.5,"method":"status"}"#, .invalidRequest),
    (#"{"jsonrpc":"2.0","id":1,"method":"nothing"}"#, .unknownMethod),
    (#"{"jsonrpc":"2.0","id":1,"method":"Status"}"#, .unknownMethod),
])
func `a frame that is no request gets the error of its kind`(json: String, kind: ErrorKind) {
    #expect(fault(json)?.error.kind == kind)
}

@Test(
    arguments: [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0x00], [0x01]]
        as [[UInt8]])
func `bytes that are not UTF-8 or not JSON are a parse error, even where nobody looks`(bytes: [UInt8]) {
    let json = Array(#"{"jsonrpc":"2.0","id":1,"method":"status","ignored":"#.utf8)
    let found = fault(json + [UInt8(ascii: "\"")] + bytes + Array("\"}".utf8))
    #expect(found?.error.kind == .parse)
}

@Test func `UTF-16 is a parse error`() {
    let json = #"{"jsonrpc":"2.0","id":1,"method":"status"}"#
    #expect(fault(json.utf8.flatMap { [$0, 0] })?.error.kind == .parse)
    #expect(fault(json.utf8.flatMap { [0, $0] })?.error.kind == .parse)
}

@Test(arguments: [513, 10_000, 1_000_000])
func `deep nesting is a parse error`(depth: Int) {
    for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
        let nest = String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
        #expect(fault(nest)?.error.kind == .parse)
        let inside = #"{"jsonrpc":"2.0","id":1,"method":"predict","params":{"text":"# + nest + "}}"
        #expect(fault(inside)?.error.kind == .parse)
    }
}

@Test func `a NUL escape is a character of the text`() throws {
    let json = #"{"jsonrpc":"2.0","id":1,"method":"predict","params":{"text":"a\u0000b"}}"#
    #expect(try request(json).call == .predict(PredictParams(text: "a\0b")))
}

@Test func `of a key given twice the first counts`() throws {
    let json = #"{"jsonrpc":"2.0","id":1,"method":"predict","params":{"text":"a","text":"b"}}"#
    #expect(try request(json).call == .predict(PredictParams(text: "a")))
}

@Test func `unknown fields beside the parameters are passed over`() throws {
    #expect(try request(#"{"jsonrpc":"2.0","id":1,"method":"status","trace":{"a":1}}"#).call == .status)
}

@Test func `a frame of 8 MiB of samples is read`() throws {
    let samples = (0..<100_000).map {
        Sample(text: "I need my blood test results, number \($0)", intent: "request_data")
    }
    let frame = Frame.encode(ClientMessage(id: .number(1), StageParams(examples: samples)))
    #expect(frame.count > 7 << 20)
    #expect(try Request(decoding: body(frame)).call == .stageExamples(StageParams(examples: samples)))
}
