import Foundation
import JSON
import Synchronization
import Wire

/// Speaks canned frames at a Unix socket, one thread a connection.
final class FakeDaemon: Sendable {
    /// What a connection sees and says.
    struct Peer {
        fileprivate let descriptor: CInt
        private var frames = FrameDecoder()

        fileprivate init(_ descriptor: CInt) {
            self.descriptor = descriptor
        }

        /// The next request, or `nil` when the client has gone.
        mutating func request() -> Request? {
            while true {
                do {
                    if let body = try frames.next() { return try Request(decoding: body) }
                } catch {
                    return nil
                }
                var bytes = [UInt8](repeating: 0, count: 1 << 16)
                let count = recv(descriptor, &bytes, bytes.count, 0)
                guard count > 0 else { return nil }
                frames.append(bytes[..<count])
            }
        }

        func send(_ message: some JSONWritable) {
            send(bytes: Frame.encode(message))
        }

        func send(bytes: [UInt8]) {
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
                }
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }

    let socket: String
    private let listener: CInt

    static let hello = Hello(
        version: "0.1.0",
        limits: Limits(frameBytes: 8 << 20, textBytes: 1 << 16, labelBytes: 200, examples: 200_000))

    /// Answers every request with `answer`.
    convenience init(answer: @escaping @Sendable (Call, RequestID) -> [UInt8]) throws {
        try self.init { peer in
            while let request = peer.request() {
                if let id = request.id { peer.send(bytes: answer(request.call, id)) }
            }
        }
    }

    /// Greets each connection, then hands it to `serve`.
    init(
        greeting: [UInt8] = Frame.encode(Notification(hello)),
        _ serve: @escaping @Sendable (inout Peer) -> Void
    ) throws {
        let path = NSTemporaryDirectory() + "slmd-test-\(UUID().uuidString.prefix(8)).sock"
        socket = path
        let listener = Glibc.socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0, listen(listener, 16) == 0 else { throw POSIXError(.EADDRINUSE) }
        Thread.detachNewThread {
            while true {
                let descriptor = accept(listener, nil, nil)
                guard descriptor >= 0 else { return }
                Thread.detachNewThread {
                    var peer = Peer(descriptor)
                    peer.send(bytes: greeting)
                    serve(&peer)
                    close(descriptor)
                }
            }
        }
    }

    deinit {
        shutdown(listener, CInt(SHUT_RDWR))
        close(listener)
        unlink(socket)
    }
}

/// Answers that every method has.
enum Canned {
    /// What `backup` makes ready.
    static let file = (0..<2500).map { UInt8($0 % 251) }

    static func prediction(_ text: String) -> PredictResult {
        PredictResult(
            text: text, intent: "request_data", confidence: 0.75,
            ranking: [
                IntentProbability(intent: "request_data", probability: 0.75),
                IntentProbability(intent: "ask_question", probability: 0.25),
            ], isOutOfScope: false, status: .ok, tokens: TokenCounts(read: 4, total: 4))
    }

    /// What there is in "Thursday, 5 kg".
    static func entities(_ text: String) -> EntitiesResult {
        let readings = ["2016-11-03", "2016-11-10"].map {
            EntityReading(timex: "XXXX-WXX-4", value: $0, start: nil, end: nil, modifier: nil)
        }
        let found = [
            EntityEntry(
                type: "date", text: "Thursday", bytes: 0..<8, characters: 0..<8, value: "2016-11-10",
                readings: readings, confidence: 1),
            EntityEntry(
                type: "quantity", text: "5 kg", bytes: 10..<14, characters: 10..<14, value: "5 kg",
                measure: EntityMeasure(number: 5, unit: "kg"), confidence: 1),
        ]
        return EntitiesResult(
            text: text, entities: text.hasPrefix("Thursday") ? found : [], isTruncated: text.hasSuffix("..."))
    }

    static let status = status(nil)

    /// - Parameters:
    ///   - slm: the model that words replies.
    ///   - missing: where one was looked for in vain.
    static func status(_ slm: SLMStatus?, missing: String? = nil) -> StatusResult {
        StatusResult(
            service: ServiceStatus(
                version: "0.1.0", isReady: true, pid: 12, uptimeSeconds: 3725, memoryBytes: 70_000_000,
                connections: 1,
                socket: "/run/slmd/slmd.sock", state: "/var/lib/slmd"),
            model: ModelStatus(
                name: "all-MiniLM-L6-v2", precision: "int8", dimension: 384, kernels: "avx2", digest: "ab"),
            slm: slm, missingSLM: missing,
            learned: LearnedStatus(
                intents: 6, events: 2, head: HeadStatus(digest: "cd", bytes: 90, event: 2)),
            queue: QueueStatus(waiting: 0, limit: 1024),
            conversations: ConversationsStatus(isKept: true, waiting: 2, lost: 0, fault: nil),
            latency: [
                "predict": LatencyStatus(
                    count: 9, p50Milliseconds: 1, p99Milliseconds: 2.5, maxMilliseconds: 3)
            ])
    }

