internal import Glibc

extension StateDirectory {
    /// How often a backup begins again when the log's past changes while it is made.
    private static let attempts = 3

    /// All of the state as one file, at one event: what is learnt meanwhile is not in it, and is not held up.
    ///
    /// The log is copied, and the other files are opened; a copy lies on the disk, without a name, until the
    /// value is gone. Calls must not overlap.
    ///
    /// - Parameters:
    ///   - origin: what the head is made with here.
    ///   - time: microseconds since 1970, UTC.
    ///   - conversations: `conversationParts()`, while nobody writes there. The log is copied after that: it
    ///     is never behind its archive.
    ///   - knowledge: copied last.
    ///   - progress: called with the bytes done and in all; what it throws ends the backup.
    ///   - digest: of the head that a log makes.
    /// - Throws: `busy` when the log's past changes again and again meanwhile.
    public func backup(
        of log: EventLog, madeWith origin: BackupManifest.Origin, time: Int64,
        conversations: () throws -> BackupParts, knowledge: KnowledgeStore,
        progress: (_ done: Int, _ total: Int) throws(CancellationError) -> Void = { _, _ in },
        digest: (EventLog) throws -> String
    ) throws -> (file: OutgoingFile, manifest: BackupManifest) {
        for _ in 0..<Self.attempts {
            if let backup = try attempt(
                log, origin, time, conversations, knowledge, progress, digest)
            {
                return backup
            }
        }
        throw StorageError.busy(path: path, .backUp)
    }

    /// The archive as it is now. What is appended to it or replaced later is not seen.
    public func conversationParts() throws(StorageError) -> BackupParts {
        BackupParts(files: try files(of: "conversations"))
    }

    /// - Returns: nil when lessons were taken back meanwhile, so that the checkpoints may not be of the copy.
    private func attempt(
        _ log: EventLog, _ origin: BackupManifest.Origin, _ time: Int64,
        _ conversations: () throws -> BackupParts, _ knowledge: KnowledgeStore,
        _ progress: (_ done: Int, _ total: Int) throws(CancellationError) -> Void,
        _ digest: (EventLog) throws -> String
    ) throws -> (file: OutgoingFile, manifest: BackupManifest)? {
        let erasures = try log.erasures()
        let archive = try conversations()
        let copy = "\(path)/\(Self.copyName)"
        try Files.remove([Self.copyName, Self.knowledgeCopyName], in: path, .backUp)
        defer { removeCopy() }
        let logBytes = Files.size(log.path)
        try log.copy(to: copy) { () throws(CancellationError) in try progress(0, logBytes) }
        let found = try examine(copy, digest)
        // A checkpoint of a later event would one day be taken for one of the restored log's own. Those of events that were
        // taken back stay: their numbers are not given again.
        let heads = try files(of: "heads").filter { _, segment in
            try segment.isCheckpoint(atMost: found.newestEver, after: erasures)
        }
        guard found.erasures == erasures, try log.erasures() == erasures else { return nil }
        let passages = "\(path)/\(Self.knowledgeCopyName)"
        try knowledge.copy(to: passages) { () throws(CancellationError) in try progress(0, logBytes) }
        let parts =
            [
                (StatePart.log, OutgoingFile.Segment(try OpenFile(reading: copy))),
                (StatePart.knowledge, OutgoingFile.Segment(try OpenFile(reading: passages))),
            ] + heads + archive.files
        for (path, segment) in parts where segment.count > Tar.largestFile {
            throw StorageError.badBackup(.tooLarge(part: path, limit: Tar.largestFile, found: segment.count))
        }
        // Each byte is read twice: for the digest of its part and for that of the whole.
        let total = 2 * parts.reduce(0) { $0 + $1.1.count }
        var done = 0
        func count(_ bytes: Int) throws {
            done = min(total, done + bytes)
            try progress(done, total)
        }
        let manifest = BackupManifest(
            kind: .backup, format: EventLogSchema.format, event: found.event, digest: found.digest,
            origin: origin,
            createdAt: time, name: nil,
            parts: try parts.map { path, segment in
                BackupManifest.Part(
                    path: path, bytes: segment.count,
                    digest: try OutgoingFile.digest(of: segment, progress: count))
            })
        return (try OutgoingFile(self.archive(manifest, parts.map(\.1)), progress: count), manifest)
    }

    /// The newest event of a copy of the log and that there ever was, the head it makes, and what was erased from it.
    private func examine(
        _ copy: String, _ digest: (EventLog) throws -> String
    ) throws -> (event: EventID, newestEver: EventID, digest: String, erasures: [Erasure]) {
        let log = try EventLog(path: copy)
        let found = (try log.newest(), try log.newestEver(), try digest(log), try log.erasures())
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

    func archive(
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

    func removeCopy() {
        for name in [Self.copyName, Self.knowledgeCopyName] {
            for suffix in ["", "-wal", "-shm", "-journal"] {
                unsafe unlink("\(path)/\(name)\(suffix)")  // what stays goes at the next start
            }
        }
    }
}

extension OutgoingFile.Segment {
    init(_ file: OpenFile) {
        self = .file(file, count: file.size)
    }

    /// Whether it is the file of a checkpoint that has seen nothing after `event`, and nothing that was
    /// erased.
    fileprivate func isCheckpoint(
        atMost event: EventID, after erasures: [Erasure]
    ) throws(StorageError) -> Bool {
        guard case .file(let file, let count) = self else { return false }
        let beginning = try file.read(at: 0, count: min(count, CheckpointStore.summaryBytes))
        do throws(CheckpointFileError) {
            let summary = try CheckpointFile.summary(beginning)
            return summary.event <= event && !summary.isStale(after: erasures)
        } catch {
            return false
        }
    }
}

/// Files that go into a backup, open.
public struct BackupParts: Sendable {
    let files: [(path: String, segment: OutgoingFile.Segment)]
}
