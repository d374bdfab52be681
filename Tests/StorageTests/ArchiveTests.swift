import Foundation
import Testing

@testable import Storage

/// A day in microseconds; turns begin at one.
private let day: Int64 = 86_400 * 1_000_000
private let start: Int64 = 20_000 * day

/// A turn whose text tells it from all others.
func turn(
    _ number: Int, session: String = "s", uid: UInt32 = 1000, time: Int64 = start, event: EventID? = nil
) -> TurnContent {
    TurnContent(
        session: session, uid: uid, time: time + Int64(number) * 1_000_000,
        text: "text \(number) \u{1F600} \"\\",
        context: number % 3 == 0 ? "context \(number)" : nil, intent: number == 1 ? nil : "intent",
        confidence: 0.4375, isOutOfScope: number % 2 == 0, event: event)
}

@Suite struct ArchiveTests {
    let directory: TemporaryDirectory
    let log: EventLog
    var folder: String { "\(directory.path)/conversations" }

    init() throws {
        directory = try TemporaryDirectory()
        try FileManager.default.createDirectory(
            atPath: "\(directory.path)/conversations", withIntermediateDirectories: false)
        log = try EventLog(path: "\(directory.path)/slmd.db")
    }

    private func archive(fullFile: Int = ConversationArchive.fullFile) -> ConversationArchive {
        ConversationArchive(directory: folder, log: log, logger: quiet, fullFile: fullFile)
    }

    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    private func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")))
    }

    /// What all files hold, in the order of their names.
    private func archived() throws -> [ArchivedTurn] {
        var turns: [ArchivedTurn] = []
        for name in try names() where name.hasSuffix(".zst") {
            try ArchiveReader().read(try bytes(name)) { turns.append($0) }
        }
        return turns
    }

    private func kept() throws -> [ArchivedTurn] {
        try log.turns(TurnQuery(), limit: 10_000, bytes: .max).turns.map(ArchivedTurn.init)
    }

    /// Appends what is missing, and closes what is over.
    private func settle(_ archive: ConversationArchive, today: String) throws {
        try archive.catchUp(today: today)
        try archive.closeFiles()
    }

    /// What others may do between any two steps.
    private func appendAndErase(_ archive: ConversationArchive, time: Int64 = start) throws {
        try log.append((40..<60).map { turn($0, time: time) })
        try archive.catchUp(today: today())
        let erased = try log.erase([], turns: .session("secret", owner: nil), time: 0)
        try archive.remove(erased.turns)
        #expect(try archived() == kept())
    }

    private func today(_ days: Int64 = 0) -> String { ArchivedTurn.day(start + days * day) }

    @Test func `the archive holds what the database holds, a frame a batch`() throws {
        let archive = archive()
        for batch in 0..<5 {
            try log.append((batch * 10..<batch * 10 + 10).map { turn($0, session: "s\($0 % 3)") })
            try archive.catchUp(today: today())
            #expect(try archived() == kept())
        }
        #expect(try names() == ["2024-10-04-000000000001.open.jsonl.zst"])
        let first = try #require(try archived().first)
        #expect(first.time == "2024-10-04T00:00:00Z" && first.uid == 1000 && first.confidence == 0.438)
    }

    @Test func `another process goes on where the first ended, whatever the archive lacks`() throws {
        try log.append((0..<7).map { turn($0) })
        try archive().catchUp(today: today())
        try log.append((7..<20).map { turn($0) })
        try archive().catchUp(today: today())
        #expect(try archived() == kept())
        for name in try names() { try FileManager.default.removeItem(atPath: "\(folder)/\(name)") }
        try archive().catchUp(today: today())
        #expect(try archived() == kept())
    }

    @Test func `cut off anywhere in its last frame, it keeps the whole ones and no wrong turn`() throws {
        let first = archive()
        try log.append((0..<3).map { turn($0) })
        try first.catchUp(today: today())
        let name = try #require(try names().first)
        let whole = try bytes(name).count
        try log.append((3..<5).map { turn($0) })
        try first.catchUp(today: today())
        let all = try bytes(name)
        let expected = try kept()
        for end in whole..<all.count {
            let beginning = ArchiveReader().beginning(of: Array(all[..<end]))
            #expect(beginning.end == whole && beginning.last == expected[2])
            #expect(end == whole ? beginning.fault == nil : beginning.fault == .truncated(frameAt: whole))
            try Data(all[..<end]).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
            try archive().catchUp(today: today())
            #expect(try archived() == expected)
            guard end > whole else { continue }
            #expect(try bytes("\(name).torn") == Array(all[whole..<end]))
        }
    }

    @Test func `no changed byte makes a wrong turn`() throws {
        try log.append((0..<3).map { turn($0) })
        try archive().catchUp(today: today())
        let all = try bytes(try #require(try names().first))
        let expected = try kept()
        for position in all.indices {
            var changed = all
            changed[position] ^= 0x10
            var found: [ArchivedTurn] = []
            do {
                try ArchiveReader().read(changed) { found.append($0) }
                #expect(found == expected)
            } catch {
                #expect(found.isEmpty)
            }
        }
    }

    @Test func `a file is closed when it is full and when its day is over, and holds the same`() throws {
        let archive = archive(fullFile: 3000)
        for batch in 0..<6 {
            try log.append((batch * 8..<batch * 8 + 8).map { turn($0) })
            try settle(archive, today: today())
        }
        try log.append([turn(1, time: start + day), turn(1, time: start + 2 * day)])
        try settle(archive, today: today(2))
        #expect(try archived() == kept())
        let closed = try names().filter { !$0.contains(".open.") }
        #expect(closed.count >= 3)
        #expect(closed.last == "2024-10-05-000000000049-000000000049.jsonl.zst")
        #expect(try names().last == "2024-10-06-000000000050.open.jsonl.zst")
        // Of an idle daemon the file of yesterday is closed too.
        try settle(archive, today: today(3))
        #expect(try !names().contains { $0.contains(".open.") })
        try log.append([turn(2, time: start + 3 * day)])
        try settle(archive, today: today(3))
        #expect(try archived() == kept())
    }

    @Test func `what a crash left between two steps of closing is put right`() throws {
        try log.append((0..<4).map { turn($0) })
        try settle(archive(), today: today())
        let open = try #require(try names().first)
        let content = try bytes(open)
        try settle(archive(), today: today(1))
        // The closed file was written, the open one not yet removed, another not yet renamed.
        try Data(content).write(to: URL(fileURLWithPath: "\(folder)/\(open)"))
        try Data(content).write(to: URL(fileURLWithPath: "\(folder)/.x.jsonl.zst.tmp"))
        try log.append([turn(5, time: start + day)])
        try settle(archive(), today: today(1))
        #expect(try archived() == kept())
        #expect(try names().count == 2)
    }

    @Test func `after an older database was brought back, the archive is that one's`() throws {
        try log.append((0..<4).map { turn($0) })
        try settle(archive(), today: today(1))
        let other = try EventLog(path: "\(directory.path)/other.db")
        try other.append([turn(7), turn(8)])
        try settle(ConversationArchive(directory: folder, log: other, logger: quiet), today: today())
        #expect(try archived().map(\.text) == [turn(7), turn(8)].map(\.text))
        let third = try EventLog(path: "\(directory.path)/third.db")
        try third.append([turn(9)])
        try settle(ConversationArchive(directory: folder, log: third, logger: quiet), today: today())
        #expect(try archived().map(\.text) == [turn(9).text])
    }

    @Test func `stopping closes no file`() throws {
        let archive = archive(fullFile: 1)
        try log.append([turn(0)])
        archive.stop()
        try settle(archive, today: today(5))
        #expect(try names() == ["2024-10-04-000000000001.open.jsonl.zst"])
    }

    @Test func `stopped in the middle of closing a file, it leaves the open one`() throws {
        for steps in 0..<4 {
            let archive = archive(fullFile: 1)
            try log.append([turn(steps)])
            try archive.catchUp(today: today())
            var left = steps
            try archive.closeFiles { work in
                if left == 0 { archive.stop() }
                left -= 1
                work()
            }
            #expect(try archived() == kept())
        }
        #expect(try names().count { $0.contains(".open.") } == 3)
        try settle(archive(fullFile: 1), today: today())
        #expect(try archived() == kept() && names().allSatisfy { !$0.contains(".open.") })
    }

    @Test(arguments: 0..<7)
    func `while a file is closed others append and erase, and nothing of that is lost`(step: Int) throws {
        let archive = archive(fullFile: 1500)
        for batch in 0..<4 {
            try log.append((batch * 8..<batch * 8 + 8).map { turn($0, session: $0 == 9 ? "secret" : "s") })
            try archive.catchUp(today: today())
        }
        var (left, outcome) = (step, Result<Void, any Error>.success(()))
        try archive.closeFiles { work in
            if left == 0 {
                outcome = Result { try appendAndErase(archive) }
            }
            left -= 1
            work()
        }
        try outcome.get()
        #expect(left < 0)
        try settle(archive, today: today())
        #expect(try archived() == kept() && kept().count == 51)
        #expect(try names().count { $0.contains(".open.") } <= 1)
    }

    @Test(arguments: 0..<5)
    func `while turns are appended others append and erase, and nothing is there twice`(step: Int) throws {
        let archive = archive(fullFile: 1500)
        // Two frames: the second is another day's.
        try log.append((0..<20).map { turn($0, session: $0 == 9 ? "secret" : "s") })
        try log.append((20..<40).map { turn($0, time: start + day) })
        var (left, outcome) = (step, Result<Void, any Error>.success(()))
        try archive.catchUp(today: today()) { work in
            if left == 0 {
                outcome = Result { try appendAndErase(archive, time: start + day) }
            }
            left -= 1
            work()
        }
        try outcome.get()
        #expect(left < 0)
        #expect(try archived() == kept() && kept().count == 59)
    }

    @Test func `what grew too old while it was compressed is not appended`() throws {
        let archive = archive()
        try log.append([turn(1)])
        var steps = 0
        try archive.catchUp(today: today()) { work in
            if steps == 1 {
                #expect((try? log.removeTurns(before: start + day)) == 1)
                try? archive.remove(daysBefore: today(1))
            }
            steps += 1
            work()
        }
        #expect(try steps > 1 && names().isEmpty)
    }

    @Test(arguments: 0..<3)
    func `once it is stopped only who waits for it appends`(step: Int) throws {
        let archive = archive()
        try log.append([turn(1)])
        var left = step
        try archive.catchUp(today: today()) { work in
            if left == 0 { archive.stop() }
            left -= 1
            work()
        }
        #expect(try archived().count == (step < 2 ? 0 : 1))
        try archive.catchUp(today: today(), within: .zero)
        #expect(try archived().count == (step < 2 ? 0 : 1))
        try archive.catchUp(today: today())
        #expect(try archived() == kept())
    }

    @Test func `what left the database leaves the files, and what was set aside goes`() throws {
        let archive = archive(fullFile: 1500)
        for batch in 0..<4 {
            try log.append((batch * 8..<batch * 8 + 8).map { turn($0, session: $0 == 9 ? "secret" : "s") })
            try archive.catchUp(today: today())
        }
        try Data("text 9 ".utf8).write(
            to: URL(fileURLWithPath: "\(folder)/2024-10-04-000000000001.open.jsonl.zst.torn"))
        let before = try names()
        let erasure = try log.erase([], turns: .session("secret", owner: nil), time: 0)
        #expect(erasure.turns == [10])
        try archive.remove(erasure.turns)
        #expect(try archived() == kept() && kept().count == 31)
        #expect(try names() == before.filter { !$0.hasSuffix(".torn") })
        try log.append([turn(40)])
        try archive.catchUp(today: today())
        #expect(try archived() == kept())
        // The same after a crash: of all that is told is between which turns they were.
        _ = try log.erase([], turns: .user(1000), time: 0)
        #expect(try log.unsettledTurns() == 1...33)
        try archive.remove(1...33)
        #expect(try names().isEmpty)
        try log.settle(rewriting: false)
        #expect(try log.unsettledTurns() == nil)
    }

    @Test func `old days go whole, from the database and from the archive`() throws {
        let archive = archive()
        for days in 0..<4 { try log.append([turn(1, session: "s\(days)", time: start + Int64(days) * day)]) }
        try archive.catchUp(today: today(3))
        #expect(try log.removeTurns(before: start + 2 * day) == 2)
        try archive.remove(daysBefore: today(2))
        #expect(try archived() == kept() && kept().map(\.turn) == [3, 4])
        #expect(try log.sessions(limit: 9).map(\.session) == ["s3", "s2"])
        #expect(try log.removeTurns(before: start + 2 * day) == 0)
        for suffix in ["", "-wal"] {
            let file = try Data(contentsOf: URL(fileURLWithPath: log.path + suffix))
            #expect(file.range(of: Data("text 1 ".utf8)) == nil || suffix == "")
        }
    }

    @Test(arguments: [
        "2024-10-04-1.open.jsonl", "2024-10-04.open.jsonl.zst", "2024-10-04-x.open.jsonl.zst", "x.jsonl.zst",
        "2024-10-04-1-2.open.jsonl.zst", "2024-10-04-1.jsonl.zst", "24-10-04-1-2.jsonl.zst",
    ])
    func `a file of another name is left alone`(name: String) {
        #expect(ArchiveFile(name: name) == nil)
    }
}

