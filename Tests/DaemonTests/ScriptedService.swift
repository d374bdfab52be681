import Dialogue
import Entities
import Foundation
import Knowledge
import Synchronization

@testable import Assistant
@testable import Storage
@testable import slmd

/// An assistant that says what it was asked, and waits or fails as a test wants.
final class ScriptedService: IntentService {
    struct Script {
        /// Predictions, lessons and training wait while this is closed.
        var gate = Gate(isOpen: true)
        var failure: AssistantError?
        /// What is done before what says so is taken, by its text; false when it was given up.
        var lookups: [String: @Sendable (_ isGivenUp: () -> Bool) -> Bool] = [:]
        /// Sizes of the batches that came, in their order.
        var predicted: [Int] = []
        var taught: [[Lesson]] = []
        var trained: [[LabelledText]] = []
        /// Whose lessons were asked for, and by whom settings were changed.
        var owners: [UInt32?] = []
        var reloaded: [AssistantConfiguration] = []
        /// Who spoke, and which turns were asked for.
        var speakers: [Contributor?] = []
        var filters: [TurnFilter] = []
        /// What the writer of conversations shows.
        var writerPulse = WriterPulse(isBusy: false, steps: 0)
        var feedback: [AnswerFeedback] = []
        /// Whether history was asked for held lessons only.
        var quarantined: [Bool] = []
        /// What a backup is.
        var backup: [UInt8] = []
        /// The files that clients take away and bring, as long as anybody has them.
        var files: [WeakFile] = []
        /// SHA-256 of the backups that were restored.
        var restored: [String] = []
    }

    private static let recognizer = EntityRecognizer()

    let script: Mutex<Script>
    /// Signalled when work begins, before it waits at the gate.
    let begun = DispatchSemaphore(value: 0)
    /// Signalled when training was cancelled.
    let cancelled = DispatchSemaphore(value: 0)

    init(_ script: Script = Script()) {
        self.script = Mutex(script)
    }

    func predict(_ utterances: [Utterance], _: SchedulingPolicy) -> [Result<Prediction, AssistantError>] {
        let failure = enter {
            $0.predicted.append(utterances.count)
            $0.speakers += utterances.map(\.speaker)
        }
        return utterances.map { utterance in
            if let failure { return .failure(failure) }
            let ranked = [
                RankedLabel(intent: "echo", probability: 0.75),
                RankedLabel(intent: "other", probability: 0.25),
            ]
            return .success(
                Prediction(
                    text: utterance.text, ranked: ranked, confidence: 0.75, isOutOfScope: false,
                    tokens: TokenCount(used: 3, total: 3),
                    entities: Self.recognizer.entities(in: utterance.text, at: now), now: now))
        }
    }

    func say(_ messages: [UserMessage], _: SchedulingPolicy) -> [DialogueStep] {
        let failure = enter {
            $0.predicted.append(messages.count)
            $0.speakers += messages.map(\.utterance.speaker)
        }
        return messages.map { message in
            if let failure { return .taken(.failure(failure)) }
            let session = message.utterance.speaker?.session ?? ""
            let state = DialogueState(session: session, createdAt: 1_700_000_000_000_000)
            let turn = DialogueTurn(
                session: session, number: 1,
                prediction: Prediction(
                    text: message.utterance.text,
                    ranked: [RankedLabel(intent: "echo", probability: 0.75)],
                    confidence: 0.75, isOutOfScope: false, tokens: TokenCount(used: 3, total: 3),
                    entities: [], now: now),
                decision: Decision(
                    move: Move(.askMissingInfo, slots: ["date"]), then: nil, rule: .missingSlot,
                    admissible: [Move(.askMissingInfo, slots: ["date"])], propensity: 1),
                reply: "From which day?", state: DialogueSummary(state, in: TaskBook()))
            guard let lookup = script.withLock({ $0.lookups[message.utterance.text] }) else {
                return .taken(.success(turn))
            }
            return .waiting(
                WaitingTurn(
                    session: session,
                    take: { isGivenUp in lookup(isGivenUp) ? .success(turn) : .failure(.cancelled) },
                    leave: {}))
        }
    }

