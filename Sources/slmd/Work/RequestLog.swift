import Assistant
import Logging
import Synchronization
import Wire

/// Logs what requests changed: never what a text says, unless the settings ask for that.
final class RequestLog: Sendable {
    private let logger: Logger
    private let showsTexts: Atomic<Bool>

    init(_ logger: Logger, showsTexts: Bool) {
        self.logger = logger
        self.showsTexts = Atomic(showsTexts)
    }

    func follow(_ settings: Settings.Log) {
        showsTexts.store(settings.texts, ordering: .relaxed)
    }

    func taught(_ ticket: Ticket, _ lesson: Lesson, _ result: Result<TeachingOutcome, AssistantError>) {
        var metadata = Self.metadata(ticket)
        metadata["session"] = lesson.contributor.session.map { "\($0)" }
        if showsTexts.load(ordering: .relaxed) { metadata["text"] = "\(lesson.utterance.text)" }
        switch result {
        case .success(let outcome):
            metadata["event"] = "\(outcome.event)"
            metadata["intent"] = "\(outcome.intent)"
            metadata["reason"] = outcome.suspicion.map { "\($0.rawValue)" }
            logger.info(outcome.suspicion == nil ? "learnt" : "held", metadata: metadata)
        case .failure(let error):
            metadata["reason"] = "\(ErrorReply(error).kind.rawValue)"
            logger.info("not learnt", metadata: metadata)
        }
    }

    /// - Parameter error: why it was not done.
    func finished(_ ticket: Ticket, _ error: ErrorReply?) {
        var metadata = Self.metadata(ticket)
        metadata["reason"] = error.map { "\($0.kind.rawValue)" }
        let level = ticket.method.isLong || ticket.method.changesSomething ? Logger.Level.info : .debug
        logger.log(level: level, error == nil ? "done" : "not done", metadata: metadata)
    }

    private static func metadata(_ ticket: Ticket) -> Logger.Metadata {
        [
            "request": "\(ticket.id)", "method": "\(ticket.method.rawValue)", "uid": "\(ticket.peer.uid)",
            "pid": "\(ticket.peer.pid)",
        ]
    }
}

extension Wire.Method {
    fileprivate var changesSomething: Bool {
        switch self {
        case .predict, .say, .embed, .entities, .stageExamples, .evaluate, .intents, .listSnapshots,
            .showSnapshot,
            .verifySnapshot, .history, .log, .sessions, .showSession, .explain, .ask, .generate,
            .readTransfer,
            .writeTransfer, .showPolicy, .evaluatePolicy, .policyLog, .transitions,
            .listSources, .showSource, .search, .exportSources, .status, .cancel:
            false
        case .teach, .judgeAnswer, .importSession, .train, .renameIntent, .mergeIntent, .removeIntent,
            .createSnapshot,
            .removeSnapshot,
            .restoreSnapshot, .exportSnapshot, .importSnapshot, .undo, .forget, .approve, .reject, .backup,
            .restore, .reload, .freezePolicy, .unfreezePolicy, .undoPolicy, .addSource,
            .removeSource, .reindex:
            true
        }
    }
}
