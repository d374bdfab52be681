/// What the log or a checkpoint was being asked to do when it failed.
public enum StorageOperation: String, Sendable, Hashable {
    case makeDirectory = "make the state directory"
    case lockDirectory = "lock the state directory"
    case openLog = "open the event log"
    case append = "append to the event log"
    case read = "read the event log"
    case replaceFeatures = "store features of another encoder"
    case saveCheckpoint = "save a checkpoint"
    case listCheckpoints = "list the checkpoints"
    case readCheckpoint = "read a checkpoint"
    case erase = "erase from the event log"
    case appendTurns = "keep turns of conversations"
    case writeArchive = "write the archive of conversations"
    case readArchive = "read the archive of conversations"
    case backUp = "make a backup"
    case restore = "restore a backup"
    case openKnowledge = "open the knowledge base"
    case readKnowledge = "read the knowledge base"
    case changeKnowledge = "change the knowledge base"
}

/// Why something could not be kept, or read back.
public enum StorageError: Error, Sendable, Hashable, CustomStringConvertible {
    case stateInUse(path: String, pid: Int32?)
    case foreignDatabase(path: String, expected: Int32, found: Int32)
    case newerFormat(path: String, supported: Int, found: Int)
    case diskFull(path: String, StorageOperation)
    case readOnly(path: String, StorageOperation)
    case busy(path: String, StorageOperation)
    /// Any other failure of the disk or of SQLite; `code` is an errno or an SQLite result code, as `message`
    /// says.
    case failed(path: String, StorageOperation, code: Int32, message: String)
    /// An earlier write failed in a way that leaves unknown what reached the disk: no write is tried after
    /// it.
    indirect case refusing(after: StorageError)
    case badEvent(id: Int64, field: String, reason: String)
    /// A source of the knowledge base cannot be read.
    case badSource(id: Int64, field: String, found: String)
    /// The features of an intent's name cannot be read.
    case badName(intent: String, reason: String)
    /// The files are being exchanged for those of a backup.
    case stateExchanged
    /// A restoration was decided and could not be finished: only a start may touch the files.
    indirect case restorationUnfinished(StorageError)
    case badSnapshotName(String)
    case snapshotExists(String)
    case snapshotNotFound(String)
    case badArchive(path: String, ArchiveError)
    case badBackup(BackupError)
    /// A snapshot's file is there and makes no sense.
    case badSnapshot(String, CheckpointFileError)

    public var description: String {
        switch self {
        case .stateInUse(let path, let pid):
            "the state directory \(path) is in use by " + (pid.map { "process \($0)" } ?? "another process")
        case .foreignDatabase(let path, let expected, let found):
            "\(path) is not of this program: its application id is \(found), expected \(expected)"
        case .newerFormat(let path, let supported, let found):
            "\(path) has format \(found), this version reads 1 to \(supported): "
                + "the slmd that wrote it, or a newer one, is needed"
        case .diskFull(let path, let operation): "cannot \(operation.rawValue): the disk of \(path) is full"
        case .readOnly(let path, let operation):
            "cannot \(operation.rawValue): \(path) is read-only, or not this user's to write"
        case .busy(let path, let operation): "cannot \(operation.rawValue): another program holds \(path)"
        case .failed(let path, let operation, let code, let message):
            "cannot \(operation.rawValue): \(path): \(message) (\(code))"
        case .refusing(let cause):
            "nothing more is written after this failure, until a restart: \(cause)"
        case .badEvent(let id, let field, let reason): "event \(id): \(field): \(reason)"
        case .badSource(let id, let field, let found):
            "source \(id) of the knowledge base: \(field): found \(found)"
        case .badName(let intent, let reason): "the name of the intent '\(intent)': \(reason)"
        case .stateExchanged: "the state is being exchanged for that of a backup"
        case .restorationUnfinished(let cause):
            "the backup takes the place of the state with the next start; restart slmd: \(cause)"
        case .badSnapshotName(let name):
            "'\(name)' cannot name a snapshot: 1 to 64 letters, digits, '.', '_' or '-', "
                + "the first a letter or digit"
        case .snapshotExists(let name): "a snapshot '\(name)' exists already"
        case .snapshotNotFound(let name): "there is no snapshot '\(name)'"
        case .badArchive(let path, let error): "\(path): \(error)"
        case .badBackup(let error): "the file cannot be used: \(error)"
        case .badSnapshot(let name, let error): "the snapshot '\(name)' cannot be used: \(error)"
        }
    }

    /// Whether only a start may touch the files.
    public var needsStart: Bool { if case .restorationUnfinished = self { true } else { false } }

    /// True when nothing was written and the same call may succeed later.
    public var isRetryable: Bool {
        switch self {
        case .diskFull, .readOnly, .busy, .stateExchanged: true
        default: false
        }
    }
}
