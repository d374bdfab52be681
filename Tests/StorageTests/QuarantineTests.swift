import GRDB
import Learning
import Testing

@testable import Storage

@Suite struct QuarantineTests {
    let directory: TemporaryDirectory
    let log: EventLog

    init() throws {
        directory = try TemporaryDirectory()
        log = try EventLog(path: "\(directory.path)/slmd.db")
    }

    private func stored(_ text: String, as name: String, seed: Int = 1) throws -> StoredExample {
        StoredExample(
            text: text, context: nil, example: Example(intent: try intent(name), features: features(seed)))
    }

    private func append(_ contents: EventContent..., by origin: Origin = origin) throws -> [EventID] {
        try log.append(contents.map { NewEvent($0, origin: origin, time: 5) }, encoder: encoder)
    }

    private let admin = Origin(uid: 1, pid: 2, session: nil)

    @Test func `a held lesson and its approval come back as they were appended`() throws {
        let lesson = try stored("a secret", as: "a", seed: 3)
        let held = try append(.held(lesson, .canary))[0]
        #expect(try log.heldLesson(at: held) == lesson)
        #expect(try log.heldCount() == 1)
        let approval = try append(.approved(held, lesson), by: admin)[0]
        #expect(try events(of: log).map(\.content) == [.held(lesson, .canary), .approved(held, lesson)])
        #expect(try log.heldLesson(at: held) == nil)
        #expect(try log.heldCount() == 0)
        #expect(try log.heldLesson(at: approval) == nil)
        let page = try log.history(after: .none, limit: 10, bytes: 1000).events
        #expect(page.map(\.text) == ["a secret", "a secret"])
        #expect(page.map(\.intent) == ["a", "a"] && page.map(\.position) == [nil, held])
        #expect(page.map(\.isQuarantined) == [false, false] && page[0].reason == .canary)
    }

    @Test func `what waits is listed, one user's or everybody's`() throws {
        let first = try append(.held(try stored("x", as: "a"), .contradiction))[0]
        _ = try append(.taught(try stored("y", as: "a")))
        let second = try append(.held(try stored("z", as: "b"), .contradiction), by: admin)[0]
        func waiting(of owner: UInt32? = nil) throws -> [EventID] {
            try log.history(after: .none, of: owner, isQuarantined: true, limit: 10, bytes: 1000).events.map(
                \.id)
        }
        #expect(try waiting() == [first, second])
        #expect(try waiting(of: admin.uid) == [second])
        #expect(try log.position(beforeNewest: 1, isQuarantined: true) == EventID(rawValue: 2))
        _ = try append(.approved(first, try stored("x", as: "a")))
        #expect(try waiting() == [second])
    }

    @Test func `a lesson is forgotten with its approval, and an approval is undone alone`() throws {
        let lesson = try stored("x", as: "a")
        let held = try append(.held(lesson, .contradiction))[0]
        let approval = try append(.approved(held, lesson), by: admin)[0]
        #expect(try log.events(.event(held), of: origin.uid) == [held, approval])
        #expect(try log.events(.event(approval)) == [held, approval])
        #expect(try log.events(.event(approval), of: origin.uid).isEmpty)
        #expect(try log.events(.user(origin.uid)) == [held, approval])
        #expect(try log.events(.user(admin.uid)) == [approval])
        #expect(try log.events(.newest(1)) == [approval])
        _ = try log.erase([approval], time: 6)
        #expect(try log.heldLesson(at: held) == lesson)
    }

    @Test func `with a restoration goes what approved a lesson again, unless a training lies between`() throws
    {
        let lesson = try stored("x", as: "a")
        let held = try append(.held(lesson, .contradiction))[0]
        _ = try append(.approved(held, lesson))
        let restored = try append(.restored(held))[0]
        #expect(try log.heldLesson(at: held) == lesson)
        let trained = try append(.trained([lesson], .replacing))[0]
        let again = try append(.approved(held, lesson))[0]
        #expect(try log.events(.event(restored)) == [restored])
        _ = try log.erase([restored], time: 6)
        #expect(try log.events(.event(trained)) == [trained, again])
        #expect(try log.events(.newest(1)) == [again])
        // What an earlier version left so is not taken along with something else.
        _ = try log.erase([trained], time: 7)
        let newest = try append(.taught(try stored("y", as: "a")))[0]
        #expect(try log.events(.newest(1)) == [newest])
    }