/// Frames that lie, each with the error it must raise.
@Suite struct HostileArchiveTests {
    private static let magic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]  // RFC 8878, section 3.1.1
    private static let emptyBlock: [UInt8] = [0x01, 0x00, 0x00]

    private func read(_ bytes: [UInt8], _ limits: ArchiveLimits = ArchiveLimits()) throws {
        try ArchiveReader(limits: limits).read(bytes) { _ in }
    }

    private func frame(_ content: String) throws -> [UInt8] {
        let frame = try ZstdFrameWriter(.quick)
        try frame.append(Array(content.utf8))
        return try frame.finish()
    }

    @Test(arguments: [
        [0], [0x28, 0xB5, 0x2F, 0xFE], [0x50, 0x2A, 0x4D, 0x18, 0, 0, 0, 0], Array("{}".utf8),
    ])
    func `something else, and a frame to be skipped`(bytes: [UInt8]) {
        #expect(throws: ArchiveError.notAFrame(at: 0)) { try read(bytes) }
    }

    @Test func `a frame that wants a window of a gigabyte`() {
        #expect(throws: ArchiveError.windowTooLarge(frameAt: 0, limit: 2 << 20)) {
            try read(Self.magic + [0x00, 20 << 3] + Self.emptyBlock)
        }
    }

    @Test func `a frame that wants a dictionary`() {
        #expect(throws: ArchiveError.dictionaryWanted(frameAt: 0, id: 7)) {
            try read(Self.magic + [0x21, 0x07, 0x00] + Self.emptyBlock)
        }
    }

    @Test func `a frame that says it has two gigabytes`() {
        #expect(throws: ArchiveError.contentTooLarge(frameAt: 0, limit: 32 << 20)) {
            try read(Self.magic + [0x80, 0x38, 0xFF, 0xFF, 0xFF, 0x7F] + Self.emptyBlock)
        }
    }

    /// Blocks that repeat one byte 128 Ki times, each of four bytes.
    private func bomb(blocks: Int) -> [UInt8] {
        let size = 128 << 10
        let block = [0x02 | UInt8(size << 3 & 0xFF), UInt8(size >> 5 & 0xFF), UInt8(size >> 13), 0x20]
        return Self.magic + [0x00, 7 << 3] + Array([[UInt8]](repeating: block, count: blocks).joined())
            + Self.emptyBlock
    }

    @Test func `a frame that would fill the memory`() {
        #expect(throws: ArchiveError.ratioTooHigh(frameAt: 0, limit: 4096)) { try read(bomb(blocks: 64)) }
        var limits = ArchiveLimits()
        limits.contentBytes = 1 << 20
        #expect(throws: ArchiveError.contentTooLarge(frameAt: 0, limit: 1 << 20)) {
            try read(bomb(blocks: 64), limits)
        }
    }

    @Test func `a frame cut off anywhere`() throws {
        let whole = try frame("{}\n")
        for end in 1..<whole.count {
            #expect(throws: ArchiveError.truncated(frameAt: 0)) { try read(Array(whole[..<end])) }
        }
    }

    @Test func `a wrong checksum`() throws {
        var wrong = try frame("{}\n")
        wrong[wrong.count - 1] ^= 1
        let error = #expect(throws: ArchiveError.self) { try read(wrong) }
        guard case .corrupt(0, _) = error else {
            Issue.record("unexpected: \(String(describing: error))")
            return
        }
    }

    @Test func `lines that are not turns`() throws {
        func fault(_ content: String) throws -> ArchiveError? {
            ArchiveReader().beginning(of: try frame(content)).fault
        }
        #expect(
            try fault("{}\n") == .badLine(frameAt: 0, line: 1, reason: "expected a turn in JSON"))
        #expect(try fault("\n") == .badLine(frameAt: 0, line: 1, reason: "expected a turn in JSON"))
        #expect(
            try fault("{\"turn\":1}") == .badLine(frameAt: 0, line: 0, reason: "the last line has no end"))
        #expect(
            try fault(String(repeating: "[", count: 4000) + "\n")
                == .badLine(frameAt: 0, line: 1, reason: "expected a turn in JSON"))
        let long = String(repeating: "ab", count: 1 << 20) + "\n"
        #expect(try fault(long) == .lineTooLong(frameAt: 0, line: 1, limit: 1 << 20))
        #expect(try fault("") == nil)
    }
}
