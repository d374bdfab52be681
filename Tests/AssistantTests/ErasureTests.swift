import Foundation
import Storage
import Testing

@testable import Assistant

/// What is taken back is as if it had never been: beside each state stands one that never had it.
@Suite struct ErasureTests {
    let directory: TemporaryDirectory
    let assistant: LocalAssistant

    init() throws {
        directory = try TemporaryDirectory()
        assistant = try open(configuration(directory, everyEvents: 4))
    }

    /// Runs `steps` in a state of its own.
    private func digest(of steps: (LocalAssistant) throws -> Void) throws -> String {
        let place = try TemporaryDirectory()
        let other = try open(configuration(place))
        try steps(other)
        return withExtendedLifetime(place) { other.status().head.digest }
    }

    private func erase(_ selection: LessonSelection, on assistant: LocalAssistant? = nil) throws
        -> ErasureOutcome
    {
        try (assistant ?? self.assistant).erase(selection, isProved: true) { _ in }
    }

    private func teach(_ texts: ClosedRange<Int>, to assistant: LocalAssistant) throws {
        for number in texts { try assistant.teach("text \(number)", ["one", "two", "three"][number % 3]) }
    }

    @Test(arguments: [1, 3, 7, 10])
    func `undoing gives the head that never had the newest lessons`(count: Int) throws {
        try teach(1...10, to: assistant)
        let outcome = try erase(.newest(count))
        #expect(outcome.events == (Int64(11 - count)...10).map { $0 })
        #expect(outcome.replayedDigest == outcome.digest)
        #expect(assistant.status().head.digest == outcome.digest)
        #expect(assistant.status().events == 10 - count)
        if count < 10 {
            #expect(outcome.digest == (try digest { try teach(1...(10 - count), to: $0) }))
        }
        // What comes afterwards is learnt by that head.
        try assistant.teach("later", "four")
        #expect(
            assistant.status().head.digest
                == (try digest {
                    if count < 10 { try teach(1...(10 - count), to: $0) }
                    try $0.teach("later", "four")
                }))
    }

    @Test func `a long replay tells how far it is, and can be given up`() throws {
        let place = try TemporaryDirectory()
        let assistant = try open(configuration(place))
        _ = try assistant.train(
            (0..<3).map { LabelledText(text: "text \($0)", intent: ["one", "two", "three"][$0]) },
            keepingBase: false, by: alice
        ) { _ in }
        try teach(1...300, to: assistant)
        let before = assistant.status().head.digest
        var told: [Int] = []
        _ = try assistant.verify(snapshot: nil) { told.append($0.done) }
        #expect(told.first == 0 && told.last == 301 && told.count > 3)
        #expect(zip(told, told.dropFirst()).allSatisfy { $1 - $0 <= 128 }, "\(told)")
        #expect(throws: AssistantError.cancelled) {
            _ = try assistant.erase(.event(2)) { progress throws(CancellationError) in
                if progress.done > 150 { throw CancellationError() }
            }
        }
        #expect(assistant.status().head.digest == before && assistant.status().events == 301)
    }

    @Test func `a lesson from the middle goes, with the intent that only it named`() throws {
        try teach(1...2, to: assistant)
        try assistant.teach("the only one", "lonely")
        try assistant.teach("another", "one")
        _ = try assistant.renameIntent("two", to: "second", by: alice)
        let outcome = try erase(.event(3))
        #expect(outcome.events == [3])
        #expect(outcome.replayedDigest == outcome.digest)
        #expect(!assistant.intents().map(\.intent).contains("lonely"))
        let never = try digest { other in
            try teach(1...2, to: other)
            try other.teach("another", "one")
            _ = try other.renameIntent("two", to: "second", by: alice)
        }
        #expect(outcome.digest == never)
    }

    @Test func `an intent's name counts for whichever lesson becomes its first`() throws {
        try assistant.teach("the first", "shared")
        try assistant.teach("elsewhere", "other")
        try assistant.teach("the second", "shared")
        let outcome = try erase(.event(1))
        #expect(
            outcome.digest
                == (try digest {
                    try $0.teach("elsewhere", "other")
                    try $0.teach("the second", "shared")
                }))
    }

    @Test func `a training is taken back like a lesson, and what it replaced is in force again`() throws {
        try teach(1...5, to: assistant)
        try assistant.trainColours()
        #expect(try assistant.best("red sky") == "red")
        let outcome = try erase(.newest(1))
        #expect(outcome.digest == (try digest { try teach(1...5, to: $0) }))
        #expect(outcome.replayedDigest == outcome.digest)
    }

    @Test func `whose lessons are forgotten, theirs alone go`() throws {
        let bob = Contributor(uid: 77, pid: 1, session: "of bob")
        for number in 1...9 {
            let lesson = Lesson(
                Utterance("text \(number)"), intent: number % 2 == 0 ? "even" : "odd",
                by: number % 3 == 0 ? bob : alice)
            _ = try assistant.teach([lesson])[0].get()
        }
        let never = try digest { other in
            for number in 1...9 where number % 3 != 0 {
                try other.teach("text \(number)", number % 2 == 0 ? "even" : "odd")
            }
        }
        #expect(try erase(.user(77)).digest == never)
        #expect(throws: AssistantError.nothingToErase(.session("of bob"))) { try erase(.session("of bob")) }
        #expect(throws: AssistantError.nothingToErase(.event(3))) { try erase(.event(3)) }
    }

    @Test func `what was erased stays so after a restart, and the numbers go on`() throws {
        try teach(1...9, to: assistant)
        let outcome = try erase(.newest(4))
        try assistant.close()
        let place = try copy()
        let revived = try open(configuration(place))
        #expect(revived.status().head.digest == outcome.digest)
        #expect(revived.status().events == 5)
        #expect(try revived.teach("next", "one").event == 10)
        withExtendedLifetime(place) {}
    }

    @Test func `a crash right after an erasure was decided leaves nothing of it`() throws {
        try teach(1...9, to: assistant)
        _ = try assistant.snapshot(named: "kept")
        try assistant.close()
        let crashed = try copy()
        let log = try EventLog(path: "\(crashed.path)/state/slmd.db")
        _ = try log.erase([EventID(rawValue: 2), EventID(rawValue: 8)], time: 0)
        #expect(try log.unsettled() == 1)
        let revived = try open(configuration(crashed))
        #expect(try log.unsettled() == 0)
        let never = try digest { other in
            for number in 1...9 where number != 2 && number != 8 { try teach(number...number, to: other) }
        }
        #expect(revived.status().head.digest == never)
        #expect(try revived.snapshots().map(\.digest) == [never])
        withExtendedLifetime(crashed) {}
    }

    @Test func `where the files cannot be cleaned the lesson counts no more, and the next start cleans them`()
        throws
    {
        try teach(1...5, to: assistant)
        try assistant.teach("supercalifragilistic", "hidden purpose")
        _ = try assistant.snapshot(named: "with")
        // The snapshot cannot be made anew: something else has the name of what is written first.
        let obstacle = "\(directory.path)/state/heads/.with.snapshot.tmp"
        try FileManager.default.createDirectory(atPath: obstacle, withIntermediateDirectories: false)
        #expect(throws: AssistantError.self) { try erase(.event(6)) }
        let never = try digest { try teach(1...5, to: $0) }
        #expect(assistant.status().head.digest == never)
        #expect(try assistant.teach("text 6", "one").event == 7)
        try assistant.close()
        let place = try copy()
        try openAndClose(place)
        try FileManager.default.removeItem(atPath: "\(place.path)/state/heads/.with.snapshot.tmp")
        let revived = try open(configuration(place))
        #expect(try revived.snapshots().map(\.digest) == [never])
        #expect(try filesHolding("supercalifragilistic", in: place).isEmpty)
    }

    @Test func `snapshots that had seen it are made anew without it, the others stay`() throws {
        try teach(1...3, to: assistant)
        let before = try assistant.snapshot(named: "before")
        try assistant.teach("secret", "hidden")
        _ = try assistant.snapshot(named: "with")
        try teach(4...6, to: assistant)
        let outcome = try erase(.event(4))
        #expect(outcome.checkpoints >= 1)
        let snapshots = try assistant.snapshots()
        #expect(snapshots.map(\.name) == ["before", "with"])
        #expect(snapshots[0] == before)
        #expect(snapshots[1].digest == before.digest)
        for name in ["before", "with"] {
            let verification = try assistant.verify(snapshot: name) { _ in }
            #expect(verification.digest == verification.replayedDigest)
        }
    }

    @Test func `what was undone is gone from the files too`() throws {
        try assistant.teach("supercalifragilistic secret", "hidden purpose")
        _ = try erase(.newest(1))
        #expect(try filesHolding("supercalifragilistic").isEmpty)
    }

    @Test func `no file of the state holds what was erased`() throws {
        try teach(1...3, to: assistant)
        try assistant.teach("supercalifragilistic secret", "hidden purpose")
        _ = try assistant.snapshot(named: "with")
        try teach(4...6, to: assistant)
        #expect(try filesHolding("supercalifragilistic").isEmpty == false)
        _ = try erase(.event(4))
        #expect(try filesHolding("supercalifragilistic").isEmpty)
        #expect(try filesHolding("hidden purpose").isEmpty)
    }

    @Test func `a restored snapshot is in force, survives, and can be taken back`() throws {
        try teach(1...5, to: assistant)
        let snapshot = try assistant.snapshot(named: "five")
        try teach(6...9, to: assistant)
        let later = assistant.status().head.digest
        let restoration = try assistant.restore(snapshot: "five", by: alice)
        #expect(restoration.event == 10 && restoration.position == 5)
        #expect(restoration.digest == snapshot.digest)
        #expect(assistant.status().head.digest == snapshot.digest)
        try assistant.teach("after", "four")
        let expected = try digest {
            try teach(1...5, to: $0)
            try $0.teach("after", "four")
        }
        #expect(assistant.status().head.digest == expected)
        try assistant.close()
        let place = try copy()
        let revived = try open(configuration(place))
        #expect(revived.status().head.digest == expected)
        let verification = try revived.verify(snapshot: nil) { _ in }
        #expect(verification.replayedDigest == expected && verification.events == 6)
        // Event 11 and the restoration go: all nine lessons count again.
        #expect(try erase(.newest(2), on: revived).digest == later)
        #expect(throws: AssistantError.snapshotNotFound("none")) {
            try revived.restore(snapshot: "none", by: alice)
        }
        withExtendedLifetime(place) {}
    }

    @Test func `erasing what a restoration skips changes nothing but the log`() throws {
        try teach(1...3, to: assistant)
        let snapshot = try assistant.snapshot(named: "three")
        try teach(4...6, to: assistant)
        _ = try assistant.restore(snapshot: "three", by: alice)
        #expect(try erase(.event(5)).digest == snapshot.digest)
        #expect(try assistant.history(after: 0, last: nil).entries.map(\.event) == [1, 2, 3, 4, 6, 7])
    }

    @Test func `given up, an erasure takes nothing back`() throws {
        try teach(1...9, to: assistant)
        let before = assistant.status().head
        #expect(throws: AssistantError.cancelled) {
            try assistant.erase(.event(1)) { _ throws(CancellationError) in throw CancellationError() }
        }
        #expect(assistant.status().head == before)
        #expect(assistant.status().events == 9)
    }

    @Test func `the history tells what was taught, by whom and with what effect`() throws {
        let outcome = try assistant.teach("hello", "greet")
        try assistant.trainColours(keepingBase: true)
        _ = try assistant.renameIntent("greet", to: "salute", by: alice)
        let entries = try assistant.history(after: 0, last: nil).entries
        #expect(entries.map(\.kind) == ["taught", "trained_keeping_base", "renamed"])
        #expect(entries[0].text == "hello" && entries[0].intent == "greet" && entries[0].contributor == alice)
        #expect(entries[0].before == outcome.before && entries[0].after == outcome.after)
        #expect(entries[1].examples == 8)
        #expect(entries[2].target == "salute")
        #expect(try assistant.history(after: 1, last: nil).entries.map(\.event) == [2, 3])
        let newest = try assistant.history(after: 0, last: 1)
        #expect(newest.entries.map(\.event) == [3] && !newest.hasMore)
    }

    @Test func `a long history comes in pages`() throws {
        let long = String(repeating: "long text ", count: 6000)
        for number in 1...8 { try assistant.teach("\(number) \(long)", "talk") }
        var pages = 0
        var events: [Int64] = []
        while true {
            let page = try assistant.history(after: events.last ?? 0, last: nil)
            pages += 1
            events += page.entries.map(\.event)
            if !page.hasMore { break }
        }
        #expect(events == Array(1...8))
        #expect(pages == 2)
    }

    /// The state as a kill would leave it.
    private func copy() throws -> TemporaryDirectory {
        let copy = try TemporaryDirectory()
        try FileManager.default.copyItem(atPath: "\(directory.path)/state", toPath: "\(copy.path)/state")
        return copy
    }

    private func openAndClose(_ place: TemporaryDirectory) throws {
        try open(configuration(place)).close()
    }

    private func filesHolding(_ text: String, in place: TemporaryDirectory? = nil) throws -> [String] {
        let path = (place ?? directory).path
        return try FileManager.default.subpathsOfDirectory(atPath: path).filter { file in
            // A directory has no content.
            let content = try? Data(contentsOf: URL(fileURLWithPath: "\(path)/\(file)"))
            return content?.range(of: Data(text.utf8)) != nil
        }
    }
}
