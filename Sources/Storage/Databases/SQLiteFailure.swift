internal import GRDB

extension StorageError {
    /// The typed form of what GRDB threw.
    init(_ error: any Error, path: String, _ operation: StorageOperation) {
        if let own = error as? StorageError {
            self = own
            return
        }
        guard let failure = error as? DatabaseError else {
            self = Files.failure(path, operation, error)
            return
        }
        switch failure.resultCode {
        case .SQLITE_FULL: self = .diskFull(path: path, operation)
        case .SQLITE_READONLY, .SQLITE_PERM: self = .readOnly(path: path, operation)
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy(path: path, operation)
        default:
            self = .failed(
                path: path, operation, code: failure.extendedResultCode.rawValue,
                message: failure.message ?? "SQLite error")
        }
    }

    /// False for the failures that SQLite reports before it has written anything.
    var leavesDiskUnknown: Bool {
        switch self {
        case .failed(_, _, let code, _):
            ![
                ResultCode.SQLITE_CONSTRAINT.rawValue, ResultCode.SQLITE_TOOBIG.rawValue,
                ResultCode.SQLITE_NOMEM.rawValue,
            ]
            .contains(code & 0xFF)
        default: false
        }
    }
}
