import JSON
import Testing
import Wire

private func json(_ value: some JSONWritable) -> String {
    String(decoding: JSONWriter.encode(value), as: UTF8.self)
}

private func message<Body>(_ type: Body.Type, _ json: String) throws -> Incoming<Body> {
    try Incoming<Body>(decoding: Array(json.utf8))
}

/// The value an answer carries after a trip over the wire.
private func trip<Body: JSONWritable & Decodable & Sendable>(_ body: Body) throws -> Body? {
    let bytes = JSONWriter.encode(Answer(id: .number(3), result: body))
    guard case .answer(.number(3), let back) = try Incoming<Body>(decoding: bytes) else { return nil }
    return back
}

private let prediction = PredictResult(
    text: "I need report", intent: "request_data", confidence: 0.65,
    ranking: [
        IntentProbability(intent: "request_data", probability: 0.65),
        IntentProbability(intent: "a \"quoted\" name", probability: 0.2),
        IntentProbability(intent: "b", probability: 0.15),
    ],
    isOutOfScope: false, status: .ok, tokens: TokenCounts(read: 5, total: 5))

private let status = StatusResult(
    service: ServiceStatus(
        version: "0.1.0", isReady: true, pid: 12, uptimeSeconds: 1.5, memoryBytes: 70_000_000, connections: 1,
        socket: "/run/slmd/slmd.sock", state: "/var/lib/slmd"),
    model: ModelStatus(
        name: "all-MiniLM-L6-v2", precision: "int8", dimension: 384, kernels: "avx2", digest: "ab"), slm: nil,
    learned: LearnedStatus(intents: 6, events: 2, head: HeadStatus(digest: "cd", bytes: 90, event: 2)),
    queue: QueueStatus(waiting: 0, limit: 1024),
    conversations: ConversationsStatus(isKept: true, waiting: 2, lost: 0, fault: nil),
    knowledge: KnowledgeBaseStatus(sources: 3, passages: 9, pending: 1, bytes: 4096),
    latency: [
        "predict": LatencyStatus(count: 9, p50Milliseconds: 1, p99Milliseconds: 2.5, maxMilliseconds: 3),
        "embed": LatencyStatus(count: 0, p50Milliseconds: 0, p99Milliseconds: 0, maxMilliseconds: 0),
    ])

@Test func `a prediction has the fields of the contract in its order`() {
    #expect(
        json(prediction) == #"{"text":"I need report","intent":"request_data","confidence":0.65,"all_probs":"#
            + #"{"request_data":0.65,"a \"quoted\" name":0.2,"b":0.15},"entities":[],"out_of_scope":false,"#
            + #""status":"ok","truncated":false,"tokens":5,"tokens_total":5}"#)
}

@Test func `untrained, the intent is null and the status says so`() {
    let untrained = PredictResult(
        text: "hi", intent: nil, confidence: 0, ranking: [], isOutOfScope: true, status: .notTrained,
        tokens: TokenCounts(read: 256, total: 300))
    #expect(
        json(untrained) == #"{"text":"hi","intent":null,"confidence":0.0,"all_probs":{},"entities":[],"#
            + #""out_of_scope":true,"status":"not_trained","truncated":true,"tokens":256,"tokens_total":300}"#
    )
}

@Test func `a status is one flat object in the order of the contract`() {
    #expect(
        json(status) == #"{"version":"0.1.0","ready":true,"pid":12,"uptime_seconds":1.5,"model":"#
            + #"{"name":"all-MiniLM-L6-v2","precision":"int8","dimension":384,"kernels":"avx2","#
            + #""digest":"ab"},"slm":null,"#
            + #""intents":6,"events":2,"head":{"digest":"cd","bytes":90,"event":2},"learning_refused":null,"held_back":null,"#
            + #""memory_bytes":70000000,"#
            + #""queue":{"waiting":0,"limit":1024},"conversations":"#
            + #"{"kept":true,"waiting":2,"lost":0,"fault":null},"knowledge":{"sources":3,"passages":9,"#
            + #""pending":1,"bytes":4096,"refused":null},"latency":"#
            + #"{"embed":{"count":0,"p50_ms":0.0,"p99_ms":0.0,"#
            + #""max_ms":0.0},"predict":{"count":9,"p50_ms":1.0,"p99_ms":2.5,"max_ms":3.0}},"connections":1,"#
            + #""socket":"/run/slmd/slmd.sock","state":"/var/lib/slmd"}"#)
}