    func policy() throws(AssistantError) -> PolicyLearning {
        if let failure = enter({ _ in }) { throw failure }
        return PolicyLearning(settings: .init(exploration: 0.1, warmUp: 5))
    }

    /// Nothing is there to be taken back.
    func change(_ action: PolicyAction, by: Contributor) throws(AssistantError) -> PolicyLearning {
        var learning = try policy()
        switch action {
        case .freeze: learning.freeze()
        case .unfreeze: learning.unfreeze()
        case .undo: throw .noPolicyVersion
        }
        return learning
    }

    func decisions(
        last count: Int, session: String?, of owner: UInt32?
    ) throws(AssistantError) -> [LoggedDecision] {
        if session == "another's" { throw .sessionForbidden("another's") }
        if let failure = enter({ $0.owners.append(owner) }) { throw failure }
        let moves = [Move(.askMissingInfo, slots: ["date"]), Move(.askMissingInfo, slots: ["time"])]
        return [
            LoggedDecision(
                session: session ?? "s", turn: count, time: 1_700_000_000_000_000,
                decision: Decision(
                    move: moves[1], then: nil, rule: .missingSlot, admissible: moves, propensity: 0.25,
                    policy: 3),
                outcome: .completed, reward: 1)
        ]
    }

    func dialogue(of session: String, owner: UInt32?) throws(AssistantError) -> DialogueSummary {
        if session == "another's" { throw .sessionForbidden(session) }
        return DialogueSummary(
            DialogueState(session: session, createdAt: 1_700_000_000_000_000), in: TaskBook())
    }

    func importSession(
        _ turns: [TranscribedTurn], by speaker: Contributor
    ) throws(AssistantError) -> DialogueSummary {
        if let index = turns.firstIndex(where: { $0.text == "bad" }) {
            throw .badTurn(number: index + 1, reason: "it is bad")
        }
        guard let session = speaker.session, session != "there" else { throw .sessionExists("there") }
        return DialogueSummary(DialogueState(session: session, createdAt: turns[0].time), in: TaskBook())
    }

    func embed(_ utterances: [Utterance], _: SchedulingPolicy) -> [Result<TextEmbedding, AssistantError>] {
        let failure = enter { $0.predicted.append(utterances.count) }
        return utterances.map { utterance in
            if let failure { return .failure(failure) }
            let values = (0..<384).map { Float($0) / 384 }
            return .success(
                TextEmbedding(text: utterance.text, values: values, tokens: TokenCount(used: 3, total: 3)))
        }
    }

    /// Monday, 7 November 2016, 16:12, in Berlin.
    var now: ReferenceTime {
        ReferenceTime(secondsSince1970: 1_478_531_520, offset: 60)
    }

    let timeZone = TimeZoneRules(offset: 3600)

    func entities(in text: String, at reference: ReferenceTime) throws(AssistantError) -> [Entity] {
        guard text.utf8.count <= 1 << 16 else {
            throw .textTooLong(limitBytes: 1 << 16, foundBytes: text.utf8.count)
        }
        return Self.recognizer.entities(in: text, at: reference)
    }

    func teach(_ lessons: [Lesson], _: SchedulingPolicy) -> [Result<TeachingOutcome, AssistantError>] {
        let failure = enter { $0.taught.append(lessons) }
        return lessons.map { lesson in
            if let failure { return .failure(failure) }
            let guess = Guess(intent: lesson.intent, confidence: 1)
            return .success(
                TeachingOutcome(
                    event: 1, intent: lesson.intent, before: Guess(intent: nil, confidence: 0), after: guess))
        }
    }

    func train(
        _ examples: [LabelledText], keepingBase: Bool, by contributor: Contributor,
        progress: (WorkProgress) throws(CancellationError) -> Void
    ) throws(AssistantError) -> TrainingSummary {
        try work(examples, progress)
        return TrainingSummary(event: 1, count: examples.count, intents: 2, seconds: 0.5)
    }

