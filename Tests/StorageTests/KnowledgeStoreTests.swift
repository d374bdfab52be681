import Foundation
import GRDB
import Glibc
import Knowledge
import Testing

@testable import Storage

private let ann = Viewer(uid: 1000, groups: [1000, 50])
private let bob = Viewer(uid: 1001, groups: [1001, 50])
private let eve = Viewer(uid: 1002, groups: [1002])

private func labels(
    _ name: String, for audience: Audience = .everyone, by owner: UInt32 = 1000, date: String? = nil,
    tags: Set<String> = []
) -> SourceLabels {
    SourceLabels(name: name, owner: owner, audience: audience, format: .text, date: date, tags: tags)
}

/// A paragraph each; of two or three words, and so a passage.
private func paragraphs(_ sentences: [String]) -> [UInt8] { Array(sentences.joined(separator: "\n\n").utf8) }

@Suite struct KnowledgeStoreTests {
    let directory: TemporaryDirectory
    let store: KnowledgeStore
    var path: String { "\(directory.path)/knowledge.db" }

    init() throws {
        directory = try TemporaryDirectory()
        store = try KnowledgeStore(path: "\(directory.path)/knowledge.db")
    }

    @discardableResult
    private func add(_ labels: SourceLabels, _ sentences: [String]) throws -> SourceChange {
        try store.add(labels, sentences)
    }

    private func found(_ words: String, _ viewer: Viewer, _ filter: SourceFilter = .init()) throws -> [String]
    {
        let texts = try store.texts(having: try store.words(of: words)).flatMap(\.self)
        return try store.passages(saying: texts, in: filter, for: viewer).map(\.passage.text)
    }

