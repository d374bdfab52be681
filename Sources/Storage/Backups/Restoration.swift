/// Another state in the place of the one in a folder, in steps after any of which a crash leaves the old one
/// or the new one.
///
/// The new state is built in `restore.incoming`. Renaming that to `restore.committed` decides; what is left,
/// moving the old files to `restore.previous` and the new ones to their places, is done again from where it
/// stopped, at the next start if need be.
struct Restoration {
    /// The state folder.
    let state: String

    var incoming: String { "\(state)/restore.incoming" }
    private var committed: String { "\(state)/restore.committed" }
    var previous: String { "\(state)/restore.previous" }
    private static let keptMark = "keep"

    var hasPrevious: Bool { Files.exists(previous) }

    /// Makes the folder that the new state is built in, empty.
    func begin() throws(StorageError) {
        try Files.removeTree(incoming, .restore)
        try Files.makeDirectory(incoming)
        for folder in StatePart.folders { try Files.makeDirectory("\(incoming)/\(folder)") }
    }

    func abandon() throws(StorageError) { try Files.removeTree(incoming, .restore) }

    /// Puts the new state in place. Nobody has the log open, the old one's or the new one's.
    ///
    /// - Parameter keepsPrevious: whether the state before stays until somebody removes it.
    /// - Throws: `restorationUnfinished` when it is decided and the next start must finish it; then nobody
    ///   may open a log. Anything else: nothing has changed.
    func commit(keepsPrevious: Bool) throws(StorageError) {
        try prepare(keepsPrevious: keepsPrevious)
        try Files.rename("restore.incoming", to: "restore.committed", in: state, .restore)
        do throws(StorageError) {
            try finish()
        } catch {
            throw .restorationUnfinished(error)
        }
    }

    /// All that may fail for want of room is done before the decision.
    private func prepare(keepsPrevious: Bool) throws(StorageError) {
        try Files.removeTree(previous, .restore)
        try Files.makeDirectory(previous)
        if keepsPrevious { try Files.replace(Self.keptMark, in: previous, with: [], .restore) }
        for database in StatePart.databases {
            let left = Files.size("\(incoming)/\(database)-wal")
            guard left <= 0 else {
                throw .failed(
                    path: "\(incoming)/\(database)-wal", .restore, code: 0,
                    message: "\(left) bytes are not in the file yet")
            }
        }
        // A lock and what SQLite keeps beside a database are not parts of a state.
        let beside = StatePart.databases.flatMap { ["\($0)-shm", "\($0)-wal"] }
        try Files.remove(["lock"] + beside, in: incoming, .restore)
        for folder in StatePart.folders { try sync("\(incoming)/\(folder)") }
        try sync(incoming)
        try sync(state)
    }

    /// Leaves the state before, or after a decision the new one, and nothing between.
    func finish() throws(StorageError) {
        try abandon()
        guard Files.exists(committed) else { return }
        try Files.makeDirectory(previous)
        for database in StatePart.databases where Files.exists("\(committed)/\(database)") {
            // While the new database is not in place, the write-ahead log that is there is the old one's.
            for name in ["\(database)-shm", "\(database)-wal"] where Files.exists("\(state)/\(name)") {
                try Files.move(name, from: state, to: previous, .restore)
            }
        }
        for part in StatePart.folders + StatePart.databases where Files.exists("\(committed)/\(part)") {
            if Files.exists("\(state)/\(part)") {
                // What lies in `previous` is the old state already: nothing may take its place.
                guard !Files.exists("\(previous)/\(part)") else {
                    throw .failed(
                        path: "\(state)/\(part)", .restore, code: 0,
                        message: "is there, and so are \(previous)/\(part) and \(committed)/\(part)")
                }
                try Files.move(part, from: state, to: previous, .restore)
            }
            try Files.move(part, from: committed, to: state, .restore)
        }
        try Files.removeTree(committed, .restore)
    }

    /// Removes the state before.
    ///
    /// - Parameter isForced: also when it is to be kept.
    func removePrevious(isForced: Bool) throws(StorageError) {
        guard isForced || !Files.exists("\(previous)/\(Self.keptMark)") else { return }
        try Files.removeTree(previous, .restore)
    }

    private func sync(_ directory: String) throws(StorageError) {
        do {
            try Files.syncDirectory(directory)
        } catch {
            throw Files.failure(directory, .restore, error)
        }
    }
}

extension StateDirectory {
    /// Where `unpack` builds another state.
    public var incoming: String { Restoration(state: path).incoming }
    /// Where the state before a restoration lies.
    public var previous: String { Restoration(state: path).previous }

    /// Writes the files of a backup or a snapshot to `incoming`, every length and checksum verified; the
    /// state itself stays as it is.
    ///
    /// - Parameter progress: called with the bytes done and in all; what it throws ends it.
    /// - Throws: `badBackup`, or what the disk says.
    public func unpack(
        _ upload: IncomingFile, expecting kind: BackupManifest.Kind = .backup,
        progress: (_ done: Int, _ total: Int) throws(CancellationError) -> Void = { _, _ in }
    ) throws -> BackupManifest {
        let restoration = Restoration(state: path)
        do {
            try restoration.begin()
            var reader = BackupReader(upload)
            let manifest = try reader.unpack(to: restoration.incoming, expecting: kind, progress: progress)
            // A backup without one is of a state that had none: an empty file takes the place of what is here.
            do {
                try Files.create("\(restoration.incoming)/\(StatePart.knowledge)")
            } catch {
                throw Files.failure(restoration.incoming, .restore, error)
            }
            return manifest
        } catch {
            try restoration.abandon()
            throw error
        }
    }

    public func abandonIncoming() throws(StorageError) { try Restoration(state: path).abandon() }

    /// Puts the state in `incoming` in the place of this one, whose log is closed.
    ///
    /// - Parameter keepsPrevious: whether the state before stays beyond the next start.
    public func commitIncoming(keepsPrevious: Bool) throws(StorageError) {
        try Restoration(state: path).commit(keepsPrevious: keepsPrevious)
    }

    /// Removes the state before a restoration.
    ///
    /// - Parameter isForced: also when it is to be kept.
    public func removePrevious(isForced: Bool) throws(StorageError) {
        try Restoration(state: path).removePrevious(isForced: isForced)
    }
}
