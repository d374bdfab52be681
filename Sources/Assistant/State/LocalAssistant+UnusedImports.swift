internal import Learning
internal import Logging
internal import Storage
internal import Synchronization

extension LocalAssistant {
    /// A crash between the commit of an import and its snapshot leaves events that nobody can name. Their
    /// snapshot is made anew; where another has its name by now, they go. So is one that cannot be read any
    /// more.
    ///
    /// - Parameter progress: told now and then while they are replayed.
    func finishImports(progress: (Progress) -> Void) {
        do throws(AssistantError) {
            let unused = try storing { () throws(StorageError) in
                try log.unusedImports(beside: try checkpoints.named().map(\.event))
            }
            for left in unused { try finish(left, progress) }
        } catch {
            // They count for nothing; the daemon answers without them.
            logger.error(
                "what was imported has no snapshot; the next start tries again",
                metadata: ["reason": "\(error)"])
        }
    }

    private func finish(_ left: UnusedImport, _ progress: (Progress) -> Void) throws(AssistantError) {
        try storing { () throws(StorageError) in try checkpoints.setAside(unreadable: left.name) }
        guard left.events.count > 1, try isFree(left.name) else {
            logger.notice("an import was cut short; it is taken back", metadata: ["name": "\(left.name)"])
            return try drop(left, progress)
        }
        let (plan, revision) = try storing { () throws(StorageError) in
            (try log.plan(through: left.last), try log.erasures().last?.revision ?? 0)
        }
        let (made, _) = try replayer.learner(after: plan, telling: progress, logger)
        let bytes = made.head.encoded()
        let checkpoint = Checkpoint(
            event: left.last, revision: revision, encoder: encoding.model.digest,
            digest: Checkpoint.digest(ofHead: bytes), createdAt: left.time, head: bytes,
            words: made.words.encoded(), isImported: true)
        try storing { () throws(StorageError) in _ = try checkpoints.save(checkpoint, named: left.name) }
        logger.notice("an import was cut short; its snapshot is made", metadata: ["name": "\(left.name)"])
    }

    private func isFree(_ name: String) throws(AssistantError) -> Bool {
        do throws(StorageError) {
            try checkpoints.checkNew(name)
            return true
        } catch .snapshotExists, .badSnapshotName {
            return false
        } catch {
            throw AssistantError(error)
        }
    }

    /// Takes out of the log what was imported with an event, when no other snapshot than `name` and no
    /// restoration needs it. Then that snapshot is gone too, or the next start removes it.
    ///
    /// - Parameter progress: told now and then while other snapshots are made anew.
    func dropImport(
        with event: EventID, of name: String, telling progress: (Progress) -> Void
    ) throws(AssistantError) {
        let left = try storing { () throws(StorageError) in
            let others = try checkpoints.named().filter { $0.name != name }
            return try log.unusedImports(beside: others.map(\.event)).first { $0.last == event }
        }
        if let left { try drop(left, progress) }
    }

    private func drop(_ left: UnusedImport, _ progress: (Progress) -> Void) throws(AssistantError) {
        let erasure = try learner.withLock { learner throws(AssistantError) in
            let erasure = try storing { () throws(StorageError) in
                // A restoration that was taken back may have left a checkpoint of an event in the run: no
                // later replay may begin there.
                try log.erase(left.events, time: clock.microseconds())
            }
            learner.forget(unlearnt: left.events.count)
            publish(learner, after: [])
            return erasure
        }
        _ = try removeTraces(of: erasure.stale, isSecret: false, rewriting: true, telling: progress)
    }
}