    @Test func `a passage is found by its words, with its source and its place`() throws {
        let change = try add(labels("a"), ["The cat sleeps.", "É dogs bark."])
        #expect((change.added, change.kept, change.removed, change.pending) == (2, 0, 0, 2))
        let texts = try store.texts(having: store.words(of: "Barking")).flatMap(\.self)
        let passage = try #require(
            try store.passages(saying: texts, in: SourceFilter(), for: eve).first)
        #expect(passage.passage.text == "É dogs bark.")
        #expect(passage.passage.source == "a")
        #expect(passage.passage.span == 17..<30)
        #expect(passage.ordinal == 1)
        let content = try store.text(of: passage.source, at: 0)
        #expect(String(decoding: content[passage.passage.span], as: UTF8.self) == "É dogs bark.")
    }

    @Test func `of a changed source only the changed passages change`() throws {
        try add(labels("a"), ["First one.", "Second one.", "Third one."])
        let source = try #require(try store.sources(named: "a", for: ann).first)
        let before = try store.passages(of: source, after: nil, limit: 9)
        #expect(try store.put(pending(), encoder: "e").count == 3)
        let change = try add(labels("a"), ["Zeroth one.", "First one.", "Third one.", "Third one."])
        #expect((change.added, change.kept, change.removed, change.pending) == (2, 2, 1, 1))
        #expect(change.source.id == source.id)
        let after = try store.passages(of: source, after: nil, limit: 9)
        #expect(after.map(\.text) == ["Zeroth one.", "First one.", "Third one.", "Third one."])
        #expect(after[1].id == before[0].id && after[2].id == before[2].id)
        #expect(after[1].span == 13..<23)
        #expect(!before.map(\.id).contains(after[0].id) && !before.map(\.id).contains(after[3].id))
        // What was embedded stays so.
        #expect(try store.pendingTexts(encoder: "e", limit: 9).map(\.text.text) == ["Zeroth one."])
        #expect(try found("second", ann) == [])
        try expectWhole()
    }

    @Test func `the same text is kept once for each audience`() throws {
        try add(labels("a"), ["Same words.", "Same words."])
        try add(labels("b"), ["Same words."])
        #expect(try store.pendingTexts(encoder: "e", limit: 9).count == 1)
        let change = try add(labels("c", for: .user(1001), by: 1001), ["Same words."])
        // That others have it is nothing that who adds it can learn.
        #expect(change.pending == 1)
        #expect(try store.pendingTexts(encoder: "e", limit: 9).count == 2)
        #expect(try found("same", eve) == ["Same words."])
        for name in ["a", "b"] {
            let source = try #require(try store.sources(named: name, for: ann).first)
            #expect(try store.remove(source.id)?.unusedTexts.count == (name == "b" ? 1 : 0))
        }
        #expect(try found("same", eve) == [])
        #expect(try found("same", bob) == ["Same words."])
        try expectWhole()
    }

    @Test func `who may not see a source cannot list, count, show or find it`() throws {
        try add(labels("all"), ["Secret apples."])
        try add(labels("ours", for: .group(50)), ["Secret pears."])
        try add(labels("mine", for: .user(1000)), ["Secret plums."])
        let expected: [(Viewer, [String])] = [
            (ann, ["all", "ours", "mine"]), (bob, ["all", "ours"]), (eve, ["all"]),
        ]
        let everything = try store.sources(for: ann, limit: 9)
        for (viewer, names) in expected {
            #expect(try store.sources(for: viewer, limit: 9).map(\.labels.name) == names)
            let totals = try store.totals(for: viewer, encoder: "e")
            #expect(
                totals == KnowledgeTotals(sources: names.count, passages: names.count, pending: names.count))
            #expect(try found("secret", viewer).count == names.count)
            for source in everything {
                let isSeen = names.contains(source.labels.name)
                #expect(try store.source(source.id, for: viewer) == (isSeen ? source : nil))
                #expect(try store.sources(named: source.labels.name, for: viewer).isEmpty == !isSeen)
                let passage = try #require(try store.passages(of: source, after: nil, limit: 1).first)
                #expect(try (store.passage(passage.id, for: viewer) != nil) == isSeen)
                let filter = SourceFilter(source: source.id)
                #expect(try store.texts(in: filter, for: viewer).isEmpty == !isSeen)
            }
        }
        // Also where the number of a text is guessed.
        let guessed = (1...9).map { TextID(rawValue: $0) }
        #expect(
            try store.passages(saying: guessed, in: SourceFilter(), for: eve).map(\.passage.source) == ["all"]
        )
        #expect(try store.totals(for: nil, encoder: "e").sources == 3)
    }

    @Test func `one's own source is meant by its name, however many others have one of it`() throws {
        for owner in UInt32(2000)..<2070 { try add(labels("notes", by: owner), ["Of \(owner)."]) }
        #expect(try store.sources(named: "notes", for: ann).count == 64)
        try add(labels("notes"), ["Of ann."])
        #expect(try store.sources(named: "notes", for: ann).map(\.labels.owner) == [1000])
        #expect(try store.sources(named: "notes", for: bob).count == 64)
    }

    @Test func `of one's own sources only their own texts wait`() throws {
        try add(labels("a"), ["Same words.", "Ann's words."])
        try add(labels("b", by: 1001), ["Same words.", "Bob's words.", "Other words."])
        func own(_ viewer: Viewer) throws -> [Int] {
            let totals = try store.totals(for: viewer, isOwn: true, encoder: "e")
            return [totals.sources, totals.passages, totals.pending]
        }
        #expect(try own(ann) == [1, 2, 2] && own(bob) == [1, 3, 3] && own(eve) == [0, 0, 0])
        #expect(try store.totals(for: eve, encoder: "e").pending == 4)
        // In the order in which they came.
        _ = try store.put(Array(try pending().prefix(2)), encoder: "e")
        #expect(try own(ann) == [1, 2, 0] && own(bob) == [1, 3, 2])
    }

    @Test func `a source that becomes private is private at once`() throws {
        try add(labels("a"), ["Open words.", "More words."])
        let source = try #require(try store.sources(named: "a", for: ann).first)
        let before = try store.passages(of: source, after: nil, limit: 9).map(\.id)
        let change = try add(labels("a", for: .user(1000)), ["Open words.", "More words."])
        #expect((change.added, change.kept, change.removed) == (0, 2, 0))
        #expect(change.unusedTexts.count == 2)
        #expect(try found("words", bob) == [])
        #expect(try found("words", ann).count == 2)
        #expect(try store.passages(of: source, after: nil, limit: 9).map(\.id) == before)
        try expectWhole()
    }

    @Test func `sources are filtered by number, tags, day and owner`() throws {
        try add(labels("a", date: "2026-01-08", tags: ["x", "y"]), ["Blue alpha."])
        try add(labels("b", date: "2026-02-01", tags: ["x"]), ["Blue beta."])
        try add(labels("c", by: 1001), ["Blue gamma."])
        let b = try #require(try store.sources(named: "b", for: eve).first).id
        let cases: [(SourceFilter, Set<String>)] = [
            (SourceFilter(), ["Blue alpha.", "Blue beta.", "Blue gamma."]),
            (SourceFilter(source: b), ["Blue beta."]),
            (SourceFilter(tags: ["x"]), ["Blue alpha.", "Blue beta."]),
            (SourceFilter(tags: ["x", "y"]), ["Blue alpha."]),
            (SourceFilter(tags: ["x' OR '1"]), []),
            (SourceFilter(from: "2026-01-09"), ["Blue beta."]),
            (SourceFilter(from: "2026-01-08", to: "2026-01-08"), ["Blue alpha."]),
            (SourceFilter(owner: 1001), ["Blue gamma."]),
        ]
        for (filter, texts) in cases { #expect(try Set(found("blue", eve, filter)) == texts) }
    }

    @Test func `new labels of the same content leave its passages alone`() throws {
        let change = try add(labels("a"), ["One word.", "Two words."])
        let content = change.source.content
        let same = try #require(try store.relabel(labels("a", date: "2026-01-08", tags: ["t"]), content))
        #expect((same.added, same.kept, same.removed) == (0, 2, 0))
        let stored = try #require(try store.source(change.source.id, for: ann))
        #expect(stored.labels.tags == ["t"] && stored.labels.date == "2026-01-08")
        #expect(stored.changed == change.source.changed)
        #expect(try store.relabel(labels("a", for: .user(1000)), content) == nil)
        #expect(try store.relabel(labels("a"), SourceContent(digest: "other", bytes: 1)) == nil)
        #expect(try store.relabel(labels("b"), content) == nil)
    }

    @Test func `a changed encoder has every text wait again, and its vectors come one by one`() throws {
        try add(labels("a"), ["One word.", "Two words.", "Three words."])
        #expect(try store.put(pending(), encoder: "first").count == 3)
        #expect(try store.totals(for: eve, encoder: "first").pending == 0)
        #expect(try store.totals(for: eve, encoder: "second").pending == 3)
        let next = try store.pendingTexts(encoder: "second", limit: 1)
        #expect(try store.put(next.map { ($0.id, [7]) }, encoder: "second").count == 1)
        #expect(try store.totals(for: eve, encoder: "second").pending == 2)
        let none = TextID(rawValue: 0)
        #expect(try store.vectors(encoder: "second", after: none, limit: 9).map(\.bytes) == [[7], nil, nil])
        #expect(try store.vectors(encoder: "first", after: none, limit: 9).count { $0.bytes != nil } == 2)
        try store.reindex()
        #expect(try store.totals(for: eve, encoder: "second").pending == 3)
        #expect(try found("two", eve) == ["Two words."])
        try expectWhole()
    }

    @Test func `the vector of a text that is gone is not kept`() throws {
        let change = try add(labels("a"), ["One word."])
        let waiting = try pending()
        _ = try store.remove(change.source.id)
        #expect(try store.put(waiting, encoder: "e") == [])
        #expect(try store.remove(change.source.id) == nil)
    }

    @Test func `forgetting a user leaves nothing of what only he could see in the file`() throws {
        try add(labels("mine", for: .user(1000)), ["Xylophonist secrets."])
        try add(labels("theirs", for: .user(1001), by: 1001), ["Other secrets."])
        try add(labels("shared"), ["Common secrets."])
        #expect(try store.forget(user: 1000).map(\.source.labels.name) == ["mine"])
        #expect(try store.totals(for: nil, encoder: "e").sources == 2)
        try store.close()
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(bytes.range(of: Data("ylophonist".utf8)) == nil)
        // As the index has it: in lower case, without its ending.
        #expect(bytes.range(of: Data("ylophon".utf8)) == nil)
        #expect(bytes.range(of: Data("Common secrets".utf8)) != nil)
    }

    @Test func `forgetting waits for who reads`() throws {
        try add(labels("mine", for: .user(1000)), ["Xylophonist secrets."])
        let (begun, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let (store, reading) = (store, DispatchGroup())
        Thread.detachNewThread {
            reading.enter()
            _ = try? store.read { db in
                _ = try Int.fetchOne(db, sql: "SELECT count(*) FROM sources")
                begun.signal()
                gate.wait()
            }
            reading.leave()
        }
        begun.wait()
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(200)) { gate.signal() }
        #expect(try store.forget(user: 1000).count == 1)
        reading.wait()
    }

    @Test func `what was added is there after a start`() throws {
        let change = try add(labels("a", tags: ["t"]), ["One word.", "Two words."])
        _ = try store.put(pending(), encoder: "e")
        try store.close()
        #expect(throws: StorageError.stateExchanged) { try store.totals(for: nil, encoder: "e") }
        let again = try KnowledgeStore(path: path)
        #expect(try again.source(change.source.id, for: eve) == change.source)
        #expect(
            try again.totals(for: nil, encoder: "e") == KnowledgeTotals(sources: 1, passages: 2, pending: 0))
    }

    @Test func `the text of a long source is kept in pieces`() throws {
        let sentences = (0..<20_000).map { "Sentence \($0) here." }
        try add(labels("long"), sentences)
        let source = try #require(try store.sources(named: "long", for: eve).first)
        #expect(source.passages == sentences.count)
        var content: [UInt8] = []
        while true {
            let piece = try store.text(of: source.id, at: content.count)
            if piece.isEmpty { break }
            content += piece
        }
        #expect(content == paragraphs(sentences))
        let page = try store.passages(of: source, after: nil, limit: 100)
        let next = try store.passages(of: source, after: try #require(page.last).id, limit: 1)
        #expect(next.map(\.text) == ["Sentence 100 here."])
    }

    @Test func `a knowledge base from elsewhere is looked through`() throws {
        try add(labels("a"), ["One word."])
        try store.close()
        try KnowledgeStore.checkForeign(at: path)
        // As an older backup leaves it.
        let empty = "\(directory.path)/empty.db"
        try Files.create(empty)
        try KnowledgeStore.checkForeign(at: empty)
        #expect(try KnowledgeStore(path: empty).totals(for: nil, encoder: "e").sources == 0)
        let spoils = [
            "CREATE TRIGGER t AFTER INSERT ON sources BEGIN DELETE FROM texts; END",
            "PRAGMA foreign_keys = OFF; DELETE FROM texts",
        ]
        for spoil in spoils {
            let copy = "\(directory.path)/copy.db"
            try Data(contentsOf: URL(fileURLWithPath: path)).write(to: URL(fileURLWithPath: copy))
            let spoiler = try DatabaseQueue(path: copy)
            try spoiler.writeWithoutTransaction { db in try db.execute(sql: spoil) }
            try spoiler.close()
            let refusal = try #require(throws: StorageError.self) {
                try KnowledgeStore.checkForeign(at: copy)
            }
            guard case .badBackup = refusal else {
                Issue.record("unexpected: \(refusal)")
                continue
            }
        }
    }

    private func pending() throws -> [(text: TextID, bytes: [UInt8])] {
        try store.pendingTexts(encoder: "e", limit: 99).map { ($0.id, [1, 2, 3]) }
    }

    private func expectWhole() throws { try store.expectWhole() }
}