    static let slm = SLMStatus(
        model: .init(
            name: "SmolLM2-135M-Instruct", architecture: "llama", precision: "Q4_1", template: "chatml",
            digest: nil, context: 8192),
        cache: .init(tokens: 500, limitTokens: 2048, bytes: 11_520_000, limitBytes: 47_185_920),
        work: .init(
            running: 2, waiting: 1, generations: 1_250, promptTokens: 90_000, cachedTokens: 40_000,
            generatedTokens: 60_000, promptTokensPerSecond: 2100.4, tokensPerSecond: 312.6))

    static let reply = CannedReply(["Hel", "lo, ", "wörld"])

    static let evaluation = EvaluateResult(
        count: 4, accuracy: 0.75, ece: 0.01,
        perIntent: ["a": IntentScore(precision: 1, recall: 0.5, f1: 0.667, support: 4)],
        confusion: ["a": ["a": 1, "b": 3]], seconds: 0.25)

    static let snapshot = SnapshotEntry(
        name: "first", event: 2, digest: "abcdef", bytes: 90, createdAt: "2026-01-08T10:00:00Z")
    static let measured = SnapshotEntry(
        name: "measured", event: 2, digest: "abcdef", bytes: 90, createdAt: "2026-01-08T10:00:00Z",
        accuracy: 0.75, heldBack: 8)

    static let history = [
        historyEntry(1, "bootstrapped", examples: 60),
        historyEntry(2, "taught", intent: "greet", text: "hi\u{1B}[2J", session: "s-1"),
        historyEntry(3, "renamed", intent: "greet", target: "salute"),
        historyEntry(5, "restored", position: 2),
    ]

    static let turns = [
        turn(1, "s-1", "I need my report", "request_data"),
        turn(2, "s-1", "I need my report", "ask_question", event: 7),
        turn(5, "s-2", "hi\u{1B}[2J", nil, context: "Hello!"),
    ]

    /// A turn of a dialogue, as `session.show` has it.
    private static let decided = TurnEntry(
        turn: 6, time: "2026-01-08T10:00:00Z", session: "s-1", uid: 1000, text: "x-ray", context: nil,
        intent: "request_data", confidence: 0.75, isOutOfScope: false, event: nil, action: "ask_missing_info",
        reply: "From which day?", decision: said(SayParams(text: "results", session: "s-1")).decision)

    private static func turn(
        _ turn: Int64, _ session: String, _ text: String, _ intent: String?, context: String? = nil,
        event: Int64? = nil
    ) -> TurnEntry {
        TurnEntry(
            turn: turn, time: "2026-01-08T10:00:00Z", session: session, uid: 1000, text: text,
            context: context, intent: intent, confidence: intent == nil ? 0 : 0.75, isOutOfScope: turn == 1,
            event: event)
    }

    static let held = historyEntry(
        7, "held", intent: "greet", text: "bye", session: "s-1", isQuarantined: true, reason: "contradiction")

    static let explanation = ExplainResult(
        text: "helo", prediction: prediction("helo"), corrected: "hello", familiarity: 1.5,
        leastFamiliarity: 2,
        nearest: [
            NearExample(
                event: 2, intent: "greet", similarity: 0.5, text: "hi", uid: 1000, session: "s-1",
                time: "2026-01-08T10:00:00Z"),
            NearExample(
                event: 1, intent: "greet", similarity: 0.25, text: nil, uid: 0, session: nil,
                time: "2026-01-08T10:00:00Z"),
        ],
        voices: [
            VoiceSaying(
                voice: "cosine", weight: 0.5,
                ranking: [VoiceSaying.Label(intent: "greet", logit: 2, probability: 0.75)])
        ])

