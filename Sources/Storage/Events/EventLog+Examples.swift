internal import Foundation
internal import GRDB
public import Learning

/// A taught example as people read it.
public struct TaughtText: Sendable, Hashable {
    public let text: String
    public let origin: Origin
    /// Microseconds since 1970, UTC.
    public let time: Int64
    /// Whether it came with a snapshot from elsewhere: its user and session are another machine's.
    public let isImported: Bool
}

extension EventLog {
    /// The examples that `plan` counts, for the nearest of a text.
    ///
    /// - Parameter earlier: those of what lies before it.
    /// - Complexity: reads every vector since the last training that began anew; some 10 µs each.
    public func examples(
        in plan: ReplayPlan, after earlier: ExampleIndex = ExampleIndex()
    ) throws(StorageError) -> ExampleIndex {
        var index = earlier
        for span in try sinceLastBeginning(plan).spans {
            var position = span.after
            while position < span.through {
                let last = try read { db in
                    try Self.add(after: position, through: span.through, to: &index, in: db)
                }
                guard let last else { break }
                position = last
            }
        }
        return index
    }

    /// The texts of examples; nil for those that are gone.
    public func texts(of sources: [ExampleIndex.Source]) throws(StorageError) -> [TaughtText?] {
        try read { db in
            try sources.map { source in
                let row = try Row.fetchOne(
                    db,
                    sql: """
                        SELECT coalesce(examples.text, events.text) AS words, uid, pid, session, time,
                            \(Imports.condition) AS is_imported
                        FROM events LEFT JOIN examples ON examples.event = events.id AND examples.id = ?2
                        WHERE events.id = ?1
                        """, arguments: [source.event, source.example])
                return row.flatMap { row in
                    (row["words"] as String?).map { text in
                        TaughtText(
                            text: text,
                            origin: Origin(
                                uid: UInt32(truncatingIfNeeded: row["uid"] as Int64),
                                pid: Int32(truncatingIfNeeded: row["pid"] as Int64),
                                session: row["session"]), time: row["time"],
                            isImported: row["is_imported"])
                    }
                }
            }
        }
    }

    /// - Returns: the last event of the page; nil when there was none.
    private static func add(
        after position: EventID, through last: EventID, to index: inout ExampleIndex, in db: Database
    ) throws -> EventID? {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT id, kind, uid, intent, target, position, features FROM events
                WHERE id > ? AND id <= ? ORDER BY id LIMIT \(pageSize)
                """, arguments: [position.rawValue, last.rawValue])
        var end: EventID?
        while let row = try rows.next() {
            let id = EventID(rawValue: row["id"])
            try add(row, id: id, to: &index, in: db)
            end = id
        }
        return end
    }

    private static func add(
        _ row: Row, id: EventID, to index: inout ExampleIndex, in db: Database
    ) throws {
        let uid = UInt32(truncatingIfNeeded: row["uid"] as Int64)
        switch try EventRow.kind(of: row, id: id) {
        case .taught:
            index.insert(
                try Column.features("features", of: row, event: id),
                intent: try Column.intent("intent", of: row, event: id),
                from: ExampleIndex.Source(event: id.rawValue, uid: uid))
        case .approved: try addApproved(row, id: id, to: &index, in: db)
        case .trained, .bootstrapped:
            index = ExampleIndex()
            try addTraining(id, uid: uid, to: &index, in: db)
        case .trainedKeepingBase: try addTraining(id, uid: uid, to: &index, in: db)
        case .renamed, .merged:
            index.rename(
                try Column.intent("intent", of: row, event: id),
                to: try Column.intent("target", of: row, event: id))
        case .removed: index.remove(try Column.intent("intent", of: row, event: id))
        case .held, .restored, .imported, .judged: break
        }
    }

    /// Under the lesson's own number and teacher, whoever approved it.
    private static func addApproved(
        _ row: Row, id: EventID, to index: inout ExampleIndex, in db: Database
    ) throws {
        guard case .approved(let lesson, let stored) = try EventRow.content(row, id: id, in: db),
            let uid = try Int64.fetchOne(
                db, sql: "SELECT uid FROM events WHERE id = ?", arguments: [lesson.rawValue])
        else { return }
        index.insert(
            stored.example.features, intent: stored.example.intent,
            from: ExampleIndex.Source(event: lesson.rawValue, uid: UInt32(truncatingIfNeeded: uid)))
    }

    private static func addTraining(
        _ id: EventID, uid: UInt32, to index: inout ExampleIndex, in db: Database
    ) throws {
        let rows = try Row.fetchCursor(
            db, sql: "SELECT id, intent, features FROM examples WHERE event = ? ORDER BY id",
            arguments: [id.rawValue])
        while let row = try rows.next() {
            index.insert(
                try Column.features("features", of: row, event: id),
                intent: try Column.intent("intent", of: row, event: id),
                from: ExampleIndex.Source(event: id.rawValue, example: row["id"], uid: uid))
        }
    }
}
