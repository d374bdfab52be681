import Assistant
import Foundation
import Wire

// The assistant's values in the words of the protocol.

extension PredictResult {
    init(_ prediction: Prediction) {
        self.init(
            text: prediction.text, intent: prediction.intent, confidence: Float(prediction.confidence),
            ranking: prediction.ranked.map {
                IntentProbability(intent: $0.intent, probability: Float($0.probability))
            },
            entities: [EntityEntry](prediction),
            isOutOfScope: prediction.isOutOfScope, status: prediction.intent == nil ? .notTrained : .ok,
            tokens: TokenCounts(prediction.tokens))
    }
}

extension EmbedResult {
    init(_ embedding: TextEmbedding) {
        self.init(text: embedding.text, embedding: embedding.values, tokens: TokenCounts(embedding.tokens))
    }
}

extension TokenCounts {
    fileprivate init(_ count: TokenCount) {
        self.init(read: count.used, total: count.total)
    }
}

extension TeachResult {
    init(_ outcome: TeachingOutcome) {
        self.init(
            event: outcome.event, intent: outcome.intent,
            before: Wire.Guess(outcome.before), after: Wire.Guess(outcome.after),
            reason: outcome.suspicion?.rawValue)
    }
}

extension TrainResult {
    init(_ summary: TrainingSummary) {
        self.init(
            event: summary.event, count: summary.count, intents: summary.intents, seconds: summary.seconds)
    }
}

extension EvaluateResult {
    init(_ evaluation: Evaluation) {
        self.init(
            count: evaluation.count, accuracy: evaluation.accuracy,
            ece: evaluation.expectedCalibrationError,
            perIntent: evaluation.perIntent.mapValues {
                IntentScore(precision: $0.precision, recall: $0.recall, f1: $0.f1, support: $0.support)
            },
            confusion: evaluation.confusion, seconds: evaluation.seconds)
    }
}

extension IntentsResult {
    init(_ intents: [IntentSummary]) {
        self.init(intents: intents.map { IntentEntry(intent: $0.intent, examples: $0.examples) })
    }
}

extension IntentChangeResult {
    init(_ change: IntentChange) {
        self.init(event: change.event, intents: change.intents)
    }
}

extension SnapshotResult {
    init(_ snapshot: SnapshotSummary) {
        self.init(
            name: snapshot.name, event: snapshot.event, digest: snapshot.digest, bytes: snapshot.bytes,
            accuracy: snapshot.accuracy, heldBack: snapshot.heldBack, unmeasured: snapshot.unmeasured)
    }
}

extension SnapshotsResult {
    init(_ snapshots: [SnapshotSummary]) {
        self.init(snapshots: snapshots.map { SnapshotEntry($0) })
    }
}

extension SnapshotEntry {
    init(_ snapshot: SnapshotSummary) {
        let created = Date(timeIntervalSince1970: TimeInterval(snapshot.createdAt))
        self.init(
            name: snapshot.name, event: snapshot.event, digest: snapshot.digest, bytes: snapshot.bytes,
            createdAt: created.formatted(.iso8601), accuracy: snapshot.accuracy,
            heldBack: snapshot.heldBack)
    }
}

extension SnapshotContentResult {
    init(_ content: SnapshotContent) {
        self.init(
            snapshot: SnapshotEntry(content.summary), version: content.version,
            intents: content.intents.map { IntentsResult($0).intents })
    }
}

extension VerifyResult {
    init(_ verification: Verification) {
        self.init(
            digest: verification.digest, replayedDigest: verification.replayedDigest,
            events: verification.events, differing: verification.differing.map(\.rawValue))
    }
}

extension RestoreResult {
    init(_ restoration: Restoration) {
        self.init(
            event: restoration.event, position: restoration.position, digest: restoration.digest,
            intents: restoration.intents)
    }
}

extension UndoResult {
    init(_ outcome: ErasureOutcome) {
        self.init(
            undone: outcome.events, digest: outcome.digest, intents: outcome.intents,
            replayedDigest: outcome.replayedDigest)
    }
}

extension ForgetResult {
    init(_ outcome: ErasureOutcome) {
        self.init(
            erased: Erased(
                events: outcome.events.count, turns: outcome.turns, sources: outcome.sources,
                checkpoints: outcome.checkpoints),
            digest: outcome.digest, intents: outcome.intents, replayedDigest: outcome.replayedDigest)
    }
}

extension LessonSelection {
    init(_ params: UndoParams) {
        self = params.event.map(Self.mistake) ?? .newest(params.count)
    }

    init(_ selection: ForgetParams.Selection) {
        self =
            switch selection {
            case .session(let session): .session(session)
            case .user(let uid): .user(uid)
            case .event(let event): .event(event)
            }
    }
}

