internal import GRDB

/// What happened at one event, for people.
public struct EventSummary: Sendable, Hashable {
    public let id: EventID
    /// As the log writes it: `taught`, `held`, `approved`, `trained`, `trained_keeping_base`, `bootstrapped`,
    /// `renamed`, `merged`, `removed`, `restored`, `imported` or `judged`.
    public let kind: String
    public let origin: Origin
    /// Microseconds since 1970, UTC.
    public let time: Int64
    public let intent: String?
    /// The new name, or the intent merged into.
    public let target: String?
    /// The event after which the head was restored, the held lesson that was approved, or the one before
    /// those that an import brought.
    public let position: EventID?
    public let text: String?
    /// Of a training, or events of an import.
    public let examples: Int?
    /// Nil until it is recorded, and for events that are not about one text.
    public let effect: Effect?
    /// Whether it waits for approval.
    public let isQuarantined: Bool
    /// Why it was held.
    public let reason: HoldReason?
    /// What was said of an answer.
    public let judgement: StoredJudgement.Verdict?
    /// Whether it came with a snapshot from elsewhere: its user and session are another machine's.
    public let isImported: Bool
}

extension EventLog {
    /// The events after `position`, oldest first: at most `limit`, and as many as have `bytes` of text
    /// together, but one at least; and whether more follow.
    ///
    /// - Parameters:
    ///   - owner: only events of this user.
    ///   - isQuarantined: only lessons that wait for approval.
    public func history(
        after position: EventID, of owner: UInt32? = nil, isQuarantined: Bool = false, limit: Int, bytes: Int
    ) throws(StorageError) -> (events: [EventSummary], hasMore: Bool) {
        try read { db in
            let isWaiting = isQuarantined ? "AND \(try Quarantine.condition(in: db))" : ""
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT *, CASE WHEN kind = 'imported'
                        THEN (SELECT count(*) FROM events AS one
                            WHERE one.id > events.position AND one.id < events.id)
                        WHEN text IS NULL
                        THEN (SELECT count(*) FROM examples WHERE event = events.id) END AS example_count,
                        \(Imports.condition) AS is_imported,
                        \(try Quarantine.columns(in: db))
                    FROM \(EffectRow.joined) WHERE id > ?1 AND (?2 IS NULL OR (uid = ?2 AND NOT \(Imports.condition)))
                        \(isWaiting) ORDER BY id LIMIT ?3
                    """, arguments: [position.rawValue, owner.map { Int64($0) }, limit + 1])
            var events: [EventSummary] = []
            var left = bytes
            while let row = try rows.next() {
                let event = try summary(row)
                left -= event.text?.utf8.count ?? 0
                guard events.count < limit, left >= 0 || events.isEmpty else { return (events, true) }
                events.append(event)
            }
            return (events, false)
        }
    }

    /// The position before the newest `count` events.
    ///
    /// - Parameters:
    ///   - owner: only events of this user count.
    ///   - isQuarantined: only lessons that wait for approval count.
    public func position(
        beforeNewest count: Int, of owner: UInt32? = nil, isQuarantined: Bool = false
    ) throws(StorageError) -> EventID {
        try read { db in
            let isWaiting = isQuarantined ? "AND \(try Quarantine.condition(in: db))" : ""
            let first = try Int64.fetchOne(
                db,
                sql: """
                    SELECT min(id) FROM (
                        SELECT id FROM events WHERE (?1 IS NULL OR (uid = ?1 AND NOT \(Imports.condition)))
                            \(isWaiting) ORDER BY id DESC LIMIT ?2)
                    """,
                arguments: [owner.map { Int64($0) }, count])
            return EventID(rawValue: (first ?? 1) - 1)
        }
    }

    private func summary(_ row: Row) throws -> EventSummary {
        let id = EventID(rawValue: row["id"])
        let examples = row["example_count"] as Int?
        return EventSummary(
            id: id, kind: try EventRow.kind(of: row, id: id).rawValue,
            origin: Origin(row), time: row["time"], intent: row["intent"], target: row["target"],
            position: (row["position"] as Int64?).map(EventID.init),
            text: row["text"] ?? row["lesson_text"] as String?, examples: examples == 0 ? nil : examples,
            effect: try EffectRow.effect(row, id: id), isQuarantined: row["is_quarantined"],
            reason: (row["reason"] as String?).flatMap(HoldReason.init),
            judgement: (row["reason"] as String?).flatMap(StoredJudgement.Verdict.init),
            isImported: row["is_imported"])
    }
}