    func evaluate(
        _ examples: [LabelledText], progress: (WorkProgress) throws(CancellationError) -> Void
    ) throws(AssistantError) -> Evaluation {
        try work(examples, progress)
        return Evaluation(
            count: examples.count, accuracy: 0.5, expectedCalibrationError: 0.25,
            perIntent: ["echo": Evaluation.Score(precision: 1, recall: 0.5, f1: 2 / 3, support: 2)],
            confusion: ["echo": ["echo": 1, "other": 1]], seconds: 0.5)
    }

    // It knows of no sources.

    func addSource(
        _: SourceLabels, _: [UInt8], by _: Viewer, isLimited _: Bool
    ) throws(AssistantError) -> SourceChange { throw .badDocument("no source") }

    func addSource(
        _: SourceLabels, _: Upload, by _: Viewer, isLimited _: Bool
    ) throws(AssistantError) -> SourceChange { throw .badDocument("no source") }

    func sources(
        for _: Viewer, after _: Int64, limit _: Int, name _: String?, isOwn _: Bool
    ) throws(AssistantError) -> (sources: [StoredSource], hasMore: Bool, totals: KnowledgeTotals) {
        ([], false, KnowledgeTotals(sources: 0, passages: 0, pending: 0))
    }

    func source(
        _: SourceName, for _: Viewer, after _: Int64, limit _: Int
    ) throws(AssistantError) -> (source: StoredSource, passages: [Passage], hasMore: Bool) {
        throw .sourceNotFound("no source")
    }

    func passage(
        _ id: PassageID, for _: Viewer
    ) throws(AssistantError) -> (passage: Passage, source: StoredSource) {
        throw .passageNotFound(id.rawValue)
    }

    func search(
        _: KnowledgeQuery, for _: Viewer, _: SchedulingPolicy
    ) throws(AssistantError) -> KnowledgeFindings { KnowledgeFindings(results: [], pending: 0) }

    func question(
        _ query: KnowledgeQuery, for viewer: Viewer, at: ReferenceTime,
        _ goesOn: () throws(AssistantError) -> Void
    ) throws(AssistantError) -> GroundedQuestion {
        throw .noSupportHead("none is scripted")
    }

    func judge(
        _ feedback: AnswerFeedback, for viewer: Viewer
    ) throws(AssistantError) -> [JudgedSentence] {
        script.withLock { $0.feedback.append(feedback) }
        guard let place = feedback.places.first else { throw .nothingToJudge }
        let citation = AnswerCitation(
            passage: place.passage, source: "page.md", sourceID: SourceID(rawValue: 4), owner: 1000,
            span: place.span,
            text: "It costs 4 euros.")
        return [JudgedSentence(event: 9, citation: citation, isRight: feedback.isRight)]
    }

    func sourceID(_: SourceName, for _: Viewer) throws(AssistantError) -> SourceID {
        throw .sourceNotFound("no source")
    }

    func removeSource(
        _: SourceName, for _: Viewer, mayRemoveOthers _: Bool
    ) throws(AssistantError) -> SourceChange { throw .sourceNotFound("no source") }

    func reindex() throws(AssistantError) -> Int { 0 }

    func exportSources(
        _: SourceName?, for _: Viewer, writing _: (SourceExportPart) -> [UInt8]
    ) throws(AssistantError) -> (file: Download, sources: Int) { throw .sourceNotFound("no source") }

    func backup(
        isProved: Bool, progress: (WorkProgress) throws(CancellationError) -> Void
    ) throws(AssistantError) -> Backup {
        let bytes = script.withLock { $0.backup }
        do {
            let file = try OutgoingFile([.bytes(bytes)])
            script.withLock { $0.files.append(WeakFile(value: file)) }
            return Backup(file: Download(file: file), event: 8, digest: "d1")
        } catch {
            throw .storage(reason: "\(error)", isRetryable: false)
        }
    }

    func upload(size: Int) throws(AssistantError) -> Upload {
        try storing { () throws(StorageError) in
            let file = try IncomingFile(size: size, in: NSTemporaryDirectory())
            script.withLock { $0.files.append(WeakFile(value: file)) }
            return Upload(file: file)
        }
    }

    /// How many files are still somebody's.
    var filesHeld: Int { script.withLock { $0.files.count { $0.value != nil } } }