    private static func historyEntry(
        _ event: Int64, _ kind: String, intent: String? = nil, target: String? = nil, position: Int64? = nil,
        text: String? = nil, examples: Int? = nil, session: String? = nil, isQuarantined: Bool = false,
        reason: String? = nil
    ) -> HistoryEntry {
        let guess = text.map { _ in Guess(intent: intent, confidence: 0.5) }
        return HistoryEntry(
            event: event, kind: kind, time: "2026-01-08T10:00:00Z", intent: intent, target: target,
            position: position, text: text, examples: examples, uid: 1000, session: session,
            before: guess.map { _ in Guess(intent: nil, confidence: 0) }, after: guess,
            isQuarantined: isQuarantined, reason: reason)
    }

    private static func dialogue(_ session: String, isIdle: Bool = false) -> DialogueEntry {
        let slot = SlotEntry(value: "blood_test", text: "blood test", turn: 1, isConfirmed: false)
        return DialogueEntry(
            session: session, goal: isIdle ? nil : "get_report", step: isIdle ? "idle" : "collecting",
            slots: isIdle ? [:] : ["report_type": slot], missing: isIdle ? [] : ["date"],
            lastIntent: "request_data", created: "2026-01-08T10:00:00Z", waiting: [])
    }

    /// What has "results" in it is about a task.
    private static func said(_ params: SayParams) -> SayResult {
        let isIdle = !params.text.contains("results")
        let session = params.session ?? "new"
        return SayResult(
            session: session, turn: 1, intent: "request_data", confidence: 0.75,
            ranking: prediction(params.text).ranking, isOutOfScope: false, entities: [],
            state: dialogue(session, isIdle: isIdle), action: isIdle ? "answer" : "ask_missing_info",
            decision: DecisionEntry(
                rule: isIdle ? "question" : "missing_slot",
                admissible: isIdle ? ["answer"] : ["ask_missing_info:date", "ask_missing_info:report_type"],
                move: isIdle ? "answer" : "ask_missing_info:date", propensity: isIdle ? 1 : 0.95,
                policy: isIdle ? nil : 2),
            reply: isIdle ? "I have no answer to that." : "From which day?", learned: [], isTruncated: false)
    }

    /// - Parameter isFrozen: with the first version alone.
    static func policy(isFrozen: Bool = false) -> PolicyResult {
        let versions = [
            PolicyResult.Version(
                version: 1, episodes: 150, gain: EstimateEntry(mean: 0.25, lower: 0.125, upper: 0.375)),
            PolicyResult.Version(version: 2, episodes: 400, gain: nil),
        ]
        return PolicyResult(
            version: isFrozen ? 1 : 2, isFrozen: isFrozen, exploration: isFrozen ? 0 : 0.1, episodes: 420,
            warmUp: 50, versions: Array(versions.prefix(isFrozen ? 1 : 2)),
            candidate: isFrozen ? nil : PolicyResult.Candidate(episodes: 1, gain: nil))
    }

    static let judgement = PolicyEvaluationResult(
        episodes: 40, observed: EstimateEntry(mean: 0.5, lower: 0.25, upper: 0.75),
        policies: [
            PolicyEstimates(
                policy: "usual", version: nil,
                inversePropensity: EstimateEntry(mean: 0.5, lower: 0, upper: 1),
                selfNormalised: EstimateEntry(mean: 0.5, lower: 0.25, upper: 0.75), doublyRobust: nil)
        ])

    static let decision = LoggedDecisionEntry(
        session: "s-1", turn: 2, time: "2026-01-08T10:00:00Z",
        decision: DecisionEntry(
            rule: "missing_slot", admissible: ["ask_missing_info:date", "ask_missing_info:time"],
            move: "ask_missing_info:time", propensity: 0.05, policy: nil),
        outcome: "answered", reward: -0.125)

    static let transition = TransitionEntry(
        step: "collecting 1", move: "ask_one", tried: 8, succeeded: 6, rate: 0.7,
        next: ["ready": 7, "collecting 1": 1], outcomes: ["answered": 7, "missed": 1])