    @Test func `rejecting erases the bytes and makes no checkpoint stale`() throws {
        _ = try append(.taught(try stored("kept", as: "a")))
        let held = try append(.held(try stored("a very secret lesson", as: "secretly"), .contradiction))[0]
        let newest = try append(.taught(try stored("later", as: "a")))[0]
        let checkpoint = Checkpoint(
            event: newest, revision: 0, encoder: encoder, digest: "", createdAt: 0, head: [], words: [])
        _ = try log.erase([held], areLearnt: false, time: 7)
        #expect(try log.unsettled() == 1)
        try log.settle(rewriting: true)
        #expect(try log.unsettled() == 0)
        #expect(try !checkpoint.isStale(after: log.erasures()))
        #expect(try texts(of: log) == ["kept", "later"])
        for name in ["slmd.db", "slmd.db-wal"] {
            let bytes = try Files.read("\(directory.path)/\(name)", limit: .max, .read)
            let text = String(decoding: bytes, as: Unicode.ASCII.self)
            #expect(!text.contains("secret"), "in \(name)")
        }
    }

    @Test func `accounts outlive the log's other content`() throws {
        let account = GuardAccount(uid: .max, lessons: 1.5, trust: -2.25, time: 9)
        let held = try log.append(
            [NewEvent(.held(try stored("x", as: "a"), .contradiction), origin: origin, time: 5)],
            encoder: encoder, accounts: [account])
        _ = try log.erase(held, areLearnt: false, time: 6)
        #expect(try EventLog(path: log.path).accounts() == [account])
    }

    @Test(arguments: [
        "UPDATE events SET reason = 'whim' WHERE kind = 'held'", "UPDATE events SET reason = NULL",
        "UPDATE events SET position = 77 WHERE kind = 'approved'",
        "UPDATE events SET position = NULL WHERE kind = 'approved'",
    ])
    func `an approval of nothing and a reason nobody knows are errors`(damage: String) throws {
        let lesson = try stored("x", as: "a")
        let held = try append(.held(lesson, .contradiction))[0]
        _ = try append(.approved(held, lesson))
        try log.database.write { db in try db.execute(sql: damage) }
        #expect(throws: StorageError.self) { try events(of: log) }
    }

    @Test func `the nearest examples are those that count, under the lesson's own number and teacher`() throws
    {
        let lesson = try stored("held and approved", as: "a", seed: 2)
        _ = try append(.taught(try stored("forgotten by the training", as: "a")))
        _ = try append(.trained([try stored("first", as: "a"), try stored("second", as: "b")], .replacing))
        let held = try append(.held(lesson, .contradiction), .held(lesson, .contradiction))[0]
        _ = try append(.approved(held, lesson), by: admin)
        _ = try append(.merged(try intent("b"), into: try intent("a")))
        let index = try log.examples(in: try log.plan())
        let found = index.nearest(9, to: features(2))
        #expect(found.count == 3 && found.allSatisfy { $0.intent.description == "a" })
        let own = found.first { $0.source.event == held.rawValue }
        #expect(own?.source.uid == origin.uid && own?.similarity == 1)
        let texts = try log.texts(of: found.map(\.source) + [.init(event: 99, uid: 1)])
        #expect(Set(texts.compactMap { $0?.text }) == ["first", "second", "held and approved"])
        #expect(texts.last == .some(nil))
    }

    @Test func `the log of format 2 is brought to this one`() throws {
        let path = "\(directory.path)/old.db"
        do {
            let old = try EventLog(path: path)
            _ = try old.append([try taught("kept", as: "a")], encoder: encoder)
            try old.database.write { db in
                try db.execute(
                    sql: """
                        ALTER TABLE events DROP COLUMN slots; ALTER TABLE examples DROP COLUMN slots;
                        DROP INDEX imports; DROP INDEX approvals; DROP INDEX judgements; DROP TABLE accounts;
                        ALTER TABLE events DROP COLUMN reason;
                        DROP TABLE policy; DROP TABLE turns; DROP TABLE sessions; DROP INDEX events_by_session;
                        ALTER TABLE erasures DROP COLUMN first_turn; ALTER TABLE erasures DROP COLUMN last_turn;
                        PRAGMA user_version = 2
                        """)
            }
        }
        let log = try EventLog(path: path)
        #expect(try texts(of: log) == ["kept"])
        let held = try log.append(
            [NewEvent(.held(try stored("x", as: "a"), .canary), origin: origin, time: 5)], encoder: encoder)
        #expect(try log.heldLesson(at: held[0]) != nil)
        #expect(try log.accounts().isEmpty)
    }
}
