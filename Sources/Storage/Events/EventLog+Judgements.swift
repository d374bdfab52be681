internal import GRDB

/// What somebody said of an answer, at its place in the log.
public struct JudgementEvent: Sendable, Hashable {
    public let id: EventID
    public let uid: UInt32
    public let judgement: StoredJudgement
}

extension EventLog {
    /// What was said of answers in the events that `plan` counts, oldest first.
    ///
    /// - Complexity: O(such events); no other is read.
    public func judgements(
        in plan: ReplayPlan, omitting: Set<EventID> = []
    ) throws(StorageError) -> [JudgementEvent] {
        try read { db in
            var events: [JudgementEvent] = []
            for span in plan.spans {
                let rows = try Row.fetchCursor(
                    db,
                    sql: """
                        SELECT id, uid, text, reason, features FROM events INDEXED BY judgements
                        WHERE kind = 'judged' AND id > ? AND id <= ? ORDER BY id
                        """, arguments: [span.after.rawValue, span.through.rawValue])
                while let row = try rows.next() {
                    let id = EventID(rawValue: row["id"])
                    guard !omitting.contains(id) else { continue }
                    events.append(
                        JudgementEvent(
                            id: id, uid: UInt32(truncatingIfNeeded: row["uid"] as Int64),
                            judgement: try EventRow.judgement(row, id: id)))
                }
            }
            return events
        }
    }
}