    func restore(
        _ upload: Upload, _ terms: RestoreTerms, replacingWith replace: (any IntentService) -> Void,
        progress: (WorkProgress) throws(CancellationError) -> Void
    ) throws(AssistantError) -> RestoredBackup {
        script.withLock { $0.restored.append(upload.digest) }
        return RestoredBackup(
            event: 8, digest: "d1", intents: 1, events: 8, replayedDigest: nil, previous: "/state/before")
    }

    func releaseBuffers() {}
    func close() throws(AssistantError) {}

    func intents() -> [IntentSummary] { [IntentSummary(intent: "echo", examples: 2)] }

    func renameIntent(_ from: String, to: String, by: Contributor) throws(AssistantError) -> IntentChange {
        throw .intentNotFound(from)
    }

    func mergeIntent(_ from: String, into: String, by: Contributor) throws(AssistantError) -> IntentChange {
        IntentChange(event: 7, intents: 1)
    }

    func removeIntent(_ intent: String, by: Contributor) throws(AssistantError) -> IntentChange {
        IntentChange(event: 8, intents: 1)
    }

    func snapshot(named name: String?) throws(AssistantError) -> SnapshotSummary {
        SnapshotSummary(name: name ?? "event-8", event: 8, digest: "d1", bytes: 9, createdAt: 1_700_000_000)
    }

    func snapshots() throws(AssistantError) -> [SnapshotSummary] { [try snapshot(named: "kept")] }

    func content(ofSnapshot name: String?) throws(AssistantError) -> SnapshotContent {
        SnapshotContent(summary: try snapshot(named: name), version: 6, intents: intents())
    }

    func removeSnapshot(
        _ name: String, progress: (WorkProgress) throws(CancellationError) -> Void
    ) throws(AssistantError) -> SnapshotSummary {
        try renew(progress)
        return try snapshot(named: name)
    }

    func verify(
        snapshot name: String?, progress: (WorkProgress) throws(CancellationError) -> Void
    ) throws(AssistantError) -> Verification {
        if let name { throw .snapshotNotFound(name) }
        return Verification(digest: "d1", replayedDigest: "d2", events: 8)
    }

    func export(
        snapshot name: String, progress: (WorkProgress) throws(CancellationError) -> Void
    ) throws(AssistantError) -> SnapshotExport { throw .snapshotNotFound(name) }

    func importSnapshot(
        _ upload: Upload, named: String?, by: Contributor,
        progress: (WorkProgress) throws(CancellationError) -> Void
    ) throws(AssistantError) -> SnapshotSummary { throw .badUpload("bytes: \(upload.count)") }

    func restore(
        snapshot name: String, by: Contributor, progress: (WorkProgress) throws(CancellationError) -> Void
    ) throws(AssistantError) -> Assistant.Restoration {
        try renew(progress)
        return Assistant.Restoration(event: 9, position: 8, digest: "d1", intents: 1)
    }

    func erase(
        _ selection: LessonSelection, of owner: UInt32?, isProved: Bool,
        progress: (WorkProgress) throws(CancellationError) -> Void
    ) throws(AssistantError) -> ErasureOutcome {
        script.withLock { $0.owners.append(owner) }
        guard case .newest(let count) = selection else { throw .nothingToErase(selection) }
        return ErasureOutcome(
            events: (0..<Int64(count)).map { 8 - Int64(count) + 1 + $0 }, turns: count, checkpoints: 1,
            digest: "d1",
            intents: 1,
            replayedDigest: isProved ? "d1" : nil)
    }

    func history(
        after event: Int64, last count: Int?, of owner: UInt32?, isQuarantined: Bool
    ) throws(AssistantError) -> (entries: [Assistant.HistoryEntry], hasMore: Bool) {
        script.withLock { script in
            script.owners.append(owner)
            script.quarantined.append(isQuarantined)
        }
        let entry = Assistant.HistoryEntry(
            event: event + 1, kind: "taught", time: 1_700_000_000_000_000,
            contributor: Contributor(uid: 7, pid: 8, session: nil), intent: "echo", target: nil,
            position: nil,
            text: "hello", examples: nil, before: Guess(intent: nil, confidence: 0),
            after: Guess(intent: "echo", confidence: 1))
        return ([entry], event < 2)
    }

