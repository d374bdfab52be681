import Foundation
import GRDB
import Testing

@testable import Storage

/// Logs from elsewhere that are not defined as ours.
@Suite struct ForeignLogTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// A log of one lesson.
    private func log(_ name: String = "slmd.db") throws -> String {
        let path = "\(directory.path)/\(name)"
        let log = try EventLog(path: path)
        _ = try log.append(
            [try taught("x", as: "a")], names: [try intent("a"): features(1)], encoder: encoder)
        try log.close()
        return path
    }

    /// Lets `change` do what SQLite forbids otherwise.
    private func damage(_ path: String, _ change: String, thereafter data: String = "") throws {
        for sql in ["PRAGMA writable_schema = ON; \(change)", data] {
            // A schema is read when a database is opened.
            let database = try DatabaseQueue(path: path)
            try database.writeWithoutTransaction { db in try db.execute(sql: sql) }
            try database.close()
        }
    }

    private func expectRefusal(
        of path: String, _ expected: BackupError? = nil, _ comment: Comment = "",
        _ place: SourceLocation = #_sourceLocation
    ) {
        let error = #expect(throws: StorageError.self, comment, sourceLocation: place) {
            try EventLog.foreign(at: path)
        }
        guard case .badBackup(let reason) = error else {
            Issue.record("\(comment): \(String(describing: error))", sourceLocation: place)
            return
        }
        if let expected { #expect(reason == expected, comment, sourceLocation: place) }
    }

    @Test func `a log of this version is taken, and so is one of each earlier format`() throws {
        try EventLog.foreign(at: try log()).close()
        let formats = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("AssistantTests/Formats")
        for format in 1..<EventLogSchema.format {
            let path = "\(directory.path)/\(format).db"
            try FileManager.default.copyItem(
                atPath: formats.appendingPathComponent("\(format).db").path, toPath: path)
            try EventLog.foreign(at: path).close()
        }
    }

    @Test(arguments: [
        "slots = zeroblob(40)", "slots = x''", "slots = x'01000000'", "slots = substr(slots, 1, 30)",
        "slots = cast(slots || x'00' AS BLOB)", "text = 'a b'",
    ])
    func `slots that are none, or lie outside of their text, are refused`(lie: String) throws {
        let path = "\(directory.path)/slots.db"
        let log = try EventLog(path: path)
        _ = try log.append(
            [NewEvent(.taught(try slottedExample()), origin: origin, time: 0)], encoder: encoder)
        try log.close()
        let queue = try DatabaseQueue(path: path)
        try queue.write { db in try db.execute(sql: "UPDATE events SET \(lie)") }
        try queue.close()
        let foreign = try EventLog.foreign(at: path)
        let error = #expect(throws: StorageError.self) {
            try foreign.checkExport(textBytes: 100, labelBytes: 100)
        }
        guard case .badBackup(.badEvent(1, field: "slots", _)) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `a kind that is nothing is refused by the name of its table, and ends nobody`() throws {
        let path = try log()
        try damage(
            path,
            "UPDATE sqlite_schema SET sql = replace(sql, 'kind TEXT NOT NULL', 'kind TEXT') WHERE name = 'events'",
            thereafter: "UPDATE events SET kind = NULL")
        expectRefusal(of: path, .otherSchema("events"))
    }

    @Test func `what the definitions forbid is refused where they say what ours do`() throws {
        let path = try log()
        try damage(
            path,
            """
            CREATE TABLE kept AS SELECT sql FROM sqlite_schema WHERE name = 'events';
            UPDATE sqlite_schema SET sql = replace(sql, 'kind TEXT NOT NULL', 'kind TEXT') WHERE name = 'events'
            """, thereafter: "UPDATE events SET kind = NULL")
        try damage(
            path,
            "UPDATE sqlite_schema SET sql = (SELECT sql FROM kept) WHERE name = 'events'; DROP TABLE kept")
        expectRefusal(of: path, .integrity("NULL value in events.kind"))
    }

    /// Words of a definition, and what stands there instead.
    private static let weaker = [
        (" NOT NULL", ""), (" STRICT", ""), (" UNIQUE", ""), (" TEXT", " ANY"), (" INTEGER", " ANY"),
        (" BLOB", " ANY"), (" REAL", " ANY"), (" ON DELETE CASCADE", ""), (" AUTOINCREMENT", ""),
        (" PRIMARY KEY", ""), (" REFERENCES encoders (id)", ""), (" REFERENCES events (id)", ""),
        (" NOT NULL,", " NOT NULL DEFAULT 1,"), (" NOT NULL,", " NOT NULL CHECK (1),"),
        (" NOT NULL", " -- NOT NULL"), ("CREATE TABLE", "CREATE TEMP TABLE"),
    ]

    @Test func `each definition that is weaker in one place is refused`() throws {
        let path = try log()
        let definitions = try DatabaseQueue(path: path).read { db in
            try Row.fetchAll(
                db, sql: "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql NOT NULL"
            )
            .map { (name: $0["name"] as String, sql: $0["sql"] as String) }
        }
        var count = 0
        for (name, sql) in definitions where name != "sqlite_sequence" {
            for (words, others) in Self.weaker {
                for place in sql.ranges(of: words) {
                    let weak = sql.replacingCharacters(in: place, with: others)
                    let copy = "\(directory.path)/weak.db"
                    try FileManager.default.copyItem(atPath: path, toPath: copy)
                    try DatabaseQueue(path: copy).writeWithoutTransaction { db in
                        try db.execute(sql: "PRAGMA writable_schema = ON")
                        try db.execute(
                            sql: "UPDATE sqlite_schema SET sql = ? WHERE name = ?", arguments: [weak, name])
                    }
                    expectRefusal(of: copy, nil, "\(name), '\(words)' as '\(others)'")
                    for file in ["", "-wal", "-shm"] {
                        try? FileManager.default.removeItem(atPath: copy + file)
                    }
                    count += 1
                }
            }
        }
        #expect(count > 100)
    }

    @Test(arguments: [
        ("CREATE TRIGGER t AFTER INSERT ON events BEGIN DELETE FROM names; END", "t"),
        ("CREATE VIEW v AS SELECT 1 AS x", "v"), ("CREATE TABLE more (x)", "more"),
        ("CREATE UNIQUE INDEX one ON events (kind)", "one"), ("DROP INDEX events_by_kind", "events_by_kind"),
        ("DROP TABLE effects", "effects"), ("ALTER TABLE events ADD COLUMN more TEXT", "events"),
        ("DROP INDEX imports; CREATE INDEX imports ON events (position)", "imports"),
        ("DROP TABLE turns; CREATE VIEW turns AS SELECT * FROM events", "turns"),
        ("ALTER TABLE names RENAME TO \"na\u{1B}mes\"", "na\u{1B}mes"),
    ])
    func `what is more or less than ours is refused by name`(change: String, name: String) throws {
        let path = try log()
        try damage(path, change)
        expectRefusal(of: path, .otherSchema(name))
        #expect(!BackupError.otherSchema(name).description.contains("\u{1B}"))
    }

    @Test(arguments: [
        ("UPDATE events SET id = ", "events"), ("UPDATE events SET time = ", "events"),
        ("UPDATE events SET position = ", "events"), ("UPDATE sqlite_sequence SET seq = ", "sqlite_sequence"),
        ("UPDATE sqlite_sequence SET seq = 'many' || ", "sqlite_sequence"),
        (
            "INSERT INTO turns VALUES (1, 1, 1, 'x', NULL, NULL, 1, 0, NULL, NULL, NULL, NULL); UPDATE turns SET time = ",
            "turns"
        ),
        (
            "INSERT INTO turns VALUES (1, 1, 1, 'x', NULL, NULL, 1, 0, NULL, NULL, NULL, NULL); UPDATE turns SET id = ",
            "turns"
        ),
        ("UPDATE sessions SET created_at = ", "sessions"),
        ("INSERT INTO erasures VALUES (1, 1, 1, 1, 1, 1); UPDATE erasures SET first_event = ", "erasures"),
        ("INSERT INTO erasures VALUES (1, 1, 1, 1, 1, 1); UPDATE erasures SET first_turn = ", "erasures"),
        ("INSERT INTO erasures VALUES (1, 1, 1, 1, 1, 1); UPDATE erasures SET last_turn = ", "erasures"),
        ("INSERT INTO accounts VALUES (1, 1, 1, 1); UPDATE accounts SET time = ", "accounts"),
        ("INSERT INTO accounts VALUES (1, 1, 1, 1); UPDATE accounts SET lessons = ", "accounts"),
        ("INSERT INTO accounts VALUES (1, 1, 1, 1); UPDATE accounts SET trust = ", "accounts"),
    ])
    func `numbers that nothing can be computed with are refused`(change: String, table: String) throws {
        for number in [Int64.min, 1 << 54, .max] {
            let path = try log("\(number).db")
            try damage(path, "PRAGMA foreign_keys = OFF; \(change)\(number)")
            expectRefusal(of: path, .integrity("a number in '\(table)' is out of range"), "\(number)")
        }
    }

    @Test(arguments: [
        ("turns", "INSERT INTO turns VALUES (1, 1, 1, 'x', NULL, NULL, ?, 0, NULL, NULL, NULL, NULL)"),
        ("effects", "INSERT INTO effects VALUES (1, NULL, ?, NULL, 0.5)"),
        ("effects", "INSERT INTO effects VALUES (1, NULL, 0.5, NULL, ?)"),
    ])
    func `a confidence is a number`(table: String, insertion: String) throws {
        for (confidence, isOne) in [
            (0, true), (1, true), (Double.infinity, false), (-Double.infinity, false),
            (.greatestFiniteMagnitude, false),
        ] {
            let path = try log("\(confidence).db")
            let database = try DatabaseQueue(path: path)
            try database.write { db in try db.execute(sql: insertion, arguments: [confidence]) }
            try database.close()
            if isOne {
                try EventLog.foreign(at: path).close()
            } else {
                expectRefusal(of: path, .integrity("a number in '\(table)' is out of range"), "\(confidence)")
            }
        }
    }

    @Test(arguments: [("turns", "confidence"), ("effects", "after_confidence")])
    func `what is no number at all is no confidence`(table: String, column: String) throws {
        let path = try log()
        let marker = 0.123456789
        let database = try DatabaseQueue(path: path)
        try database.write { db in
            try db.execute(
                sql: table == "turns"
                    ? "INSERT INTO turns VALUES (1, 1, 1, 'x', NULL, NULL, ?, 0, NULL, NULL, NULL, NULL)"
                    : "INSERT INTO effects VALUES (1, NULL, 0.5, NULL, ?)", arguments: [marker])
        }
        try database.close()
        func bytes(_ number: Double) -> Data { withUnsafeBytes(of: number.bitPattern.bigEndian) { Data($0) } }
        var file = try Data(contentsOf: URL(fileURLWithPath: path))
        let place = try #require(file.range(of: bytes(marker)))
        file.replaceSubrange(place, with: bytes(.nan))
        try file.write(to: URL(fileURLWithPath: path))
        expectRefusal(of: path)
    }

    @Test func `a file that is no database is refused`() throws {
        let path = "\(directory.path)/none.db"
        try Data(repeating: 65, count: 8192).write(to: URL(fileURLWithPath: path))
        expectRefusal(of: path)
    }
}