@Test func `a status tells where a model was looked for in vain`() throws {
    let missing = StatusResult(
        service: status.service, model: status.model, slm: nil, missingSLM: "/m/a.gguf",
        learned: status.learned, queue: status.queue, conversations: status.conversations, latency: [:])
    #expect(json(missing).contains(#""slm":null,"slm_missing":"/m/a.gguf","intents""#))
    #expect(try trip(missing) == missing)
}

@Test func `every answer reads back as it was written`() throws {
    #expect(try trip(prediction) == prediction)
    #expect(try trip(status) == status)
    let embedding = EmbedResult(
        text: "é", embedding: [0.1, -1e-12, 3.4e38, .leastNonzeroMagnitude],
        tokens: TokenCounts(read: 3, total: 9))
    #expect(try trip(embedding) == embedding)
    let lesson = TeachResult(
        event: 8, intent: "a", before: Guess(intent: nil, confidence: 0),
        after: Guess(intent: "a", confidence: 0.5))
    #expect(try trip(lesson) == lesson)
    let doubted = TeachResult(
        event: 9, intent: "a", before: lesson.after, after: lesson.after, reason: "contradiction")
    #expect(
        try trip(ApproveResult(approved: [lesson, doubted])) == ApproveResult(approved: [lesson, doubted]))
    #expect(try trip(RejectResult(rejected: [4, 2]))?.rejected == [4, 2])
    let near = NearExample(
        event: 1, intent: "a", similarity: -0.5, text: nil, uid: 7, session: "s", time: "2026-01-08T10:00:00Z"
    )
    let saying = VoiceSaying(
        voice: "v", weight: 0.25, ranking: [.init(intent: "a", logit: -1, probability: 0.5)])
    let explanation = ExplainResult(
        text: "t", prediction: prediction, corrected: nil, familiarity: 1, leastFamiliarity: nil,
        nearest: [near], voices: [saying])
    #expect(try trip(explanation) == explanation)
    let score = IntentScore(precision: 1, recall: 0.5, f1: 2 / 3, support: 4)
    let evaluation = EvaluateResult(
        count: 4, accuracy: 0.75, ece: 0.01, perIntent: ["b": score, "a": score],
        confusion: ["b": ["b": 1, "a": 2], "a": ["a": 1]], seconds: 0.25)
    #expect(try trip(evaluation) == evaluation)
    let training = TrainResult(event: 1, count: 2, intents: 3, seconds: 0.5)
    #expect(try trip(training) == training)
    let snapshot = SnapshotEntry(
        name: "n", event: 1, digest: "d", bytes: 2, createdAt: "2026-01-08T10:00:00Z", accuracy: 0.25,
        heldBack: 4)
    #expect(try trip(SnapshotsResult(snapshots: [snapshot])) == SnapshotsResult(snapshots: [snapshot]))
    let intents = IntentsResult(intents: [IntentEntry(intent: "a", examples: 3)])
    for known in [intents.intents, nil] {
        let content = SnapshotContentResult(snapshot: snapshot, version: 6, intents: known)
        #expect(try trip(content) == content)
    }
    #expect(try trip(intents) == intents)
    #expect(try trip(StageResult(staged: 4))?.staged == 4)
    let undone = UndoResult(undone: [1, 2], digest: "d", intents: 3, replayedDigest: nil)
    #expect(try trip(undone) == undone)
    let erased = ForgetResult.Erased(events: 1, turns: 0, checkpoints: 2)
    let forgotten = ForgetResult(erased: erased, digest: "d", intents: 3, replayedDigest: "e")
    #expect(try trip(forgotten) == forgotten)
    let verified = VerifyResult(digest: "d", replayedDigest: "d", events: 9)
    #expect(try trip(verified) == verified && verified.isEqual)
    let differing = VerifyResult(digest: "d", replayedDigest: "d", events: 9, differing: ["policy"])
    #expect(try trip(differing) == differing && !differing.isEqual)
    let restored = RestoreResult(event: 2, position: 1, digest: "d", intents: 3)
    #expect(try trip(restored) == restored)
    let entry = HistoryEntry(
        event: 1, kind: "taught", time: "2026-01-08T10:00:00Z", intent: "a", target: nil, position: nil,
        text: "é", examples: nil, uid: 7, session: nil, before: Guess(intent: nil, confidence: 0),
        after: Guess(intent: "a", confidence: 1))
    let held = HistoryEntry(
        event: 2, kind: "held", time: "2026-01-08T10:00:00Z", intent: "a", target: nil, position: nil,
        text: "é", examples: nil, uid: 7, session: nil, before: nil, after: nil, isQuarantined: true,
        reason: "canary")
    let history = HistoryResult(events: [entry, held], hasMore: true)
    #expect(try trip(history) == history)
    #expect(try trip(IntentChangeResult(event: 4, intents: 5)) == IntentChangeResult(event: 4, intents: 5))
}

