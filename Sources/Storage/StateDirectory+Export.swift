extension StateDirectory {
    /// One snapshot as a file for another state: the log of all that it was made of. Calls must not overlap with each other or
    /// with backups.
    ///
    /// - Parameters:
    ///   - snapshot: its head's digest, name and event go into the file.
    ///   - plan: of the snapshot, in `log`.
    ///   - origin: what the head is made with here.
    ///   - time: microseconds since 1970, UTC.
    ///   - progress: called with the events done; what it throws ends the export.
    /// - Throws: `badBackup` when nothing is learnt in it.
    public func export(
        _ snapshot: NamedCheckpoint, _ plan: ReplayPlan, of log: EventLog,
        madeWith origin: BackupManifest.Origin, time: Int64,
        progress: (_ done: Int) throws(CancellationError) -> Void = { _ in }
    ) throws -> (file: OutgoingFile, events: Int) {
        try Files.remove(Self.copyName, in: path, .backUp)
        defer { removeCopy() }
        let copy = try EventLog(path: "\(path)/\(Self.copyName)")
        let count = try log.export(plan, to: copy, encoder: origin.encoder, progress: progress)
        try copy.settle(rewriting: false)
        try copy.close()
        let segment = OutgoingFile.Segment(try OpenFile(reading: "\(path)/\(Self.copyName)"))
        guard segment.count <= Tar.largestFile else {
            throw StorageError.badBackup(
                .tooLarge(part: StatePart.log, limit: Tar.largestFile, found: segment.count))
        }
        let part = BackupManifest.Part(
            path: StatePart.log, bytes: segment.count, digest: try OutgoingFile.digest(of: segment) { _ in })
        let manifest = BackupManifest(
            kind: .snapshot, format: EventLogSchema.format, event: snapshot.event, digest: snapshot.digest,
            origin: origin, createdAt: time, name: snapshot.name, parts: [part])
        return (try OutgoingFile(archive(manifest, [segment])), count)
    }
}
