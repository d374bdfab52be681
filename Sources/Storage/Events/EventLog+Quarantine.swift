internal import GRDB
public import Learning

/// Lessons that wait for approval, in the words of SQL.
enum Quarantine {
    /// True of the row of a lesson that waits. An approval that a restoration undid counts no more: its
    /// lesson waits again.
    static func condition(in db: Database) throws -> String {
        """
        (kind = 'held' AND kind <> 'taught' AND NOT EXISTS (
            SELECT 1 FROM events AS approval WHERE approval.kind = 'approved' AND approval.position = events.id
                AND approval.id NOT IN (\(try undoneApprovals(in: db)))))
        """
    }

    /// Their numbers, with commas between.
    private static func undoneApprovals(in db: Database) throws -> String {
        let approvals = try Int64.fetchAll(
            db, sql: "SELECT id FROM events WHERE kind = 'approved' AND kind <> 'taught'")
        guard !approvals.isEmpty else { return "" }
        let plan = try ReplayPlan(of: db)
        return approvals.filter { !plan.passes(EventID(rawValue: $0)) }.map(String.init).joined(
            separator: ", ")
    }

    /// Whether a row waits, and the text of the lesson that an approval is about.
    static func columns(in db: Database) throws -> String {
        """
        \(try condition(in: db)) AS is_quarantined,
        CASE kind WHEN 'approved'
            THEN (SELECT lesson.text FROM events AS lesson WHERE lesson.id = events.position) END AS lesson_text
        """
    }

    /// `events` with the approvals of those that are held, and with the lessons that those among them
    /// approved.
    static func completed(
        _ events: Set<Int64>, withLessons: Bool, in db: Database
    ) throws -> Set<Int64> {
        let approvals = try Row.fetchAll(
            db, sql: "SELECT id, position FROM events WHERE kind = 'approved' AND position IS NOT NULL"
        ).map { (id: $0["id"] as Int64, lesson: $0["position"] as Int64) }
        let lessons = approvals.lazy.filter { withLessons && events.contains($0.id) }.map(\.lesson)
        let completed = events.union(lessons)
        return completed.union(approvals.lazy.filter { completed.contains($0.lesson) }.map(\.id))
    }

    /// The approvals that approve a lesson again once `events` are gone, and did not before: a restoration
    /// among those had undone an earlier one, which counts then.
    static func repeated(without events: Set<Int64>, in db: Database) throws -> Set<Int64> {
        let isApprovedTwice = try Int64.fetchOne(
            db,
            sql: """
                SELECT position FROM events WHERE kind = 'approved' AND kind <> 'taught' AND position IS NOT NULL
                GROUP BY position HAVING count(*) > 1 LIMIT 1
                """)
        guard isApprovedTwice != nil else { return [] }
        return try secondApprovals(without: events, in: db)
            .subtracting(secondApprovals(without: [], in: db))
    }

    /// Those of lessons that another one approved on the way to now, since the last event that began again
    /// from nothing.
    private static func secondApprovals(without events: Set<Int64>, in db: Database) throws -> Set<Int64> {
        let plan = try ReplayPlan(of: db, omitting: Set(events.map(EventID.init)))
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT id, position FROM events WHERE kind IN ('approved', 'trained', 'bootstrapped') ORDER BY id
                """)
        var approved: Set<Int64> = []
        var second: Set<Int64> = []
        while let row = try rows.next() {
            let id = row["id"] as Int64
            guard !events.contains(id), plan.passes(EventID(rawValue: id)) else { continue }
            guard let lesson = row["position"] as Int64? else {
                approved.removeAll()
                continue
            }
            if !approved.insert(lesson).inserted { second.insert(id) }
        }
        return second
    }
}

extension EventLog {
    /// The lesson held at an event; nil when none waits there.
    public func heldLesson(at event: EventID) throws(StorageError) -> StoredExample? {
        try read { db in
            let row = try Row.fetchOne(
                db, sql: "SELECT * FROM events WHERE id = ? AND \(try Quarantine.condition(in: db))",
                arguments: [event.rawValue])
            return try row.map { try EventRow.stored($0, id: event) }
        }
    }

    /// Held lessons with whatever approved them, oldest first.
    public func withApprovals(_ lessons: [EventID]) throws(StorageError) -> [EventID] {
        try read { db in
            try Quarantine.completed(Set(lessons.map(\.rawValue)), withLessons: false, in: db).sorted()
                .map(EventID.init)
        }
    }

    /// How many lessons wait for approval.
    public func heldCount() throws(StorageError) -> Int {
        try read { db in
            try Int.fetchOne(
                db, sql: "SELECT count(*) FROM events WHERE \(try Quarantine.condition(in: db))") ?? 0
        }
    }

    /// What the guard knew of each user after the newest lesson.
    public func accounts() throws(StorageError) -> [GuardAccount] {
        try read { db in try AccountRow.fetchAll(db) }
    }
}
