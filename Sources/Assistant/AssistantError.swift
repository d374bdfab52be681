internal import JSON
internal import Learning
internal import Storage

/// Why a request was not answered, or why an assistant cannot start.
public enum AssistantError: Error, Sendable, Hashable, CustomStringConvertible {
    case emptyText
    case textTooLong(limitBytes: Int, foundBytes: Int)
    case tooManyTokens(limit: Int, found: Int)
    /// `label` is cut to 64 characters.
    case badLabel(label: String, reason: String)
    /// Marks in a text that cannot be read or learnt.
    case badSlots(String)
    case intentNotFound(String)
    case intentExists(String)
    case badSnapshotName(String)
    case snapshotExists(String)
    case snapshotNotFound(String)
    /// A backup or a snapshot that was brought is not what it should be.
    case badUpload(String)
    case nothingToErase(LessonSelection)
    /// The name is cut to 64 characters.
    case badSession(String)
    /// Another user's, or of one who may not know of it not there at all.
    case sessionForbidden(String)
    case sessionNotFound(String)
    case sessionExists(String)
    /// What was said in it was erased before this was taken, and this with it.
    case forgotten(String)
    /// The settings say that nothing is kept of conversations.
    case conversationsNotKept
    /// A turn that was brought cannot be kept; `number` counts from 1.
    case badTurn(number: Int, reason: String)
    case notQuarantined(event: Int64)
    /// No version of the policy is there to be taken back.
    case noPolicyVersion
    /// The teacher has taught too much of late.
    case tooManyLessons(retryAfter: Duration)
    case noExamples
    case tooManyExamples(limit: Int, found: Int)
    /// `number` counts from 1.
    indirect case badExample(number: Int, AssistantError)
    /// The name is cut to 64 characters.
    case sourceNotFound(String)
    /// Several sources of others have the name; their numbers.
    case sourceAmbiguous(String, [Int64])
    /// Another's.
    case sourceForbidden(String)
    case passageNotFound(Int64)
    /// No sentence of the passage stands there; the span is in bytes.
    case sentenceNotFound(passage: Int64, Range<Int>)
    /// Nothing is there that could answer the question.
    case nothingToJudge
    /// Nothing is answered without the head that says what supports a reply.
    case noSupportHead(String)
    case sourceTooLarge(limitBytes: Int, foundBytes: Int)
    /// What the sources of a user would have together, as against what the settings allow.
    case quotaExceeded(KnowledgeQuota, limit: Int, found: Int)
    /// What is wrong with the content of a source.
    case badDocument(String)
    /// Who adds a source for a group must be in it.
    case notInGroup(UInt32)
    case cancelled
    case closed

    /// The model's files are missing or wrong; says which command gets them.
    case model(String)
    /// `line` counts from 1.
    case bootstrap(path: String, line: Int?, reason: String)
    /// The examples that must stay right; `line` counts from 1.
    case canaries(path: String, line: Int?, reason: String)
    case stateInUse(path: String, pid: Int32?)
    case storage(reason: String, isRetryable: Bool)

