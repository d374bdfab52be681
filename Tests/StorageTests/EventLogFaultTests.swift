import GRDB
import Glibc
import Learning
import Testing

@testable import Storage

/// What the disk may do to the log, and what comes of it.
@Suite struct EventLogFaultTests {
    let directory: TemporaryDirectory
    let log: EventLog
    var path: String { "\(directory.path)/slmd.db" }

    init() throws {
        directory = try TemporaryDirectory()
        log = try EventLog(path: "\(directory.path)/slmd.db")
    }

    @Test func `a full disk refuses the whole batch and lets learning go on when there is room`() throws {
        _ = try log.append([try taught("before", as: "a")], encoder: encoder)
        let limit = try log.database.read { db in try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0 } + 4
        try setPageLimit(limit)
        let batch = try (0..<200).map { try taught("\($0)" + String(repeating: "x", count: 4000), as: "a") }
        #expect(throws: StorageError.diskFull(path: path, .append)) {
            try log.append(batch, encoder: encoder)
        }
        #expect(try texts(of: log) == ["before"])
        #expect(log.refusal == nil)
        try setPageLimit(1_000_000)
        #expect(try log.append(batch, encoder: encoder).count == 200)
        #expect(try texts(of: log).count == 201)
    }

    @Test func `a read-only log says so and goes on answering`() throws {
        _ = try log.append([try taught("x", as: "a")], encoder: encoder)
        try log.database.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA query_only = 1") }
        #expect(throws: StorageError.readOnly(path: path, .append)) {
            try log.append([try taught("y", as: "a")], encoder: encoder)
        }
        #expect(try texts(of: log) == ["x"])
    }

    @Test func `after a failed write nothing more is written, and reading goes on`() throws {
        _ = try log.append([try taught("x", as: "a")], encoder: encoder)
        refuseWrites(to: "\(path)-wal")
        let failure = try #require(throws: StorageError.self) {
            try log.append([try taught("y", as: "a")], encoder: encoder)
        }
        guard case .failed(path, .append, _, _) = failure else {
            Issue.record("unexpected: \(failure)")
            return
        }
        #expect(log.refusal == failure)
        #expect(throws: StorageError.refusing(after: failure)) {
            try log.append([try taught("z", as: "a")], encoder: encoder)
        }
        #expect(try texts(of: log) == ["x"])
    }

    @Test func `after a failed erasure of bytes nothing more is written either`() throws {
        _ = try log.append([try taught("x", as: "a"), try taught("y", as: "a")], encoder: encoder)
        _ = try log.erase([EventID(rawValue: 2)], time: 0)
        refuseWrites(to: "\(path)-wal")
        let failure = try #require(throws: StorageError.self) { try log.settle(rewriting: true) }
        #expect(log.refusal == failure)
        #expect(throws: StorageError.refusing(after: failure)) {
            try log.append([try taught("z", as: "a")], encoder: encoder)
        }
        #expect(try texts(of: log) == ["x"])
    }

    @Test func `a newer format is refused and left as it is`() throws {
        try log.database.write { db in try db.execute(sql: "PRAGMA user_version = 9") }
        #expect(throws: StorageError.newerFormat(path: path, supported: EventLogSchema.format, found: 9)) {
            try EventLog(path: path)
        }
    }

    @Test func `the database of another program is refused and left as it is`() throws {
        let other = "\(directory.path)/other.db"
        let queue = try DatabaseQueue(path: other)
        try queue.write { db in try db.execute(sql: "CREATE TABLE t (x)") }
        #expect(throws: StorageError.foreignDatabase(path: other, expected: 0x736c_6d64, found: 0)) {
            try EventLog(path: other)
        }
        #expect(try queue.read { db in try String.fetchOne(db, sql: "PRAGMA journal_mode") } == "delete")
    }

    @Test func `a file that is no database is an error`() throws {
        let other = "\(directory.path)/text.db"
        try Files.replace(
            "text.db", in: directory.path, with: Array(String(repeating: "no database ", count: 99).utf8),
            .append)
        #expect(throws: StorageError.self) { try EventLog(path: other) }
    }

    @Test func `features that make no sense are an error that names the event`() throws {
        _ = try log.append([try taught("x", as: "a")], encoder: encoder)
        try log.database.write { db in try db.execute(sql: "UPDATE events SET features = x'0102'") }
        let failure = try #require(throws: StorageError.self) { try events(of: log) }
        guard case .badEvent(id: 1, field: "features", _) = failure else {
            Issue.record("unexpected: \(failure)")
            return
        }
    }

    private func setPageLimit(_ pages: Int) throws {
        try log.database.writeWithoutTransaction { db in
            _ = try Int.fetchOne(db, sql: "PRAGMA max_page_count = \(pages)")
        }
    }
}
