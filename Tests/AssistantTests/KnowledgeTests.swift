import Entities
import Foundation
import Knowledge
import Synchronization
import Testing

@testable import Assistant
@testable import Storage

private let ann = Viewer(uid: 1000, groups: [50])
private let bob = Viewer(uid: 1001, groups: [50])
private let eve = Viewer(uid: 1002)

@Suite struct KnowledgeTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func labels(
        _ name: String, for audience: Audience = .everyone, by owner: Viewer = ann, title: String? = nil
    ) -> SourceLabels {
        SourceLabels(name: name, owner: owner.uid, audience: audience, format: .markdown, title: title)
    }

    private let menagerie = """
        # Menagerie

        ## Cats

        The tabby sleeps on the warm roof all day long.

        ## Dogs

        The spaniel barks at every passing bicycle.

        ## Birds

        The parrot repeats whatever the visitors say.
        """

    @Test func `a source is found at once by its words, and its span is its bytes`() throws {
        let assistant = try open(configuration(directory))
        let change = try assistant.addSource(labels("zoo.md"), Array(menagerie.utf8), by: ann)
        #expect(change.source.labels.title == "Menagerie")
        #expect(change.source.passages == 3 && change.added == 3)
        let findings = try assistant.search(KnowledgeQuery("Which dog is barking at bicycles?"), for: eve)
        let best = try #require(findings.results.first).found.passage
        #expect(best.text == "The spaniel barks at every passing bicycle.")
        #expect(best.source == "zoo.md" && best.headings == ["Menagerie", "Dogs"])
        #expect(String(decoding: Array(menagerie.utf8)[best.span], as: UTF8.self) == best.text)
        #expect(findings.results.map(\.score) == findings.results.map(\.score).sorted(by: >))
        try assistant.close()
        #expect(throws: AssistantError.closed) { try assistant.search(KnowledgeQuery("dogs"), for: eve) }
    }

    @Test func `a user has no more than the settings allow, and others and owners have theirs`() throws {
        var settings = configuration(directory)
        settings.knowledge = KnowledgeSettings(passagesPerUser: 4, bytesPerUser: 400)
        let assistant = try open(settings)
        defer { try? assistant.close() }  // of a test that failed
        let zoo = Array(menagerie.utf8)
        _ = try assistant.addSource(labels("zoo.md"), zoo, by: ann)
        #expect(throws: AssistantError.quotaExceeded(.passages, limit: 4, found: 6)) {
            try assistant.addSource(labels("again.md"), zoo + Array(" No more.".utf8), by: ann)
        }
        #expect(throws: AssistantError.quotaExceeded(.bytes, limit: 400, found: zoo.count + 300)) {
            try assistant.addSource(labels("long.md"), Array(repeating: 0x61, count: 300), by: ann)
        }
        // What takes the place of a source counts instead of it.
        _ = try assistant.addSource(labels("zoo.md"), zoo + Array(" No more.".utf8), by: ann)
        _ = try assistant.addSource(labels("zoo.md", by: bob), zoo, by: bob)
        _ = try assistant.addSource(
            labels("again.md"), zoo + Array(" And more.".utf8), by: ann, isLimited: false)
        #expect(assistant.status(for: ann).knowledge?.totals.sources == 3)
        var wider = settings
        wider.knowledge.passagesPerUser = 100
        wider.knowledge.bytesPerUser = 10_000
        try assistant.reload(wider)
        _ = try assistant.addSource(labels("third.md"), zoo, by: ann)
    }

    @Test func `everybody is told of what he can see, and who sees all of all`() throws {
        let assistant = try open(configuration(directory))
        defer { try? assistant.close() }  // of a test that failed
        _ = try assistant.addSource(labels("zoo.md"), Array(menagerie.utf8), by: ann)
        _ = try assistant.addSource(
            labels("own.md", for: .user(bob.uid), by: bob), Array("Bob's own words.".utf8), by: bob)
        func told(_ viewer: Viewer?) -> [Int?] {
            let status = assistant.status(for: viewer).knowledge
            return [status?.totals.sources, status?.totals.passages]
        }
        #expect(told(eve) == [1, 3] && told(bob) == [2, 4] && told(nil) == [2, 4])
        #expect(assistant.status(for: eve).knowledge?.bytes == nil)
        #expect((assistant.status().knowledge?.bytes ?? 0) > 0)
        let own = try assistant.sources(for: bob, after: 0, limit: 9, name: nil, isOwn: true)
        #expect(own.totals.sources == 1 && own.totals.passages == 1)
    }

    /// With a head of whatever is shipped: what matters here is how much is compared.
    private func questioner() throws -> LocalAssistant {
        var settings = configuration(directory)
        let project = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
        settings.supportHead = "\(project)/models/grounding/support.head"
        return try open(settings)
    }

    @Test func `a question is compared with so many sentences at most, and ends when nobody waits for it`()
        throws
    {
        let assistant = try questioner()
        defer { try? assistant.close() }  // of a test that failed
        let text = (0..<9000).map { "It \($0). " }.joined()
        _ = try assistant.addSource(labels("it"), Array(text.utf8), by: ann)
        let reference = try #require(ReferenceTime(rfc3339: "2026-01-09T10:00:00Z"))
        let query = KnowledgeQuery(
            String(repeating: "it ", count: 1300), limit: 20, mergesNeighbours: false)
        var looks = 0
        let question = try assistant.question(query, for: ann, at: reference) { () throws(AssistantError) in
            looks += 1
        }
        #expect(question.results.count == 20)
        let sentences = question.results.reduce(0) {
            $0 + $1.found.passage.text.split(separator: ".").count
        }
        #expect(sentences > 500, "more than may be compared")
        // Of 400 sentences and the question, 16 at a time.
        #expect(looks == 28)
        #expect(throws: AssistantError.cancelled) {
            _ = try assistant.question(query, for: ann, at: reference) { () throws(AssistantError) in
                looks -= 1
                if looks == 20 { throw .cancelled }
            }
        }
        #expect(looks == 20)
    }

    @Test func `what is found tells whose source it is of`() throws {
        let assistant = try open(configuration(directory))
        defer { try? assistant.close() }  // of a test that failed
        let others = try assistant.addSource(labels("zoo.md"), Array(menagerie.utf8), by: ann)
        _ = try assistant.addSource(labels("zoo.md", by: bob), Array("Nothing of that.".utf8), by: bob)
        let found = try assistant.search(KnowledgeQuery("spaniel"), for: bob).results[0].found
        #expect(found.source == others.source.id && found.owner == ann.uid)
    }

    @Test func `texts get their vectors in the background, and go on after a stop`() throws {
        let lines = (0..<3000).map { "Fact number \($0) concerns topic \($0 % 7)." }
        let text = lines.map { "- \($0)" }.joined(separator: "\n\n")
        do {
            let assistant = try open(configuration(directory))
            _ = try assistant.addSource(labels("facts"), Array(text.utf8), by: ann)
            try assistant.close()
        }
        let again = try open(configuration(directory))
        try again.awaitVectors()
        #expect(again.status().knowledge?.totals.pending == 0)
        #expect(try again.search(KnowledgeQuery("fact number 2345"), for: eve).pending == 0)
        try again.close()
    }

    /// On a busy machine one that stands back while it holds what others wait for would hold them up, for minutes.
    @Test func `vectors are kept by a thread that does not stand back, and no other thread learns to`() throws
    {
        let store = try KnowledgeStore(path: "\(directory.path)/knowledge.db")
        let document = try Document(Array(menagerie.utf8), as: .markdown)
        _ = try store.add(labels("zoo.md"), SourceContent(digest: "", bytes: 1), document, time: 1)
        let policies = Mutex<[Int32]>([])
        let isKept = DispatchSemaphore(value: 0)
        let embedder = PassageEmbedder(store, .words(), logger: quiet) { _ in
            policies.withLock { $0.append(sched_getscheduler(0)) }
            // A queue's thread that is begun here stands as this one does.
            DispatchQueue(label: "of the test").async {
                policies.withLock { $0.append(sched_getscheduler(0)) }
                isKept.signal()
            }
        }
        embedder.start()
        defer { embedder.stop() }
        #expect(isKept.wait(timeout: .now() + 60) == .success)
        #expect(policies.withLock { $0.allSatisfy { $0 == SCHED_OTHER } && $0.count >= 2 })
    }

    @Test func `with a changed encoder search goes on, and every text gets a new vector`() throws {
        do {
            let assistant = try open(configuration(directory))
            _ = try assistant.addSource(labels("zoo.md"), Array(menagerie.utf8), by: ann)
            try assistant.awaitVectors()
            try assistant.close()
        }
        let other = TextEncoding.words(salt: 2)
        let again = try open(configuration(directory), other)
        let found = try again.search(KnowledgeQuery("parrot"), for: eve).results.first
        #expect(found?.found.passage.headings.last == "Birds")
        try again.awaitVectors()
        let vectors = try again.knowledge.store.vectors(
            encoder: other.model.digest, after: TextID(rawValue: 0), limit: 9)
        #expect(vectors.count == 3 && vectors.allSatisfy { $0.bytes?.count == other.model.dimension + 4 })
        #expect(try again.reindex() == 3)
        try again.awaitVectors()
        try again.close()
    }

    @Test func `only who may see a source finds it`() throws {
        let assistant = try open(configuration(directory))
        for (name, audience) in [
            ("all", Audience.everyone), ("ours", .group(50)), ("mine", .user(ann.uid)),
        ] {
            _ = try assistant.addSource(
                labels(name, for: audience), Array("The code word of \(name) is heliotrope.".utf8), by: ann)
        }
        try assistant.awaitVectors()
        for (viewer, names) in [(ann, ["all", "mine", "ours"]), (bob, ["all", "ours"]), (eve, ["all"])] {
            let query = KnowledgeQuery("What is the code word?", limit: 9)
            let found = try assistant.search(query, for: viewer).results.map(\.found.passage.source)
            #expect(found.sorted() == names)
        }
        #expect(throws: AssistantError.sourceNotFound("mine")) {
            try assistant.sourceID(.name("mine"), for: bob)
        }
        #expect(throws: AssistantError.sourceForbidden("ours")) {
            try assistant.removeSource(.name("ours"), for: bob, mayRemoveOthers: false)
        }
        #expect(throws: AssistantError.notInGroup(50)) {
            try assistant.addSource(labels("x", for: .group(50), by: eve), Array("Text.".utf8), by: eve)
        }
        _ = try assistant.removeSource(.name("ours"), for: ann, mayRemoveOthers: false)
        #expect(try assistant.search(KnowledgeQuery("code word"), for: bob).results.count == 1)
        try assistant.close()
    }

    @Test func `a name that several others use must be told apart by number`() throws {
        let assistant = try open(configuration(directory))
        let first = try assistant.addSource(labels("notes"), Array("First notes.".utf8), by: ann)
        let second = try assistant.addSource(labels("notes", by: bob), Array("Second notes.".utf8), by: bob)
        let ids = [first, second].map(\.source.id.rawValue)
        #expect(throws: AssistantError.sourceAmbiguous("notes", ids)) {
            try assistant.sourceID(.name("notes"), for: eve)
        }
        #expect(try assistant.sourceID(.name("notes"), for: bob) == second.source.id)
        try assistant.close()
    }

    @Test func `what cannot be a source is refused, and nothing is kept`() throws {
        let assistant = try open(configuration(directory))
        let long = [UInt8](repeating: 0x61, count: KnowledgeQuery.mostContentBytes + 1)
        #expect(
            throws: AssistantError.sourceTooLarge(
                limitBytes: KnowledgeQuery.mostContentBytes, foundBytes: long.count)
        ) { try assistant.addSource(labels("long"), long, by: ann) }
        for content: [UInt8] in [[], [0x20], [0xFF, 0xFE], [0x00, 0x01, 0x02]] {
            do throws(AssistantError) {
                _ = try assistant.addSource(labels("bad"), content, by: ann)
                Issue.record("\(content) was added")
            } catch {
                guard case .badDocument = error else {
                    Issue.record("unexpected: \(error)")
                    continue
                }
            }
        }
        #expect(assistant.status().knowledge?.totals == KnowledgeTotals(sources: 0, passages: 0, pending: 0))
        try assistant.close()
    }

    @Test func `a backup takes the knowledge base along, and a restoration brings back that of then`() throws
    {
        let assistant = try open(configuration(directory))
        _ = try assistant.addSource(labels("zoo.md"), Array(menagerie.utf8), by: ann)
        try assistant.awaitVectors()
        let backup = try assistant.backup().file
        _ = try assistant.addSource(labels("late"), Array("Added too late.".utf8), by: ann)
        let upload = try assistant.upload(size: backup.count)
        #expect(try upload.append(try backup.read(at: 0, limit: .max)) == backup.count)
        var successor: LocalAssistant?
        _ = try assistant.restore(upload, RestoreTerms(), takeOver: { successor = $0 }, progress: { _ in })
        let restored = try #require(successor)
        #expect(
            try restored.sources(for: eve, after: 0, limit: 9, name: nil, isOwn: false).sources.count == 1)
        let found = try restored.search(KnowledgeQuery("parrot"), for: eve)
        #expect(found.results.first?.found.passage.headings.last == "Birds" && found.pending == 0)
        try restored.close()
    }

    @Test func `forgetting a user takes the sources that only he could see`() throws {
        let assistant = try open(configuration(directory))
        _ = try assistant.addSource(
            labels("diary", for: .user(ann.uid)), Array("Dear diary.".utf8), by: ann)
        _ = try assistant.addSource(labels("zoo.md"), Array(menagerie.utf8), by: ann)
        let outcome = try assistant.erase(.user(ann.uid)) { _ in }
        #expect(outcome.sources == 1 && outcome.events == [])
        #expect(
            try assistant.search(KnowledgeQuery("dear diary"), for: ann).results.allSatisfy {
                $0.found.passage.source == "zoo.md"
            })
        #expect(throws: AssistantError.nothingToErase(.user(ann.uid))) {
            try assistant.erase(.user(ann.uid)) { _ in }
        }
        try assistant.close()
    }

    @Test func `an export has every source that can be seen, whole`() throws {
        let assistant = try open(configuration(directory))
        let long = (0..<9000).map { "É sentence \($0)." }.joined(separator: "\n")
        _ = try assistant.addSource(labels("long"), Array(long.utf8), by: ann)
        _ = try assistant.addSource(labels("mine", for: .user(ann.uid)), Array("Mine.".utf8), by: ann)
        let made = try assistant.exportSources(nil, for: eve) { part in
            switch part {
            case .source(let source): Array("<\(source.labels.name)>".utf8)
            case .text(let piece): Array(piece.utf8)
            case .end: Array("</>".utf8)
            }
        }
        #expect(made.sources == 1)
        let bytes = try made.file.read(at: 0, limit: .max)
        #expect(String(decoding: bytes, as: UTF8.self) == "<long>\(long)</>")
        try assistant.close()
    }
}

extension LocalAssistant {
    /// Returns when every text has its vector. What is done in the background must not wait for other tests.
    func awaitVectors() throws {
        while try knowledge.store.totals(for: nil, encoder: encoding.model.digest).pending > 0 {
            SchedulingPolicy.recallIdle()
        }
    }
}