/// What the disk may do to the knowledge base, and what comes of it.
@Suite struct KnowledgeFaultTests {
    let directory: TemporaryDirectory
    let store: KnowledgeStore
    var path: String { "\(directory.path)/knowledge.db" }

    init() throws {
        directory = try TemporaryDirectory()
        store = try KnowledgeStore(path: "\(directory.path)/knowledge.db")
    }

    @Test func `a full disk refuses the whole source, and takes it when there is room`() throws {
        try store.add(labels("a"), ["Before."])
        let pages = try store.read { db in try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0 }
        try setPageLimit(pages + 20)
        let sentences = (0..<2000).map { "Sentence \($0) here." }
        #expect(throws: StorageError.diskFull(path: path, .changeKnowledge)) {
            try store.add(labels("b"), sentences)
        }
        #expect(
            try store.totals(for: nil, encoder: "e") == KnowledgeTotals(sources: 1, passages: 1, pending: 1))
        #expect(store.refusal == nil)
        try store.expectWhole()
        try setPageLimit(1_000_000)
        #expect(try store.add(labels("b"), sentences).added == 2000)
        try store.expectWhole()
    }

    @Test func `a read-only disk is told, and search goes on`() throws {
        try store.add(labels("a"), ["Before."])
        try store.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA query_only = 1") }
        #expect(throws: StorageError.readOnly(path: path, .changeKnowledge)) {
            try store.add(labels("b"), ["After."])
        }
        #expect(try store.texts(having: ["befor"]).first?.count == 1)
    }

    @Test func `after a failed write nothing more is written, and search goes on`() throws {
        try store.add(labels("a"), ["Before."])
        refuseWrites(to: "\(path)-wal")
        let failure = try #require(throws: StorageError.self) { try store.add(labels("b"), ["After."]) }
        #expect(store.refusal == failure)
        #expect(throws: StorageError.refusing(after: failure)) { try store.reindex() }
        #expect(try store.texts(having: ["befor"]).first?.count == 1)
    }

    @Test func `another's database and a newer format are refused and left as they are`() throws {
        try store.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA user_version = 9") }
        #expect(throws: StorageError.newerFormat(path: path, supported: KnowledgeSchema.format, found: 9)) {
            try KnowledgeStore(path: path)
        }
        let other = "\(directory.path)/other.db"
        try DatabaseQueue(path: other).write { db in try db.execute(sql: "CREATE TABLE t (x)") }
        #expect(throws: StorageError.foreignDatabase(path: other, expected: 0x736c_6d6b, found: 0)) {
            try KnowledgeStore(path: other)
        }
    }

    /// A power cut leaves some beginning of what was written to the write-ahead log.
    @Test func `whatever part of a write reaches the disk, the state before or after is there, and whole`()
        throws
    {
        try store.add(labels("a"), ["One word.", "Two words.", "Three words."])
        try store.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
        let file = try Data(contentsOf: URL(fileURLWithPath: path))
        try store.add(labels("a"), ["Two words.", "Four words.", "Three words."])
        let log = try Data(contentsOf: URL(fileURLWithPath: "\(path)-wal"))
        var seen: Set<[String]> = []
        for size in stride(from: 0, through: log.count, by: 1031) + [log.count] {
            let cut = try TemporaryDirectory()
            let copy = "\(cut.path)/knowledge.db"
            try file.write(to: URL(fileURLWithPath: copy))
            try log.prefix(size).write(to: URL(fileURLWithPath: "\(copy)-wal"))
            let opened = try KnowledgeStore(path: copy)
            let source = try #require(try opened.sources(named: "a", for: eve).first)
            let texts = try opened.passages(of: source, after: nil, limit: 9).map(\.text)
            seen.insert(texts)
            #expect(source.passages == texts.count)
            try opened.expectWhole()
            try opened.close()
        }
        #expect(
            seen == [
                ["One word.", "Two words.", "Three words."], ["Two words.", "Four words.", "Three words."],
            ])
    }

    private func setPageLimit(_ pages: Int) throws {
        try store.writeWithoutTransaction { db in
            _ = try Int.fetchOne(db, sql: "PRAGMA max_page_count = \(pages)")
        }
    }
}