    func turns(
        _ filter: TurnFilter, of owner: UInt32?
    ) throws(AssistantError) -> (turns: [SpokenTurn], hasMore: Bool) {
        script.withLock {
            $0.owners.append(owner)
            $0.filters.append(filter)
        }
        if let session = filter.session, session == "another's" { throw .sessionForbidden(session) }
        let turn = SpokenTurn(
            turn: filter.after + 1, time: 1_700_000_000_000_000, session: "s", uid: 7, text: "hello",
            context: nil, intent: "echo", confidence: 0.75, isOutOfScope: false, event: nil)
        return ([turn], filter.after < 2)
    }

    func sessions(last count: Int, of owner: UInt32?) throws(AssistantError) -> [SpokenSession] {
        script.withLock { $0.owners.append(owner) }
        return [
            SpokenSession(session: "s", uid: 7, createdAt: 1_700_000_000_000_000, turns: count, last: nil)
        ]
    }

    var writerPulse: WriterPulse { script.withLock { $0.writerPulse } }

    func approve(_ events: [Int64], by: Contributor) throws(AssistantError) -> [TeachingOutcome] {
        guard events != [404] else { throw .notQuarantined(event: 404) }
        let guess = Guess(intent: "echo", confidence: 1)
        return events.map { TeachingOutcome(event: $0 + 1, intent: "echo", before: guess, after: guess) }
    }

    func reject(
        _ events: [Int64], progress: (WorkProgress) throws(CancellationError) -> Void
    ) throws(AssistantError) -> Rejection {
        try renew(progress)
        return Rejection(events: events)
    }

    func explain(_ utterance: Utterance, for owner: UInt32?) throws(AssistantError) -> Explanation {
        script.withLock { $0.owners.append(owner) }
        return Explanation(
            prediction: try predict([utterance], .normal)[0].get(), corrected: nil, familiarity: 1,
            leastFamiliarity: nil, nearest: [], voices: [])
    }

    func reload(_ configuration: AssistantConfiguration) throws(AssistantError) {
        script.withLock { $0.reloaded.append(configuration) }
    }

    func status(for viewer: Viewer?) -> AssistantStatus {
        AssistantStatus(
            model: .init(name: "echo", precision: "int8", dimension: 384, kernels: "none", digest: "d0"),
            head: .init(digest: "d1", bytes: 9, event: 8), intents: 1, events: 8, learningRefused: nil,
            conversations: ConversationStatus(isKept: true, waiting: 0, lost: 0, fault: nil))
    }

    private func enter(_ note: (inout Script) -> Void) -> AssistantError? {
        let (gate, failure) = script.withLock { script in
            note(&script)
            return (script.gate, script.failure)
        }
        begun.signal()
        gate.pass()
        return failure
    }

    /// A replay of three events.
    private func renew(
        _ progress: (WorkProgress) throws(CancellationError) -> Void
    ) throws(AssistantError) {
        do throws(CancellationError) {
            for done in 0...3 { try progress(WorkProgress(phase: .replaying, done: done, total: 3)) }
        } catch {
            throw .cancelled
        }
    }

    /// One step an example; the gate is passed before the first.
    private func work(
        _ examples: [LabelledText], _ progress: (WorkProgress) throws(CancellationError) -> Void
    ) throws(AssistantError) {
        if let failure = enter({ $0.trained.append(examples) }) { throw failure }
        do throws(CancellationError) {
            for done in 0...examples.count {
                try progress(WorkProgress(phase: .embedding, done: done, total: examples.count))
            }
        } catch {
            cancelled.signal()
            throw .cancelled
        }
    }
}

struct WeakFile: Sendable {
    weak let value: (any AnyObject & Sendable)?
}

/// Lets threads through once it is open.
final class Gate: Sendable {
    private let isOpen: Mutex<Bool>
    private let turnstile = DispatchSemaphore(value: 0)

    init(isOpen: Bool) {
        self.isOpen = Mutex(isOpen)
    }

    func open() {
        isOpen.withLock { $0 = true }
        turnstile.signal()
    }

    func pass() {
        guard !isOpen.withLock({ $0 }) else { return }
        turnstile.wait()
        turnstile.signal()
    }
}