extension Wire.HistoryEntry {
    init(_ entry: Assistant.HistoryEntry) {
        let time = Date(timeIntervalSince1970: TimeInterval(entry.time) / 1e6)
        self.init(
            event: entry.event, kind: entry.kind, time: time.formatted(.iso8601), intent: entry.intent,
            target: entry.target, position: entry.position, text: entry.text, examples: entry.examples,
            uid: entry.contributor.uid, session: entry.contributor.session,
            before: entry.before.map(Wire.Guess.init), after: entry.after.map(Wire.Guess.init),
            isQuarantined: entry.isQuarantined,
            reason: entry.suspicion?.rawValue ?? entry.judgement?.rawValue,
            isImported: entry.isImported, isSelfCorrection: entry.isSelfCorrection)
    }
}

extension ExplainResult {
    init(_ explanation: Explanation) {
        self.init(
            text: explanation.prediction.text, prediction: PredictResult(explanation.prediction),
            corrected: explanation.corrected, familiarity: Float(explanation.familiarity),
            leastFamiliarity: explanation.leastFamiliarity.map { Float($0) },
            nearest: explanation.nearest.map(Wire.NearExample.init),
            voices: explanation.voices.map(Wire.VoiceSaying.init))
    }
}

extension Wire.NearExample {
    fileprivate init(_ near: Assistant.NearExample) {
        let time = Date(timeIntervalSince1970: TimeInterval(near.time) / 1e6)
        self.init(
            event: near.event, intent: near.intent, similarity: Float(near.similarity), text: near.text,
            uid: near.contributor.uid, session: near.contributor.session, time: time.formatted(.iso8601))
    }
}

extension Wire.VoiceSaying {
    fileprivate init(_ saying: Assistant.VoiceSaying) {
        self.init(
            voice: saying.voice, weight: Float(saying.weight),
            ranking: saying.ranked.map {
                Label(
                    intent: $0.intent, logit: Float($0.logit), probability: Float($0.probability))
            })
    }
}

extension Wire.Guess {
    fileprivate init(_ guess: Assistant.Guess) {
        self.init(intent: guess.intent, confidence: Float(guess.confidence))
    }
}

extension ErrorReply {
    static let tooManyWait = ErrorReply(.busy, "too many requests wait; try again")
    /// No language model is configured.
    static let repliesOff = ErrorReply(
        .repliesOff,
        """
        replies are off: slmd has no language model; get one with models/fetch, or name a GGUF file as slm.path in \
        slmd.yaml, and restart slmd
        """)

    init(_ error: AssistantError) {
        switch error {
        case .textTooLong(let limit, let found):
            self.init(.textTooLong, "text", expected: "at most \(limit) bytes", found: "\(found) bytes")
        case .tooManyTokens(let limit, let found):
            self.init(.textTooLong, "text", expected: "at most \(limit) tokens", found: "\(found) tokens")
        case .tooManyExamples(let limit, let found):
            self.init(.invalidParams, "examples", expected: "at most \(limit)", found: "\(found)")
        case .tooManyLessons(let delay):
            self.init(.tooManyLessons, error.description, retryAfter: delay / .seconds(1))
        case .badExample(let number, _), .badTurn(let number, _):
            self.init(ErrorKind(error), error.description, item: number)
        case .storage(let reason, let isRetryable):
            self.init(.storage, reason, isRetryable: isRetryable)
        default:
            self.init(ErrorKind(error), error.description)
        }
    }
}

extension ErrorKind {
    fileprivate init(_ error: AssistantError) {
        switch error {
        case .emptyText: self = .emptyText
        case .textTooLong, .tooManyTokens: self = .textTooLong
        case .badLabel, .intentExists: self = .badLabel
        case .intentNotFound: self = .notFound
        case .snapshotNotFound, .nothingToErase, .notQuarantined, .noPolicyVersion: self = .notFound
        case .badSnapshotName, .snapshotExists, .badUpload, .noExamples, .tooManyExamples, .badSession,
            .badSlots, .badTurn, .sessionExists:
            self = .invalidParams
        case .sourceNotFound, .passageNotFound, .sentenceNotFound, .nothingToJudge: self = .notFound
        case .sourceAmbiguous, .sourceTooLarge, .quotaExceeded, .badDocument: self = .invalidParams
        case .sourceForbidden, .notInGroup: self = .forbidden
        case .sessionForbidden: self = .forbidden
        case .sessionNotFound: self = .notFound
        case .conversationsNotKept, .noSupportHead: self = .unavailable
        case .tooManyLessons: self = .tooManyLessons
        case .canaries: self = .invalidParams
        case .badExample(_, let reason): self = ErrorKind(reason)
        case .cancelled, .forgotten: self = .cancelled
        case .closed: self = .shuttingDown
        case .storage: self = .storage
        case .model, .bootstrap, .stateInUse: self = .internalError
        }
    }
}
