extension StateDirectory {
    /// One snapshot as a file for another state: the log of all that it was made of. Calls must not overlap
    /// with each other or with backups.
    ///
    /// - Parameters:
    ///   - snapshot: its name and event go into the file, and its head's digest if that is what the file's
    ///     log makes.
    ///   - isCurrent: whether a replay here would give the snapshot's head.
    ///   - plan: of the snapshot, in `log`.
    ///   - origin: what the head is made with here.
    ///   - time: microseconds since 1970, UTC.
    ///   - progress: called with the events done; what it throws ends the export.
    ///   - digest: of the head that a log makes; asked for where the snapshot's is not that.
    /// - Throws: `badBackup` when nothing is learnt in it.
    public func export(
        _ snapshot: NamedCheckpoint, isCurrent: Bool, _ plan: ReplayPlan, of log: EventLog,
        madeWith origin: BackupManifest.Origin, time: Int64,
        progress: (_ done: Int) throws(CancellationError) -> Void = { _ in },
        digest: (EventLog) throws -> String
    ) throws -> (file: OutgoingFile, digest: String, events: Int) {
        try Files.remove(Self.copyName, in: path, .backUp)
        defer { removeCopy() }
        let copy = try EventLog(path: "\(path)/\(Self.copyName)")
        let (count, hasTheirNames) = try log.export(
            plan, to: copy, encoder: origin.encoder, progress: progress)
        let digest = isCurrent && hasTheirNames ? snapshot.digest : try digest(copy)
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
            kind: .snapshot, format: EventLogSchema.format, event: snapshot.event, digest: digest,
            origin: origin, createdAt: time, name: snapshot.name, parts: [part])
        return (try OutgoingFile(archive(manifest, [segment])), digest, count)
    }
}