private func + (a: StrideThrough<Int>, b: [Int]) -> [Int] { Array(a) + b }

extension KnowledgeStore {
    @discardableResult
    fileprivate func add(_ labels: SourceLabels, _ sentences: [String]) throws -> SourceChange {
        let content = paragraphs(sentences)
        return try add(
            labels, SourceContent(digest: "\(content.hashValue)", bytes: content.count),
            try Document(content, as: .text, passageWords: 3), time: 5)
    }

    /// The tables agree with each other, and the index of words with the texts.
    fileprivate func expectWhole() throws {
        try write { db in
            #expect(try String.fetchOne(db, sql: "PRAGMA integrity_check") == "ok")
            #expect(try Row.fetchOne(db, sql: "PRAGMA foreign_key_check") == nil)
            try db.execute(sql: "INSERT INTO words (words, rank) VALUES ('integrity-check', 1)")
            let unused = "SELECT count(*) FROM texts WHERE id NOT IN (SELECT text FROM passages)"
            #expect(try Int.fetchOne(db, sql: unused) == 0)
            let without = "SELECT count(*) FROM texts WHERE id NOT IN (SELECT text FROM vectors)"
            #expect(try Int.fetchOne(db, sql: without) == 0)
            let wrong = """
                SELECT count(*) FROM sources WHERE passages <>
                    (SELECT count(*) FROM passages WHERE passages.source = sources.id)
                """
            #expect(try Int.fetchOne(db, sql: wrong) == 0)
            let stray = """
                SELECT count(*) FROM passages JOIN texts ON texts.id = passages.text
                    JOIN sources ON sources.id = passages.source WHERE texts.audience <> sources.audience
                """
            #expect(try Int.fetchOne(db, sql: stray) == 0)
        }
    }
}