    public var description: String {
        switch self {
        case .emptyText: "the text is empty"
        case .textTooLong(let limit, let found): "the text has \(found) bytes; at most \(limit) are allowed"
        case .tooManyTokens(let limit, let found): "the text has \(found) tokens; the encoder reads \(limit)"
        case .badLabel(let label, let reason): "'\(label.shown)' cannot name an intent: \(reason)"
        case .badSlots(let reason): reason
        case .intentNotFound(let name): "there is no intent '\(name.shown)'"
        case .intentExists(let name): "there is an intent '\(name.shown)' already"
        case .badSnapshotName(let name): StorageError.badSnapshotName(name).description
        case .snapshotExists(let name): StorageError.snapshotExists(name).description
        case .snapshotNotFound(let name): StorageError.snapshotNotFound(name.shown).description
        case .badSession(let name):
            "'\(name.shown)' cannot name a session: expected 1 to \(SessionOwners.longestName) bytes, no control characters, and Unicode's normal form C"
        case .sessionForbidden(let name): "the session '\(name.shown)' is not one of yours"
        case .sessionNotFound(let name): "there is no session '\(name.shown)'"
        case .sessionExists(let name): "there is a session '\(name.shown)' already"
        case .forgotten(let name):
            "what was said in the session '\(name.shown)' was erased meanwhile, and this with it"
        case .conversationsNotKept: "nothing is kept of conversations, as the settings say"
        case .badTurn(let number, let reason): "turn \(number): \(reason)"
        case .badUpload(let reason): reason
        case .nothingToErase(let selection): "there is nothing to take back: \(selection.reason)"
        case .notQuarantined(let event): "no lesson waits for approval at event \(event)"
        case .noPolicyVersion: "there is no version of the policy to take back: the usual moves are made"
        case .tooManyLessons(let delay):
            "too many lessons of this user; try again in \(Int((delay / .seconds(1)).rounded(.up))) s"
        case .noExamples: "there are no examples"
        case .tooManyExamples(let limit, let found):
            "there are \(found) examples; at most \(limit) are allowed"
        case .badExample(let number, let error): "example \(number): \(error)"
        case .sourceNotFound(let name): "there is no source '\(name.shown)'"
        case .sourceAmbiguous(let name, let ids):
            "several sources are named '\(name.shown)': give one of the numbers "
                + ids.map(String.init).joined(separator: ", ")
        case .sourceForbidden(let name): "the source '\(name.shown)' is not one of yours"
        case .passageNotFound(let id): "there is no passage \(id)"
        case .sentenceNotFound(let id, let span):
            "passage \(id) has no sentence at \(span.lowerBound) to \(span.upperBound)"
        case .nothingToJudge: "nothing is found for the question, so there is no answer to speak of"
        case .noSupportHead(let reason): "questions are not answered: \(reason)"
        case .sourceTooLarge(let limit, let found):
            "the content has \(found) bytes; at most \(limit >> 20) MiB are allowed: split the file"
        case .quotaExceeded(let quota, let limit, let found):
            "your sources: expected at most \(limit) \(quota.rawValue) together, found \(found) with this one; "
                + "remove some, or ask an administrator to raise \(quota.setting) in slmd.yaml"
        case .badDocument(let reason): "the content cannot be read: \(reason)"
        case .notInGroup(let gid): "you are not in the group \(gid)"
        case .cancelled: "the request was cancelled"
        case .closed: "the assistant is shutting down"
        case .model(let reason): reason
        case .bootstrap(let path, let line, let reason):
            "bootstrap file \(path)" + (line.map { ", line \($0)" } ?? "") + ": \(reason)"
        case .canaries(let path, let line, let reason):
            "file of canaries \(path)" + (line.map { ", line \($0)" } ?? "") + ": \(reason)"
        case .stateInUse(let path, let pid): StorageError.stateInUse(path: path, pid: pid).description
        case .storage(let reason, _): reason
        }
    }
}

extension AssistantError {
    init(_ error: StorageError) {
        self =
            switch error {
            case .stateInUse(let path, let pid): .stateInUse(path: path, pid: pid)
            case .badSnapshotName(let name): .badSnapshotName(name.cut(to: 64))
            case .snapshotExists(let name): .snapshotExists(name)
            case .snapshotNotFound(let name): .snapshotNotFound(name.cut(to: 64))
            case .badBackup: .badUpload(error.description)
            default: .storage(reason: error.description, isRetryable: error.isRetryable)
            }
    }

    init(_ error: IntentNameError, label: String) {
        self = .badLabel(label: label.cut(to: 64), reason: error.description)
    }
}

/// Runs `body` with what storage throws turned into an `AssistantError`.
func storing<Value>(_ body: () throws(StorageError) -> Value) throws(AssistantError) -> Value {
    do {
        return try body()
    } catch {
        throw AssistantError(error)
    }
}

extension LessonSelection {
    fileprivate var reason: String {
        switch self {
        case .newest: "nothing was taught"
        case .event(let id), .mistake(let id): "no lesson is event \(id)"
        case .session(let session): "nothing was taught in the session '\(session.shown)'"
        case .user(let uid): "nothing was taught by the user \(uid)"
        }
    }
}

extension String {
    /// With control characters and quotes escaped: what a client sent may end on a terminal.
    fileprivate var shown: String { unicodeScalars.map { $0.escaped(asASCII: false) }.joined() }
}
