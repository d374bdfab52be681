import Assistant
import Dialogue
import Entities
import Knowledge
import Synchronization

/// How far the assistant has come; `Progress` alone is also what the protocol calls its notification.
typealias WorkProgress = Progress

/// What the daemon serves: the assistant, or in tests one that fails and waits as a test wants.
///
/// Every method may be called from any thread and blocks until it is done.
protocol IntentService: Sendable {
    func predict(_ utterances: [Utterance], _: SchedulingPolicy) -> [Result<Prediction, AssistantError>]
    func say(_ messages: [UserMessage], _: SchedulingPolicy) -> [DialogueStep]
    func dialogue(of session: String, owner: UInt32?) throws(AssistantError) -> DialogueSummary
    func importSession(
        _ turns: [TranscribedTurn], by speaker: Contributor
    ) throws(AssistantError) -> DialogueSummary
    func policy() throws(AssistantError) -> PolicyLearning
    func change(_ action: PolicyAction, by: Contributor) throws(AssistantError) -> PolicyLearning
    func decisions(
        last count: Int, session: String?, of owner: UInt32?
    ) throws(AssistantError) -> [LoggedDecision]
    func embed(_ utterances: [Utterance], _: SchedulingPolicy) -> [Result<TextEmbedding, AssistantError>]
    /// The moment on the clocks of the daemon's time zone.
    var now: ReferenceTime { get }
    var timeZone: TimeZoneRules { get }
    func entities(in text: String, at: ReferenceTime) throws(AssistantError) -> [Entity]
    func teach(_ lessons: [Lesson], _: SchedulingPolicy) -> [Result<TeachingOutcome, AssistantError>]
    func train(
        _ examples: [LabelledText], keepingBase: Bool, by contributor: Contributor,
        progress: (WorkProgress) throws(CancellationError) -> Void
    ) throws(AssistantError) -> TrainingSummary
    func evaluate(
        _ examples: [LabelledText], progress: (WorkProgress) throws(CancellationError) -> Void
    ) throws(AssistantError) -> Evaluation
    func intents() -> [IntentSummary]
    func renameIntent(_ from: String, to: String, by: Contributor) throws(AssistantError) -> IntentChange
    func mergeIntent(_ from: String, into: String, by: Contributor) throws(AssistantError) -> IntentChange
    func removeIntent(_ intent: String, by: Contributor) throws(AssistantError) -> IntentChange
    func snapshot(named: String?) throws(AssistantError) -> SnapshotSummary
    func snapshots() throws(AssistantError) -> [SnapshotSummary]
    func content(ofSnapshot name: String?) throws(AssistantError) -> SnapshotContent
    func removeSnapshot(
        _ name: String, progress: (WorkProgress) throws(CancellationError) -> Void
    ) throws(AssistantError) -> SnapshotSummary
    func verify(
        snapshot name: String?, progress: (WorkProgress) throws(CancellationError) -> Void
    ) throws(AssistantError) -> Verification
    func restore(
        snapshot name: String, by: Contributor, progress: (WorkProgress) throws(CancellationError) -> Void
    ) throws(AssistantError) -> Restoration
    func export(
        snapshot name: String, progress: (WorkProgress) throws(CancellationError) -> Void
    ) throws(AssistantError) -> SnapshotExport
    func importSnapshot(
        _ upload: Upload, named: String?, by: Contributor,
        progress: (WorkProgress) throws(CancellationError) -> Void
    ) throws(AssistantError) -> SnapshotSummary
    func erase(
        _ selection: LessonSelection, of owner: UInt32?, isProved: Bool,
        progress: (WorkProgress) throws(CancellationError) -> Void
    ) throws(AssistantError) -> ErasureOutcome
    func history(
        after event: Int64, last count: Int?, of owner: UInt32?, isQuarantined: Bool
    ) throws(AssistantError) -> (entries: [Assistant.HistoryEntry], hasMore: Bool)
    func turns(
        _ filter: TurnFilter, of owner: UInt32?
    ) throws(AssistantError) -> (turns: [SpokenTurn], hasMore: Bool)
    func sessions(last count: Int, of owner: UInt32?) throws(AssistantError) -> [SpokenSession]
    func approve(_ events: [Int64], by: Contributor) throws(AssistantError) -> [TeachingOutcome]
    func reject(
        _ events: [Int64], progress: (WorkProgress) throws(CancellationError) -> Void
    ) throws(AssistantError) -> Rejection
    func explain(_ utterance: Utterance, for owner: UInt32?) throws(AssistantError) -> Explanation
    func addSource(
        _ labels: SourceLabels, _ content: [UInt8], by viewer: Viewer, isLimited: Bool
    ) throws(AssistantError) -> SourceChange
    func addSource(
        _ labels: SourceLabels, _ upload: Upload, by viewer: Viewer, isLimited: Bool
    ) throws(AssistantError) -> SourceChange
    func sources(
        for viewer: Viewer, after id: Int64, limit: Int, name: String?, isOwn: Bool
    ) throws(AssistantError) -> (sources: [StoredSource], hasMore: Bool, totals: KnowledgeTotals)
    func source(
        _ name: SourceName, for viewer: Viewer, after passage: Int64, limit: Int
    ) throws(AssistantError) -> (source: StoredSource, passages: [Passage], hasMore: Bool)
    func passage(
        _ id: PassageID, for viewer: Viewer
    ) throws(AssistantError) -> (passage: Passage, source: StoredSource)
    func search(
        _ query: KnowledgeQuery, for viewer: Viewer, _: SchedulingPolicy
    ) throws(AssistantError) -> KnowledgeFindings
    func question(
        _ query: KnowledgeQuery, for viewer: Viewer, at: ReferenceTime,
        _ goesOn: () throws(AssistantError) -> Void
    ) throws(AssistantError) -> GroundedQuestion
    func judge(_ feedback: AnswerFeedback, for viewer: Viewer) throws(AssistantError) -> [JudgedSentence]
    func sourceID(_ name: SourceName, for viewer: Viewer) throws(AssistantError) -> SourceID
    func removeSource(
        _ name: SourceName, for viewer: Viewer, mayRemoveOthers: Bool
    ) throws(AssistantError) -> SourceChange
    func reindex() throws(AssistantError) -> Int
    func exportSources(
        _ name: SourceName?, for viewer: Viewer, writing: (SourceExportPart) -> [UInt8]
    ) throws(AssistantError) -> (file: Download, sources: Int)
    func backup(
        isProved: Bool, progress: (WorkProgress) throws(CancellationError) -> Void
    ) throws(AssistantError) -> Backup
    func upload(size: Int) throws(AssistantError) -> Upload
    /// - Parameter replace: called once with what serves from then on.
    func restore(
        _ upload: Upload, _ terms: RestoreTerms, replacingWith replace: (any IntentService) -> Void,
        progress: (WorkProgress) throws(CancellationError) -> Void
    ) throws(AssistantError) -> RestoredBackup
    /// - Parameter viewer: the knowledge base is told as he can see it; nil: all of it.
    func status(for viewer: Viewer?) -> AssistantStatus
    var writerPulse: WriterPulse { get }
    /// Gives back the memory of buffers that only work under way needs.
    func releaseBuffers()
    func reload(_ configuration: AssistantConfiguration) throws(AssistantError)
    func close() throws(AssistantError)
}

extension LocalAssistant: IntentService {
    func restore(
        _ upload: Upload, _ terms: RestoreTerms, replacingWith replace: (any IntentService) -> Void,
        progress: (WorkProgress) throws(CancellationError) -> Void
    ) throws(AssistantError) -> RestoredBackup {
        try restore(upload, terms, takeOver: { replace($0) }, progress: progress)
    }
}

/// Who serves now: a restored backup is served by another assistant.
final class Serving: Sendable {
    private let current: Mutex<any IntentService>

    init(_ service: any IntentService) {
        current = Mutex(service)
    }

    var service: any IntentService { current.withLock { $0 } }

    func replace(with service: any IntentService) {
        current.withLock { $0 = service }
    }
}