    /// A refusal of a blank text, and a plausible answer to everything else.
    static func answer(_ call: Call, _ id: RequestID) -> [UInt8] {
        func frame(_ result: some JSONWritable) -> [UInt8] { Frame.encode(Answer(id: id, result: result)) }
        switch call {
        case .predict(let params) where params.text.isEmpty:
            return Frame.encode(Refusal(id: id, error: ErrorReply(.emptyText, "the text is empty")))
        case .predict(let params): return frame(prediction(params.text))
        case .say(let params): return frame(said(params))
        case .showSession(let params):
            let state = dialogue(params.session)
            return frame(
                ShowSessionResult(
                    state: state, turns: turns.filter { $0.session == params.session } + [decided]))
        case .importSession(let params):
            guard let index = params.turns.firstIndex(where: { $0.text == "bad" }) else {
                return frame(
                    ImportSessionResult(state: dialogue(params.session), turns: params.turns.count))
            }
            let error = ErrorReply(.invalidParams, "turn \(index + 1): it is bad", item: index + 1)
            return Frame.encode(Refusal(id: id, error: error))
        case .embed(let params):
            return frame(
                EmbedResult(text: params.text, embedding: [0.6, 0.8], tokens: TokenCounts(read: 3, total: 3)))
        case .entities(let params): return frame(entities(params.text))
        case .teach(let params):
            let before = Guess(intent: nil, confidence: 0)
            let after = Guess(intent: params.intent, confidence: 0.5)
            return frame(
                TeachResult(
                    event: 1, intent: params.intent, before: before, after: after,
                    reason: params.text == "wrong" ? "canary" : nil))
        case .stageExamples(let params):
            guard let index = params.examples.firstIndex(where: { $0.isMarked && $0.text.contains("](bad)") })
            else { return frame(StageResult(staged: params.examples.count)) }
            let error = ErrorReply(.invalidParams, "example \(index + 1): bad", item: index + 1)
            return Frame.encode(Refusal(id: id, error: error))
        case .train: return frame(TrainResult(event: 2, count: 3, intents: 2, seconds: 0.5))
        case .evaluate: return frame(evaluation)
        case .intents: return frame(IntentsResult(intents: [IntentEntry(intent: "a", examples: 3)]))
        case .renameIntent, .mergeIntent, .removeIntent:
            return frame(IntentChangeResult(event: 3, intents: 5))
        case .createSnapshot(let params):
            let isMeasured = params.name == "measured"
            return frame(
                SnapshotResult(
                    name: params.name ?? "auto", event: 2, digest: "abcdef", bytes: 90,
                    accuracy: isMeasured ? 0.75 : nil, heldBack: isMeasured ? 8 : nil,
                    unmeasured: params.name == "early" ? "they are still being embedded" : nil))
        case .listSnapshots: return frame(SnapshotsResult(snapshots: [snapshot]))
        case .showSnapshot(let params):
            let intents =
                switch params.name {
                case "first": [("a", 3), ("b", 1)]
                case nil: [("a", 3)]
                default: [("a", 5), ("c", 2)]
                }
            let snapshot = params.name == "measured" ? measured : snapshot
            let isOld = params.name == "old"
            return frame(
                SnapshotContentResult(
                    snapshot: snapshot, version: isOld ? 5 : 6,
                    intents: isOld ? nil : intents.map { IntentEntry(intent: $0.0, examples: $0.1) }))
        case .removeSnapshot: return frame(snapshot)
        case .verifySnapshot(let params):
            let replayed = params.name == "torn" ? "123456" : "abcdef"
            return frame(VerifyResult(digest: "abcdef", replayedDigest: replayed, events: 2))
        case .restoreSnapshot:
            return frame(RestoreResult(event: 4, position: 2, digest: "abcdef", intents: 5))
        case .exportSnapshot(let params):
            return frame(
                ExportSnapshotResult(
                    name: params.name, event: 9, digest: "abcdef", events: 4, bytes: Int64(file.count),
                    sha256: "a75c5b146f3ad9d2e6e54652e71eb6a1d206ffb1348bed2c2f43b51ddaac0f88"))
        case .importSnapshot(let params):
            return frame(SnapshotResult(name: params.name ?? "theirs", event: 9, digest: "abcdef", bytes: 90))
        case .undo(let params):
            let newest = (0..<Int64(params.count)).map { 9 - Int64(params.count) + $0 }
            let events = params.event.map { [$0] } ?? newest
            return frame(
                UndoResult(
                    undone: events, digest: "abcdef", intents: 5,
                    replayedDigest: params.isProved ? "abcdef" : nil))
        case .forget(let params):
            let erased = ForgetResult.Erased(events: 3, turns: 0, checkpoints: 2)
            return frame(
                ForgetResult(
                    erased: erased, digest: "abcdef", intents: 5,
                    replayedDigest: params.isProved ? "123456" : nil))
        case .approve(let params):
            let guess = Guess(intent: "greet", confidence: 0.5)
            return frame(
                ApproveResult(
                    approved: params.events.map {
                        TeachResult(event: $0 + 10, intent: "greet", before: guess, after: guess)
                    }))
        case .reject(let params): return frame(RejectResult(rejected: params.events))
        case .explain: return frame(explanation)
        case .generate(let params) where params.prompt == .text(""):
            return Frame.encode(Refusal(id: id, error: ErrorReply(.repliesOff, "replies are off")))
        case .generate(let params):
            let deltas = params.isStreamed ? reply.deltas(of: id) : []
            return deltas.flatMap { Frame.encode(Notification($0)) } + frame(reply.result)
        case .history(let params) where params.isQuarantined:
            return frame(HistoryResult(events: [held], hasMore: false))
        case .history(let params):
            let page =
                params.last.map { Array(history.suffix($0)) } ?? history.filter { $0.event > params.after }
            return frame(HistoryResult(events: Array(page.prefix(2)), hasMore: page.count > 2))
        case .log(let params) where params.session == "another's":
            let error = ErrorReply(.forbidden, "the session 'another's' is not one of yours")
            return Frame.encode(Refusal(id: id, error: error))
        case .log(let params):
            let page = params.last.map { Array(turns.suffix($0)) } ?? turns.filter { $0.turn > params.after }
            return frame(LogResult(turns: Array(page.prefix(2)), hasMore: page.count > 2))
        case .showPolicy, .unfreezePolicy: return frame(policy())
        case .freezePolicy, .undoPolicy: return frame(policy(isFrozen: true))
        case .evaluatePolicy: return frame(judgement)
        case .policyLog: return frame(PolicyLogResult(decisions: [decision]))
        case .transitions: return frame(TransitionsResult(episodes: 8, transitions: [transition]))
        case .sessions:
            return frame(
                SessionsResult(sessions: [
                    SessionEntry(
                        session: "s-1", uid: 1000, created: "2026-01-08T10:00:00Z", turns: 2,
                        last: "2026-01-08T10:00:05Z", goal: "get_report", step: "collecting"),
                    SessionEntry(
                        session: "s-2", uid: 1000, created: "2026-01-08T09:00:00Z", turns: 0, last: nil),
                ]))
        case .listSources(let params) where params.limit == 0:
            return frame(
                ListSourcesResult(sources: [], hasMore: false, count: 0, passages: 0, pending: 0))
        case .judgeAnswer(let params):
            let places = params.citations.isEmpty ? [CitedPlace(passage: 3, span: 0..<17)] : params.citations
            return frame(
                FeedbackResult(
                    judged: places.enumerated().map { number, place in
                        FeedbackResult.Judged(
                            event: Int64(number + 9), isAnswer: params.isRight,
                            citation: CitationEntry(
                                passage: place.passage, source: "page.md", sourceID: 1, owner: getuid(),
                                start: place.span.lowerBound,
                                end: place.span.upperBound, text: "It costs\n4 euros."))
                    }, isForAll: params.session == nil))
        case .ask, .addSource, .listSources, .showSource, .search, .removeSource, .reindex, .exportSources:
            return Frame.encode(Refusal(id: id, error: ErrorReply(.notFound, "there is no such source")))
        case .backup(let params):
            return frame(
                BackupResult(
                    event: 9, digest: "abcdef", bytes: Int64(file.count),
                    // By sha256sum.
                    sha256: params.isProved
                        ? "123456" : "a75c5b146f3ad9d2e6e54652e71eb6a1d206ffb1348bed2c2f43b51ddaac0f88"))
        case .readTransfer(let params):
            return frame(TransferPiece(data: [UInt8](file.dropFirst(Int(params.offset)).prefix(1000))))
        case .writeTransfer(let params):
            return frame(TransferProgress(received: params.offset + Int64(params.data.count)))
        case .restore:
            return frame(
                RestoreBackupResult(
                    event: 9, digest: "abcdef", intents: 5, events: 8, replayedDigest: nil,
                    previous: "/state/restore.previous"))
        case .status: return frame(status)
        case .reload:
            return frame(
                ReloadResult(file: "f.yaml", applied: ["log"], needsRestart: ["encoder"], digest: "abcdef"))
        case .cancel: return []
        }
    }
}

/// A reply that comes in pieces.
struct CannedReply {
    let pieces: [String]
    var stopReason = GenerateResult.StopReason.end

    init(_ pieces: [String]) {
        self.pieces = pieces
    }

    func deltas(of id: RequestID) -> [Delta] { pieces.map { Delta(id: id, text: $0) } }

    var result: GenerateResult {
        GenerateResult(
            text: pieces.joined(), stopReason: stopReason,
            usage: TokenUsage(
                promptTokens: 12, cachedTokens: 8, generatedTokens: pieces.count, promptSeconds: 0.25,
                generateSeconds: 0.5))
    }
}
