internal import Glibc

extension StateDirectory {
    /// How often a backup begins again when the log's past changes while it is made.
    private static let attempts = 3

    /// All of the state as one file, at one event: what is learnt meanwhile is not in it, and is not held up.
    ///
    /// The log is copied, and the other files are opened; a copy lies on the disk, without a name, until the value is
    /// gone. Calls must not overlap.
    ///
    /// - Parameters:
    ///   - encoder: the digest of the encoder in use.
    ///   - time: microseconds since 1970, UTC.
    ///   - digest: of the head that a log makes.
    /// - Throws: `busy` when the log's past changes again and again meanwhile.
    public func backup(
        of log: EventLog, encoder: String, time: Int64, digest: (EventLog) throws -> String
    ) throws -> (file: OutgoingFile, manifest: BackupManifest) {
        for _ in 0..<Self.attempts {
            if let backup = try attempt(log, encoder, time, digest) { return backup }
        }
        throw StorageError.busy(path: path, .backUp)
    }

    /// - Returns: nil when lessons were taken back meanwhile, so that the checkpoints may not be of the copy.
    private func attempt(
        _ log: EventLog, _ encoder: String, _ time: Int64, _ digest: (EventLog) throws -> String
    ) throws -> (file: OutgoingFile, manifest: BackupManifest)? {
        let copy = "\(path)/\(Self.copyName)"
        try Files.remove(Self.copyName, in: path, .backUp)
        defer { removeCopy() }
        try log.copy(to: copy)
        let (event, head, revision) = try examine(copy, digest)
        var parts = [(StatePart.log, OutgoingFile.Segment(try OpenFile(reading: copy)))]
        for folder in StatePart.folders {
            // A checkpoint of a later event would one day be taken for one of the restored log's own.
            parts += try files(of: folder).filter { path, segment in
                try folder != "heads" || segment.isCheckpoint(atMost: event)
            }
        }
        for (path, segment) in parts where segment.count > Tar.largestFile {
            throw StorageError.badBackup(.tooLarge(part: path, limit: Tar.largestFile, found: segment.count))
        }
        guard try log.erasures().last?.revision == revision else { return nil }
        let manifest = BackupManifest(
            format: EventLogSchema.format, event: event, digest: head, encoder: encoder, createdAt: time,
            parts: try parts.map { path, segment in
                BackupManifest.Part(
                    path: path, bytes: segment.count, digest: try OutgoingFile.digest(of: segment))
            })
        return (try OutgoingFile(archive(manifest, parts.map(\.1))), manifest)
    }

    /// The newest event of a copy of the log, the head it makes, and its revision.
    private func examine(
        _ copy: String, _ digest: (EventLog) throws -> String
    ) throws -> (event: EventID, digest: String, revision: Int64?) {
        let log = try EventLog(path: copy)
        let found = (try log.newest(), try digest(log), try log.erasures().last?.revision)
        try log.close()
        return found
    }

    /// The files of a folder as they are now; temporary ones and those set aside stay here.
    private func files(of folder: String) throws(StorageError) -> [(String, OutgoingFile.Segment)] {
        let directory = "\(path)/\(folder)"
        guard Files.exists(directory) else { return [] }
        var files: [(String, OutgoingFile.Segment)] = []
        for name in try Files.list(directory, .backUp).sorted()
        where StatePart.isValid("\(folder)/\(name)") && !name.hasSuffix(".corrupt") {
            // One that is gone since then has had its time: a checkpoint that newer ones replaced.
            do throws(StorageError) {
                files.append(("\(folder)/\(name)", .init(try OpenFile(reading: "\(directory)/\(name)"))))
            } catch .failed(_, _, ENOENT, _) {
                continue
            }
        }
        return files
    }

    private func archive(
        _ manifest: BackupManifest, _ parts: [OutgoingFile.Segment]
    ) -> [OutgoingFile.Segment] {
        var segments: [OutgoingFile.Segment] = []
        func add(_ path: String, _ segment: OutgoingFile.Segment) {
            let entry = Tar.Entry(path: path, size: segment.count)
            segments.append(.bytes(Tar.header(entry, time: manifest.createdAt / 1_000_000)))
            segments.append(segment)
            segments.append(.bytes([UInt8](repeating: 0, count: Tar.padding(after: segment.count))))
        }
        add(BackupManifest.path, .bytes(manifest.encoded()))
        for (part, segment) in zip(manifest.parts, parts) { add(part.path, segment) }
        return segments + [.bytes(Tar.end)]
    }

    private func removeCopy() {
        for suffix in ["", "-wal", "-shm", "-journal"] {
            unsafe unlink("\(path)/\(Self.copyName)\(suffix)")  // what stays goes at the next start
        }
    }
}

extension OutgoingFile.Segment {
    fileprivate init(_ file: OpenFile) {
        self = .file(file, count: file.size)
    }

    /// Whether it is the file of a checkpoint that has seen nothing after `event`.
    fileprivate func isCheckpoint(atMost event: EventID) throws(StorageError) -> Bool {
        guard case .file(let file, let count) = self else { return false }
        let beginning = try file.read(at: 0, count: min(count, CheckpointStore.summaryBytes))
        do throws(CheckpointFileError) {
            return try CheckpointFile.summary(beginning).event <= event
        } catch {
            return false
        }
    }
}
