public import Wire

extension Connection {
    /// Has the daemon make a backup of its whole state, to be read in pieces.
    ///
    /// - Parameter isProved: whether the backup's log is replayed from nothing, too.
    public mutating func backup(
        isProved: Bool = false, progress: (Progress) -> Void = { _ in }
    ) throws(ClientError) -> BackupResult {
        try withoutTimeout { connection throws(ClientError) in
            try connection.call(BackupParams(isProved: isProved), progress: progress)
        }
    }

    /// Puts a backup that was sent in pieces in the place of the daemon's state.
    public mutating func restore(
        isProved: Bool = false, keepingPrevious: Bool = false, progress: (Progress) -> Void = { _ in }
    ) throws(ClientError) -> RestoreBackupResult {
        try withoutTimeout { connection throws(ClientError) in
            try connection.call(
                RestoreParams(isProved: isProved, keepsPrevious: keepingPrevious), progress: progress)
        }
    }

    /// Has the daemon make one snapshot ready as a file, to be read in pieces.
    public mutating func exportSnapshot(
        _ name: String, progress: (Progress) -> Void = { _ in }
    ) throws(ClientError) -> ExportSnapshotResult {
        try withoutTimeout { connection throws(ClientError) in
            try connection.call(ExportSnapshotParams(name: name), progress: progress)
        }
    }

    /// Keeps a snapshot that was sent in pieces; without a name under the one it had.
    public mutating func importSnapshot(
        as name: String? = nil, progress: (Progress) -> Void = { _ in }
    ) throws(ClientError) -> SnapshotResult {
        try withoutTimeout { connection throws(ClientError) in
            try connection.call(ImportSnapshotParams(name: name), progress: progress)
        }
    }

    /// A piece of the file that a backup or an export has made ready; empty at its end.
    public mutating func piece(at offset: Int64) throws(ClientError) -> [UInt8] {
        try call(ReadTransferParams(offset: offset)).data
    }

    /// The most bytes of a file that fit a frame.
    public var pieceBytes: Int { min(1 << 16, max(1, (hello.limits.frameBytes - 512) / 4 * 3)) }

    /// Sends a piece of a file of `size` bytes; the first one is at 0.
    public mutating func send(
        piece: [UInt8], at offset: Int64, of size: Int64
    ) throws(ClientError) {
        _ = try call(WriteTransferParams(size: size, offset: offset, data: piece))
    }
}
