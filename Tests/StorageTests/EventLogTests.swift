import GRDB
import Glibc
import Learning
import Testing

@testable import Storage

@Suite struct EventLogTests {
    let directory: TemporaryDirectory
    let log: EventLog

    init() throws {
        directory = try TemporaryDirectory()
        log = try EventLog(path: "\(directory.path)/slmd.db")
    }

    @Test func `every kind of event comes back as it was appended`() throws {
        let (a, b) = (try intent("a"), try intent("b"))
        let stored = StoredExample(
            text: "in context", context: "before", example: Example(intent: a, features: features(3)))
        let contents: [EventContent] = [
            .taught(stored), .trained([stored, stored], .replacing), .trained([stored], .adding),
            .trained([stored], .bootstrap), .renamed(a, to: b), .merged(b, into: a), .removed(a),
        ]
        let names = [a: features(5), b: features(6)]
        let ids = try log.append(
            contents.map { NewEvent($0, origin: origin, time: 5) }, names: names, encoder: encoder)
        let found = try events(of: log)
        #expect(ids.map(\.rawValue) == Array(1...7))
        #expect(found.map(\.id) == ids)
        #expect(found.map(\.content) == contents)
        #expect(found.allSatisfy { $0.origin == origin && $0.time == 5 && $0.effect == nil })
        #expect(try log.newestEver() == EventID(rawValue: 7))
        #expect(try log.count() == 7)
        #expect(try log.names(of: [a, b, try intent("c")]) == names)
    }

    @Test func `a reader that names a position gets what came after it`() throws {
        _ = try log.append(["x", "y", "z"].map { try taught($0, as: "a") }, encoder: encoder)
        #expect(try events(of: log, after: EventID(rawValue: 2)).map(\.id.rawValue) == [3])
        #expect(try events(of: log, after: EventID(rawValue: 3)).isEmpty)
    }

    @Test func `an effect is stored with its event, later or with the next append`() throws {
        let first = try log.append([try taught("x", as: "a")], encoder: encoder)[0]
        let effect = Effect(
            event: first, before: Verdict(intent: nil, confidence: 0),
            after: Verdict(intent: try intent("a"), confidence: 0.75))
        let second = try log.append([try taught("y", as: "a")], encoder: encoder, effects: [effect])[0]
        let other = Effect(
            event: second, before: Verdict(intent: try intent("b"), confidence: 0.5),
            after: Verdict(intent: try intent("a"), confidence: 0.625))
        try log.record([other])
        #expect(try events(of: log).map(\.effect) == [effect, other])
    }

    @Test func `U+0000 is left out of what is stored`() throws {
        _ = try log.append([try taught("be\0fore", as: "a")], encoder: encoder)
        #expect(try texts(of: log) == ["before"])
    }

    @Test func `commits are synced and the write-ahead log is on`() throws {
        let settings = try log.database.read { db in
            (
                try String.fetchOne(db, sql: "PRAGMA journal_mode"),
                try Int.fetchOne(db, sql: "PRAGMA synchronous")
            )
        }
        #expect(settings.0 == "wal")
        #expect(settings.1 == 2)  // FULL
    }

    @Test func `a copy of the files taken at any moment holds what was acknowledged, and nothing half`()
        throws
    {
        for number in 1...20 {
            _ = try log.append(
                [try taught("\(number)", as: "a"), try taught("\(number)'", as: "b")], encoder: encoder)
            // What a kill leaves behind: the files as the kernel has them, with no closing.
            let copy = try TemporaryDirectory()
            try copyDatabase(to: copy)
            let found = try texts(of: try EventLog(path: "\(copy.path)/slmd.db"))
            #expect(found == (1...number).flatMap { ["\($0)", "\($0)'"] })
        }
    }

    @Test func `a write-ahead log cut anywhere holds whole batches only`() throws {
        _ = try log.append([try taught("0", as: "a")], encoder: encoder)
        for number in 1...4 {
            _ = try log.append(
                (0..<5).map { try taught("\(number).\($0)", as: "a") }, encoder: encoder)
        }
        let size = Files.size("\(directory.path)/slmd.db-wal")
        for cut in stride(from: size, through: 0, by: -1501) {
            let copy = try TemporaryDirectory()
            try copyDatabase(to: copy)
            #expect(truncate("\(copy.path)/slmd.db-wal", cut) == 0)
            // Cut before the tables were committed there is no log at all, and none is half there.
            guard let cutLog = try? EventLog(path: "\(copy.path)/slmd.db") else { continue }
            let count = try texts(of: cutLog).count
            #expect(count == 0 || count % 5 == 1, "\(count) events after a cut at \(cut)")
        }
    }

    private func copyDatabase(to copy: TemporaryDirectory) throws {
        for name in ["slmd.db", "slmd.db-wal"] {
            let bytes = try Files.read("\(directory.path)/\(name)", limit: .max, .read)
            try Files.replace(name, in: copy.path, with: bytes, .append)
        }
    }
}