@Test(arguments: ErrorKind.allCases)
func `an error reads back as it was written, and by its code when its kind is new`(kind: ErrorKind) throws {
    let error = ErrorReply(kind, "params.text", expected: "a string", found: "a number")
    let refusal = Refusal(id: nil, error: error)
    guard case .refusal(nil, error) = try message(StageResult.self, json(refusal)) else {
        Issue.record("not a refusal: \(json(refusal))")
        return
    }
    let bare = #"{"jsonrpc":"2.0","id":1,"error":{"code":\#(kind.code),"message":"m"}}"#
    guard case .refusal(.number(1), ErrorReply(kind, "m")) = try message(StageResult.self, bare) else {
        Issue.record("not a refusal: \(bare)")
        return
    }
}

@Test func `a failure of storage says itself whether it can be tried again`() throws {
    let error = ErrorReply(.storage, "the disk is full", isRetryable: true)
    #expect(json(Refusal(id: nil, error: error)).contains(#""retryable":true"#))
    guard case .refusal(nil, error) = try message(StageResult.self, json(Refusal(id: nil, error: error)))
    else {
        Issue.record("not the same refusal")
        return
    }
    #expect(!ErrorReply(.storage, "the disk is broken").isRetryable)
}

@Test func `too many lessons say when to try again`() throws {
    let error = ErrorReply(.tooManyLessons, "later", retryAfter: 2.5)
    #expect(json(error).contains(#""retryable":true,"retry_after":2.5"#))
    guard case .refusal(nil, error) = try message(StageResult.self, json(Refusal(id: nil, error: error)))
    else {
        Issue.record("not the same refusal")
        return
    }
}

@Test func `an error says which of many is wrong`() throws {
    let error = ErrorReply(.invalidParams, "example 3: m", item: 3)
    #expect(json(error).contains(#""item":3"#))
    guard case .refusal(nil, error) = try message(StageResult.self, json(Refusal(id: nil, error: error)))
    else {
        Issue.record("not the same refusal")
        return
    }
}

@Test func `no two kinds of error share a code`() {
    #expect(Set(ErrorKind.allCases.map(\.code)).count == ErrorKind.allCases.count)
}

@Test func `notifications read back, and unknown ones are passed over`() throws {
    let hello = Hello(
        version: "0.1.0", limits: Limits(frameBytes: 8 << 20, textBytes: 65536, labelBytes: 200, examples: 9))
    guard case .hello(hello) = try message(StageResult.self, json(Notification(hello))) else {
        Issue.record("not a hello")
        return
    }
    #expect(
        json(Notification(hello)) == #"{"jsonrpc":"2.0","method":"hello","params":{"server":"slmd","#
            + #""version":"0.1.0","protocol":{"major":1,"minor":0},"limits":{"frame_bytes":8388608,"#
            + #""text_bytes":65536,"label_bytes":200,"examples":9}}}"#)
    let progress = Progress(id: .text("x"), phase: .learning, done: 1, total: 4)
    guard case .progress(progress) = try message(StageResult.self, json(Notification(progress))) else {
        Issue.record("not a progress")
        return
    }
    guard case .unknown("later") = try message(StageResult.self, #"{"jsonrpc":"2.0","method":"later"}"#)
    else {
        Issue.record("not unknown")
        return
    }
}

@Test(arguments: [
    ("{", ErrorKind.parse), ("[]", .invalidRequest), (#"{"id":1}"#, .invalidRequest),
    (#"{"id":1,"result":{"staged":"x"}}"#, .invalidRequest), (#"{"id":1,"error":5}"#, .invalidRequest),
])
func `a client meets nonsense with an error`(text: String, kind: ErrorKind) {
    #expect { try message(StageResult.self, text) } throws: { ($0 as? ErrorReply)?.kind == kind }
}

@Test func `a number that JSON cannot express is null`() {
    let result = EmbedResult(
        text: "", embedding: [.nan, .infinity, 1], tokens: TokenCounts(read: 2, total: 2))
    #expect(json(result).contains(#""embedding":[null,null,1.0]"#))
}
