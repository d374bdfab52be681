import Foundation
import GRDB
import Glibc
import Testing

@testable import Storage

@Suite struct RecordDatabaseTests {
    let directory: TemporaryDirectory
    let path: String

    init() throws {
        directory = try TemporaryDirectory()
        path = "\(directory.path)/clinic.db"
        try DatabaseQueue(path: path).write { db in
            try db.execute(
                sql: """
                    CREATE TABLE reports (type TEXT, day TEXT, "Hemoglobin" TEXT, count INTEGER, ratio REAL, scan BLOB);
                    INSERT INTO reports VALUES ('blood_test', '2026-01-08', '13.4 g/dL', 7, 0.25, x'0102');
                    INSERT INTO reports VALUES ('blood_test', '2026-02-01T09:30', NULL, -1, 1e300, NULL);
                    """)
        }
    }

    private var database: RecordDatabase { RecordDatabase(path: path) }

    private func lines(
        _ sql: String, _ arguments: [String: String?] = [:], most: Int = 20
    ) throws(RecordDatabase.Fault) -> [String] {
        try database.rows(sql, arguments, most: most).map { row in
            row.map { "\($0.column)=\($0.value)" }.joined(separator: ",")
        }
    }

    @Test func `every kind of value is told as text, and null is not`() throws {
        #expect(
            try lines("SELECT * FROM reports ORDER BY day") == [
                "type=blood_test,day=2026-01-08,Hemoglobin=13.4 g/dL,count=7,ratio=0.25,scan=2 bytes",
                "type=blood_test,day=2026-02-01T09:30,count=-1,ratio=1e+300",
            ])
    }

    @Test func `rows beyond the most are not read`() throws {
        let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
        #expect(try lines(endless, most: 3) == ["i=1", "i=2", "i=3"])
    }

    @Test(arguments: [
        "'; DROP TABLE reports; --", "' OR '1' = '1", "blood_test' --", "\u{0}", "x\" UNION SELECT 1",
        ":type",
    ])
    func `what a value says is a value`(value: String) throws {
        #expect(try lines("SELECT day FROM reports WHERE type = :type", ["type": value]) == [])
        #expect(try lines("SELECT :type AS v FROM reports LIMIT 1", ["type": value]).count == 1)
        #expect(try lines("SELECT count(*) AS n FROM reports") == ["n=2"])
    }

    @Test func `a place without a value is null`() throws {
        #expect(try lines("SELECT :a IS NULL AS n", ["a": String?.none]) == ["n=1"])
    }

    @Test(arguments: [
        "DELETE FROM reports", "WITH x AS (SELECT 1) DELETE FROM reports", "UPDATE reports SET count = 0",
        "ATTACH 'other.db' AS other", "CREATE TABLE t (a)",
    ])
    func `nothing is written`(sql: String) throws {
        let before = try Data(contentsOf: URL(filePath: path))
        #expect(throws: RecordDatabase.Fault.self) { try lines(sql) }
        #expect(try Data(contentsOf: URL(filePath: path)) == before)
        #expect(!FileManager.default.fileExists(atPath: "other.db"))
    }

    @Test func `a question without end is given up`() throws {
        let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
        let limit = Duration.milliseconds(30)
        #expect(throws: RecordDatabase.Fault.tooSlow(path: path, limit: limit)) {
            _ = try RecordDatabase(path: path, limit: limit).rows(endless, [:], most: 1)
        }
    }

    @Test func `a database that somebody else keeps for himself is told as that`() throws {
        let other = try DatabaseQueue(path: path)
        try other.writeWithoutTransaction { db in
            try db.execute(sql: "BEGIN EXCLUSIVE")
            #expect(throws: RecordDatabase.Fault.busy(path: path)) { try lines("SELECT * FROM reports") }
            try db.execute(sql: "ROLLBACK")
        }
        #expect(try lines("SELECT count(*) AS n FROM reports") == ["n=2"])
    }

    @Test func `what another program writes is seen with the next question`() throws {
        let other = try DatabaseQueue(path: path)
        try other.write { try $0.execute(sql: "PRAGMA journal_mode") }
        try other.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
        try other.write { try $0.execute(sql: "DELETE FROM reports") }
        #expect(try lines("SELECT * FROM reports") == [])
    }

    enum Ruin: CaseIterable {
        case missing, directory, pipe, empty, text, cut, header
    }

    @Test(arguments: Ruin.allCases)
    func `a file that is no database is told with its path`(ruin: Ruin) throws {
        let bytes = try Data(contentsOf: URL(filePath: path))
        try FileManager.default.removeItem(atPath: path)
        switch ruin {
        case .missing: break
        case .directory:
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        case .pipe: #expect(mkfifo(path, 0o600) == 0)
        case .empty: try Data().write(to: URL(filePath: path))
        case .text:
            try Data(String(repeating: "no database ", count: 500).utf8).write(to: URL(filePath: path))
        case .cut: try bytes.prefix(bytes.count / 2 + 100).write(to: URL(filePath: path))
        case .header:
            try (bytes.prefix(100) + Data(repeating: 0xA5, count: 8000)).write(to: URL(filePath: path))
        }
        let error = #expect(throws: RecordDatabase.Fault.self) {
            try lines("SELECT * FROM reports ORDER BY day")
        }
        #expect(error?.description.hasPrefix(path) == true)
    }

    @Test func `a question about what is not there is told`() throws {
        #expect(
            throws: RecordDatabase.Fault.badQuestion(path: path, reason: "no such table: visits")
        ) { try database.check("SELECT * FROM visits") }
        try database.check("SELECT day FROM reports WHERE type = :type")
    }
}
