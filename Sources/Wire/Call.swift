/// A method and its parameters, as a daemon meets them.
public enum Call: Hashable, Sendable {
    case predict(PredictParams)
    case say(SayParams)
    case embed(EmbedParams)
    case entities(EntitiesParams)
    case teach(TeachParams)
    case stageExamples(StageParams)
    case train(TrainParams)
    case evaluate(EvaluateParams)
    case intents
    case renameIntent(RenameIntentParams)
    case mergeIntent(MergeIntentParams)
    case removeIntent(RemoveIntentParams)
    case createSnapshot(CreateSnapshotParams)
    case listSnapshots
    case showSnapshot(ShowSnapshotParams)
    case removeSnapshot(RemoveSnapshotParams)
    case verifySnapshot(VerifySnapshotParams)
    case restoreSnapshot(RestoreSnapshotParams)
    case exportSnapshot(ExportSnapshotParams)
    case importSnapshot(ImportSnapshotParams)
    case undo(UndoParams)
    case forget(ForgetParams)
    case history(HistoryParams)
    case log(LogParams)
    case sessions(SessionsParams)
    case showSession(ShowSessionParams)
    case importSession(ImportSessionParams)
    case showPolicy
    case evaluatePolicy
    case policyLog(PolicyLogParams)
    case freezePolicy
    case unfreezePolicy
    case undoPolicy
    case transitions
    case approve(ApproveParams)
    case reject(RejectParams)
    case explain(ExplainParams)
    case ask(AskParams)
    case judgeAnswer(FeedbackParams)
    case generate(GenerateParams)
    case addSource(AddSourceParams)
    case listSources(ListSourcesParams)
    case showSource(ShowSourceParams)
    case search(SearchParams)
    case removeSource(RemoveSourceParams)
    case reindex
    case exportSources(ExportSourcesParams)
    case backup(BackupParams)
    case restore(RestoreParams)
    case readTransfer(ReadTransferParams)
    case writeTransfer(WriteTransferParams)
    case status
    case reload
    /// The request to give up; sent as a notification.
    case cancel(RequestID)
}

extension Call {
    init(_ method: Method, reading params: inout ParamsReader) throws(ErrorReply) {
        switch method {
        case .predict: self = .predict(try PredictParams(reading: &params))
        case .say: self = .say(try SayParams(reading: &params))
        case .embed: self = .embed(try EmbedParams(reading: &params))
        case .entities: self = .entities(try EntitiesParams(reading: &params))
        case .teach: self = .teach(try TeachParams(reading: &params))
        case .stageExamples: self = .stageExamples(try StageParams(reading: &params))
        case .train: self = .train(try TrainParams(reading: &params))
        case .evaluate: self = .evaluate(try EvaluateParams(reading: &params))
        case .intents: self = .intents
        case .renameIntent: self = .renameIntent(try RenameIntentParams(reading: &params))
        case .mergeIntent: self = .mergeIntent(try MergeIntentParams(reading: &params))
        case .removeIntent: self = .removeIntent(try RemoveIntentParams(reading: &params))
        case .createSnapshot: self = .createSnapshot(try CreateSnapshotParams(reading: &params))
        case .listSnapshots: self = .listSnapshots
        case .showSnapshot: self = .showSnapshot(try ShowSnapshotParams(reading: &params))
        case .removeSnapshot: self = .removeSnapshot(try RemoveSnapshotParams(reading: &params))
        case .verifySnapshot: self = .verifySnapshot(try VerifySnapshotParams(reading: &params))
        case .restoreSnapshot: self = .restoreSnapshot(try RestoreSnapshotParams(reading: &params))
        case .exportSnapshot: self = .exportSnapshot(try ExportSnapshotParams(reading: &params))
        case .importSnapshot: self = .importSnapshot(try ImportSnapshotParams(reading: &params))
        case .undo: self = .undo(try UndoParams(reading: &params))
        case .forget: self = .forget(try ForgetParams(reading: &params))
        case .history: self = .history(try HistoryParams(reading: &params))
        case .log: self = .log(try LogParams(reading: &params))
        case .sessions: self = .sessions(try SessionsParams(reading: &params))
        case .showSession: self = .showSession(try ShowSessionParams(reading: &params))
        case .importSession: self = .importSession(try ImportSessionParams(reading: &params))
        case .showPolicy: self = .showPolicy
        case .evaluatePolicy: self = .evaluatePolicy
        case .policyLog: self = .policyLog(try PolicyLogParams(reading: &params))
        case .freezePolicy: self = .freezePolicy
        case .unfreezePolicy: self = .unfreezePolicy
        case .undoPolicy: self = .undoPolicy
        case .transitions: self = .transitions
        case .approve: self = .approve(try ApproveParams(reading: &params))
        case .reject: self = .reject(try RejectParams(reading: &params))
        case .explain: self = .explain(try ExplainParams(reading: &params))
        case .ask: self = .ask(try AskParams(reading: &params))
        case .judgeAnswer: self = .judgeAnswer(try FeedbackParams(reading: &params))
        case .generate: self = .generate(try GenerateParams(reading: &params))
        case .addSource: self = .addSource(try AddSourceParams(reading: &params))
        case .listSources: self = .listSources(try ListSourcesParams(reading: &params))
        case .showSource: self = .showSource(try ShowSourceParams(reading: &params))
        case .search: self = .search(try SearchParams(reading: &params))
        case .removeSource: self = .removeSource(try RemoveSourceParams(reading: &params))
        case .reindex: self = .reindex
        case .exportSources: self = .exportSources(try ExportSourcesParams(reading: &params))
        case .backup: self = .backup(try BackupParams(reading: &params))
        case .restore: self = .restore(try RestoreParams(reading: &params))
        case .readTransfer: self = .readTransfer(try ReadTransferParams(reading: &params))
        case .writeTransfer: self = .writeTransfer(try WriteTransferParams(reading: &params))
        case .status: self = .status
        case .reload: self = .reload
        case .cancel: self = .cancel(try CancelParams(reading: &params).id)
        }
        try params.finish()
    }
}
