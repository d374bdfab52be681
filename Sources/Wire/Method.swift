/// The methods a client may call, by their names on the wire.
public enum Method: String, CaseIterable, Sendable {
    case predict
    case say
    case embed
    case entities
    case teach
    case stageExamples = "examples.stage"
    case train
    case evaluate = "eval"
    case intents
    case renameIntent = "intents.rename"
    case mergeIntent = "intents.merge"
    case removeIntent = "intents.remove"
    case createSnapshot = "snapshot.create"
    case listSnapshots = "snapshot.list"
    case showSnapshot = "snapshot.show"
    case removeSnapshot = "snapshot.remove"
    case verifySnapshot = "snapshot.verify"
    case restoreSnapshot = "snapshot.restore"
    case exportSnapshot = "snapshot.export"
    case importSnapshot = "snapshot.import"
    case undo
    case forget
    case history
    case log
    case sessions
    case showSession = "session.show"
    case importSession = "session.import"
    case showPolicy = "policy.show"
    case evaluatePolicy = "policy.eval"
    case policyLog = "policy.log"
    case freezePolicy = "policy.freeze"
    case unfreezePolicy = "policy.unfreeze"
    case undoPolicy = "policy.undo"
    case transitions
    case approve
    case reject
    case explain
    case ask
    case judgeAnswer = "answer.feedback"
    case generate
    case addSource = "kb.add"
    case listSources = "kb.list"
    case showSource = "kb.show"
    case search = "kb.search"
    case removeSource = "kb.remove"
    case reindex = "kb.reindex"
    case exportSources = "kb.export"
    case backup
    case restore
    case readTransfer = "transfer.read"
    case writeTransfer = "transfer.write"
    case status
    case reload
    /// A notification: gives up the request with the id in its parameters.
    case cancel
}
