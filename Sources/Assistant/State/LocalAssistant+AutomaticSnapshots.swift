internal import Foundation
internal import Logging
internal import Storage
internal import Synchronization

extension LocalAssistant {
    /// Whether the last automatic snapshot is old enough for another, as far as is known without looking at
    /// the disk.
    func isSnapshotDue() -> Bool {
        guard configuration.snapshots.everyHours > 0 else { return false }
        return published.withLock { clock.microseconds() >= $0.snapshotDue }
    }

    /// Makes an automatic snapshot when one is due and something was learnt since the last, and removes the
    /// oldest beyond those that are kept. The first is due so long after the first event. It waits until the
    /// held-back examples are embedded.
    func writeSnapshotIfDue() throws(StorageError) {
        let settings = configuration.snapshots
        guard settings.everyHours > 0, !heldBack.withLock({ $0 }).isWaiting,
            let beginning = try log.beginning()
        else { return }
        let now = clock.microseconds()
        // One that was made on another machine is no more than a snapshot here.
        let taken = try checkpoints.named().filter { Self.isAutomaticName($0.name) && !$0.isImported }
        let due = Self.due(settings.everyHours, after: taken.last?.createdAt ?? beginning)
        published.withLock { $0.snapshotDue = due }
        guard now >= due, taken.last?.event != learner.withLock({ $0.event }) else { return }
        let written = try checkpoints.save(
            try takeCheckpoint(isMeasured: true), named: Self.automaticName(now))
        published.withLock { $0.snapshotDue = Self.due(settings.everyHours, after: now) }
        for old in taken.dropLast(settings.keep - 1) { try checkpoints.remove(named: old.name) }
        logger.info("snapshot written", metadata: ["name": "\(written.name)", "event": "\(written.event)"])
    }

    /// In microseconds since 1970, as `time`, which a file from elsewhere may say: far in the future is
    /// never.
    private static func due(_ hours: Int, after time: Int64) -> Int64 {
        let (due, isBeyond) = time.addingReportingOverflow(Int64(hours) * 3_600_000_000)
        return isBeyond ? .max : due
    }

    /// - Parameter microseconds: since 1970, UTC.
    private static func automaticName(_ microseconds: Int64) -> String {
        let time = Date(timeIntervalSince1970: TimeInterval(microseconds / 1_000_000))
        return "auto-" + time.formatted(.iso8601.dateSeparator(.omitted).timeSeparator(.omitted))
    }

    private static func isAutomaticName(_ name: String) -> Bool {
        name.wholeMatch(of: #/auto-[0-9]{8}T[0-9]{6}Z/#) != nil
    }
}
